package rules

import (
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
)

// A key that is known is found without anything around it, and nothing else is.
func TestExact(t *testing.T) {
	token := finding.NewLegacyToken(testkey.Fresh(40))
	secret := token.Secret.Reveal()
	set := NewSet([]*Rule{Exact(token), Exact(finding.NewAPIKey("prod", testkey.Fresh(24)))})
	for _, test := range []struct {
		text string
		want int
	}{
		{"x" + secret + "y " + secret, 2}, {strings.ToUpper(secret), 0}, {secret[:39], 0}, {"", 0},
	} {
		got := 0
		for at := 0; ; {
			h, ok := set.Anchors().Next([]byte(test.text), at)
			if !ok {
				break
			}
			set.Match(h, &View{Text: []byte(test.text), Pos: h.Pos}, func(_ *Rule, m Match) {
				got++
				if test.text[m.Start:m.End] != secret || m.Key.ID != token.ID {
					t.Errorf("%+v", m)
				}
			})
			at = h.Pos + 1
		}
		if got != test.want {
			t.Errorf("%d matches, want %d", got, test.want)
		}
	}
}
