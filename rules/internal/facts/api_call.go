package facts

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/syntax"
)

// An APICall is a call to one of Neo's hosts, or a step on the way to one, such as the
// making of a client: in code, in a script, in a file of requests or in a web server's
// configuration.
type APICall struct {
	Host naming.Host
	// Start and end delimit what makes the call: the name of a function or program.
	Start, End int
	// Sends says that it sends a request, rather than prepares one.
	Sends    bool
	Headers  []Header
	Insecure []Mark // where it turns certificate checks off
	Verbose  []Mark // where it has its headers written to a log
	Tenants  []Mark // where it sends a tenant or client id, but for headers
	Code     *syntax.Call
}

// A Header is one that an apiCall sends.
type Header struct {
	Name       string // in lower case
	Start, End int    // the name's place
	// Scheme is the word before the credential, in lower case; empty if there is none.
	Scheme string
	// Known says that the value is known well enough to say that it has no scheme.
	Known bool
	// Key says that a Neo key is in the value.
	Key bool
	// Values are where the texts stand that the value may be, of a header that sends a raw
	// token to the older API.
	Values []text.Span
}

// A Mark is a place in the text and what stands there.
type Mark struct {
	Start, End int
	What       string
}

// APICalls returns the calls to Neo's hosts in the file.
func (f *File) APICalls() []*APICall { return f.calls.get(f, (*File).findAPICalls) }

func (f *File) findAPICalls() []*APICall {
	if len(f.NeoHosts()) == 0 {
		return nil
	}
	var all []*APICall
	if w := f.Flow(); w != nil {
		all = w.apiCalls()
	}
	all = append(all, f.commandCalls()...)
	all = append(all, f.messageCalls()...)
	return append(all, f.proxyCalls()...)
}

func (w *Flow) apiCalls() []*APICall {
	var all []*APICall
	seen := map[*syntax.Call]bool{}
	for _, h := range w.File.NeoHosts() {
		for _, c := range w.reachedBy(h.Start) {
			if seen[c] {
				continue
			}
			seen[c] = true
			all = append(all, &APICall{Host: h, Code: c, Sends: w.responds(c),
				Start: w.Tokens[c.Name].Start, End: w.Tokens[c.Name].End})
		}
	}
	var sent []Part
	for _, c := range all {
		sent = append(sent, w.read(c)...)
	}
	for _, p := range sent {
		w.noteSent(p.Lo, p.Hi)
	}
	return all
}

// read reads what c sends from its parts. It returns what is sent as a credential.
func (w *Flow) read(c *APICall) (sent []Part) {
	for _, p := range w.Parts(c.Code) {
		for i := p.Lo; i < p.Hi && w.Spend(1); i++ {
			if end := w.bodyAt(i); end > i && i > p.Lo {
				i = end - 1
				continue
			}
			if h, lo, hi, ok := w.header(i); ok {
				if c.Host.Legacy && h.raw() {
					h.Values = w.texts(lo, hi)
				}
				c.Headers = append(c.Headers, h)
				if h.Name == "authorization" && (h.Scheme == "" || h.Scheme == "bearer") {
					sent = append(sent, Part{lo, hi})
					w.noteCarrier(i)
				}
			}
			if h, ok := w.basicAuth(i); ok {
				c.Headers = append(c.Headers, h)
			}
			if what := w.Insecure(i); what != "" {
				c.Insecure = append(c.Insecure, w.mark(i, what))
			}
			if what := w.verbose(i); what != "" {
				c.Verbose = append(c.Verbose, w.mark(i, what))
			}
			w.tenant(c, i)
		}
	}
	return sent
}

func (w *Flow) mark(i int, what string) Mark {
	return Mark{w.Tokens[i].Start, w.Tokens[i].End, what}
}

// noteSent notes that the names in the tokens from lo up to hi are sent as a key.
func (w *Flow) noteSent(lo, hi int) {
	for i := lo; i < hi; i++ {
		if !w.IsWord(i) || w.ChainStart(i) != i || w.IsLabel(i) {
			continue
		}
		end := w.ChainEnd(i)
		if member := w.Member(i, end); member != syntax.None && w.isSelf(i) && member == end-1 {
			w.sentMembers[field{w.Str(member), w.ClassOf(i)}] = true
		} else if end == i+1 {
			for _, d := range w.Resolve(i) {
				if d.Hi != d.Lo+1 || !w.IsText(d.Lo) { // not what is known for no key: a scheme, say
					w.sentDefs[d.Token] = true
				}
			}
		}
		i = end - 1
	}
}

