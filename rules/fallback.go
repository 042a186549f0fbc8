package rules

import "bytes"

// getters are functions that are given a name, or a value that may be missing, and then
// what to give back instead. By the last word of the function's name, in lower case.
var getters = set("get", "getenv", "env", "config", "getordefault", "getproperty", "getstring", "getvalue", "getenvordefault",
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
func (r *reader) fallback(i int) (value span, what verdict, end int) {
	t := r.text
	getter := holds(getters, lastIdent(t[max(0, i-maxAffix):i]))
	end, starts := r.arguments(i)
	for n, start := range starts {
		start, _ = r.skipSpace(start, true)
		named := false
		if w := run(t[start:min(len(t), start+maxAffix)], isIdent); w > 0 {
			after, _ := r.skipSpace(start+w, false)
			if after < len(t) && (t[after] == '=' || t[after] == ':') {
				for _, name := range defaults {
					named = named || len(name) == w && foldPrefix(t[start:], name)
				}
				start, _ = r.skipSpace(after+1, true)
			}
		}
		if q := quoteAt(t, start); q > 0 && (named || getter && n > 0) {
			if v, ok := r.quoted(start, q); ok {
				if what := judge(v.of(t)); what != notToken {
					return v, what, end
				}
			}
		}
	}
	return span{}, notToken, end
}

// arguments returns where the call whose parenthesis is at text[i] ends, i if that is not
// near, and where its arguments begin.
func (r *reader) arguments(i int) (end int, starts []int) {
	depth := 0
	var quote byte
	for j := i; j < min(len(r.text), i+maxCall); j++ {
		c := r.text[j]
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
