package site

import (
	"bytes"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/neokeys/neokeys/rules/anchor"
)

// A page is what an HTML page names.
type page struct {
	base    *url.URL
	assets  []string
	links   []string
	scripts [][]byte // inline
}

// parsePage reads the tags of a page.
func parsePage(u *url.URL, text []byte) page {
	p := page{base: u}
	z := html.NewTokenizer(bytes.NewReader(text))
	inScript := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return p
		case html.TextToken:
			if inScript {
				p.scripts = append(p.scripts, bytes.Clone(z.Raw()))
			}
		case html.EndTagToken:
			inScript = false
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			inScript = t.DataAtom == atom.Script
			p.tag(u, &t)
		}
	}
}

func (p *page) tag(u *url.URL, t *html.Token) {
	attributes := map[string]string{}
	for _, a := range t.Attr {
		attributes[a.Key] = strings.TrimSpace(a.Val)
	}
	href, src := attributes["href"], attributes["src"]
	switch t.DataAtom {
	case atom.Base:
		if base, err := u.Parse(href); err == nil && href != "" {
			p.base = base
		}
	case atom.Script:
		p.asset(src)
	case atom.Link:
		p.link(strings.ToLower(attributes["rel"]), strings.ToLower(attributes["as"]), href)
	case atom.A, atom.Area:
		if href != "" && !strings.HasPrefix(href, "#") {
			p.links = append(p.links, href)
		}
	case atom.Iframe, atom.Frame:
		if src != "" {
			p.links = append(p.links, src)
		}
	case atom.Meta:
		if _, target, ok := strings.Cut(strings.ToLower(attributes["content"]), "url="); ok && strings.EqualFold(attributes["http-equiv"], "refresh") {
			p.links = append(p.links, attributes["content"][len(attributes["content"])-len(target):])
		}
	}
}

func (p *page) asset(address string) {
	if address != "" && !strings.HasPrefix(address, "data:") && !strings.HasPrefix(address, "blob:") {
		p.assets = append(p.assets, address)
	}
}

// link adds what a link element loads, if it can hold text.
func (p *page) link(rel, as, href string) {
	for word := range strings.FieldsSeq(rel) {
		switch word {
		case "stylesheet", "modulepreload", "manifest":
			p.asset(href)
		case "preload", "prefetch":
			switch as {
			case "", "script", "style", "fetch", "worker", "document":
				p.asset(href)
			}
		}
	}
}

// A name is that of a file, as it stands in a text.
type name struct {
	text string
	// given says that the text loads the file, or lists it with others; another name may
	// be only words.
	given bool
}

// endings are those of files that scripts load.
var endings = []string{"js", "mjs", "cjs", "css", "json", "wasm", "map", "rsc", "webmanifest"}

const (
	// maxNames is how many names are taken from one text.
	maxNames = 20_000
	// mapMark stands before the address of its source map in a bundle.
	mapMark = "# sourceMappingURL="
)

// A listing is what the text of a script, a page, or JSON names.
type listing struct {
	names []name // in quotes
	// chunks says that webpack's runtime, or what asks it for chunks, may be in there.
	chunks bool
	// sourceMap is the address that a bundle ends with.
	sourceMap string
}

// A landmark is what a literal that is searched for may be part of.
type landmark int

const (
	ending  landmark = iota // of a name, and what follows it
	chunk                   // .u=e, .e(3 and the like
	address                 // mapMark
	modules                 // a list of AMD modules, whose names have no ending
)

// landmarks finds, in one pass, all that a text is searched for. Names end with a quote, which
// may be escaped, or go on with a query.
var landmarks = sync.OnceValue(func() (l struct {
	finder *anchor.Finder
	kind   []landmark
}) {
	var literals []string
	add := func(kind landmark, literal string) {
		literals, l.kind = append(literals, literal), append(l.kind, kind)
	}
	for _, e := range endings {
		for _, behind := range "\"'`\\?" {
			add(ending, "."+e+string(behind))
		}
	}
	for _, parameter := range "abcdefghijklmnopqrstuvwxyz_$( " {
		add(chunk, ".u="+string(parameter))
	}
	for _, id := range "0123456789\"'/ \t\n" {
		add(chunk, ".e("+string(id))
		add(chunk, ".u("+string(id))
	}
	for _, behind := range "\"'( " {
		add(chunk, ".p+"+string(behind))
	}
	add(chunk, ".p +")
	for _, list := range []string{`(["./`, `(['./`, `(["../`, `(['../`, `(["exports`, `(['exports`} {
		add(modules, list)
	}
	add(chunk, ".u =")
	add(chunk, ".minicssf")
	add(address, strings.ToLower(mapMark))
	var err error
	if l.finder, err = anchor.New(literals); err != nil {
		panic(err) // the literals are constant
	}
	return l
})

// namesIn returns what a text names.
func namesIn(text []byte) (l listing) {
	known := map[string]int{}
	marks, mark := landmarks(), -1
	for from := 0; ; {
		h, ok := marks.finder.Next(text, from)
		if !ok {
			break
		}
		from = h.Pos + 1
		if h.Width > 1 {
			continue
		}
		for i := range h.Literals.Each {
			switch marks.kind[i] {
			case chunk:
				l.chunks = true
			case address:
				mark = h.Pos
			case modules:
				l.modules(text[h.Pos:], known)
			case ending:
				l.name(text, h.Pos, known)
			}
		}
	}
	l.sourceMap = mapAddress(text, mark)
	return l
}