// noteCarrier records the object that is given the header whose name is at token i: req.Header.Set(name, ...), session.headers.update({name: ...}).
func (w *Flow) noteCarrier(i int) {
	root := w.ChainStart(i - 2) // headers[name] = ...
	if w.Sep(i-1) != "[" {
		up := w.Tokens[i].Up
		for up != syntax.None && w.Str(up) == "{" && w.Spend(1) {
			up = w.Tokens[up].Up
		}
		c := w.CallAt(up)
		if c == nil || c.Start == c.Name || w.responds(c) {
			return
		}
		root = c.Start
	}
	if root >= 0 && w.IsWord(root) && !w.isSelf(root) {
		for _, d := range w.Resolve(root) {
			w.carriers[d.Token] = true
		}
	}
}

// header returns the header whose name is at token i, and the tokens of its value.
func (w *Flow) header(i int) (h Header, lo, hi int, ok bool) {
	if !w.IsText(i) && !w.IsWord(i) || w.Tokens[i].Part {
		return h, 0, 0, false
	}
	h.Start, h.End = w.Tokens[i].Start, w.Tokens[i].End
	name, rest, whole := strings.Cut(w.Str(i), ":")
	h.Name = strings.ToLower(strings.TrimSpace(name))
	if !isHeader(h.Name) || h.Name != "authorization" && w.IsWord(i) {
		return h, 0, 0, false
	}
	if whole { // "Authorization: Bearer " . $key
		if !w.IsText(i) {
			return h, 0, 0, false
		}
		h.End = h.Start + len(name)
		lo, hi = i, w.StatementEnd(i)
		h.Scheme = schemeOf(strings.TrimLeft(rest, " "))
		h.Key = len(w.KeyUses(lo, hi, 0)) > 0
		h.Known = h.Key || strings.TrimSpace(rest) != "" || h.Scheme != ""
		return h, lo, hi, true
	}
	switch sep := w.Sep(i + 1); {
	case w.Str(i-1) == ":" && strings.EqualFold(w.Str(i-2), "forHTTPHeaderField"):
		c := w.CallAt(w.Tokens[i].Up)
		if c == nil {
			return h, 0, 0, false
		}
		lo, hi = c.Lo, w.StatementEnd(c.Lo)
	case sep == "]" && w.Sep(i+2) == "=":
		lo = i + 3
	case sep == ":" || sep == "=>" || sep == "=" || sep == ",":
		lo = i + 2
	default:
		return h, 0, 0, false
	}
	if hi == 0 {
		hi = w.StatementEnd(lo)
	}
	h.Scheme = w.scheme(lo, hi, 0)
	h.Key = len(w.KeyUses(lo, hi, 0)) > 0
	h.Known = h.Key || h.Scheme != "" || w.IsText(lo)
	return h, lo, hi, lo < hi
}

// raw reports whether the header may send a raw token.
func (h *Header) raw() bool { return h.Name == "authorization" && h.Scheme == "" }

// basicAuth returns the header that an option auth, at token i, makes of what it is given: a
// name and a password, the key being one of them.
func (w *Flow) basicAuth(i int) (h Header, ok bool) {
	if w.Str(i) != "auth" || !w.IsWord(i) || !w.IsLabel(i) {
		return h, false
	}
	lo, hi := i+2, w.StatementEnd(i+2)
	if w.Sep(lo) != "(" && w.Sep(lo) != "{" && w.Sep(lo) != "[" || w.scheme(lo, hi, 0) != "" || len(w.KeyUses(lo, hi, 0)) == 0 {
		return h, false
	}
	return Header{Name: "authorization", Start: w.Tokens[i].Start, End: w.Tokens[i].End, Scheme: "basic", Known: true, Key: true}, true
}

// Sep returns the text of token i if it is punctuation.
func (w *Flow) Sep(i int) string {
	if w.IsText(i) || w.IsWord(i) {
		return ""
	}
	return w.Str(i)
}

