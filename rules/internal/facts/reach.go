package facts

import (
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

// reach finds the calls that an address goes into: those it is an argument of, those
// that a name is an argument of that it is assigned to, and so on.
type reach struct {
	*Flow
	calls    []*syntax.Call
	seenCall map[*syntax.Call]bool
	seenDef  map[[2]int]bool
	seenAt   map[int]bool
}

// reachedBy returns the calls that the host at offset pos of the text goes into.
func (w *Flow) reachedBy(pos int) []*syntax.Call {
	i := w.At(pos)
	if i == syntax.None {
		return nil
	}
	r := &reach{Flow: w, seenCall: map[*syntax.Call]bool{}, seenDef: map[[2]int]bool{}, seenAt: map[int]bool{}}
	if w.IsText(i) {
		r.use(i, i, -1) // calls on the string itself, too
	} else {
		r.climb(i, 0)
	}
	return r.calls
}

// CallsGiven returns the calls that what stands at offset pos of the text is given to, as
// it is or by the names that it is assigned to.
func (w *Flow) CallsGiven(pos int) []*syntax.Call { return w.reachedBy(pos) }

func (r *reach) add(c *syntax.Call) {
	if !r.seenCall[c] {
		r.seenCall[c] = true
		r.calls = append(r.calls, c)
	}
}

// climb goes from the token i outwards: to the calls whose argument it is, and to what it
// is assigned to.
func (r *reach) climb(i, depth int) {
	if r.seenAt[i] || depth > maxFollowed {
		return
	}
	r.seenAt[i] = true
	literal := false
	for r.Spend(1) {
		up := r.Tokens[i].Up
		for _, d := range r.ValuesAt(i, up) {
			if d.Member && isBody(d.Name) {
				return
			}
			if up == syntax.None || r.Str(up) != "(" || !d.Member {
				r.define(d, literal, depth)
			}
		}
		if c := r.CommandAt(i); c != nil {
			r.add(c)
			return
		}
		if s := r.Scope(i); up == syntax.None || s != syntax.None && r.Scopes[s].Function && r.Scopes[s].Lo > up {
			return
		}
		switch r.Str(up) {
		case "{":
			if s := r.Scope(up + 1); s != syntax.None && r.Scopes[s].Lo == up+1 {
				return // a block
			}
			if c := r.CallAt(r.Tokens[max(0, up-1)].Mate); c != nil && r.Lang == syntax.CSharp {
				r.add(c) // new HttpClient(handler) { BaseAddress = ... }
			}
			literal = true
			i = up
		case "(":
			c := r.CallAt(up)
			if c == nil {
				i = up
				continue
			}
			if r.goesElsewhere(c, i) {
				return
			}
			r.add(c)
			if r.responds(c) {
				return
			}
			r.aim(c, depth)
			literal = false
			i = c.Start
		default:
			i = up
		}
		if i == syntax.None {
			return
		}
	}
}

// isBody reports whether a property of this name is part of what a request sends, rather
// than where it goes.
func isBody(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "json", "data", "body", "payload", "origin", "referer", "referrer", "next":
		return true
	}
	return strings.Contains(name, "callback") || strings.Contains(name, "redirect") || strings.Contains(name, "webhook")
}

// goesElsewhere reports whether token i is sent to where another address says: that one is
// the first argument of c.
func (r *reach) goesElsewhere(c *syntax.Call, i int) bool {
	switch r.Str(c.Name) {
	case "stringify", "dumps", "json_encode", "Marshal":
		return true
	}
	first := r.Str(c.Lo)
	return r.IsText(c.Lo) && i >= r.StatementEnd(c.Lo) && (strings.HasPrefix(first, "https://") || strings.HasPrefix(first, "http://"))
}

// aim follows what c gives the address to, if it is an object that calls are made with
// from then on: xhr.open("GET", url), curl_setopt(handle, CURLOPT_URL, url).
func (r *reach) aim(c *syntax.Call, depth int) {
	object := c.Start
	switch name := strings.ToLower(r.Str(c.Name)); {
	case strings.HasPrefix(name, "curl_setopt"):
		object = c.Lo
	case object == c.Name:
		return
	case name != "open" && name != "url" && name != "uri" && name != "seturl" && name != "baseurl" && name != "setbaseurl":
		return
	}
	r.own(object, depth)
}

// own follows the object that token i names, which has been given the address.
func (r *reach) own(i, depth int) {
	if !r.IsWord(i) || r.isSelf(i) {
		return
	}
	for _, d := range r.Resolve(i) {
		r.define(d, true, depth)
	}
}

