package rules

import (
	"bytes"
	"slices"
	"strings"
)

// maxRequest is how far from the address a request's header is looked for.
const maxRequest = 4 << 10

// legacyHostAt reports whether the "neoagent" at text[pos] is part of the address of
// the older API, and not of a longer name, such as that of a module. All of it
// has to be in one case.
func legacyHostAt(text []byte, pos int) bool {
	h, ok := hostAt(text, pos)
	if !ok || !h.legacy {
		return false
	}
	name := text[h.start : h.start+len(hostLegacy)]
	return string(name) == hostLegacy || string(name) == strings.ToUpper(hostLegacy)
}

// A request is what surrounds an address of the older API, on both sides up to the
// next one: a header beyond that is not this one's. It also keeps the time linear
// that a text full of addresses takes.
type request struct {
	reader
	host int // where the address is
	in   span
}

func newRequest(r reader, host int) *request {
	q := &request{reader: r, host: host, in: span{max(0, host-maxRequest), min(len(r.text), host+maxRequest)}}
	start := host - len("app.")
	next := r.text[start : start+len(hostLegacy)]
	if bytes.HasSuffix(r.text[:start], []byte("//")) {
		// The name of the host alone may come up again in a request, such as in its headers.
		start -= len("//")
		next = r.text[start : start+len("//")+len(hostLegacy)]
	}
	if n := bytes.LastIndex(r.text[q.in.start:start], next); n >= 0 {
		q.in.start += n + len(next)
	}
	if n := bytes.Index(r.text[host:q.in.end], next); n >= 0 {
		q.in.end = host + n
	}
	return q
}

// tokens calls report for each value of an Authorization header in the request, with
// whether they share a statement.
func (r *request) tokens(report func(value span, what verdict, sure bool)) {
	for _, name := range r.headers() {
		value, what := r.headerValue(name)
		if what == notToken {
			continue
		}
		if sure, ok := r.owns(name.start); ok {
			report(value, judge(value.of(r.text)), sure)
		}
	}
}

// maxHeaders bounds how many headers are looked at before and after an address.
const maxHeaders = 12

// headers returns where the text says Authorization.
func (r *request) headers() []span {
	var found []span
	for _, word := range []string{"uthorization", "UTHORIZATION"} {
		for i := r.in.start; ; {
			n := bytes.Index(r.text[i:r.in.end], []byte(word))
			if n < 0 {
				break
			}
			i += n + len(word)
			if start := i - len(word) - 1; start >= r.in.start {
				found = appendHeader(found, r.text, start)
			}
		}
	}
	slices.SortFunc(found, func(a, b span) int { return a.start - b.start })
	after, _ := slices.BinarySearchFunc(found, r.host, func(s span, host int) int { return s.start - host })
	return found[max(0, after-maxHeaders):min(len(found), after+maxHeaders)]
}

// appendHeader appends the word at text[i:] if it is the header's name.
func appendHeader(found []span, text []byte, i int) []span {
	name := span{i, i + len("authorization")}
	if text[i]|0x20 != 'a' || !leftEdge(text[:i]) || i > 0 && (text[i-1] == '-' || text[i-1] == '_') {
		return found
	}
	if foldPrefix(text[name.end:], "header") { // HttpHeaders.authorizationHeader
		name.end += len("header")
	}
	if name.end < len(text) && isURLSafe(text[name.end]) {
		return found
	}
	return append(found, name)
}

// headerValue returns the value of the header whose name is at name, also if it is in a
// variable that is given it nearby.
func (r *request) headerValue(name span) (span, verdict) {
	r.alone, r.hasty = true, true
	value, what := r.assigned(name)
	if what == notToken {
		value, what = r.paired(name)
	}
	for _, read := range []func(span) (span, verdict){r.variable, r.keyed, r.commanded} {
		if what == notToken {
			value, what = read(name)
		}
	}
	return value, what
}

