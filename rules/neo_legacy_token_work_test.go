package rules

import (
	"strings"
	"testing"
)

// A text made of anchors costs no more than its budget, but for what the last anchor may: the
// steps are counted, not the time. What stands between them is what readers stop at, or do not.
func TestLegacyTokenWork(t *testing.T) {
	anchors := append([]string{"neo_api_key", "neoagent_secret_key", "name: neo_api_key", "https://app.neoagent.co ", "authorization app.neoagent.co"}, NeoLegacyToken.Anchors...)
	finder := NewSet([]*Rule{NeoLegacyToken}).Anchors()
	for _, a := range anchors {
		for _, between := range []string{"", ",", "(", "{", "=", ": ", "\t", "\n", "\n\n", "<", "</", "|", ";", "[", "\"", " = x || ", "authorization: ", " authorization: t\n", "\\n", "``", "value: "} {
			text := []byte(strings.Repeat(a+between, (8<<10)/len(a+between)))
			for _, code := range []bool{false, true} {
				var w Work
				before := 0
				for from := 0; ; {
					h, ok := finder.Next(text, from)
					if !ok {
						break
					}
					from = h.Pos + 1
					lo, hi := max(0, h.Pos-Reach), min(len(text), h.Pos+Reach)
					matchLegacyToken(&View{Text: text[lo:hi], Pos: h.Pos - lo, Code: code, Work: &w}, func(Match) {})
					if step := w.Used() - before; step > 64*2*Reach {
						t.Errorf("%q and %q, code %v: one anchor costs %d looks", a, between, code, step)
						break
					}
					before = w.Used()
				}
				w.Upto(int64(len(text)))
				if per := w.Used() / len(text); per > 4096 {
					t.Errorf("%q and %q, code %v: %d looks a byte without a bound", a, between, code, per)
				}
			}
		}
	}
}

// What has been used up stays so, and nothing more is looked at.
func TestLegacyTokenGivesUp(t *testing.T) {
	text := []byte(strings.Repeat("f(NEO_API_KEY,", 1<<20/14))
	finder := NewSet([]*Rule{NeoLegacyToken}).Anchors()
	var w Work
	w.Upto(int64(len(text)))
	spent := 0
	for from := 0; ; {
		h, ok := finder.Next(text, from)
		if !ok {
			break
		}
		from = h.Pos + 1
		lo, hi := max(0, h.Pos-Reach), min(len(text), h.Pos+Reach)
		matchLegacyToken(&View{Text: text[lo:hi], Pos: h.Pos - lo, Code: true, Work: &w}, func(Match) {})
		if w.Spent() && spent == 0 {
			spent = w.Used()
		}
	}
	if spent == 0 {
		t.Fatal("the budget is never used up")
	}
	if more := w.Used() - spent; more > len(text)*8 {
		t.Errorf("%d looks after the budget was used up", more)
	}
}
