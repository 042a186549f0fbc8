package scanner

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/rules"
)

// costly are texts that take long to search when they are repeated, each in a file of a name with
// which it does.
var costly = []struct{ name, text string }{
	{"a.js", `"neo_sk_"+`}, {"a.txt", "bmVvX3Nr"}, {"a.txt", "H4sIAAAA"}, {".env", "NEO_API_KEY="}, {"a.txt", "n\x00e\x00o\x00_\x00"},
	{"a.py", "# neokeys:ignore\n"}, {"a.pl", "// neokeys:ignore[neo-api-key]"}, {"a.json", `{"NEO_API_KEY":`},
	{"Dockerfile", "ENV NEO_API_KEY=\nARG "}, {"a.js", "f(NEO_API_KEY,"}, {"a.js", "fetch(NEO_API_KEY+"}, {"a.py", "6e:65:6f:5f"},
	{"a.yml", "6E, 65, 6F"}, {"a.yml", "_sk_test"}, {"a.yml", "neo_"}, {"a.js", "NEO ="}, {"a.rb", "neo_sk_("}, {"a.xml", `JIM5--NTTZ_SK_"x`},
	{"a.xml", `H4sIA'eno`}, {"a.swift", `"enq`},
	{"a.json", `"+"neo_sk_prod_x29l^%|f`}, {"a.toml", "\r\n_SK_TEST"}, {"a.properties", "_SK_LIVE:jim5nttzneo_sk_"}, {"a.go", `",=\156\145\157`},
}

// costNames are files with whose names rules look at what is in them.
var costNames = []string{
	"a.js", "a.py", ".env", "Dockerfile", "a.yml", "a.ipynb", "a.sql", "a.txt", "a.json", "a.go", "a.php", "a.sh", "a.html", "a.xml", "a.rb",
	".github/workflows/a.yml", "public/a.js", "a.java", "a.cs", "a.rs", "a.swift", "a.toml", "Makefile", "a.ps1", "a.md", "a.tf",
}