// keyed returns the value of the header at name where the name is a value itself, as
// Postman has it: {"key": "value", "value": ...}, {"key": "key", "value": "Authorization"}.
func (r *request) keyed(name span) (span, verdict) {
	const value = "value"
	field, _, _ := r.fieldBefore(name.start)
	if string(field.of(r.text)) != value {
		return span{}, notToken
	}
	object, _ := r.objectBefore(field.start)
	start, ok := r.objectBefore(max(0, object-1))
	if !ok {
		return span{}, notToken
	}
	end := r.closing(start, min(len(r.text), start+maxSection))
	for i := start; ; i += len(value) {
		n := bytes.Index(r.text[i:end], []byte(value))
		if n < 0 {
			return span{}, notToken
		}
		i += n
		if field, _, ok := r.fieldBefore(i); ok && string(field.of(r.text)) == "key" {
			return r.paired(span{i, i + len(value)})
		}
	}
}

// headerCommands set a header of the requests that a server passes on.
var headerCommands = []string{"proxy_set_header", "grpc_set_header", "requestheader set", "header_up"}

// commanded returns the value that a server's configuration gives to the header at name.
func (r *request) commanded(name span) (span, verdict) {
	before := bytes.ToLower(bytes.TrimRight(r.lineBefore(name.start), " \t\"'"))
	for _, command := range headerCommands {
		if bytes.HasSuffix(before, []byte(command)) {
			i, _ := r.closers(name.end)
			return r.judged(i, false)
		}
	}
	return span{}, notToken
}

// variable returns the value of the variable that the header at name is set to.
func (r *request) variable(name span) (span, verdict) {
	t := r.text
	i, _ := r.closers(name.end)
	i, _ = r.skipSpace(i, false)
	op := anyPrefix(t[i:], []string{"=>", "=", ":", ","})
	if op == 0 {
		return span{}, notToken
	}
	i, _ = r.skipSpace(i+op, true)
	i += b2i(foldPrefix(t[i:], `f"{`) || foldPrefix(t[i:], "f'{")) // a formatted string of Python
	i += quoteAt(t, i)
	marked := i
	i += run(t[i:min(len(t), i+4)], func(c byte) bool { return bytes.IndexByte([]byte("${#@&"), c) >= 0 })
	for _, owner := range []string{"self.", "this.", "env:"} {
		i += len(owner) * b2i(foldPrefix(t[i:], owner))
	}
	id := t[i : i+run(t[i:min(len(t), i+maxAffix)], isIdent)]
	end := i + len(id)
	if len(id) < 2 || isDigit(id[0]) || i == marked && !r.code || end < len(t) && bytes.IndexByte([]byte("(.["), t[end]) >= 0 {
		return span{}, notToken
	}
	from, to := max(0, r.host-maxRequest), min(len(t), r.host+maxRequest)
	for range maxHeaders {
		at := bytes.Index(t[from:to], id)
		if at < 0 {
			break
		}
		use := span{from + at, from + at + len(id)}
		from = use.end
		if use.start == i || use.start > 0 && isIdent(t[use.start-1]) || use.end < len(t) && isIdent(t[use.end]) {
			continue
		}
		if !r.isKey(use.end) {
			continue
		}
		if value, what := r.assigned(use); what != notToken {
			return value, what
		}
	}
	return span{}, notToken
}

func isIdent(c byte) bool { return isAlnum(c) || c == '_' }

// owns reports whether the header at text[at:] is of the request to the address, and
// whether it is so for sure, being in the same statement.
//
// It is if header and address are in one call, object or command. Where they are in
// two statements (the headers in a variable, the address in a constant), the header
// must be nearer to this address than to any other, in the same block or one inside
// of it, and not in a request of its own.
func (r *request) owns(at int) (sure, ok bool) {
	h, a := r.chain(r.host), r.chain(at)
	if r.together(r.host, at, h, a) {
		return true, true
	}
	if r.apart(r.host, at, h, a) || r.barrier(min(r.host, at), max(r.host, at)) {
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
		declared := len(a) > 0 && r.text[a[len(a)-1]] == '{'
		return false, declared == (after == r.host)
	}
	return false, true
}

