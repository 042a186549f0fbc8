package finding

import "testing"

func TestSeverity(t *testing.T) {
	for _, s := range []Severity{Note, Warning, Error} {
		if got, err := ParseSeverity(s.String()); err != nil || got != s {
			t.Errorf("%s is parsed as %s, %v", s, got, err)
		}
	}
	for _, bad := range []string{"", "Error", "fatal", "Severity(0)"} {
		if got, err := ParseSeverity(bad); err == nil {
			t.Errorf("%q is parsed as %s", bad, got)
		}
	}
	if got := Severity(9).String(); got != "Severity(9)" {
		t.Errorf("an unknown severity is called %s", got)
	}
	if Note >= Warning || Warning >= Error {
		t.Error("the severities are not in order")
	}
}

func TestExposure(t *testing.T) {
	widest := []Exposure{Browser, Mobile, Message, Name, CI, Container, Log, Notebook, Docs, Config, Source, ""}
	for i, e := range widest {
		for j, o := range widest {
			if got := e.WiderThan(o); got != (i < j) {
				t.Errorf("%q is wider than %q: %v", e, o, got)
			}
		}
		if got := e.Public(); got != (e == Browser || e == Mobile) {
			t.Errorf("%q is public: %v", e, got)
		}
	}
}

func TestLiveness(t *testing.T) {
	for l, want := range map[Liveness]bool{Live: true, Restricted: true, Inactive: false, Unknown: false, NotChecked: false} {
		if l.Works() != want {
			t.Errorf("a key that is %s works: %v", l, !want)
		}
	}
}
