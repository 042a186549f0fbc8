package sourcemap

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"runtime"
	"strings"
	"testing"

	reference "github.com/go-sourcemap/sourcemap"
)

// A built map is one that a test writes.
type built struct {
	Version        int       `json:"version"`
	Sections       []section `json:"sections,omitempty"`
	SourceRoot     string    `json:"sourceRoot,omitempty"`
	Sources        []string  `json:"sources,omitempty"`
	SourcesContent []*string `json:"sourcesContent,omitempty"`
	Names          []string  `json:"names,omitempty"`
	Mappings       string    `json:"mappings,omitempty"`
}

type section struct {
	Offset offset `json:"offset"`
	Map    built  `json:"map"`
}

type offset struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

func (b built) text() string {
	text, err := json.Marshal(b)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// encode writes segments, in order, as mappings.
func encode(segments []segment) string {
	var b strings.Builder
	line, column, source, from := 0, 0, 0, position{}
	first := true
	for _, s := range segments {
		for ; line < s.at.line; line++ {
			b.WriteByte(';')
			column, first = 0, true
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		vlq(&b, s.at.column-column)
		column = s.at.column
		if s.source >= 0 {
			vlq(&b, s.source-source)
			vlq(&b, s.from.line-from.line)
			vlq(&b, s.from.column-from.column)
			source, from = s.source, s.from
		}
	}
	return b.String()
}

func vlq(b *strings.Builder, n int) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	v := n << 1
	if n < 0 {
		v = -n<<1 | 1
	}
	for {
		d := v & 31
		if v >>= 5; v > 0 {
			d |= 32
		}
		b.WriteByte(alphabet[d])
		if v == 0 {
			return
		}
	}
}

func resolve(t testing.TB, text string, queries ...Query) []*Place {
	t.Helper()
	places, err := Resolve(context.Background(), strings.NewReader(text), queries)
	if err != nil {
		t.Fatal(err)
	}
	return places
}

func (p *Place) String() string {
	if p == nil {
		return "nowhere"
	}
	return fmt.Sprintf("%s:%d:%d", p.Source, p.Line, p.Column)
}

const secret = "the-secret-that-is-looked-for"

func content(lines ...string) *string {
	text := strings.Join(lines, "\n")
	return &text
}

func TestResolve(t *testing.T) {
	plain := built{
		Version: 3, SourceRoot: "../",
		Sources: []string{"src/a.js", "src/b.js", "src/c.json"},
		SourcesContent: []*string{
			content("import b", `const é = "x", k = "`+secret+`"`, "", "𝒳𝒳 = process.env.NEO_API_KEY"), nil,
			content("{", `  "k": "`+secret+`"`, "}"),
		},
		Mappings: encode([]segment{
			{position{0, 0}, 0, position{0, 0}},
			{position{0, 10}, 0, position{1, 6}},
			{position{0, 50}, 1, position{7, 3}},
			{position{0, 60}, -1, position{}},
			{position{2, 5}, 0, position{3, 7}},
			{position{2, 90}, 2, position{0, 0}},
		}),
	}
	for _, test := range []struct {
		q    Query
		want string
	}{
		{Query{Line: 1, Column: 0}, "../src/a.js:1:1"},
		{Query{Line: 1, Column: 9}, "../src/a.js:1:1"},
		{Query{Line: 1, Column: 10}, "../src/a.js:2:7"},
		{Query{Line: 1, Column: 14, Secret: secret}, "../src/a.js:2:21"},
		{Query{Line: 1, Column: 14, Secret: secret + " and more"}, "../src/a.js:2:21"}, // a part of it
		{Query{Line: 1, Column: 14, Secret: "another-key-of-the-same-length"}, "../src/a.js:2:7"},
		{Query{Line: 1, Column: 55}, "../src/b.js:8:4"},
		{Query{Line: 1, Column: 55, Secret: secret}, "../src/a.js:2:21"}, // a wrong mapping
		{Query{Line: 1, Column: 1000}, "nowhere"},
		{Query{Line: 2, Column: 3}, "nowhere"},
		{Query{Line: 3, Column: 4}, "nowhere"},
		{Query{Line: 3, Column: 8}, "../src/a.js:4:6"}, // two characters of two units are before it
		{Query{Line: 3, Column: 99, Secret: secret}, "../src/c.json:2:9"},
		{Query{Line: 9, Column: 99, Secret: secret}, "../src/a.js:2:21"},
		{Query{Line: 9, Column: 99}, "nowhere"},
	} {
		if got := fmt.Sprint(resolve(t, plain.text(), test.q)[0]); got != test.want {
			t.Errorf("%+v is %s, want %s", test.q, got, test.want)
		}
	}
	p := resolve(t, plain.text(), Query{Line: 3, Column: 8})[0]
	if name, at := Variable(p.Text, p.Column); name != "NEO_API_KEY" || at != 6 {
		t.Errorf("the variable at %v of %q is %s at %d", p, p.Text, name, at)
	}

	text := plain.text()
	for i, want := range []string{"../src/a.js:2:21", "../src/c.json:2:9"} {
		at := strings.Index(text, secret)
		if i == 1 {
			at = strings.LastIndex(text, secret)
		}
		if got := fmt.Sprint(resolve(t, text, Query{Offset: int64(at)})[0]); got != want {
			t.Errorf("place %d of the secret in the map is %s, want %s", i, got, want)
		}
	}
	if got := resolve(t, text, Query{Offset: 3})[0]; got != nil {
		t.Errorf("the beginning of the map is %v", got)
	}
}

func TestResolveSections(t *testing.T) {
	one := func(name string) built {
		return built{Version: 3, Sources: []string{name}, SourcesContent: []*string{content("1", "2 "+secret)},
			Mappings: encode([]segment{{position{0, 0}, 0, position{4, 4}}, {position{1, 0}, 0, position{5, 5}}})}
	}
	index := built{Version: 3, Sections: []section{
		{offset{0, 0}, one("a")}, {offset{0, 100}, one("b")}, {offset{5, 0}, one("c")},
	}}
	text := index.text()
	// The same with each offset behind its map, as an encoder may write it that sorts names.
	var sorted any
	if err := json.Unmarshal([]byte(text), &sorted); err != nil {
		t.Fatal(err)
	}
	alphabetic, _ := json.Marshal(sorted)
	for _, text := range []string{text, string(alphabetic), ")]}'\n" + text, "\ufeff" + text} {
		for q, want := range map[Query]string{
			{Line: 1, Column: 99}:                 "a:5:5",
			{Line: 1, Column: 100}:                "b:5:5",
			{Line: 1, Column: 170}:                "b:5:5",
			{Line: 2, Column: 3}:                  "b:6:6",
			{Line: 5, Column: 3}:                  "nowhere",
			{Line: 6, Column: 3}:                  "c:5:5",
			{Line: 7, Column: 3}:                  "c:6:6",
			{Line: 7, Column: 3, Secret: secret}:  "c:2:3",
			{Line: 70, Column: 3, Secret: secret}: "a:2:3",
		} {
			if got := fmt.Sprint(resolve(t, text, q)[0]); got != want {
				t.Errorf("%+v is %s, want %s", q, got, want)
			}
		}
	}
}

// What is long, or cut anywhere, is the same as what is short.
func TestResolveLong(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		var b strings.Builder
		line, column := 1, 1
		for n := rng.IntN(3 * contentWindow); b.Len() < n; {
			s := []string{"x", "\n", "é", "\t", `"`, "𝒳", "\\", "the-sec"}[rng.IntN(8)]
			b.WriteString(s)
			if column += len([]rune(s)); s == "\n" {
				line, column = line+1, 1
			}
		}
		text := b.String() + secret + "\n"
		m := built{Version: 3, Sources: []string{"a"}, SourcesContent: []*string{&text}}.text()
		for _, q := range []Query{{Line: 1, Secret: secret}, {Offset: int64(strings.Index(m, secret))}} {
			if got, want := fmt.Sprint(resolve(t, m, q)[0]), fmt.Sprintf("a:%d:%d", line, column); got != want {
				t.Fatalf("%+v is %s, want %s", q, got, want)
			}
		}
	}
}

