package site

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// Webpack's runtime makes the name of a chunk of its id:
//
//	o.u = e => "js/" + ({314: "about"}[e] || e) + "." + {314: "68c16b74"}[e] + ".js"
//
// What that comes to is worked out for each id that there is in the expression, and for each
// that a script asks for: o.e(480), and o.u(480) for a worker. Up to webpack 4 the runtime has
//
//	function(e) { return o.p + "js/" + ({314: "about"}[e] || e) + ".js" }

const (
	// maxIDs is how many ids of chunks are looked at.
	maxIDs = 20_000
	// maxExpression is how long an expression may be, in bytes: it lists all chunks.
	maxExpression = 4 << 20
	// maxTerms is how many terms it may have: a lookup is one.
	maxTerms = 1000
	// maxRuntimes is how many scripts that name chunks are heeded.
	maxRuntimes = 200
)

// webpack is what is known of the chunks of a site.
type webpack struct {
	runtimes []*runtime
	known    map[string]bool
	asked    []string // those known, in order
}

// A runtime is a script that knows the names of chunks.
type runtime struct {
	at     *url.URL
	public string // its public path; empty if it has none that is written down
	name   expression
	ids    []string // in the expression
	done   int      // how many of those asked for were looked at
}

var (
	oldChunkName = lazyregexp.New(`function\s*[\w$]*\s*\(\s*([\w$]+)\s*\)\s*\{\s*return\s+[\w$]+\.p\s*\+`)
	compilation  = lazyregexp.New(`\.h\s*=\s*(?:\(\s*\)\s*=>|function\s*\(\s*\)\s*\{\s*return)\s*\(?\s*["']([\w-]{1,100})["']`)
	chunkName    = lazyregexp.New(`\.(?:u|miniCssF)\s*=\s*(?:function\s*\(\s*([\w$]+)\s*\)\s*\{\s*(?:/\*.*?\*/\s*)?return|\(?\s*([\w$]+)\s*\)?\s*=>\s*(?:\{\s*(?:(?://[^\n]*\n|/\*.*?\*/)\s*)*return)?)`)
	publicPath   = lazyregexp.New(`\.p\s*=\s*(?:"([^"\\]*)"|'([^'\\]*)')`)
	chunkAsked   = lazyregexp.New(`\.[eu]\(\s*(?:/\*.*?\*/\s*)?(?:"([\w./@~+-]{1,200})"|'([\w./@~+-]{1,200})'|(\d{1,9}))\s*\)`)
)

// read notes what a script, at an address, says of chunks.
func (w *webpack) read(at *url.URL, text []byte, mu *sync.Mutex) {
	found := runtimesIn(at, text)
	asked := chunkAsked.FindAllSubmatch(text, maxIDs)
	mu.Lock()
	defer mu.Unlock()
	w.runtimes = append(w.runtimes, found[:min(len(found), maxRuntimes-len(w.runtimes))]...)
	if w.known == nil {
		w.known = map[string]bool{}
	}
	for _, m := range asked {
		id := string(m[1]) + string(m[2]) + string(m[3])
		if !w.known[id] && len(w.asked) < maxIDs {
			w.known[id], w.asked = true, append(w.asked, id)
		}
	}
}

// runtimesIn returns what names chunks in a script.
func runtimesIn(at *url.URL, text []byte) (found []*runtime) {
	const most = 16
	var matches [][]int
	if bytes.Contains(text, []byte(".u=")) || bytes.Contains(text, []byte(".u =")) || bytes.Contains(text, []byte(".miniCssF")) {
		matches = chunkName.FindAllSubmatchIndex(text, most)
	}
	if len(matches) == 0 && bytes.Contains(text, []byte("return")) {
		matches = oldChunkName.FindAllSubmatchIndex(text, most)
	}
	for _, m := range matches {
		parameter := ""
		for g := 2; g+1 < len(m); g += 2 {
			if m[g] >= 0 {
				parameter = string(text[m[g]:m[g+1]])
			}
		}
		p := parser{text: text[m[1]:min(len(text), m[1]+maxExpression)], parameter: parameter, whole: text}
		e := p.sum()
		if e == nil || p.strings == 0 {
			continue
		}
		r := &runtime{at: at, name: e, ids: p.ids}
		if m := publicPath.FindSubmatch(text); m != nil {
			r.public = string(m[1]) + string(m[2])
		}
		found = append(found, r)
	}
	return found
}

