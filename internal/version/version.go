// Package version says which build of neokeys this is.
package version

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/neokeys/neokeys/scanner/git"
)

// What a release sets with -ldflags -X: see .goreleaser.yaml.
var release, commit, date string

// An Info describes a build. Its JSON form is what `neokeys version -f json` prints. What is not
// known is empty.
type Info struct {
	// Version is a semantic version without v; for a build from a checkout, one with the
	// commit in it, such as 0.0.0-20261128114413-8bf687e0c1d2.
	Version string `json:"version"`
	// Commit is the full hex id of the commit that was built, Date when that was
	// committed, in UTC and the form of RFC 3339.
	Commit string `json:"commit"`
	Date   string `json:"date"`
	// Go is the version of Go that compiled it, such as go1.26.0.
	Go string `json:"go"`
}

// Of returns what is known of this program. The answer is found out once.
var Of = sync.OnceValue(func() Info {
	info := Info{Version: release, Date: date, Go: runtime.Version()}
	if len(commit) >= 40 { // not what GoReleaser says where it knows none
		info.Commit = commit
	}
	if build, ok := debug.ReadBuildInfo(); ok {
		info.fromBuild(build)
	}
	if info.Version == "" {
		_, source, _, _ := runtime.Caller(0)
		info.fromCheckout(filepath.Dir(filepath.Dir(filepath.Dir(source))))
	}
	if info.Version == "" {
		info.Version = "0.0.0-unknown"
	}
	info.Version = strings.TrimPrefix(info.Version, "v")
	return info
})

// fromBuild takes what the go command recorded: of a checkout its commit, of a module from a
// proxy its version.
func (i *Info) fromBuild(build *debug.BuildInfo) {
	if i.Version == "" && build.Main.Version != "(devel)" {
		i.Version = build.Main.Version
	}
	for _, s := range build.Settings {
		switch {
		case s.Key == "vcs.revision" && i.Commit == "":
			i.Commit = s.Value
		case s.Key == "vcs.time" && i.Date == "":
			i.Date = s.Value
		}
	}
}

// fromCheckout takes the commit of the checkout in folder, where the go command recorded none:
// `go run` never does, nor does a build with -buildvcs=false. The version ends with +source,
// since the files may differ from that commit. A folder that is not absolute is that of a build
// with -trimpath, whose source is anywhere.
func (i *Info) fromCheckout(folder string) {
	module, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil || !filepath.IsAbs(folder) || !strings.HasPrefix(string(module), "module github.com/neokeys/neokeys\n") {
		return
	}
	repo, err := git.Open(folder, func(string) string { return "" })
	if err != nil {
		return
	}
	id, when, err := repo.HeadCommit()
	if err != nil {
		return
	}
	i.Commit, i.Date = id, when.Format(time.RFC3339)
	i.Version = "0.0.0-" + when.Format("20060102150405") + "-" + id[:12] + "+source"
}
