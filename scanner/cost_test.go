package scanner

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
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
	{".netrc", "'b19z"}, {"a.go", "https://app.neoagent.co/"}, {"values.yaml", `http://app.neoagent.co*\`}, {"a.cs", `\x1f\x8b\x08=ejwv3hptvrs0`},
	{"Jenkinsfile", "neosecret\\\nENV 110,\r\n101"}, {"a.groovy", "aneo_sk_'ejy"}, {"a.rb", "6e}, {0x65}neo_sk_prod_"}, {"a.rst", `_sk_"`},
	{"a.sql", "neo_sk_'"}, {"Makefile", ` ejzneo_sk_pd_yl9mneo_b0fwautlneo"`}, {"a.py", " ejzneo_sk_prod_yl9mneo_"},
	{"a.bin", "yl9m"}, {"a.json", "&#x6e;&#x65;"}, {"a.sh", "a $NEO_API_KEY\n"}, {"a.yml", "- run: |\n   a $NEO_API_KEY\n"},
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
	const sent, printed = "requests.get('https://app.neoagent.co/', headers={'Authorization': x})\n", "x = os.environ['NEO_API_KEY']\nprint(x)\n"
	code := func(call string) string { return strings.Repeat(chain, 5000) + strings.Repeat(call, calls) }
	cells, err := json.Marshal(code(sent))
	if err != nil {
		t.Fatal(err)
	}
	const host = "curl https://app.neoagent.co/\n"
	for _, c := range []struct {
		name, text string
		problem    bool
	}{
		{"a.py", code(sent), true},
		{"b.py", code(printed), false},
		{"c.ipynb", `{"cells": [{"cell_type": "code", "source": [` + string(cells) + `]}]}`, true},
		{"d.sh", host + strings.Repeat("a;", 100_000), true},
		{"e.sh", "echo $NEO_API_KEY\n" + strings.Repeat("a;", 100_000), false},
		{"f.sh", "echo $NEO_API_KEY\n" + strings.Repeat("(", 200), false},
		{"g.yml", "NEO_API_KEY: x\n" + strings.Repeat("a: b\n", 100_000), false},
		{"h.yml", "run: " + host + strings.Repeat("a: b\n", 100_000), true},
		{"i.js", "NEO_API_KEY=1\n" + strings.Repeat("a=b;", 200_000), false},
		{"Dockerfile", "RUN " + host + strings.Repeat("RUN a b c\n", 50_000), true},
	} {
		s := NewSearcher(rules.NewSet(rules.All()), rules.Places{})
		_, _, err := s.SearchReader(context.Background(), c.name, strings.NewReader(c.text))
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

// endPart ends a part in a recipe for a text, in which two bytes are a piece. The first part stands once, and
// the others fill the text in equal shares.
const endPart = 0xff

func cook(recipe []byte, pieces []string, size int) (text []byte) {
	parts := bytes.Split(recipe, []byte{endPart})
	for n, part := range parts {
		var pattern strings.Builder
		for pair := range slices.Chunk(part, 2) {
			pattern.WriteString(pieces[(int(pair[0])<<8|int(pair[len(pair)-1]))%len(pieces)])
		}
		switch {
		case pattern.Len() == 0 || pattern.Len() > size/8:
		case n == 0 && len(parts) > 1:
			text = append(text, pattern.String()...)
		default:
			text = append(text, repeated(pattern.String(), size/len(parts))...)
		}
	}
	return text
}

// FuzzCost looks for texts that take longer than others. Its inputs are recipes, so that nearly all of them
// say something that rules look at. It fails for those that take as long of the processor as any text may that
// is sixteen times as long: a third of that is what short texts are worth, and fuzzing takes time itself.
func FuzzCost(f *testing.F) {
	set := rules.NewSet(rules.All())
	pieces := slices.Concat(costPieces, set.Anchors().Literals())
	f.Add(uint8(3), []byte{0, 2, endPart, 0, 17, 0, 47}) // a Dockerfile with a key's name, then commands
	for n := range costNames {
		f.Add(uint8(n), []byte{0, uint8(7 * n), 1, uint8(11*n + 1), endPart, 0, uint8(13*n + 2), endPart, 1, uint8(17 * n), 0, uint8(19 * n)})
	}
	s := NewSearcher(set, rules.Places{})
	const size, most = 64 << 10, 200 * time.Millisecond
	f.Fuzz(func(t *testing.T, name uint8, recipe []byte) {
		if raceDetector || len(recipe) > 64 {
			t.Skip()
		}
		text, least := cook(recipe, pieces, size), time.Hour
		file := costNames[int(name)%len(costNames)]
		for try := 0; try < 5 && least > most; try++ {
			start := processorTime()
			_, _, _ = s.SearchReader(context.Background(), file, bytes.NewReader(text))
			least = min(least, processorTime()-start)
		}
		if least > most {
			t.Errorf("%q... in %s: %v for %d bytes", text[:min(len(text), 200)], file, least, len(text))
		}
	})
}

// BenchmarkWorst searches a mebibyte of each of the costliest texts known: at most 0.2 s each.
func BenchmarkWorst(b *testing.B) {
	s := NewSearcher(rules.NewSet(rules.All()), rules.Places{})
	for _, c := range costly {
		b.Run(fmt.Sprintf("%q/%s", c.text, c.name), func(b *testing.B) {
			text := repeated(c.text, 1<<20-1)
			start := processorTime()
			for b.Loop() {
				_, _, _ = s.SearchReader(context.Background(), c.name, bytes.NewReader(text))
			}
			b.ReportMetric((processorTime()-start).Seconds()/float64(b.N), "s/MiB") // of the processor
		})
	}
}

// Compressed data that is not looked at to its end is no all clear, be it much or a bomb.
func TestPackedIsSaid(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 12))
	packed := func(plain []byte) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(plain); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(b.Bytes())
	}
	words := make([]byte, 60<<10)
	for i := range words {
		words[i] = "neotkn_ "[random.IntN(8)]
	}
	for name, c := range map[string]struct {
		text string
		said bool
	}{
		"one":  {"a: " + packed(words) + "\n", false},
		"many": {strings.Repeat("a: "+packed(words)+"\n", 30), true},
		"bomb": {"a: " + packed(bytes.Repeat(words[:4<<10], 2500)) + "\n", true},
	} {
		if len(c.text) > rules.MaxFile {
			t.Fatalf("%s: %d bytes", name, len(c.text))
		}
		r := searchReader(t, strings.NewReader(c.text))
		if said := len(r.Problems) == 1 && strings.Contains(r.Problems[0].Message, rules.GaveUp); said != c.said {
			t.Errorf("%s of %d bytes: problems %v", name, len(c.text), r.Problems)
		}
	}
}