// addChunks queues the chunks whose names have come to be known, and reports whether there are any.
func (c *crawl) addChunks() bool {
	c.mu.Lock()
	runtimes, asked := c.webpack.runtimes, c.webpack.asked
	c.mu.Unlock()
	for _, r := range runtimes {
		for _, id := range r.ids {
			c.addChunk(r, id, true)
		}
		for _, id := range asked[r.done:] {
			c.addChunk(r, id, false)
		}
		if r.ids, r.done = nil, len(asked); c.ctx.Err() != nil {
			return false
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue) > 0
}

func (c *crawl) addChunk(r *runtime, id string, given bool) {
	text, ok := r.name.of(id)
	if !ok || text == "" || len(text) > maxAddress || !isName(text) {
		return
	}
	base := r.at
	var urls []*url.URL
	if r.public != "" {
		if u, err := r.at.Parse(r.public); err == nil {
			if u, err = u.Parse(text); err == nil {
				urls = append(urls, u)
			}
		}
	}
	if r.public == "" || !isWhole(r.public) {
		urls = append(urls, candidates(base, r.at, text)...)
	}
	var ours []*url.URL
	for _, u := range urls {
		if c.inScope(u, false) {
			ours = append(ours, u)
		}
	}
	if len(ours) > 0 {
		c.add(item{urls: ours, given: given, from: r.at.String()})
	}
}

// maxAddress is how long an address may be.
const maxAddress = 2 << 10

// An expression makes a name of the id of a chunk.
type expression interface {
	// of returns the name, if there is one for that id.
	of(id string) (string, bool)
}

type (
	literal string
	itself  struct{}
	lookup  map[string]string
	sum     []expression // one behind the other
	either  []expression // the first that exists
	choice  struct {     // whether it is one id
		id             string
		yes, otherwise expression
	}
)

func (l literal) of(string) (string, bool)   { return string(l), true }
func (itself) of(id string) (string, bool)   { return id, true }
func (l lookup) of(id string) (string, bool) { v, ok := l[id]; return v, ok }

func (s sum) of(id string) (string, bool) {
	var b strings.Builder
	for _, e := range s {
		v, ok := e.of(id)
		if !ok {
			return "", false
		}
		if b.WriteString(v); b.Len() > maxAddress {
			return "", false
		}
	}
	return b.String(), true
}

func (e either) of(id string) (string, bool) {
	for _, e := range e {
		if v, ok := e.of(id); ok && v != "" {
			return v, true
		}
	}
	return "", false
}

func (c choice) of(id string) (string, bool) {
	if id == c.id {
		return c.yes.of(id)
	}
	if c.otherwise == nil {
		return "", false
	}
	return c.otherwise.of(id)
}

// A parser reads the expressions that webpack writes for names of chunks. What it does not know
// has no expression.
type parser struct {
	text      []byte
	whole     []byte // the script
	parameter string
	at        int
	depth     int
	terms     int
	ids       []string // keys, and what the parameter is compared to
	strings   int
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch rest := p.text[p.at:]; {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			p.at++
		case bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest, []byte("*/"))
			if end < 0 {
				p.at = len(p.text)
				return
			}
			p.at += end + 2
		case bytes.HasPrefix(rest, []byte("//")):
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				p.at = len(p.text)
				return
			}
			p.at += end + 1
		default:
			return
		}
	}
}

// takes passes over s if it is next.
func (p *parser) takes(s string) bool {
	p.space()
	if !bytes.HasPrefix(p.text[p.at:], []byte(s)) {
		return false
	}
	p.at += len(s)
	return true
}

