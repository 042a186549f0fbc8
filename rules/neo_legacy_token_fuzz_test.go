package rules

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/rules/internal/secret"
	"github.com/neokeys/neokeys/rules/place"
)

// Every value is one that a token may have, lies in the text, and is the same however
// far the view goes beyond a rule's reach.
func FuzzLegacyToken(f *testing.F) {
	token := randomSecret(rand.New(rand.NewPCG(18, 1)), 30)
	for _, all := range []map[string][]string{legacyAssignments, legacyRequests, legacyOthers} {
		for path, snippets := range all {
			for _, s := range snippets {
				f.Add(path, withToken(strings.ReplaceAll(s, "ADDRESS", legacyURL), token), uint16(0))
			}
		}
	}
	f.Add("a.xml", "<neoApiKey>\"0", uint16(0))
	finder := NewSet([]*Rule{NeoLegacyToken}).Anchors()
	f.Fuzz(func(t *testing.T, path, piece string, padding uint16) {
		const longest, anchors = 1 << 10, 4 // short inputs are tried more often
		if len(piece) > longest {
			t.Skip()
		}
		text := []byte(strings.Repeat(" ", int(padding%(2*Reach))) + piece)
		for len(piece) > 0 && len(text) < 3*Reach && padding%32 == 1 {
			text = append(text, piece...)
		}
		place := place.Of(path, text)
		view := func(lo, hi, pos int) (found []Match) {
			matchLegacyToken(&View{Text: text[lo:hi:hi], Pos: pos - lo, Code: place.Code}, func(m Match) {
				if m.Start < 0 || m.End > hi-lo {
					t.Fatalf("match %d:%d of %d bytes", m.Start, m.End, hi-lo)
				}
				if len(m.Decoded) > 1 {
					return // how much of compressed data is there depends on how much is seen
				}
				m.Start, m.End = m.Start+lo, m.End+lo
				if value := text[m.Start:m.End]; len(m.Decoded) == 0 && secret.TokenRun(value, 0) != len(value) || len(value) < secret.MinTokenLen || len(value) > secret.MaxTokenLen {
					t.Fatalf("%q is found", value)
				}
				m.Key = nil
				found = append(found, m)
			})
			return found
		}
		for from, n := 0, 0; n < anchors; n++ {
			h, ok := finder.Next(text, from)
			if !ok {
				break
			}
			from = h.Pos + 1
			near := view(max(0, h.Pos-Reach), min(len(text), h.Pos+Reach), h.Pos)
			if all := view(0, len(text), h.Pos); !reflect.DeepEqual(near, all) {
				t.Fatalf("at %d: %v within reach, %v beyond", h.Pos, near, all)
			}
		}
	})
}
