package proof

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// chain writes a chain of answers about two keys: the old one dies, the new one works.
func chain(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "proof.jsonl")
	for round := range 4 {
		p, err := Open(file) // each time anew, as several commands would
		if err != nil {
			t.Fatal(err)
		}
		at := noon.Add(time.Duration(round) * time.Minute)
		date := at.Add(time.Second)
		old := Record{Time: at, KeyID: "0123456789abcdef", Host: "api.example.com", Status: 200, Liveness: finding.Live, RequestID: "a", Date: &date}
		if round > 1 {
			old.Status, old.Liveness = 401, finding.Inactive
		}
		for _, r := range []Record{old, {Time: at, KeyID: "fedcba9876543210", Status: 200, Liveness: finding.Live}, {Time: at, KeyID: "fedcba9876543210", Liveness: finding.Unknown}} {
			if err := p.Append(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSummary(t *testing.T) {
	s, err := Summarise(strings.NewReader(read(t, chain(t))))
	if err != nil {
		t.Fatal(err)
	}
	if s.Answers != 12 || len(s.Keys) != 2 || s.Skew != time.Second || s.Dates != 4 || s.Backwards != 0 {
		t.Errorf("%+v", s)
	}
	old := s.Keys[0]
	if len(old.Phases) != 2 || old.Phases[0].Status != 200 || !old.Phases[0].To.Equal(noon.Add(time.Minute)) ||
		old.Phases[1].Status != 401 || !old.Phases[1].From.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("%+v", old)
	}
	if fresh := s.Keys[1]; len(fresh.Phases) != 1 || fresh.Unclear != 4 || fresh.Phases[0].Answers != 4 {
		t.Errorf("%+v", fresh)
	}
}

// Whatever becomes of a line, the chain shows it.
func TestSlipsAreShown(t *testing.T) {
	text := read(t, chain(t))
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	lines[len(lines)-1] += "\n"
	without := func(n int) string { return strings.Join(append(append([]string{}, lines[:n]...), lines[n+1:]...), "") }
	for name, test := range map[string]struct {
		text string
		line int
	}{
		"a changed status": {strings.Replace(text, `"status":401`, `"status":200`, 1), 7},
		"a changed time":   {strings.Replace(text, "12:01:00Z", "12:01:01Z", 1), 4},
		"a line left out":  {without(3), 4},
		"the first":        {without(0), 1},
		"two swapped":      {strings.Join([]string{lines[0], lines[2], lines[1]}, ""), 2},
		"one twice":        {lines[0] + lines[0], 2},
		"cut off":          {text[:len(text)-5], 12},
		"white space":      {strings.Replace(text, `"n":2,`, `"n": 2,`, 1), 2},
		"another member":   {strings.Replace(text, `"n":2,`, `"n":2,"x":1,`, 1), 2},
		"not JSON":         {lines[0] + "x\n", 2},
		"two in a line":    {strings.TrimSuffix(lines[0], "\n") + lines[1], 1},
		"a long line":      {lines[0] + strings.Repeat(" ", maxLine+1) + "\n", 2},
	} {
		_, err := Summarise(strings.NewReader(test.text))
		var broken *Broken
		if !errors.As(err, &broken) || broken.Line != test.line {
			t.Errorf("%s: %v, want an error in line %d", name, err, test.line)
		}
	}
}

// A chain that is broken, or that another program writes to, is not gone on with.
func TestOpenAndAppendRefuse(t *testing.T) {
	file := chain(t)
	p, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	other, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Append(Record{Time: noon}); err != nil {
		t.Fatal(err)
	}
	if err := p.Append(Record{Time: noon}); err == nil {
		t.Error("two write to one chain")
	}
	if err := os.WriteFile(file, []byte("{}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); err == nil {
		t.Error("a broken chain is gone on with")
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("a folder is a chain")
	}
}

// FuzzRead reads arbitrary chains: what it accepts is exactly what would be written.
func FuzzRead(f *testing.F) {
	f.Add([]byte(read(f, chain(f))))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"n":1e9}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var again bytes.Buffer
		err := Read(bytes.NewReader(text), func(r Record) {
			line, _, err := r.line()
			if err != nil {
				t.Fatal(err)
			}
			again.Write(line)
		})
		if err == nil && !bytes.Equal(again.Bytes(), text) || !bytes.HasPrefix(text, again.Bytes()) {
			t.Fatalf("%q is read as %q", text, again.Bytes())
		}
	})
}

// Answers that come at the same time are recorded in any order; a clock that goes back is named.
func TestBackwards(t *testing.T) {
	for _, test := range []struct {
		later time.Duration // of the second answer
		want  int
	}{{-time.Second, 0}, {-time.Hour, 2}, {time.Hour, 0}} {
		file := filepath.Join(t.TempDir(), "proof.jsonl")
		p, err := Open(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{noon, noon.Add(test.later)} {
			if err := p.Append(Record{Time: at, KeyID: "0123456789abcdef", Status: 200, Liveness: finding.Live}); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		s, err := Summarise(strings.NewReader(read(t, file)))
		if err != nil || s.Backwards != test.want || s.Last.Before(s.First) {
			t.Errorf("%v later: %+v, %v", test.later, s, err)
		}
	}
}
