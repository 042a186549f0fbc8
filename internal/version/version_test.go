package version

import (
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

func TestFromBuild(t *testing.T) {
	checkout := []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: strings.Repeat("ab", 20)}, {Key: "vcs.time", Value: "2026-11-28T11:44:13Z"}}
	for _, test := range []struct {
		info Info
		main string
		set  []debug.BuildSetting
		want Info
	}{
		{Info{}, "v0.1.0", nil, Info{Version: "v0.1.0"}},
		{Info{}, "(devel)", nil, Info{}},
		{Info{}, "v0.0.0-20261128114413-abababababab+dirty", checkout,
			Info{Version: "v0.0.0-20261128114413-abababababab+dirty", Commit: strings.Repeat("ab", 20), Date: "2026-11-28T11:44:13Z"}},
		// What a release says of itself counts.
		{Info{"0.1.0", "c", "d", ""}, "v0.0.0-20261128114413-abababababab", checkout, Info{"0.1.0", "c", "d", ""}},
	} {
		test.info.fromBuild(&debug.BuildInfo{Main: debug.Module{Version: test.main}, Settings: test.set})
		if test.info != test.want {
			t.Errorf("%s: got %+v, want %+v", test.main, test.info, test.want)
		}
	}
}

func TestFromCheckout(t *testing.T) {
	gittest.Isolate(t)
	dir := t.TempDir()
	var info Info
	info.fromCheckout(dir)
	gittest.Run(t, dir, "init", "-q")
	info.fromCheckout(dir) // no go.mod, no commit
	gittest.Write(t, filepath.Join(dir, "go.mod"), "module github.com/neokeys/neokeys\n\ngo 1.26.0\n")
	info.fromCheckout(dir)
	if info != (Info{}) {
		t.Errorf("without a commit: %+v", info)
	}
	gittest.Run(t, dir, "add", ".")
	gittest.Run(t, dir, "commit", "-qm", "x")
	info.fromCheckout(dir)
	id := strings.TrimSpace(gittest.Run(t, dir, "rev-parse", "HEAD"))
	if info.Commit != id || !strings.HasSuffix(info.Version, "-"+id[:12]+"+source") || info.Date == "" {
		t.Errorf("%+v is not about commit %s", info, id)
	}
	info = Info{}
	info.fromCheckout("github.com/neokeys/neokeys") // as -trimpath has it
	if info != (Info{}) {
		t.Errorf("with -trimpath: %+v", info)
	}
}
