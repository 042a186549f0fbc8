package suggest

import (
	"strings"
	"testing"
)

func TestOr(t *testing.T) {
	names := []string{"neo-api-key", "stale-key", "x", strings.Repeat("y", 1000)}
	for written, want := range map[string]string{
		"neo-apikey":              `, did you mean "neo-api-key"?`,
		"stale_key":               `, did you mean "stale-key"?`,
		"nothing like it":         "; see",
		"":                        "; see",
		strings.Repeat("y", 999):  "; see",
		strings.Repeat("y", 1000): "; see",
	} {
		if got := Or(written, names, "; see"); got != want {
			t.Errorf("%.20q: %q, want %q", written, got, want)
		}
	}
}
