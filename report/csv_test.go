package report

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestInertCell(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"src/a.js":                 "src/a.js",
		"=HYPERLINK(\"http://x\")": "'=HYPERLINK(\"http://x\")",
		"+1":                       "'+1",
		"-1+cmd|' /C calc'!A0":     "'-1+cmd|' /C calc'!A0",
		"@SUM(A1)":                 "'@SUM(A1)",
		" =1":                      "' =1",
		"\u3000＝1":                 "'\u3000＝1",
		"\t=1":                     `\t=1`,
		"a\r\nb":                   `a\r\nb`,
		"a=b":                      "a=b",
		"-":                        "'-",
	} {
		if got := inertCell(text); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
}

// TestCSVIsSafe writes what hostile repositories hold, and reads it back: there are as many lines and
// cells as there should be, and none is a formula.
func TestCSVIsSafe(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 0))
	for range 200 {
		r := random(rng)
		inRepositories(r, rng)
		for i := range r.Findings {
			f := &r.Findings[i]
			f.Path = []string{"=1+1", "@x", "-2", "+3", "\t=4", "a,b\"c", "a\nb"}[rng.IntN(7)]
			if f.Commit != nil {
				f.Commit.Author = "=cmd()"
			}
		}
		for _, format := range []Format{CSV, CSVKeys} {
			var b bytes.Buffer
			if err := Write(&b, format, r, options()); err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(&b).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if format == CSV && len(rows) != 1+len(r.Findings) {
				t.Errorf("%d lines for %d findings", len(rows), len(r.Findings))
			}
			for _, row := range rows {
				for _, cell := range row {
					if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
						t.Errorf("%s: a cell is %q", format, cell)
					}
				}
			}
		}
	}
}