// isHeader reports whether name, in lower case, is a header that some rule asks about.
func isHeader(name string) bool {
	return name == "authorization" || name == "x-api-key" || name == "api-key" || IsTenantHeader(name)
}

// IsTenantHeader reports whether name, in lower case, is a header for a tenant or client id.
func IsTenantHeader(name string) bool {
	if strings.IndexByte(name, '-') < 0 {
		return false
	}
	name = strings.TrimPrefix(name, "x-")
	for _, product := range []string{"neoagent-", "neo-"} {
		name = strings.TrimPrefix(name, product)
	}
	return isTenantName(strings.ReplaceAll(name, "-", ""))
}

// isTenantName reports whether name is that of a parameter for a tenant or client id.
func isTenantName(name string) bool {
	switch strings.ToLower(strings.ReplaceAll(name, "_", "")) {
	case "tenant", "tenantid", "client", "clientid", "neotenantid", "neotenant", "neoclientid":
		return true
	}
	return false
}

// schemeOf returns the scheme that a header's value begins with, in lower case.
func schemeOf(value string) string {
	word, _, spaced := strings.Cut(value, " ")
	n := 0
	for n < len(word) && (text.IsAlnum(word[n]) || word[n] == '-') {
		n++
	}
	if n == 0 || n < len(word) || len(word) > 20 || !text.IsLetter(word[0]) {
		return ""
	}
	if lower := strings.ToLower(word); spaced || lower == "bearer" || lower == "basic" {
		return lower
	}
	return ""
}

// scheme returns the scheme of the credential that the tokens from lo up to hi are.
func (w *Flow) scheme(lo, hi, depth int) string {
	for i := lo; i < hi && w.Spend(1); i++ {
		if w.IsText(i) && !w.Tokens[i].Part {
			if s := schemeOf(strings.TrimLeft(w.Str(i), " ")); s != "" {
				return s
			}
		}
		if !w.IsWord(i) || w.ChainStart(i) != i || depth >= maxFollowed {
			continue
		}
		if strings.EqualFold(w.Str(i), "bearer") || strings.EqualFold(w.Str(i), "basic") {
			return strings.ToLower(w.Str(i))
		}
		for n, end := i, w.ChainEnd(i); n < end; n++ {
			// bearer(key), createBasicAuth(...)
			if c := w.CallAt(n); c != nil && strings.Contains(strings.ToLower(w.Str(c.Name)), "bearer") {
				return "bearer"
			}
		}
		defs := w.Resolve(i)
		if m := w.Member(i, w.ChainEnd(i)); m != syntax.None {
			defs = w.MembersOf(i, m)
		}
		for _, d := range defs {
			if d.Lo <= i && i < d.Hi {
				continue
			}
			if s := w.scheme(d.Lo, d.Hi, depth+1); s != "" {
				return s
			}
		}
	}
	return ""
}

// offWhenFalse are the names of settings that turn certificate checks off when they
// are false, offWhenTrue those that do when they are true, and offAlways names that
// do by being there.
var (
	offWhenFalse = text.Set("rejectunauthorized", "strictssl", "verify", "verifyssl", "sslverify", "ssl", "verifypeer", "sslverifypeer",
		"curloptsslverifypeer", "curloptsslverifyhost", "verifyhostname", "checkhostname", "tlsverify", "verifycertificate", "verifycerts", "validatecertificate", "validatehttpscertificates", "validatecerts")
	offWhenTrue = text.Set("insecureskipverify", "insecure", "tlsinsecure", "dangeracceptinvalidcerts", "dangeracceptinvalidhostnames",
		"disablesslcertificatevalidation", "skipcertificatecheck", "tlsskipverify", "trustallcerts", "trustallcertificates", "ignoresslerrors", "allowinsecure")
	offAlways = text.Set("verifynone", "certnone", "createunverifiedcontext", "noophostnameverifier", "allowallhostnameverifier",
		"dangerousacceptanyservercertificatevalidator", "insecuretrustmanagerfactory", "trustallstrategy", "trustselfsignedstrategy", "withoutverifying")
	// callbacks decide on a certificate; one that always says true does not.
	callbacks = text.Set("servercertificatecustomvalidationcallback", "servercertificatevalidationcallback", "badcertificatecallback",
		"hostnameverifier", "remotecertificatevalidationcallback")
)