// A library that reads maps as a whole agrees on those that it can read.
func TestResolveAgrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var segments []segment
		at := position{}
		for range 1 + rng.IntN(50) {
			segments = append(segments, segment{at, rng.IntN(3), position{rng.IntN(900), rng.IntN(900)}})
			if at.column += 1 + rng.IntN(90); rng.IntN(4) == 0 {
				at = position{at.line + 1 + rng.IntN(2), 0}
			}
		}
		text := built{Version: 3, Sources: []string{"a", "b", "c"}, Mappings: encode(segments)}.text()
		whole, err := reference.Parse("", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range segments {
			column := s.at.column + rng.IntN(3)
			source, _, line, from, ok := whole.Source(s.at.line+1, column)
			want := fmt.Sprintf("%s:%d:%d", source, line, from+1)
			if got := fmt.Sprint(resolve(t, text, Query{Line: s.at.line + 1, Column: column})[0]); ok && got != want {
				t.Fatalf("line %d, column %d is %s, want %s in %s", s.at.line+1, column, got, want, text)
			}
		}
	}
}

func TestResolveHostile(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":         "<!doctype html><title>not found</title>",
		"nothing":         "",
		"another version": `{"version": 2, "mappings": "AAAA"}`,
		"cut":             `{"version": 3, "sources": ["a"], "mappings": "AAAA`,
		"a long number":   `{"version":3,"sources":["a"],"mappings":"` + strings.Repeat("g", 100) + `"}`,
		"negative":        `{"version":3,"sources":["a"],"mappings":"AADA"}`,
		"two fields":      `{"version":3,"sources":["a"],"mappings":"AA"}`,
		"six fields":      `{"version":3,"sources":["a"],"mappings":"AAAAAA"}`,
		"not base 64":     `{"version":3,"sources":["a"],"mappings":"A!AA"}`,
		"deep":            `{"x":` + strings.Repeat("[", 1<<20),
		"bad escape":      `{"sources":["\x"]}`,
		"many sections":   `{"sections":[` + strings.Repeat(`{},`, maxSections+1) + `{}]}`,
	} {
		places, err := Resolve(context.Background(), strings.NewReader(text), []Query{{Line: 1}})
		if err == nil || places[0] != nil {
			t.Errorf("%s: %v, error %v", name, places[0], err)
		}
	}
	for name, text := range map[string]string{
		"no such source":   `{"version":3,"sources":["a"],"mappings":"ACAA"}`,
		"null":             `{"version":3,"sources":[null],"sourcesContent":[null,7],"mappings":"AAAA"}`,
		"no map":           `{"version":3,"sections":[{"offset":{"line":0,"column":0}},{}]}`,
		"sections in them": `{"version":3,"sections":[{"map":{"sections":[{"map":{"sources":["a"],"mappings":"AAAA"}}]}}]}`,
		"other kinds":      `{"version":"3","sources":{},"sourcesContent":"x","mappings":[1,-2.5e3],"sections":null}`,
	} {
		if places := resolve(t, text, Query{Line: 1}); places[0] != nil {
			t.Errorf("%s: %v", name, places[0])
		}
	}
	// Mappings that are damaged do not hide the sources.
	const damaged = `{"version":3,"sources":["a"],"mappings":"AAAA,!","sourcesContent":["x ` + secret + `"]}`
	places, err := Resolve(context.Background(), strings.NewReader(damaged), []Query{{Line: 1, Secret: secret}})
	if err == nil || fmt.Sprint(places[0]) != "a:1:3" {
		t.Errorf("%v, error %v", places[0], err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Resolve(ctx, strings.NewReader(damaged), []Query{{Line: 1}}); err == nil {
		t.Error("a cancelled search goes on")
	}
}

// A stretch is a text that is repeated, without being in memory.
type stretch struct {
	head, body, tail string
	times            int64
	at               int64
	calls            int
	most             uint64 // of memory in use while it was read
}

func (s *stretch) Seek(at int64, _ int) (int64, error) {
	s.at = at
	return at, nil
}

func (s *stretch) Read(p []byte) (n int, err error) {
	body := int64(len(s.body)) * s.times
	if s.calls++; s.calls%100 == 0 {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		s.most = max(s.most, now.HeapAlloc)
	}
	for n < len(p) {
		at := s.at - int64(len(s.head))
		switch {
		case at < 0:
			p[n] = s.head[s.at]
		case at < body:
			p[n] = s.body[at%int64(len(s.body))]
		case at-body < int64(len(s.tail)):
			p[n] = s.tail[at-body]
		default:
			return n, io.EOF
		}
		n++
		s.at++
	}
	return n, nil
}

func TestResolveInLittleMemory(t *testing.T) {
	size, most := int64(100<<20), uint64(24<<20)
	if testing.Short() {
		size, most = 8<<20, 6<<20
	}
	for name, s := range map[string]*stretch{
		"segments": {head: `{"version":3,"sources":["a"],"mappings":"`, body: "IAAA,", tail: `AAAA"}`},
		"lines":    {head: `{"version":3,"sources":["a"],"mappings":"`, body: ";", tail: `AAAA"}`},
		"content":  {head: `{"version":3,"sources":["a"],"sourcesContent":["`, body: `the-sec\n\u00e9 `, tail: secret + `"]}`},
		"sources":  {head: `{"version":3,"sources":["`, body: `","x`, tail: `"]}`},
		"a name":   {head: `{"version":3,"sources":["`, body: `x`, tail: `"]}`},
	} {
		s.times = size / int64(len(s.body))
		runtime.GC()
		if _, err := Resolve(context.Background(), s, []Query{{Line: 1 << 30, Secret: secret}, {Line: 1 << 30, Column: 1}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if s.most > most {
			t.Errorf("%s: %d bytes were in use for a map of %d", name, s.most, size)
		}
	}
}

func TestRead(t *testing.T) {
	read := func(text string, offsets ...int64) *Script {
		s, err := Read(context.Background(), strings.NewReader(text), int64(len(text)), offsets)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	long := strings.Repeat("x", 256<<10)
	for text, want := range map[string]string{
		"a()\n//# sourceMappingURL=a.js.map":                              "a.js.map",
		"a()\n//@ sourceMappingURL=a.js.map\n\n":                          "a.js.map",
		"a{}\n/*# sourceMappingURL=a.css.map */\n":                        "a.css.map",
		"a{}/*# sourceMappingURL=a.css.map*/":                             "a.css.map",
		"//# sourceMappingURL=old.map\nb()\n//# sourceMappingURL=new.map": "new.map",
		"eval(\"x//# sourceMappingURL=data:x\\n//# sourceURL=y\")":        "",
		"const s = '//# sourceMappingURL=' + x":                           "",
		"// sourceMappingURL=a.map":                                       "",
		"//# sourceMappingURL=\n":                                         "",
		"//# sourceMappingURL=" + long:                                    "",
		"//# sourceMappingURL=data:x;base64," + long + "\n":               "data:",
		long + "//# sourceMappingURL=a.map\n" + long:                      "a.map",
		long[:len(long)-5] + "//# sourceMappingURL=a.map\n":               "a.map",
		long[:len(long)-20] + "//# sourceMappingURL=a.map\n":              "a.map",
		"": "",
	} {
		if got := read(text).Map; got != want {
			t.Errorf("%.60q has the map %q, want %q", text, got, want)
		}
	}
	text := "𝒳\n𝒳é𝒳x" + long + "𝒳x\nx"
	s := read(text, 5, int64(strings.Index(text, "x")), int64(strings.LastIndex(text, "𝒳x")+4), int64(len(text)-1))
	if got := fmt.Sprint(s.Wide); got != "[0 2 3 0]" {
		t.Errorf("the wide characters are %s", got)
	}
}

func TestInline(t *testing.T) {
	m := built{Version: 3, Sources: []string{"a b.js"}, SourcesContent: []*string{content(strings.Repeat("é", 5000), "100% "+secret)}}.text()
	encoded := base64.StdEncoding.EncodeToString([]byte(m))
	for _, address := range []string{
		"data:application/json;charset=utf-8;base64," + encoded,
		"data:application/json;base64," + strings.TrimRight(encoded, "="),
		"data:application/json," + url.PathEscape(m),
	} {
		text := "é()\n//# sourceMappingURL=" + address + "\n"
		s, err := Read(context.Background(), strings.NewReader(text), int64(len(text)), nil)
		if err != nil || s.Map != "data:" {
			t.Fatalf("the map is %q, error %v", s.Map, err)
		}
		places, err := Resolve(context.Background(), Inline(strings.NewReader(text), int64(len(text)), s.MapAt), []Query{{Line: 1, Secret: secret}})
		if err != nil || fmt.Sprint(places[0]) != "a b.js:2:6" {
			t.Errorf("%v, error %v", places[0], err)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add(`{"version":3,"sources":["a"],"sourcesContent":["x `+secret+`"],"mappings":"AAAA,CAAC;;AADA"}`, 1, 3, int64(40))
	f.Add(`{"sections":[{"map":{"sources":["a"],"mappings":"AAAA"},"offset":{"line":1,"column":2}}]}`, 2, 2, int64(0))
	f.Add(")]}'\n{\"sources\":[\"\\ud835\\udcb3\\ud835\"]}", 1, 0, int64(20))
	f.Fuzz(func(t *testing.T, text string, line, column int, at int64) {
		queries := []Query{{Line: line, Column: column, Secret: secret}, {Offset: at}}
		places, _ := Resolve(context.Background(), strings.NewReader(text), queries)
		for _, p := range places {
			if p == nil {
				continue
			}
			if p.Line < 1 || p.Column < 1 || p.Source == "" || len(p.Source) > 2*maxName+1 {
				t.Fatalf("a place is %+v", p)
			}
			Variable(p.Text, p.Column)
			Clean(p.Source)
		}
		if p := places[0]; p != nil && p.Exact && len(p.Text) < 1000 && !hasPart(p.Text) {
			t.Fatalf("there is no secret in %q", p.Text)
		}
	})
}

// hasPart reports whether a part of the secret, such as those that it is found by, is in text.
func hasPart(text string) bool {
	for end := partSize; end <= len(secret); end++ {
		if strings.Contains(text, secret[end-partSize:end]) {
			return true
		}
	}
	return false
}

func FuzzRead(f *testing.F) {
	f.Add("𝒳a()\n//# sourceMappingURL=data:a;base64,e30=\n", int64(3))
	f.Add("/*# sourceMappingURL=a%20b.map*/", int64(0))
	f.Fuzz(func(t *testing.T, text string, at int64) {
		s, err := Read(context.Background(), strings.NewReader(text), int64(len(text)), []int64{at})
		if err != nil {
			t.Fatal(err)
		}
		if s.Map != "" && !strings.HasPrefix(text[s.MapAt:], s.Map) {
			t.Fatalf("the address %q is not at %d", s.Map, s.MapAt)
		}
		if s.Map == inlineScheme {
			_, _ = io.Copy(io.Discard, Inline(strings.NewReader(text), int64(len(text)), s.MapAt))
		}
	})
}
