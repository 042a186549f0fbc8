package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// getters are functions that are given a name, or a value that may be missing, and then
// what to give back instead. By the last word of the function's name, in lower case.
var getters = text.Set("get", "getenv", "env", "config", "getordefault", "getproperty", "getstring", "getvalue", "getenvordefault",
	"envordefault", "coalesce", "try", "lookup", "ifnull", "nvl", "default", "fetch", "option")

// defaults are how arguments are called that are a value in want of another.
var defaults = []string{"default", "defaultvalue", "default_value", "fallback", "initial"}

const (
	// maxCall is how long a call is that is looked into.
	maxCall = 512
	// maxArguments bounds how many arguments of it are.
	maxArguments = 8
)

// fallback returns what the call whose parenthesis is at text[i] gives back in want of
// another value: get("X", "..."), field(size=64, default="..."). Without that, the value is
// not in the call; end is where it ends, i if that is not near.
func (r *Reader) fallback(i int) (value text.Span, what secret.Verdict, end int) {
	t := r.Text
	getter := text.Holds(getters, text.LastIdent(t[max(0, i-naming.MaxAffix):i]))
	end, starts := r.arguments(i)
	r.Spend(maxCall)
	for n, start := range starts {
		start, _ = r.skipSpace(start, true)
		named := false
		if w := text.Run(t[start:min(len(t), start+naming.MaxAffix)], text.IsIdent); w > 0 {
			after, _ := r.skipSpace(start+w, false)
			if after < len(t) && (t[after] == '=' || t[after] == ':') {
				for _, name := range defaults {
					named = named || len(name) == w && text.HasPrefixFold(t[start:], name)
				}
				start, _ = r.skipSpace(after+1, true)
			}
		}
		if q := text.QuoteAt(t, start); q > 0 && (named || getter && n > 0) {
			if v, ok := r.quoted(start, q); ok {
				if what := secret.Judge(v.Of(t)); what != secret.NotToken {
					return v, what, end
				}
			}
		}
	}
	return text.Span{}, secret.NotToken, end
}

// arguments returns where the call whose parenthesis is at text[i] ends, i if that is not
// near, and where its arguments begin.
func (r *Reader) arguments(i int) (end int, starts []int) {
	depth := 0
	var quote byte
	for j := i; j < min(len(r.Text), i+maxCall); j++ {
		c := r.Text[j]
		switch {
		case quote != 0:
			if c == quote || c == '\n' {
				quote = 0
			}
			continue
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case bytes.IndexByte([]byte("([{"), c) >= 0:
			if depth++; depth == 1 {
				starts = append(starts, j+1)
			}
		case bytes.IndexByte([]byte(")]}"), c) >= 0:
			if depth--; depth == 0 {
				return j + 1, starts
			}
		case c == ',' && depth == 1 && len(starts) < maxArguments:
			starts = append(starts, j+1)
		}
	}
	return i, nil
}
