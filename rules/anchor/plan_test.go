package anchor

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// A planned search finds what another finds, also for literals that the plan does not know.
func TestPlanned(t *testing.T) {
	more := append([]string{"neod", "neop", "neot", "neo_", "neo-", "neo.", "neo:", "neo ", "neox", "bmvvx3nr", "6e:65:6f:5f"}, literals...)
	plan := MakePlan(more)
	known, err := NewPlanned(plan, more)
	if err != nil {
		t.Fatal(err)
	}
	with := append([]string{"own_key", "own.host"}, more[3:]...)
	partly, err := NewPlanned(plan, with)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var b strings.Builder
		for range 1 + random.IntN(12) {
			b.WriteString(with[random.IntN(len(with))][random.IntN(3):])
			b.WriteString("NEO \x00=e"[:random.IntN(8)])
		}
		text := []byte(b.String())
		for _, c := range []struct {
			f        *Finder
			literals []string
		}{{known, more}, {partly, with}} {
			if got, want := all(c.f, text), reference(c.literals, text); !reflect.DeepEqual(got, want) {
				t.Fatalf("%q: %v, want %v", text, got, want)
			}
		}
	}
}

// A plan lets through what it must, and hardly more: literals that begin alike share a bucket.
func TestMakePlan(t *testing.T) {
	plan := MakePlan([]string{"neoa", "neob", "neoc", "neod", "neoe", "neof", "neog", "xneoh", "neoprod", "zebra"})
	for _, p := range plan {
		if shared := strings.HasPrefix(p.Literal, "neo"); shared != (p.Bucket == 0) || shared && p.Windows[0] != 0 {
			t.Errorf("%+v", p)
		}
	}
}