// sum reads terms with plus signs between them.
func (p *parser) sum() expression {
	var all sum
	for {
		t := p.term()
		if t == nil {
			return nil
		}
		all = append(all, t)
		if !p.takes("+") {
			break
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

func (p *parser) term() expression {
	p.space()
	const deepest = 100
	p.depth++
	if p.terms++; p.depth > deepest || p.terms > maxTerms || p.at >= len(p.text) {
		return nil
	}
	defer func() { p.depth-- }()
	switch c := p.text[p.at]; {
	case c == '(':
		return p.parenthesis()
	case c == '{':
		return p.lookup()
	case isQuote(c):
		s, ok := p.string()
		if !ok {
			return nil
		}
		if p.compares() && p.word() == p.parameter {
			return p.choice(s)
		}
		p.strings++
		return literal(s)
	case '0' <= c && c <= '9':
		n := p.word()
		if p.compares() && p.word() == p.parameter {
			return p.choice(number(n))
		}
		return literal(n)
	}
	switch word := p.word(); {
	case word == "":
	case word == p.parameter && p.compares():
		return p.choice(number(p.scalar()))
	case word == p.parameter:
		return itself{}
	case p.takes(".h()"):
		return p.hash()
	}
	return nil
}

// hash reads what is cut out of the hash of the compilation: o.h().slice(0,8).
func (p *parser) hash() expression {
	m := compilation.FindSubmatch(p.whole)
	if m == nil {
		return nil
	}
	hash := string(m[1])
	for _, cut := range []string{".slice(", ".substring(", ".substr("} {
		if !p.takes(cut) {
			continue
		}
		from, err := strconv.Atoi(p.word())
		if err != nil || !p.takes(",") || from != 0 {
			return nil
		}
		to, err := strconv.Atoi(p.word())
		if err != nil || !p.takes(")") || to < 0 {
			return nil
		}
		hash = hash[:min(to, len(hash))]
	}
	p.strings++
	return literal(hash)
}

func (p *parser) parenthesis() expression {
	p.at++
	var all either
	for {
		e := p.sum()
		if e == nil {
			return nil
		}
		all = append(all, e)
		if p.takes("||") || p.takes("??") {
			continue
		}
		if !p.takes(")") {
			return nil
		}
		break
	}
	// A lookup may be of what is in parentheses: ({...})[e].
	if l, ok := all[0].(lookup); ok && len(all) == 1 && p.takes("[") {
		p.word()
		p.takes("]")
		return l
	}
	return all
}

// compares passes over a comparison, and reports whether there is one.
func (p *parser) compares() bool {
	p.space()
	return p.takes("===") || p.takes("==")
}

// choice reads what follows id === e, or e === id.
func (p *parser) choice(id string) expression {
	if id == "" || !p.takes("?") {
		return nil
	}
	p.ids = append(p.ids, id)
	yes := p.sum()
	if yes == nil || !p.takes(":") {
		return nil
	}
	if p.takes("void 0") || p.takes("undefined") || p.takes("null") {
		return choice{id, yes, nil}
	}
	rest := p.sum()
	if rest == nil {
		return nil
	}
	return choice{id, yes, rest}
}

// scalar reads a string or a number.
func (p *parser) scalar() string {
	p.space()
	if p.at < len(p.text) && isQuote(p.text[p.at]) {
		s, _ := p.string()
		return s
	}
	return p.word()
}

// lookup reads an object and, behind it, [e].
func (p *parser) lookup() expression {
	p.at++
	l := lookup{}
	for !p.takes("}") {
		key := p.scalar()
		if key == "" || !p.takes(":") {
			return nil
		}
		value := p.scalar()
		if value == "" || len(p.ids) >= maxIDs {
			return nil
		}
		l[number(key)] = value
		p.ids = append(p.ids, number(key))
		p.takes(",")
	}
	if p.takes("[") {
		p.word()
		p.takes("]")
	}
	return l
}

// number returns a number as JavaScript writes it: 1e3 is 1000.
func number(key string) string {
	if key != "" && strings.ContainsAny(key, "eE") && '0' <= key[0] && key[0] <= '9' {
		if f, err := strconv.ParseFloat(key, 64); err == nil && f == float64(int64(f)) {
			return strconv.FormatInt(int64(f), 10)
		}
	}
	return key
}

func (p *parser) word() string {
	p.space()
	start := p.at
	for p.at < len(p.text) && (isWord(p.text[p.at])) {
		p.at++
	}
	return string(p.text[start:p.at])
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == '$'
}

// string reads a string in quotes.
func (p *parser) string() (string, bool) {
	quote := p.text[p.at]
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		switch c := p.text[i]; c {
		case quote:
			p.at = i + 1
			return b.String(), true
		case '\\':
			i++
			if i < len(p.text) {
				b.WriteByte(p.text[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}
