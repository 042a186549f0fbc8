package cli

import (
	"path/filepath"

	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/report"
)

var (
	objectID = lazyregexp.New(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	server   = lazyregexp.New(`^https?://[A-Za-z0-9.:-]+$`)
	slug     = lazyregexp.New(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$`)
)

// webOf returns where the repository that root is in can be looked at, if a GitHub runner has
// checked it out: of what is elsewhere than in its workspace, it does not say what it is.
func webOf(root string, getenv func(string) string) report.Web {
	host, name := getenv("GITHUB_SERVER_URL"), getenv("GITHUB_REPOSITORY")
	full := absolute(root)
	top := config.WorktreeRoot(full)
	if host == "" || !server.MatchString(host) || !slug.MatchString(name) || top == "" || filepath.Clean(getenv("GITHUB_WORKSPACE")) != top {
		return report.Web{}
	}
	web := report.Web{URL: host + "/" + name}
	if folder := relative(top, full); folder != "." {
		web.Folder = folder
	}
	return web
}

// checkedOut returns the id of the commit that a CI service's runner says it has checked out;
// empty if it does not.
func checkedOut(getenv func(string) string) string {
	for _, name := range []string{"CI_COMMIT_SHA", "GITHUB_SHA"} {
		if sha := getenv(name); sha != "" && objectID.MatchString(sha) {
			return sha
		}
	}
	return ""
}
