package assign

import (
	"bytes"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// maxRequest is how far from the address a request's header is looked for.
const maxRequest = 4 << 10

// LegacyHostAt reports whether the "neoagent" at text[pos] is part of the address of
// the older API, and not of a longer name, such as that of a module. All of it
// has to be in one case.
func LegacyHostAt(text []byte, pos int) bool {
	h, ok := naming.HostAt(text, pos)
	if !ok || !h.Legacy {
		return false
	}
	name := text[h.Start : h.Start+len(naming.HostLegacy)]
	return string(name) == naming.HostLegacy || string(name) == strings.ToUpper(naming.HostLegacy)
}

// A Request is what surrounds an address of the older API, on both sides up to the
// next one: a header beyond that is not this one's. It also keeps the time linear
// that a text full of addresses takes.
type Request struct {
	Reader
	host int // where the address is
	in   text.Span
}

// NewRequest returns the request around the address of which the host's "neoagent" is at
// r.Text[host].
func NewRequest(r Reader, host int) *Request {
	q := &Request{Reader: r, host: host, in: text.Span{Start: max(0, host-maxRequest), End: min(len(r.Text), host+maxRequest)}}
	start := host - len("app.")
	next := r.Text[start : start+len(naming.HostLegacy)]
	if bytes.HasSuffix(r.Text[:start], []byte("//")) {
		// The name of the host alone may come up again in a request, such as in its headers.
		start -= len("//")
		next = r.Text[start : start+len("//")+len(naming.HostLegacy)]
	}
	if n := bytes.LastIndex(r.Text[q.in.Start:start], next); n >= 0 {
		q.in.Start += n + len(next)
	}
	if n := bytes.Index(r.Text[host:q.in.End], next); n >= 0 {
		q.in.End = host + n
	}
	return q
}

// Tokens calls report for each value of an Authorization header in the request, with
// whether they share a statement.
func (r *Request) Tokens(report func(value text.Span, what secret.Verdict, sure bool)) {
	for _, name := range r.headers() {
		if !r.Spend(4 * naming.MaxPadding) {
			return
		}
		value, what := r.headerValue(name)
		if what == secret.NotToken {
			continue
		}
		if sure, ok := r.owns(name.Start); ok {
			report(value, secret.Judge(value.Of(r.Text)), sure)
		}
	}
}

// maxHeaders bounds how many headers are looked at before and after an address.
const maxHeaders = 12

// headers returns where the text says Authorization.
func (r *Request) headers() []text.Span {
	var found []text.Span
	if !r.Spend(r.in.End - r.in.Start) {
		return nil
	}
	for _, word := range []string{"uthorization", "UTHORIZATION"} {
		for i := r.in.Start; ; {
			n := bytes.Index(r.Text[i:r.in.End], []byte(word))
			if n < 0 {
				break
			}
			i += n + len(word)
			if start := i - len(word) - 1; start >= r.in.Start {
				found = appendHeader(found, r.Text, start)
			}
		}
	}
	slices.SortFunc(found, func(a, b text.Span) int { return a.Start - b.Start })
	after, _ := slices.BinarySearchFunc(found, r.host, func(s text.Span, host int) int { return s.Start - host })
	return found[max(0, after-maxHeaders):min(len(found), after+maxHeaders)]
}

// appendHeader appends the word at text[i:] if it is the header's name.
func appendHeader(found []text.Span, src []byte, i int) []text.Span {
	name := text.Span{Start: i, End: i + len("authorization")}
	if src[i]|0x20 != 'a' || !secret.LeftEdge(src[:i]) || i > 0 && (src[i-1] == '-' || src[i-1] == '_') {
		return found
	}
	if text.HasPrefixFold(src[name.End:], "header") { // HttpHeaders.authorizationHeader
		name.End += len("header")
	}
	if name.End < len(src) && text.IsURLSafe(src[name.End]) {
		return found
	}
	return append(found, name)
}

// headerValue returns the value of the header whose name is at name, also if it is in a
// variable that is given it nearby.
func (r *Request) headerValue(name text.Span) (text.Span, secret.Verdict) {
	r.alone, r.hasty = true, true
	value, what := r.assigned(name)
	if what == secret.NotToken {
		value, what = r.paired(name)
	}
	for _, read := range []func(text.Span) (text.Span, secret.Verdict){r.spaced, r.variable, r.sibling, r.keyed, r.commanded} {
		if what == secret.NotToken {
			value, what = read(name)
		}
	}
	return value, what
}

// keyed returns the value of the header at name where the name is a value itself, as
// Postman has it: {"key": "value", "value": ...}, {"key": "key", "value": "Authorization"}.
func (r *Request) keyed(name text.Span) (text.Span, secret.Verdict) {
	const value = "value"
	field, _, _ := r.fieldBefore(name.Start)
	if string(field.Of(r.Text)) != value {
		return text.Span{}, secret.NotToken
	}
	object, _ := r.objectBefore(field.Start)
	start, ok := r.objectBefore(max(0, object-1))
	if !ok {
		return text.Span{}, secret.NotToken
	}
	end := r.closing(start, min(len(r.Text), start+maxSection))
	for i := start; ; i += len(value) {
		n := bytes.Index(r.Text[i:end], []byte(value))
		if n < 0 {
			return text.Span{}, secret.NotToken
		}
		i += n
		if field, _, ok := r.fieldBefore(i); ok && string(field.Of(r.Text)) == "key" {
			return r.paired(text.Span{Start: i, End: i + len(value)})
		}
	}
}

// headerCommands set a header of the requests that a server passes on.
var headerCommands = []string{"proxy_set_header", "grpc_set_header", "requestheader set", "header_up", "set-header", "add-header", "header"}

// commanded returns the value that a server's configuration gives to the header at name.
func (r *Request) commanded(name text.Span) (text.Span, secret.Verdict) {
	before := bytes.ToLower(bytes.TrimRight(r.lineBefore(name.Start), " \t\"'"))
	for _, command := range headerCommands {
		if bytes.HasSuffix(before, []byte(command)) {
			i, _ := r.closers(name.End)
			return r.judged(i, false)
		}
	}
	return text.Span{}, secret.NotToken
}

// owns reports whether the header at text[at:] is of the request to the address, and
// whether it is so for sure, being in the same statement.
//
// It is if header and address are in one call, object or command. Where they are in
// two statements (the headers in a variable, the address in a constant), the header
// must be nearer to this address than to any other, in the same block or one inside
// of it, and not in a request of its own.
func (r *Request) owns(at int) (sure, ok bool) {
	h, a := r.chain(r.host), r.chain(at)
	if r.together(r.host, at, h, a) {
		return true, true
	}
	if !r.middleware(at) && r.apart(r.host, at, h, a) || r.barrier(min(r.host, at), max(r.host, at)) {
		return false, false
	}
	before, after, ok := r.nearest(at, a)
	if !ok {
		return false, false
	}
	nearest := before == r.host || after == r.host
	if !nearest || r.isRequest(at, a, len(common(h, a))) && !r.linked(at) {
		return false, false
	}
	if before >= 0 && after >= 0 && !r.barrier(before, after) {
		// Between two: variables are made before they are used, and what has been made is
		// then given its headers.
		declared := len(a) > 0 && r.Text[a[len(a)-1]] == '{'
		return false, declared == (after == r.host)
	}
	return false, true
}

// middleware reports whether the header at text[at] is one that a proxy adds, which names it
// apart from the address: Traefik's.
func (r *Request) middleware(at int) bool {
	before := bytes.ToLower(r.Text[max(0, at-4*naming.MaxPadding):at])
	return bytes.Contains(before, []byte("customrequestheaders"))
}

// maxDepth bounds the brackets that are kept account of.
const maxDepth = 48

// chain returns where the brackets open that text[at] is inside of, the outermost first.
func (r *Request) chain(at int) []int {
	var open []int
	if !r.Spend(max(0, at-r.in.Start)) {
		return nil
	}
	for i := r.in.Start; i < at; i++ {
		switch r.Text[i] {
		case '(', '[', '{':
			if len(open) == maxDepth {
				open = open[1:]
			}
			open = append(open, i)
		case ')', ']', '}':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	return open
}

// common returns what two chains begin with alike.
func common(a, b []int) []int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// together reports whether p and q, with these chains, are in one statement.
func (r *Request) together(p, q int, chainP, chainQ []int) bool {
	if p > q {
		p, q, chainP, chainQ = q, p, chainQ, chainP
	}
	t := r.Text
	shared := common(chainP, chainQ)
	if !r.Spend(q - p) {
		return false
	}
	inner := byte(0) // the bracket around both
	if len(shared) > 0 {
		inner = t[shared[len(shared)-1]]
		if inner == '{' && r.isBlock(shared[len(shared)-1]) {
			inner = 0
		}
	}
	if inner == '[' && len(chainP) > len(shared) && len(chainQ) > len(shared) && r.siblings(chainP, chainQ, len(shared)) {
		return false
	}
	depth := len(chainP) - len(shared)
	for i := p; i < q; i++ {
		switch t[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ';':
			if depth <= 0 && inner != '(' && inner != '[' && !r.htmlEntity(i) {
				return false
			}
		case '\n':
			if depth <= 0 && inner == 0 && !r.continued(i) {
				return false
			}
		}
	}
	return true
}

// siblings reports whether the next brackets of two chains, after the first n they share,
// are different items of a list: objects with a comma between.
func (r *Request) siblings(a, b []int, n int) bool {
	return a[n] != b[n] && r.Text[a[n]] == '{' && r.Text[b[n]] == '{'
}

// htmlEntity reports whether the semicolon at text[i] ends an entity, as &quot; has.
func (r *Request) htmlEntity(i int) bool {
	word := r.Text[max(0, i-6):i]
	return bytes.IndexByte(word, '&') >= 0
}

// isBlock reports whether the brace at text[i] opens a block of statements and not an
// object: it follows a word, but for the headers of a request of Bruno's, or the end of a
// parameter list.
func (r *Request) isBlock(i int) bool {
	before := bytes.TrimRight(r.Text[max(0, i-naming.MaxPadding):i], " \t\r\n")
	if len(before) == 0 {
		return false
	}
	c := before[len(before)-1]
	return c == ')' || c == ';' || c == '>' && !bytes.HasSuffix(before, []byte("=>")) ||
		text.IsAlnum(c) && !bytes.HasSuffix(before, []byte("return")) && !bytes.HasSuffix(before, []byte("headers"))
}

// continued reports whether the statement goes on after the newline at text[i].
func (r *Request) continued(i int) bool {
	before := bytes.TrimRight(r.Text[max(0, i-naming.MaxPadding):i], " \t\r")
	after := bytes.TrimLeft(r.Text[i:min(len(r.Text), i+naming.MaxPadding)], " \t\r\n")
	return len(before) > 0 && bytes.IndexByte([]byte("\\`^,([{=+|&:?."), before[len(before)-1]) >= 0 ||
		len(after) > 0 && bytes.IndexByte([]byte(".)]}?+|&,"), after[0]) >= 0
}

// apart reports whether p and q are in two blocks, or items of a list, side by side.
func (r *Request) apart(p, q int, chainP, chainQ []int) bool {
	n := len(common(chainP, chainQ))
	if n < len(chainP) && n < len(chainQ) && r.siblings(chainP, chainQ, n) {
		if r.isBlock(chainP[n]) && r.isBlock(chainQ[n]) {
			return true
		}
		if n > 0 && r.Text[chainP[n-1]] == '[' {
			return true
		}
	}
	return r.dedented(min(p, q), max(p, q))
}

// dedented reports whether a line between p and q is indented less than both of theirs,
// as the head of another function or object is where white space counts.
func (r *Request) dedented(p, q int) bool {
	t := r.Text
	indent := func(i int) int {
		return text.Run(t[i:], func(c byte) bool { return c == ' ' || c == '\t' || c == '-' })
	}
	start := func(i int) int { return i - len(r.lineBefore(i)) }
	least := min(indent(start(p)), indent(start(q)))
	if least == 0 || r.isBase(p) {
		return false
	}
	for i := p; i < q; {
		n := bytes.IndexByte(t[i:q], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		line := t[i:q]
		if indent(i) < least && len(line) > 0 && text.IsLetter(line[indent0(line)]) && !bytes.HasPrefix(line, []byte("headers {")) {
			return true
		}
	}
	return false
}

func indent0(line []byte) int {
	return min(len(line)-1, text.Run(line, func(c byte) bool { return c == ' ' || c == '\t' || c == '-' || c == '"' || c == '\'' }))
}

// isBase reports whether the address at text[i] is the base of a whole API and applies to
// everything after it: OpenAPI's servers.
func (r *Request) isBase(i int) bool {
	before := bytes.ToLower(r.Text[max(0, i-4*naming.MaxPadding):i])
	return bytes.Contains(before, []byte("servers")) || bytes.Contains(before, []byte("base"))
}

// barrier reports whether a line between p and q says that another request or another
// document begins.
func (r *Request) barrier(p, q int) bool {
	between := r.Text[p:q]
	return bytes.Contains(between, []byte("\n###")) || bytes.Contains(between, []byte("\n---")) || bytes.Contains(between, []byte("\n```"))
}

// nearest returns the addresses next to the header at text[at] on both sides, -1 for
// none, and false if another than this is in the header's own statement.
func (r *Request) nearest(at int, chain []int) (before, after int, ok bool) {
	all := r.addresses()
	next, _ := slices.BinarySearch(all, at)
	before, after = -1, -1
	if next > 0 {
		before = all[next-1]
	}
	if next < len(all) {
		after = all[next]
	}
	const near = 3
	for _, other := range all[max(0, next-near):min(len(all), next+near)] {
		if other != r.host && r.together(other, at, r.chain(other), chain) {
			return before, after, false
		}
	}
	return before, after, true
}

// addresses returns where the text has addresses, in order.
func (r *Request) addresses() []int {
	found := []int{r.host}
	r.Spend(r.in.End - r.in.Start)
	t := r.Text
	for i := r.in.Start; ; {
		n := bytes.Index(t[i:r.in.End], []byte("//"))
		if n < 0 {
			break
		}
		i += n + len("//")
		before := bytes.TrimRight(t[max(r.in.Start, i-8):i], `/\`)
		if bytes.HasSuffix(before, []byte(":")) && i < len(t) && text.IsAlnum(t[i]) && i+len("app.") != r.host {
			found = append(found, i)
		}
	}
	slices.Sort(found)
	return found
}

// requestWords are the functions and commands that send a request.
var (
	requestCalls = text.Set("fetch", "axios", "request", "get", "post", "put", "patch", "delete", "head", "ajax", "got", "ky", "urlopen", "newrequest", "superagent")
	requestTools = [][]byte{[]byte("curl "), []byte("wget "), []byte("http "), []byte("https "), []byte("xh "), []byte("Invoke-RestMethod "), []byte("Invoke-WebRequest ")}
)

// isRequest reports whether the header at text[at] is in a request that is complete
// without the address: in the call of a function that sends one, beyond the first n
// brackets, or in the command line of a tool.
func (r *Request) isRequest(at int, chain []int, n int) bool {
	for _, open := range chain[n:] {
		before := r.Text[max(0, open-24):open]
		name := before[len(before)-len(text.LastIdent(before)):]
		if r.Text[open] == '(' && text.Holds(requestCalls, name) {
			return true
		}
	}
	command := r.statementBefore(at)
	for _, tool := range requestTools {
		if bytes.Contains(command, tool) {
			return true
		}
	}
	return false
}

// statementBefore returns what is before text[at] on its line and on those that the
// line continues.
func (r *Request) statementBefore(at int) []byte {
	start := at
	for start > r.in.Start {
		line := r.lineBefore(start)
		start -= len(line)
		if start <= r.in.Start || !r.continued(start-1) {
			break
		}
		start--
	}
	return r.Text[max(r.in.Start, start):at]
}

// linked reports whether the request with the header at text[at] names a variable that
// is given the address.
func (r *Request) linked(at int) bool {
	line := bytes.TrimRightFunc(r.lineBefore(r.host), func(c rune) bool { return c < 0x80 && (text.IsAlnum(byte(c)) || strings.ContainsRune(`:/.\`, c)) })
	eq := bytes.IndexAny(line, "=:")
	if eq < 0 {
		return false
	}
	before := r.statementBefore(at)
	after := r.Text[at:min(len(r.Text), at+maxPair)]
	for _, id := range bytes.FieldsFunc(line[:eq], func(c rune) bool { return c >= 0x80 || !text.IsIdent(byte(c)) }) {
		if len(id) >= 2 && !declarations[string(id)] && (text.HasWord(before, id) || text.HasWord(after, id)) {
			return true
		}
	}
	return false
}

// declarations are the words that stand before a variable where it is declared.
var declarations = text.Set("const", "let", "var", "val", "final", "static", "public", "private", "export", "readonly", "string", "String", "auto", "my", "local")
