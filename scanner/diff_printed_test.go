package scanner

import (
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/testkey"
)

// However git prints a diff, what it removes is not reported, and what it adds is, where the file has it.
func TestPrintedDiff(t *testing.T) {
	old, new := "neo_sk_prod_"+testkey.Fresh(24), "neo_sk_prod_"+testkey.Fresh(24)
	hunk := "@@ -4,2 +4,2 @@\n y\n-K = '" + old + "'\n+K = '" + new + "'\n"
	diff := "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n" + hunk
	in := func(margin string) string {
		return margin + strings.ReplaceAll(strings.TrimSuffix(diff, "\n"), "\n", "\n"+margin) + "\n"
	}
	coloured := strings.NewReplacer("diff", "\x1b[1mdiff", "100644", "100644\x1b[m", "@@ -", "\x1b[36m@@ -", "2 @@", "2 @@\x1b[m",
		"\n-", "\n\x1b[31m-", "\n+K", "\n\x1b[32m+\x1b[m\x1b[32mK", "'\n", "'\x1b[m\n").Replace(diff)
	id := strings.Repeat("0123456789", 4)
	news := []string{"x:5:6"}
	for name, test := range map[string]struct {
		diff string
		want []string
	}{
		"--stat":             {" x | 2 +-\n b.png | Bin 0 -> 1 bytes\n 1 file changed, 1 insertion(+), 1 deletion(-)\n create mode 100644 b.png\n\n" + diff, news},
		"--stat of many":     {strings.Repeat(" some/long/path | 2 +-\n", 2*diffBuffer/len(" some/long/path | 2 +-\n")) + "\n" + diff, news},
		"--numstat":          {"1\t1\tx\n-\t-\tb.png\n\n" + diff, news},
		"--dirstat":          {" 100.0% src/\n" + diff, news},
		"--raw":              {":100644 100644 1234567 0000000 M\tx\n\n" + diff, news},
		"--submodule=diff":   {"Submodule sub 1234567..2345678:\n" + diff, news},
		"--oneline":          {"1234567 (HEAD -> main) Say so\n" + diff + "2345678 More\n", news},
		"--oneline --stat":   {"2345678 Merge\n1234567 Say so\n x | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n" + diff, news},
		"--abbrev-commit":    {"commit 1234567 (tag: x)\nAuthor: x\n\n    x\n\n" + diff, news},
		"--left-right":       {"commit >" + id + "\n\n" + diff, news},
		"git diff-tree":      {id + "\n" + diff, news},
		"git show TAG":       {"tag v1\nTagger: x\n\ncommit " + id + "\n\n" + diff, news},
		"git stash list -p":  {"stash@{0}: WIP on main: 1234567 x\n\n" + diff, news},
		"git status -v":      {"On branch main\nChanges to be committed:\n\tmodified: x\n\n" + diff, news},
		"diff -ur":           {"diff -ur old/x new/x\n--- old/x\t2026\n+++ x\t2026\n" + hunk, news},
		"blank lines":        {"\n \n\r\n" + diff, news},
		"byte order mark":    {bomUTF8 + diff, news},
		"colours":            {coloured, news},
		"colours of --stat":  {" x | 2 \x1b[32m+\x1b[m\x1b[31m-\x1b[m\n\n" + coloured, news},
		"--graph":            {"* commit " + id + "\n| Author: x\n| \n|     * 2345678 x\n| \n" + in("| "), news},
		"--graph of a merge": {"*   1234567 Merge\n|\\  \n" + in("| | ") + "* | 2345678 x\n|/  \n" + in("|   ") + "* 3456789 x\n" + in("  "), slices.Repeat(news, 3)},
		"--graph in colours": {"* \x1b[33mcommit " + id + "\x1b[m\n" + strings.ReplaceAll("\n"+strings.TrimSuffix(coloured, "\n"), "\n", "\n\x1b[31m|\x1b[m ")[1:] + "\n", news},

		// What only looks like it is text.
		"a list":         {"* 1234567 x\n- '" + old + "'\n", []string{"-:2:4"}},
		"a text":         {"A change:\n\n" + diff, []string{"-:10:7", "-:9:7"}},
		"in a message":   {"* commit " + id + "\n|     diff --git a/x b/x\n|     --- a/x\n|     +++ b/x\n|     @@ -1 +0 @@\n|     -'" + old + "'\n", []string{"-:6:9"}},
		"without graph":  {"* commit " + id + "\n" + strings.Replace(in("| "), "| -K", "-K", 1), []string{"-:8:7", "-:9:9"}},
		"words":          {strings.Replace(diff, "-4,2 +4,2 @@\n y\n-K", "-4,9 +4,9 @@\n y\n    k = [-'x'-]{+'"+new+"'+}\n- {+'"+new+"'+}\n-K", 1), []string{"-:7:19", "-:8:6", "x:6:6"}},
		"coloured words": {strings.Replace(coloured, "-4,2 +4,2 @@\x1b[m\n y\n", "-4,9 +4,9 @@\x1b[m\n y\n    k = \x1b[31m'x'\x1b[m\x1b[32m'"+new+"'\x1b[m\n\x1b[31m-x\x1b[m\x1b[32m'"+new+"'\x1b[m\n", 1), []string{"-:7:26", "-:8:17", "x:6:6"}},
	} {
		got := scanDiff(t, test.diff, Options{})
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
