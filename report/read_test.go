package report

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// TestReadJSON writes reports and reads them: what is written of the result that was read is the
// same, but for what a report does not hold.
func TestReadJSON(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 0))
	for range 200 {
		r := random(rng)
		inRepositories(r, rng)
		var first, second bytes.Buffer
		if err := Write(&first, CSV, r, options()); err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := Write(&text, JSON, r, options()); err != nil {
			t.Fatal(err)
		}
		read, err := ReadJSON(&text)
		if err != nil {
			t.Fatal(err)
		}
		if err := Write(&second, CSV, read, options()); err != nil {
			t.Fatal(err)
		}
		a, b := strings.Split(first.String(), "\n"), strings.Split(second.String(), "\n")
		if len(a) != len(b) {
			t.Fatalf("%d lines become %d", len(a), len(b))
		}
	}
	for _, bad := range []string{"", "{}", "[]", `{"tool":{"name":"other"},"schema_version":1}`, `{"tool":{"name":"neokeys"}}`} {
		if _, err := ReadJSON(strings.NewReader(bad)); !errors.Is(err, ErrNotReport) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := ReadJSON(strings.NewReader(`{"tool":{"name":"neokeys"},"schema_version":9}`)); err == nil {
		t.Error("a report of the future is read")
	}
}

// FuzzReadJSON reads anything, and writes what it makes of it in each form without a panic and
// without a character that could move a cursor.
func FuzzReadJSON(f *testing.F) {
	var text bytes.Buffer
	if err := Write(&text, JSON, past(), options()); err != nil {
		f.Fatal(err)
	}
	f.Add(text.Bytes())
	f.Add([]byte(`{"tool":{"name":"neokeys"},"schema_version":1,"findings":[{"severity":"error","key":{"id":"--> <script>"},"path":"\u001b[2J"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadJSON(bytes.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		d := NewDiff(&finding.Result{}, r)
		_ = d.WriteText(&out, true)
		_ = d.WriteMarkdown(&out, true)
		_ = d.WriteJSON(&out)
		_ = NewDiff(r, r).WriteText(&out, true)
		for i := range r.Findings {
			if k := r.Findings[i].Key; k != nil {
				if issue, ok := NewIssue([]*finding.Result{r, r}, k.ID, options()); ok {
					out.WriteString(issue.Title + issue.Body)
				}
			}
		}
		if i := bytes.IndexFunc(out.Bytes(), func(c rune) bool { return c < ' ' && c != '\n' || c == 0x7f }); i >= 0 {
			t.Errorf("a control character is written: %q", out.Bytes()[max(0, i-20):i+1])
		}
	})
}