// Insecure returns how token i turns certificate checks off; empty if it does not.
func (w *Flow) Insecure(i int) string {
	if !w.IsWord(i) && !w.IsText(i) || w.Tokens[i].End-w.Tokens[i].Start > 50 {
		return ""
	}
	name := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(w.Str(i)))
	if offAlways[name] && w.IsWord(i) {
		return w.Str(i)
	}
	if w.Lang == syntax.PowerShell && name == "skipcertificatecheck" {
		return w.Str(i)
	}
	value := i + 2
	switch w.Sep(i + 1) {
	case "]":
		value = i + 3
	case ":", "=", "=>", "(", ",":
	default:
		return ""
	}
	said := strings.ToLower(w.Str(value))
	switch {
	case offWhenFalse[name] && (said == "false" || said == "0"), offWhenTrue[name] && said == "true":
		return w.Str(i) + " " + said
	case callbacks[name] && w.saysTrue(value):
		return w.Str(i)
	}
	return ""
}

// saysTrue reports whether the function that begins at token i does nothing but return true.
func (w *Flow) saysTrue(i int) bool {
	end := w.StatementEnd(i)
	for n := i; n < end; n++ {
		switch s := w.Str(n); {
		case s == "if" || s == "&&" || s == "==" || s == "!=" || s == "return" && w.Str(n+1) != "true":
			return false
		case s == "true" && !w.IsText(n):
			return true
		}
	}
	return false
}

// verbose returns how token i has requests written to a log with their headers; empty if it
// does not.
func (w *Flow) verbose(i int) string {
	switch w.Str(i) {
	case "CURLOPT_VERBOSE":
		if said := w.Str(i + 2); w.Sep(i+1) == "," && (said == "true" || said == "1") {
			return w.Str(i)
		}
	case "BODY", "HEADERS": // of OkHttp's interceptor
		if w.Str(i-2) == "Level" && w.Words["HttpLoggingInterceptor"] != nil && w.Words["redactHeader"] == nil {
			return "Level." + w.Str(i)
		}
	}
	return ""
}

// tenant notes the tenant or client ids that token i sends in a query.
func (w *Flow) tenant(c *APICall, i int) {
	tok := w.Tokens[i]
	if tok.Kind == syntax.Text {
		c.Tenants = append(c.Tenants, tenantQuery(w.Text, tok.Start, tok.End)...)
	}
	switch sep := w.Sep(i + 1); {
	case tok.Kind == syntax.Punct:
	case QueryNames[w.Str(i)] && (sep == ":" || sep == "=" || sep == "=>"):
		lo, hi := i+2, w.StatementEnd(i+2)
		w.tenantsIn(c, lo, hi)
		if hi == lo+1 && w.IsWord(lo) {
			for _, d := range w.Resolve(lo) {
				w.tenantsIn(c, d.Lo, d.Hi)
			}
		}
	case tok.Kind == syntax.Text && isTenantName(w.Str(i)):
		// url.searchParams.set("tenantId", id)
		if call := w.CallAt(tok.Up); call != nil && call.Lo == i && w.BuildsQuery(call) {
			c.Tenants = append(c.Tenants, w.mark(i, w.Str(i)))
		}
	}
}

// tenantsIn notes the tenant or client ids among the names of the tokens from lo up to hi,
// the fields of a query.
func (w *Flow) tenantsIn(c *APICall, lo, hi int) {
	for n := lo; n < hi && w.Spend(1); n++ {
		if (w.IsWord(n) || w.IsText(n)) && isTenantName(w.Str(n)) && (w.IsLabel(n) || w.Sep(n-1) == "{" || w.Sep(n-1) == ",") {
			c.Tenants = append(c.Tenants, w.mark(n, w.Str(n)))
		}
	}
}

// tenantQuery returns the tenant or client ids in the queries of text[start:end].
func tenantQuery(src []byte, start, end int) (all []Mark) {
	for pos := start; ; {
		n := bytes.IndexAny(src[pos:end], "?&")
		if n < 0 {
			return all
		}
		pos += n + 1
		name := pos + text.Run(src[pos:end], func(c byte) bool { return text.IsAlnum(c) || c == '_' })
		if name < end && src[name] == '=' && isTenantName(string(src[pos:name])) {
			all = append(all, Mark{pos, name, string(src[pos:name])})
		}
	}
}