// name adds the name whose last dot is text[dot]. Known are the places of names in the list.
func (l *listing) name(text []byte, dot int, known map[string]int) {
	if len(l.names) >= maxNames {
		return
	}
	end := nameEnd(text, dot+1)
	if end < 0 {
		return
	}
	start := nameStart(text, dot)
	if start < 0 {
		return
	}
	n := name{text: unescape(string(text[start:end]))}
	if !isName(n.text) {
		return
	}
	n.given = isGiven(text[:start], text[end:], n.text)
	if at, ok := known[n.text]; ok {
		l.names[at].given = l.names[at].given || n.given
		return
	}
	known[n.text] = len(l.names)
	l.names = append(l.names, n)
}

// modules adds the relative names in a list of AMD modules, such as define(["./a"], ...), that
// text begins with.
func (l *listing) modules(text []byte, known map[string]int) {
	const most = 4 << 10
	list, _, whole := bytes.Cut(text[:min(len(text), most)], []byte("]"))
	for part := range bytes.SplitSeq(list[2:], []byte(",")) {
		module := string(bytes.Trim(part, " \t\r\n\"'"))
		_, isKnown := known[module+".js"]
		if slices.Contains(endings, strings.TrimPrefix(path.Ext(module), ".")) {
			continue
		}
		if whole && !isKnown && strings.HasPrefix(module, ".") && isName(module) && len(l.names) < maxNames && !strings.ContainsAny(module, "\"' ") {
			known[module+".js"] = len(l.names)
			l.names = append(l.names, name{text: module + ".js"})
		}
	}
}

// nameEnd returns where the name ends whose last dot is before text[at], or -1.
func nameEnd(text []byte, at int) int {
	for _, e := range endings {
		rest, ok := bytes.CutPrefix(text[at:], []byte(e))
		if !ok || len(rest) == 0 {
			continue
		}
		end := at + len(e)
		if rest[0] == '?' {
			const most = 200
			n := bytes.IndexAny(rest[:min(len(rest), most)], "\"'`\\ \n<>")
			if n < 0 {
				return -1
			}
			end += n
			rest = rest[n:]
		}
		if isQuote(rest[0]) || rest[0] == '\\' && len(rest) > 1 && isQuote(rest[1]) {
			return end
		}
	}
	return -1
}

// nameStart returns where the name begins, behind a quote, that goes on up to text[i]; or -1.
func nameStart(text []byte, i int) int {
	const most = 300
	for at := i - 1; at >= 0 && at > i-most; at-- {
		switch c := text[at]; {
		case isQuote(c):
			if at+1 == i {
				return -1 // there is only an ending
			}
			return at + 1
		case c <= ' ', strings.IndexByte("<>{}|^*$;,", c) >= 0:
			return -1
		}
	}
	return -1
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

var unescaper = strings.NewReplacer(`\/`, "/", `\u002F`, "/", `\u002f`, "/", `\u0026`, "&", `\x2F`, "/", "&amp;", "&")

func unescape(s string) string { return unescaper.Replace(s) }

// isName reports whether text may be the address of a file.
func isName(text string) bool {
	if strings.ContainsAny(text, "\\") || strings.HasPrefix(text, "@") || strings.HasPrefix(text, "data:") {
		return false
	}
	u, err := url.Parse(text)
	return err == nil && u.Path != "" && (u.Scheme == "" || u.Scheme == "http" || u.Scheme == "https")
}

// loaders are what stands before the name of a file that is loaded.
var loaders = []string{"import(", "from", "import", "URL(", "importScripts(", "Worker(", "register(", "fetch(", "addModule(", ".src=", ".href="}

// inComment reports whether text ends in a comment, as far as its last part says: a type that
// is imported in one is no file of the site.
func inComment(text []byte) bool {
	const far = 300
	text = text[max(0, len(text)-far):]
	if bytes.LastIndex(text, []byte("/*")) > bytes.LastIndex(text, []byte("*/")) {
		return true
	}
	line := bytes.TrimLeft(text[bytes.LastIndexByte(text, '\n')+1:], " \t")
	return bytes.HasPrefix(line, []byte("* ")) || bytes.HasPrefix(line, []byte("//"))
}

// isGiven reports whether what is around a quoted name loads it, or lists it with its folder.
func isGiven(before, after []byte, text string) bool {
	if inComment(before) {
		return false
	}
	before = bytes.TrimRight(before[:len(before)-1], " \t\r\n\\")
	for _, l := range loaders {
		if bytes.HasSuffix(before, []byte(l)) {
			return true
		}
	}
	if len(before) == 0 || !isWhole(text) && !strings.HasPrefix(text, ".") {
		return false
	}
	after = bytes.TrimLeft(after[1:], " \t\r\n")
	if len(after) > 0 && after[0] == ':' {
		return false // the name of a member
	}
	switch n := len(before) - 1; before[n] {
	case '[':
		return n == 0 || !isWord(before[n-1]) && before[n-1] != ')' && before[n-1] != ']' // of an object
	case ',':
		return true
	case ':', '=':
		return strings.HasPrefix(text, "/")
	}
	return false
}

// mapAddress returns the address of its map that a script ends with, whose last mark is at i.
func mapAddress(text []byte, i int) string {
	if i < 1 || text[i-1] != '/' && text[i-1] != '*' || !bytes.HasPrefix(text[i:], []byte(mapMark)) {
		return ""
	}
	line, _, _ := bytes.Cut(text[i+len(mapMark):], []byte("\n"))
	address := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(string(line)), "*/"))
	if strings.ContainsAny(address, " \t\"'`\\") {
		return "" // in a string
	}
	return address
}
