package verify

import (
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/verify/mockapi/mock"
)

// doubtful returns a key of 26 characters that may be one of 24 with two of its
// neighbours.
func doubtful() *finding.Key {
	secret := random(26)
	k := finding.NewAPIKey("prod", secret)
	for _, s := range []string{secret, secret[:24], secret[:25]} {
		k.Readings = append(k.Readings, remembering(finding.NewAPIKey("prod", s)))
	}
	return k
}

func TestReadings(t *testing.T) {
	for name, c := range map[string]struct {
		states []mock.State // of the readings
		want   finding.Liveness
		which  int // the reading that the finding is about; -1 for the key as it is
	}{
		"none works":       {[]mock.State{"", "", ""}, finding.Unknown, -1},
		"the likeliest":    {[]mock.State{mock.Live, "", ""}, finding.Live, 0},
		"another":          {[]mock.State{"", mock.Live, ""}, finding.Live, 1},
		"restricted":       {[]mock.State{"", "", mock.Restricted}, finding.Restricted, 2},
		"live comes first": {[]mock.State{mock.Restricted, "", mock.Live}, finding.Live, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, c2, k := &mock.Server{}, &traffic{}, doubtful()
			for i, state := range c.states {
				api.Set(k.Readings[i].Secret.Reveal(), state)
			}
			v := newVerifier(t, options(serve(t, c2.count(api.ServeHTTP))))
			f := finding.Finding{Key: k, Severity: finding.Warning, Fingerprint: "f", Suppressed: &finding.Suppression{By: "baseline"}}
			f.Snippet = finding.Snippet{Text: "a " + k.Redacted + " b", Start: 2, End: 2 + len(k.Redacted)}
			r := &finding.Result{Findings: []finding.Finding{f}}
			exposed := Apply(r, v.Check(t.Context(), []*finding.Key{k, k}, nil))
			if len(c2.arrivals) != 3 {
				t.Errorf("%d requests for three readings", len(c2.arrivals))
			}
			got := r.Findings[0]
			want := k
			if c.which >= 0 {
				want = k.Readings[c.which]
			}
			if got.Liveness != c.want || got.Key.ID != want.ID || got.Fingerprint != "f" || len(r.Findings) != 1 {
				t.Errorf("%s with the key %s, want %s with %s", got.Liveness, got.Key.ID, c.want, want.ID)
			}
			if s := got.Snippet; s.Text[s.Start:s.End] != got.Key.Redacted || s.Text != "a "+got.Key.Redacted+" b" {
				t.Errorf("the snippet is %q", s.Text)
			}
			if works := got.Liveness.Works(); works != (exposed == 1) || works == (got.Suppressed != nil) || works != (len(got.Key.Readings) == 0) {
				t.Errorf("%d exposed, suppressed %v, %d readings left", exposed, got.Suppressed, len(got.Key.Readings))
			}
			said := got.Verification.Reason + got.Verification.Advice
			if c.which < 0 && (!strings.Contains(said, "each of the 3 ways to read it") || !strings.Contains(said, "look for the whole key") || strings.Contains(said, "no longer works")) {
				t.Errorf("of a doubtful key it is said: %s", said)
			}
		})
	}
}

// A reading without an answer leaves the key open, whatever the others are.
func TestOpenReadings(t *testing.T) {
	k := doubtful()
	answers := map[string]Answer{
		k.Readings[0].ID: answered(finding.Inactive, 401, refusedReason),
		k.Readings[1].ID: notChecked("no time"),
		k.Readings[2].ID: unknown(500, "in trouble"),
	}
	got, a := Verdict(k, answers)
	wantAnswer(t, a, finding.Unknown, "in trouble")
	delete(answers, k.Readings[2].ID)
	_, a = Verdict(k, answers)
	wantAnswer(t, a, finding.NotChecked, "no time")
	if got != k {
		t.Error("an open key becomes one of its readings")
	}
}

// A key with certain edges elsewhere keeps its own verdict.
func TestReadingThatIsAKeyElsewhere(t *testing.T) {
	k := doubtful()
	certain := *k.Readings[1]
	answers := map[string]Answer{}
	for _, r := range k.Readings {
		answers[r.ID] = answered(finding.Inactive, 401, refusedReason)
	}
	r := &finding.Result{Findings: []finding.Finding{{Key: k}, {Key: &certain}}}
	Apply(r, answers)
	if a, b := r.Findings[0].Liveness, r.Findings[1].Liveness; a != finding.Unknown || b != finding.Inactive {
		t.Errorf("the doubtful key is %s, the certain one %s", a, b)
	}
}