// define follows the definition d, whose value, or whose value's part if it is a literal,
// is the address.
func (r *reach) define(d syntax.Def, literal bool, depth int) {
	if r.seenDef[[2]int{d.Token, d.Lo}] {
		return
	}
	r.seenDef[[2]int{d.Token, d.Lo}] = true
	if d.Root != syntax.None {
		r.own(d.Root, depth)
	}
	field := !d.Member && !d.Return && d.Scope != syntax.None && r.Scopes[d.Scope].Class
	for _, i := range r.Words[d.Name] {
		if i == d.Token || !r.Spend(1) {
			continue
		}
		start := r.ChainStart(i)
		if r.IsText(i) {
			start = r.ChainStart(i - 2)
		}
		dotted := start != i
		ofSelf := dotted && r.isSelf(start)
		switch {
		case d.Return && dotted && !ofSelf:
			continue
		case !d.Return && dotted != d.Member && (!field || !ofSelf):
			continue
		case d.Member || field && dotted:
			if !has(r.MembersOf(start, i), d) {
				continue
			}
		case !d.Return:
			if r.IsLabel(i) || !has(r.Resolve(i), d) {
				continue
			}
			if m := r.Member(i, r.ChainEnd(i)); literal && m != syntax.None && !headersNames[strings.ToLower(r.Str(m))] {
				continue // another property of the literal, or this one, which is followed by itself
			}
		}
		r.use(i, start, depth)
	}
}

// use follows the address, which token i of the expression that begins at start stands for.
func (r *reach) use(i, start, depth int) {
	responded := false
	for n, end := i+1, r.ChainEnd(i); n < end; n++ {
		if c := r.CallAt(n); c != nil && c.Start == start {
			r.add(c)
			responded = responded || r.responds(c)
		}
	}
	for _, n := range r.CallsOn(r.Str(start)) {
		if c := &r.Calls[n]; c.Start == start && c.Name >= i && r.CallAt(c.Lo-1) == nil {
			r.add(c) // without parentheses
			responded = true
		}
	}
	if !responded {
		r.climb(start, depth+1)
	}
}

func has(list []syntax.Def, d syntax.Def) bool {
	for _, o := range list {
		if o.Token == d.Token && o.Lo == d.Lo {
			return true
		}
	}
	return false
}

// responding are the names of calls that send a request and give what comes back, which
// is no address any more.
var responding = text.Set("fetch", "get", "post", "put", "patch", "delete", "head", "options", "request", "send", "sendasync",
	"getasync", "postasync", "putasync", "deleteasync", "patchasync", "getstringasync", "postasjsonasync", "getfromjsonasync",
	"do", "execute", "urlopen", "ajax", "axios", "got", "ky", "$fetch", "ofetch", "usefetch", "useswr", "needle",
	"perform", "curl_exec", "file_get_contents", "urlretrieve", "stream", "datatask", "data", "getjson", "then", "json", "text",
	"newcall", "enqueue", "sendbeacon", "getobject", "postform", "async", "restmethod", "webrequest", "body", "upload", "download", "gm_xmlhttprequest", "xmlhttprequest")

// responds reports whether c, or a call that is made on its result, sends a request.
func (w *Flow) responds(c *syntax.Call) bool {
	if responding[strings.ToLower(w.Str(c.Name))] && !w.configures(c) {
		return true
	}
	if w.CallAt(c.Lo-1) == nil {
		return true
	}
	end := w.ChainEnd(c.Name)
	for n := c.Hi + 1; n < end; n++ {
		next := w.CallAt(n)
		if next != nil && next.Start == c.Start && responding[strings.ToLower(w.Str(next.Name))] {
			return true
		}
	}
	return false
}

// configures reports whether c, by its name a request, is a step in the making of one.
func (w *Flow) configures(c *syntax.Call) bool {
	if w.Str(c.Name) == "Request" {
		return true // a request that is made, and sent by another call
	}
	switch strings.ToLower(w.Str(c.Name)) {
	case "get", "post", "put", "patch", "delete", "head", "options":
		// In a builder, as in Request.Builder().url(...).get().
		n := w.ChainEnd(c.Name)
		return c.Hi+1 < n && n-3 >= 0 && strings.EqualFold(w.Str(n-3), "build")
	}
	return false
}

// A Part is a stretch of tokens that belongs to a call: the call itself, or the value of
// a name in it.
type Part struct{ Lo, Hi int }

const maxParts = 64

// Parts returns the text of c, the values of the names in it, and the earlier changes to
// those.
func (w *Flow) Parts(c *syntax.Call) []Part {
	e := &expansion{Flow: w, call: c, seen: map[[2]int]bool{}}
	end := c.Hi
	if w.CallAt(c.Lo-1) != nil {
		end = w.ChainEnd(c.Name)
	}
	e.add(c.Start, end, 0)
	if w.Lang == syntax.Kotlin && w.Sep(c.Hi+1) == "{" { // get(url) { header(...) }
		e.add(c.Hi+2, w.Tokens[c.Hi+1].Mate, 0)
	}
	if !w.responds(c) {
		// What is made is given more afterwards.
		for _, d := range w.ValuesAt(c.Start, w.Tokens[c.Start].Up) {
			if !d.Member && !d.Return {
				e.changesTo(d.Token, []syntax.Def{d}, "", 0)
			}
		}
	}
	return e.parts
}

