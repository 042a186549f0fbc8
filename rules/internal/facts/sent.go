package facts

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

// texts returns where the string literals stand that the expression of the tokens from lo
// up to hi may be: its own, and those that the names in it are given.
func (w *Flow) texts(lo, hi int) []text.Span {
	e := &sent{Flow: w, seen: map[[2]int]bool{}}
	e.in(lo, hi, 0)
	return e.found
}

// sent finds the literals that an expression may be.
type sent struct {
	*Flow
	seen  map[[2]int]bool
	found []text.Span
}

func (e *sent) in(lo, hi, depth int) {
	hi = min(hi, len(e.Tokens))
	if depth > maxFollowed || e.seen[[2]int{lo, hi}] {
		return
	}
	e.seen[[2]int{lo, hi}] = true
	for i := lo; i < hi && e.Spend(1); {
		switch {
		case e.bodyAt(i) > i && i > lo:
			i = e.bodyAt(i)
		case e.IsText(i):
			e.literal(i)
			i = e.arguments(i, e.ChainEnd(i), hi, depth)
		case e.IsWord(i) && !e.IsLabel(i) && (e.ChainStart(i) == i || e.Lang.Concat == "." && e.Sep(i-1) == "."):
			end := e.ChainEnd(i)
			e.name(i, end, depth)
			i = e.arguments(i, end, hi, depth)
		default:
			i++
		}
	}
}

// literal notes the string at token i, without the name of a header that it begins with, if
// nothing is put into it.
func (e *sent) literal(i int) {
	if e.Tokens[i].Part || e.Tokens[i].Mate != i {
		return
	}
	v := text.Span{Start: e.Tokens[i].Start, End: e.Tokens[i].End}
	const name = "authorization:"
	if text.HasPrefixFold(v.Of(e.Text), name) {
		v.Start += len(name)
	}
	v.Start += len(v.Of(e.Text)) - len(bytes.TrimLeft(v.Of(e.Text), " "))
	v.End = v.Start + len(bytes.TrimRight(v.Of(e.Text), " "))
	if v.Start < v.End {
		e.found = append(e.found, v)
	}
}

// name notes what the name at token i stands for, of an expression that ends before token end.
func (e *sent) name(i, end, depth int) {
	defs := e.Resolve(i)
	if m := e.Member(i, end); m != syntax.None {
		defs = e.MembersOf(i, m)
	}
	for _, d := range defs {
		if d.Lo < d.Hi && (i < d.Lo || d.Hi <= i) && !e.isResponse(d) && !e.IsLiteral(d.Lo, d.Hi) {
			e.in(d.Lo, d.Hi, depth+1)
		}
	}
}

// arguments notes the arguments of the calls in the expression from token i up to end, as far
// as the result has their text in it, and returns where to go on.
func (e *sent) arguments(i, end, hi, depth int) int {
	for n := i; n < end && n < hi && e.Spend(1); n++ {
		c := e.CallAt(n)
		if c == nil || c.Lo != n+1 {
			continue
		}
		switch name := e.Str(c.Name); {
		case Passing(name) || wraps[strings.ToLower(name)]:
			e.in(c.Lo, c.Hi, depth+1)
		case falls[strings.ToLower(name)]: // get("NAME", "...")
			if lo := e.StatementEnd(c.Lo) + 1; lo < c.Hi {
				e.in(lo, c.Hi, depth+1)
			}
		}
	}
	if e.IsText(i) {
		return i + 1 // what is put into it comes next
	}
	return max(end, i+1)
}

var (
	// wraps are functions, in lower case, that make of a text another kind of text.
	wraps = text.Set("new", "secretstr", "secretstring", "authenticationheadervalue", "headervalue", "some", "just", "fromstring", "of", "optional", "trim", "strip")
	// falls are functions that give their second argument in want of a first.
	falls = text.Set("get", "getenv", "env", "fetch", "getordefault", "getproperty", "config", "get_env", "orelse")
)
