// Package version says which build of neokeys this is.
package version

import (
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// unknown is the version of a build of which the go command recorded none: `go run` and -buildvcs=false
// do so. The checkout that it was built from may have moved since, and is not asked.
const unknown = "0.0.0-unknown"

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
		info.Version = unknown
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
