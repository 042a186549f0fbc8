package facts

import (
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

// BuildsQuery reports whether c puts its arguments into an address's query.
func (w *Flow) BuildsQuery(c *syntax.Call) bool {
	switch w.Str(c.Name) {
	case "query":
		return w.Lang == syntax.Rust
	case "parameter", "addQueryParameter", "appendQueryParameter", "setQueryParameter", "queryParam", "URLQueryItem", "AddQueryParameter", "AddQueryString":
		return true
	case "Set", "Add":
		return w.Lang == syntax.Go && w.isGoQuery(c.Start)
	case "URLSearchParams":
		// Also makes a form's body.
		n := c.Start - 1
		if w.Str(n) == "new" {
			n--
		}
		if w.Sep(n) != ":" && w.Sep(n) != "=" {
			return true
		}
		return !w.isBody(n-1) && !slices.ContainsFunc(w.Words[w.Str(n-1)], func(use int) bool { return w.Sep(use-1) == ":" && w.isBody(use-2) })
	case "set", "append":
		for n := c.Start; n < c.Name; n++ {
			if w.Str(n) == "searchParams" {
				return true
			}
		}
	}
	return false
}

// isBody reports whether token i names the body of a request.
func (w *Flow) isBody(i int) bool { return w.Str(i) == "body" || w.Str(i) == "data" }

// isGoQuery reports whether token i names the query of an address: q := u.Query().
func (w *Flow) isGoQuery(i int) bool {
	for _, d := range w.Resolve(i) {
		if d.Lo < d.Hi && w.Str(d.Hi-1) == ")" && w.Str(w.Tokens[d.Hi-1].Mate-1) == "Query" {
			return true
		}
	}
	return false
}

// QueryNames are what the options and arguments are called that make an address's query.
var QueryNames = text.Set("params", "query", "qs", "searchParams", "queryParameters", "query_params", "queryParams", "RawQuery")

// SendsQuery reports whether d is an argument, or an option, of a call that sends a request.
func (w *Flow) SendsQuery(d syntax.Def) bool {
	up := w.Tokens[d.Token].Up
	for up != syntax.None && (w.Str(up) == "{" || w.Str(up) == "[") && w.Spend(1) {
		up = w.Tokens[up].Up
	}
	c := w.CallAt(up)
	return c != nil && responding[strings.ToLower(w.Str(c.Name))]
}
