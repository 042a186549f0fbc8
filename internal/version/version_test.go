package version

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"
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

// A build without a record of its commit, as that of this test, names none.
func TestUnknown(t *testing.T) {
	build, ok := debug.ReadBuildInfo()
	if !ok || slices.ContainsFunc(build.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" }) {
		t.Skip("the go command recorded a commit")
	}
	if info := Of(); info.Version != unknown || info.Commit != "" || info.Date != "" {
		t.Errorf("%+v", info)
	}
}
