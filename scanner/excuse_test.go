package scanner

import (
	"fmt"
	"strings"
	"testing"
)

func TestExcuses(t *testing.T) {
	key := newKey(rng(20))
	for _, c := range []struct {
		text       string
		suppressed bool
		reason     string
		notices    int
	}{
		{"k = '%s' # neokeys:ignore", true, "", 0},
		{"k = '%s' # neokeys:ignore revoked in May", true, "revoked in May", 0},
		{"// neokeys:ignore[neo-api-key] a test\nk = '%s'", true, "a test", 0},
		{"// neokeys:ignore[neo-api-key]\r\nk = '%s'", true, "", 0},
		{"x = 1 // neokeys:ignore\nk = '%s'", false, "", 1}, // about its own line
		{"// neokeys:ignore\n\nk = '%s'", false, "", 1},
		{"k = '%s'\n// neokeys:ignore", false, "", 1},
		{"k = '%s' // neokeys:ignore[neo-legacy-token]", false, "", 1},
		{"k = '%s' // neokeys:ignore[no-such-rule]", false, "", 1},
		{"k = '%s'\nprintf '// neokeys:ignore'", false, "", 0},
		{"// as in neokeys:ignore\nx = 1\nk = '%s'", false, "", 0},
		{"k = 'neokeys:ignore %s'", false, "", 0},
		{strings.Repeat("x = 1\n", bufferSize/6) + "k = '%s' # neokeys:ignore", true, "", 0},
		{strings.Repeat("x", bufferSize-50) + "\n# neokeys:ignore" + strings.Repeat(" ", 200) + "\nk = '%s'", true, "", 0},
	} {
		r := searchReader(t, strings.NewReader(fmt.Sprintf(c.text, key)))
		if len(r.Findings) != 1 {
			t.Fatalf("%.80q: %d findings", c.text, len(r.Findings))
		}
		f := &r.Findings[0]
		if f.Counts() == c.suppressed || c.suppressed && (f.Suppressed.By != "inline" || f.Suppressed.Reason != c.reason) {
			t.Errorf("%.80q: suppressed: %+v", c.text, f.Suppressed)
		}
		if len(r.Notices) != c.notices {
			t.Errorf("%.80q: notices: %+v", c.text, r.Notices)
		}
	}
}