// costPieces are what texts are made of that rules look at: names, calls and syntax.
var costPieces = []string{
	"neo_sk_", "neo_sk_prod_", "NEO_API_KEY", "neoToken", "neoagent", "https://app.neoagent.co/", "https://api.neoagent.io/", "Authorization: ",
	"fetch(", "f(", "console.log(", "process.env.", "os.environ[", "ENV ", "ARG ", "RUN ", "export ", "name: ", "value: ", "run: ", "${{", "}}", "${",
	"function ", "def f():\n", "x=", "x =>", "class A", "curl -H ", "<script>", "verify=False", "?key=", "INSERT INTO t VALUES (", "# neokeys:ignore", "/*", "*/",
	" ", "\n", "\t", ",", ";", ":", "=", "+", "(", ")", "[", "]", "{", "}", `"`, "'", "`", `\`, `\n`, `\u005f`, "%5f", "&#95;", "=3D", "<", ">", "|", ".", "_", "-", "a", "0",
	`"+"`, "\n  ", "\\\n", "\r\n", "#", "//", "\x00", "é", "return ", "if(",
}

// repeated returns text over and over, up to size bytes.
func repeated(text string, size int) []byte {
	return bytes.Repeat([]byte(text), size/len(text)+1)[:size]
}

// No text costs more than its budget, and nothing that is done besides is out of proportion to its
// size. What is counted are steps and allocations, and no time passes for a busy machine.
func TestCost(t *testing.T) {
	const size = 32 << 10
	patterns, mostAllocs := 60, uint64(6*size)
	if raceDetector { // it has pools forget what they hold
		mostAllocs *= 2
	}
	if testing.Short() {
		patterns = 20
	}
	set := rules.NewSet(rules.All())
	s := NewSearcher(set, rules.Places{})
	random := rand.New(rand.NewPCG(12, 18))
	pieces := slices.Concat(costPieces, set.Anchors().Literals())
	try := func(name, pattern string) {
		text := repeated(pattern, size)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, _, err := s.SearchReader(context.Background(), name, bytes.NewReader(text)); err != nil {
			t.Errorf("%q in %s: %v", pattern, name, err)
		}
		runtime.ReadMemStats(&after)
		var most rules.Work
		most.Upto(size)
		if used := s.stream.work.Used(); used > 2*most.Allowed() {
			t.Errorf("%q in %s: %d looks, of %d that it is worth", pattern, name, used, most.Allowed())
		}
		if allocs := after.Mallocs - before.Mallocs; allocs > mostAllocs {
			t.Errorf("%q in %s: %d allocations for %d bytes", pattern, name, allocs, size)
		}
	}
	for _, c := range costly {
		try(c.name, c.text)
	}
	for range patterns {
		var pattern strings.Builder
		for range 1 + random.IntN(4) {
			pattern.WriteString(pieces[random.IntN(len(pieces))])
		}
		try(costNames[random.IntN(len(costNames))], pattern.String())
	}
}

// What is left out when a budget is used up is said, whichever form uses it up; a plain key behind
// it is found all the same.
func TestBudgetIsSaid(t *testing.T) {
	key := newKey(rng(1218))
	for _, pattern := range []string{"6e:65:6f:5f ", "_sk_test ", "bmVvX3Nr ", "f(NEO_API_KEY, "} {
		r := searchReader(t, strings.NewReader(strings.Repeat(pattern, 1<<20/len(pattern))+"\nk="+key+"\n"))
		if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, rules.GaveUp) {
			t.Errorf("%q: problems %v", pattern, r.Problems)
		}
		if n := len(r.Findings); n == 0 || r.Findings[n-1].Key == nil || r.Findings[n-1].Key.Secret.Reveal() != key {
			t.Errorf("%q: the key behind it is not found", pattern)
		}
	}
}

// A file in which not every value can be followed is not all clear: a problem where the token rule has
// to, a notice where only habits may have been missed.
func TestIntricateIsSaid(t *testing.T) {
	const chain, calls = "x = x + y\ny = y + x\n", 100
	for _, c := range []struct {
		name, call string
		problem    bool
	}{
		{"a.py", "requests.get('https://app.neoagent.co/', headers={'Authorization': x})\n", true},
		{"b.py", "x = os.environ['NEO_API_KEY']\nprint(x)\n", false},
	} {
		text := strings.Repeat(chain, 5000) + strings.Repeat(c.call, calls)
		s := NewSearcher(rules.NewSet(rules.All()), rules.Places{})
		_, _, err := s.SearchReader(context.Background(), c.name, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		problems, notices := Remarks(s)
		if len(problems) > 0 != c.problem || c.problem && !strings.Contains(problems[0].Message, "too intricate") {
			t.Errorf("%s: problems %v", c.name, problems)
		}
		if len(notices) != 1 || !strings.Contains(notices[0].Message, "too intricate") {
			t.Errorf("%s: notices %v", c.name, notices)
		}
	}
}

// FuzzCost is for finding texts that take longer than others. It fails for those that take ten times as
// long as any text may, so that a busy machine does not matter.
func FuzzCost(f *testing.F) {
	for _, c := range costly {
		f.Add(c.name, c.text)
	}
	s := NewSearcher(rules.NewSet(rules.All()), rules.Places{})
	const size, most = 64 << 10, 2 * time.Second / 16 // 0.2 s a mebibyte, times ten
	f.Fuzz(func(t *testing.T, name, pattern string) {
		if raceDetector || pattern == "" || len(pattern) > 1<<10 || len(name) > 100 {
			t.Skip()
		}
		text, least := repeated(pattern, size), time.Hour
		for try := 0; try < 5 && least > most; try++ {
			start := time.Now()
			_, _, _ = s.SearchReader(context.Background(), name, bytes.NewReader(text))
			least = min(least, time.Since(start))
		}
		if least > most {
			t.Errorf("%q in %s: %v for %d bytes", pattern, name, least, size)
		}
	})
}

// BenchmarkWorst searches a mebibyte of each of the costliest texts known: at most 0.2 s each.
func BenchmarkWorst(b *testing.B) {
	s := NewSearcher(rules.NewSet(rules.All()), rules.Places{})
	for _, c := range costly {
		b.Run(fmt.Sprintf("%q/%s", c.text, c.name), func(b *testing.B) {
			text := repeated(c.text, 1<<20-1)
			for b.Loop() {
				_, _, _ = s.SearchReader(context.Background(), c.name, bytes.NewReader(text))
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/MiB")
		})
	}
}