type expansion struct {
	*Flow
	call  *syntax.Call
	parts []Part
	seen  map[[2]int]bool
}

func (e *expansion) add(lo, hi, depth int) {
	hi = min(hi, len(e.Tokens))
	if lo >= hi || e.seen[[2]int{lo, hi}] || len(e.parts) >= maxParts || depth > maxFollowed {
		return
	}
	e.seen[[2]int{lo, hi}] = true
	e.parts = append(e.parts, Part{lo, hi})
	for i := lo; i < hi && e.Spend(1); i++ {
		if end := e.bodyAt(i); end > i && i > lo {
			i = end - 1
			continue
		}
		if !e.IsWord(i) || e.IsLabel(i) || e.ChainStart(i) != i {
			continue
		}
		e.name(i, depth)
	}
}

// name adds what the expression that begins with the name at i stands for.
func (e *expansion) name(i, depth int) {
	end := e.ChainEnd(i)
	member := e.Member(i, end)
	if e.isSelf(i) {
		if member == syntax.None && e.IsWord(i+2) {
			member = i + 2 // this.client.get(...)
		}
		if member == syntax.None {
			return
		}
		first := i + 2
		for _, d := range e.MembersOf(i, first) {
			e.value(d, depth)
		}
		e.changesTo(i, nil, e.Str(first), depth)
		return
	}
	known := e.Resolve(i)
	if member != syntax.None {
		for _, d := range e.MembersOf(i, member) {
			e.value(d, depth)
		}
		literal := false
		for _, d := range known {
			literal = literal || e.IsLiteral(d.Lo, d.Hi)
		}
		if literal {
			return
		}
	}
	for _, d := range known {
		e.value(d, depth)
	}
	if len(known) > 0 {
		e.changesTo(i, known, "", depth)
	}
}

// value adds the value of d, unless that is what came back from a request.
func (e *expansion) value(d syntax.Def, depth int) {
	if d.Lo < d.Hi && !e.isResponse(d) {
		e.add(d.Lo, d.Hi, depth+1)
	}
}

// isResponse reports whether the value of d is what came back from a request.
func (w *Flow) isResponse(d syntax.Def) bool {
	i := d.Lo
	for w.Str(i) == "await" || w.Str(i) == "new" || w.Str(i) == "&" {
		i++
	}
	if !w.IsWord(i) {
		return false
	}
	for n, end := i, w.ChainEnd(i); n < end; n++ {
		if c := w.CallAt(n); c != nil && c.Start == i && w.responds(c) {
			return true
		}
	}
	return false
}

// changesTo adds what is done, before the call if it sends a request, to the object that token
// i names, as which it is known: what is assigned to its properties, and the arguments of
// its methods but for those that send requests. If member is not empty, it is the member
// of that name of the object.
func (e *expansion) changesTo(i int, known []syntax.Def, member string, depth int) {
	name := e.Str(i)
	sends := e.responds(e.call)
	same := func(root int) bool {
		if root == i || sends && root > e.call.Start && e.Scope(root) == e.Scope(e.call.Start) {
			return false
		}
		if member != "" {
			return e.Str(root+2) == member && e.ClassOf(root) == e.ClassOf(i)
		}
		for _, d := range e.Resolve(root) {
			if has(known, d) {
				return true
			}
		}
		return false
	}
	for _, root := range e.Words[name] {
		if !e.Spend(1) || e.ChainStart(root) != root || !same(root) {
			continue
		}
		for _, d := range e.ValuesAfter(root) {
			e.add(d.Token, d.Hi, depth+1)
		}
	}
	for _, n := range e.CallsOn(name) {
		c := &e.Calls[n]
		if c != e.call && c.Name != c.Start && same(c.Start) && !responding[strings.ToLower(e.Str(c.Name))] {
			e.add(c.Name, c.Hi, depth+1)
		}
	}
	// curl_setopt($ch, ...) changes its first argument.
	for _, root := range e.Words[name] {
		if up := e.Tokens[root].Up; up == root-1 && up != syntax.None && e.Str(root+1) == "," && strings.HasPrefix(e.Str(up-1), "curl_setopt") && same(root) {
			if c := e.CallAt(up); c != nil {
				e.add(c.Lo, c.Hi, depth+1)
			}
		}
	}
}
