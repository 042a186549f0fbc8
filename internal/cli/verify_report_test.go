package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/verify"
)

// A dead key gets one line of its own, however long the others live.
func TestWatchShowsDeadKeysOnce(t *testing.T) {
	event := func(l finding.Liveness, since time.Duration) verify.Event {
		return verify.Event{
			Key: finding.NewAPIKey("prod", random(24)), Answer: verify.Answer{Liveness: l, Reason: "told"},
			Condition: l, Since: time.Now().Add(-since),
		}
	}
	live, dead, older := event(finding.Live, time.Hour), event(finding.Inactive, time.Minute), event(finding.Inactive, time.Hour)
	var out strings.Builder
	text := newVerifyText(&out, false)
	for round := 1; round <= 3; round++ {
		out.Reset()
		if err := text.round(round, nil, []verify.Event{dead, live, older}); err != nil {
			t.Fatal(err)
		}
		got := out.String()
		if !strings.Contains(got, live.Key.Redacted) {
			t.Errorf("round %d does not show the key that works:\n%s", round, got)
		}
		for _, e := range []verify.Event{dead, older} {
			if shown := strings.Contains(got, e.Key.Redacted); shown != (round == 1) {
				t.Errorf("round %d shows the dead key: %v\n%s", round, shown, got)
			}
		}
		if counted := strings.Contains(got, "inactive     2 shown before, the last dead for 1m"); counted != (round > 1) {
			t.Errorf("round %d counts dead keys: %v\n%s", round, counted, got)
		}
	}
}
