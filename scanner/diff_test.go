package scanner

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
)

// scanDiff returns what is found in standard input, as path:line.
func scanDiff(t testing.TB, text string, o Options) []string {
	t.Helper()
	o.Paths, o.Input, o.Rules = []string{Stdin}, strings.NewReader(text), rules.NewSet([]*rules.Rule{rules.NeoAPIKey})
	r := New(o).Run(context.Background())
	if len(r.Problems) > 0 {
		t.Errorf("%v", r.Problems)
	}
	var places []string
	for _, f := range r.Findings {
		places = append(places, fmt.Sprintf("%s:%d:%d", f.Path, f.Line, f.Column))
	}
	return places
}

func TestDiff(t *testing.T) {
	key := func() string { return "neo_sk_prod_" + testkey.Fresh(24) }
	a, b, c := key(), key(), key()
	for name, test := range map[string]struct {
		diff string
		want []string
	}{
		"git": {"diff --git a/src/x.py b/src/x.py\nindex 1..2 100644\n--- a/src/x.py\n+++ b/src/x.py\n@@ -10,3 +10,4 @@ def f():\n context\n-K = '" + a + "'\n+K = '" + b + "'\n+y\n context\n",
			[]string{"src/x.py:11:6"}},
		"context is not news": {"--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n K = '" + a + "'\n+z\n y\n", nil},
		"new file": {"diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+'" + a + "'\n\\ No newline at end of file\n",
			[]string{"x:1:2"}},
		"two files": {"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+'" + a + "'\n--- a/y\n+++ b/y\n@@ -5,0 +6,2 @@\n+y\n+'" + b + "'\n",
			[]string{"x:1:2", "y:7:2"}},
		"two hunks":    {"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+'" + a + "'\n@@ -90 +90,2 @@\n y\n+'" + b + "'\n", []string{"x:1:2", "x:91:2"}},
		"no prefix":    {"diff --git src/x src/x\n--- src/x\n+++ src/x\n@@ -1 +1 @@\n-x\n+'" + a + "'\n", []string{"src/x:1:2"}},
		"mnemonic":     {"diff --git i/x w/x\n--- i/x\n+++ w/x\n@@ -1 +1 @@\n-x\n+'" + a + "'\n", []string{"x:1:2"}},
		"folder a":     {"diff --git a/x a/x\n--- a/x\n+++ a/x\n@@ -1 +1 @@\n-x\n+'" + a + "'\n", []string{"a/x:1:2"}},
		"quoted":       {"diff --git \"a/\\303\\244\" \"b/\\303\\244\"\n--- \"a/\\303\\244\"\n+++ \"b/\\303\\244\"\n@@ -1 +1 @@\n-x\n+'" + a + "'\n", []string{"ä:1:2"}},
		"diff -u":      {"--- x.old\t2026-01-01 00:00:00\n+++ x.new\t2026-01-01 00:00:00\n@@ -1 +1 @@\n-x\n+'" + a + "'\n", []string{"x.new:1:2"}},
		"log":          {"commit " + strings.Repeat("a", 40) + "\nAuthor: x\n\n    Use " + c + "\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n x\n+'" + a + "'\n\ncommit " + strings.Repeat("b", 40) + "\n\n    " + b + "\n", []string{"-:15:5", "-:4:9", "x:2:2"}},
		"merge":        {"diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,2 -1,2 +1,3 @@@\n  x\n -y\n- z\n++'" + a + "'\n +'" + b + "'\n", []string{"x:2:2", "x:3:2"}},
		"name":         {"diff --git a/" + a + " b/" + a + "\nold mode 100644\nnew mode 100755\n", []string{"-:1:14", "-:1:53"}},
		"after a hunk": {"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+y\n '" + a + "'\n", []string{"-:6:3"}},
		"a lie":        {"--- a/x\n+++ b/x\n@@ -1,99 +1,99 @@\n-x\nK = '" + a + "'\n", []string{"-:5:6"}},
		"windows":      {"--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-x\r\n+'" + a + "'\r\n", []string{"x:1:2"}},
		"long line":    {"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+" + strings.Repeat("y ", diffBuffer) + "'" + a + "'\n", []string{fmt.Sprintf("x:1:%d", 2*diffBuffer+2)}},
		"no diff":      {"x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-'" + a + "'\n+x\n", []string{"-:5:3"}},
	} {
		got := scanDiff(t, test.diff, Options{})
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	if got := scanDiff(t, "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-'"+a+"'\n+x\n", Options{NoDiff: true}); !slices.Equal(got, []string{"-:4:3"}) {
		t.Errorf("without diffs: %v", got)
	}
}

// A hunk of any length takes no more memory than a piece of it.
func TestLongDiff(t *testing.T) {
	key := "neo_sk_prod_" + testkey.Fresh(24)
	var b bytes.Buffer
	const lines = 3 * diffPiece / 100
	fmt.Fprintf(&b, "--- /dev/null\n+++ b/x\n@@ -0,0 +1,%d @@\n", lines)
	for i := range lines {
		if i == lines-2 {
			fmt.Fprintf(&b, "+'%s'\n", key)
		} else {
			b.WriteString("+" + strings.Repeat("x", 99) + "\n")
		}
	}
	if got := scanDiff(t, b.String(), Options{}); !slices.Equal(got, []string{fmt.Sprintf("x:%d:2", lines-1)}) {
		t.Errorf("%v", got)
	}
}

// Whatever a diff says of itself, nothing of it is lost: a key in it is found, unless it is on a
// line that the diff removes or shows.
func FuzzDiff(f *testing.F) {
	f.Add("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n x\n+y\n", "\n-z\n")
	f.Add("--- a/x\n+++ b/x\n@@@ -1 -1 +1 @@@\n++y\n", "")
	f.Add("* 1234567 x\n| diff --git a/x b/x\n| @@ -1,2 +1,2 @@\n| -x", "| +y\n")
	f.Add("\x1b[1mdiff --git a/x b/x\x1b[m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[m\n x", "\x1b[m")
	f.Fuzz(func(t *testing.T, before, after string) {
		key := "neo_sk_prod_" + testkey.Fresh(24)
		if strings.Contains(before+after, "neo_sk_") || strings.Contains(before+after, "inary ") || strings.ContainsAny(before+after, "\x00\x1f") || !utf8.ValidString(before+after) || len(before) > diffBuffer/2 {
			return
		}
		got := scanDiff(t, before+"\nK = '"+key+"'\n"+after, Options{})
		if _, isDiff := printedOf([]byte(before+"\n"), false); len(got) == 0 && isDiff {
			t.Errorf("nothing is found in %q", before+"\nK = ...\n"+after)
		}
	})
}

// What a diff has of a binary file is damaged or not, and never more than it says.
func FuzzBinaryPatch(f *testing.F) {
	f.Add("literal 41\nwcmZQzWa7$8&5tk6jxQ+6Pl<O5Da*}Ca`B7sO7zI}^A2zi&dN^83-@OL01n;_UjP6A\n\nliteral 0\nHcmV?d00001\n")
	f.Add("delta 4\nLcmZ\n\n")
	set := rules.NewSet(rules.All())
	f.Fuzz(func(t *testing.T, patch string) {
		input := strings.NewReader("diff --git a/x b/x\nindex 0..1\nGIT binary patch\n" + patch)
		r := New(Options{Paths: []string{Stdin}, Input: input, Rules: set}).Run(t.Context())
		for _, p := range r.Problems {
			if p.Message == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