// maxDepth bounds the brackets that are kept account of.
const maxDepth = 48

// chain returns where the brackets open that text[at] is inside of, the outermost first.
func (r *request) chain(at int) []int {
	var open []int
	for i := r.in.start; i < at; i++ {
		switch r.text[i] {
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
func (r *request) together(p, q int, chainP, chainQ []int) bool {
	if p > q {
		p, q, chainP, chainQ = q, p, chainQ, chainP
	}
	t := r.text
	shared := common(chainP, chainQ)
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
func (r *request) siblings(a, b []int, n int) bool {
	return a[n] != b[n] && r.text[a[n]] == '{' && r.text[b[n]] == '{'
}

// htmlEntity reports whether the semicolon at text[i] ends an entity, as &quot; has.
func (r *request) htmlEntity(i int) bool {
	word := r.text[max(0, i-6):i]
	return bytes.IndexByte(word, '&') >= 0
}

// isBlock reports whether the brace at text[i] opens a block of statements and not an
// object: it follows a word, but for the headers of a request of Bruno's, or the end of a
// parameter list.
func (r *request) isBlock(i int) bool {
	before := bytes.TrimRight(r.text[max(0, i-maxPadding):i], " \t\r\n")
	if len(before) == 0 {
		return false
	}
	c := before[len(before)-1]
	return c == ')' || c == ';' || c == '>' && !bytes.HasSuffix(before, []byte("=>")) ||
		isAlnum(c) && !bytes.HasSuffix(before, []byte("return")) && !bytes.HasSuffix(before, []byte("headers"))
}

// continued reports whether the statement goes on after the newline at text[i].
func (r *request) continued(i int) bool {
	before := bytes.TrimRight(r.text[max(0, i-maxPadding):i], " \t\r")
	after := bytes.TrimLeft(r.text[i:min(len(r.text), i+maxPadding)], " \t\r\n")
	return len(before) > 0 && bytes.IndexByte([]byte("\\`^,([{=+|&:?."), before[len(before)-1]) >= 0 ||
		len(after) > 0 && bytes.IndexByte([]byte(".)]}?+|&,"), after[0]) >= 0
}

// apart reports whether p and q are in two blocks, or items of a list, side by side.
func (r *request) apart(p, q int, chainP, chainQ []int) bool {
	n := len(common(chainP, chainQ))
	if n < len(chainP) && n < len(chainQ) && r.siblings(chainP, chainQ, n) {
		if r.isBlock(chainP[n]) && r.isBlock(chainQ[n]) {
			return true
		}
		if n > 0 && r.text[chainP[n-1]] == '[' {
			return true
		}
	}
	return r.dedented(min(p, q), max(p, q))
}

// dedented reports whether a line between p and q is indented less than both of theirs,
// as the head of another function or object is where white space counts.
func (r *request) dedented(p, q int) bool {
	t := r.text
	indent := func(i int) int {
		return run(t[i:], func(c byte) bool { return c == ' ' || c == '\t' || c == '-' })
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
		if indent(i) < least && len(line) > 0 && isLetter(line[indent0(line)]) && !bytes.HasPrefix(line, []byte("headers {")) {
			return true
		}
	}
	return false
}

func indent0(line []byte) int {
	return min(len(line)-1, run(line, func(c byte) bool { return c == ' ' || c == '\t' || c == '-' || c == '"' || c == '\'' }))
}

// isBase reports whether what is at text[i] is the address of a whole API, which holds
// for all that follows: OpenAPI's servers.
func (r *request) isBase(i int) bool {
	before := bytes.ToLower(r.text[max(0, i-4*maxPadding):i])
	return bytes.Contains(before, []byte("servers")) || bytes.Contains(before, []byte("base"))
}

// barrier reports whether a line between p and q says that another request or another
// document begins.
func (r *request) barrier(p, q int) bool {
	between := r.text[p:q]
	return bytes.Contains(between, []byte("\n###")) || bytes.Contains(between, []byte("\n---")) || bytes.Contains(between, []byte("\n```"))
}

// nearest returns the addresses next to the header at text[at] on both sides, -1 for
// none, and false if another than this is in the header's own statement.
func (r *request) nearest(at int, chain []int) (before, after int, ok bool) {
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
func (r *request) addresses() []int {
	found := []int{r.host}
	t := r.text
	for i := r.in.start; ; {
		n := bytes.Index(t[i:r.in.end], []byte("//"))
		if n < 0 {
			break
		}
		i += n + len("//")
		before := bytes.TrimRight(t[max(r.in.start, i-8):i], `/\`)
		if bytes.HasSuffix(before, []byte(":")) && i < len(t) && isAlnum(t[i]) && i+len("app.") != r.host {
			found = append(found, i)
		}
	}
	slices.Sort(found)
	return found
}

// requestWords are the functions and commands that send a request.
var (
	requestCalls = set("fetch", "axios", "request", "get", "post", "put", "patch", "delete", "head", "ajax", "got", "ky", "urlopen", "newrequest", "superagent")
	requestTools = [][]byte{[]byte("curl "), []byte("wget "), []byte("http "), []byte("https "), []byte("xh "), []byte("Invoke-RestMethod "), []byte("Invoke-WebRequest ")}
)

// isRequest reports whether the header at text[at] is in a request that is complete
// without the address: in the call of a function that sends one, beyond the first n
// brackets, or in the command line of a tool.
func (r *request) isRequest(at int, chain []int, n int) bool {
	for _, open := range chain[n:] {
		before := r.text[max(0, open-24):open]
		name := before[len(before)-len(lastIdent(before)):]
		if r.text[open] == '(' && holds(requestCalls, name) {
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

func lastIdent(text []byte) []byte {
	i := len(text)
	for i > 0 && isIdent(text[i-1]) {
		i--
	}
	return text[i:]
}

// statementBefore returns what is before text[at] on its line and on those that the
// line continues.
func (r *request) statementBefore(at int) []byte {
	start := at
	for start > r.in.start {
		line := r.lineBefore(start)
		start -= len(line)
		if start <= r.in.start || !r.continued(start-1) {
			break
		}
		start--
	}
	return r.text[max(r.in.start, start):at]
}

// linked reports whether the request with the header at text[at] names a variable that
// is given the address.
func (r *request) linked(at int) bool {
	line := bytes.TrimRightFunc(r.lineBefore(r.host), func(c rune) bool { return c < 0x80 && (isAlnum(byte(c)) || strings.ContainsRune(`:/.\`, c)) })
	eq := bytes.IndexAny(line, "=:")
	if eq < 0 {
		return false
	}
	before := r.statementBefore(at)
	after := r.text[at:min(len(r.text), at+maxPair)]
	for _, id := range bytes.FieldsFunc(line[:eq], func(c rune) bool { return c >= 0x80 || !isIdent(byte(c)) }) {
		if len(id) >= 2 && !declarations[string(id)] && (hasWord(before, id) || hasWord(after, id)) {
			return true
		}
	}
	return false
}

// declarations are the words that stand before a variable where it is declared.
var declarations = set("const", "let", "var", "val", "final", "static", "public", "private", "export", "readonly", "string", "String", "auto", "my", "local")

// hasWord reports whether text holds word by itself.
func hasWord(text, word []byte) bool {
	for i := 0; ; {
		n := bytes.Index(text[i:], word)
		if n < 0 {
			return false
		}
		i += n
		end := i + len(word)
		if (i == 0 || !isIdent(text[i-1])) && (end == len(text) || !isIdent(text[end])) {
			return true
		}
		i = end
	}
}
