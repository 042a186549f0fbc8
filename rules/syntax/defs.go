package syntax

import (
	"cmp"
	"slices"
)

const (
	// maxBack and maxParams are how many tokens are looked at before a name, and of
	// a function's parameters.
	maxBack, maxParams = 200, 500
)

// findDefs finds the names that are given values.
func (t *Tree) findDefs() {
	t.named = map[string][]int{}
	for i, tok := range t.Tokens {
		if tok.Kind == Text {
			continue
		}
		switch string(t.Text[tok.Start:tok.End]) {
		case "=", ":=", "+=", ".=", "??=", "||=":
			t.assignment(i)
		case ":":
			t.property(i)
		case "=>":
			if t.Lang == PHP || t.Lang == Ruby || t.Lang == HCL {
				t.property(i)
			}
		case "as":
			if t.Lang == Python && t.IsWord(i+1) {
				t.add(Def{Name: t.Str(i + 1), Token: i + 1, Lo: t.withStart(i), Hi: i, Scope: t.Scope(i), Root: None})
			}
		case "return":
			t.returned(i)
		case "for", "foreach":
			t.loop(i)
		case "|":
			if t.Lang == Ruby || t.Lang == Rust {
				t.closure(i)
			}
		case "{":
			if t.Lang == Kotlin || t.Lang == Groovy || t.Lang == Swift {
				t.closure(i)
			}
		}
	}
	for open, scope := range t.parameters {
		t.params(open, scope)
	}
	for n := range t.Scopes {
		t.loneParameter(n)
		// The value of an arrow without braces is what it returns.
		if s := t.Scopes[n]; s.Function && s.Name != None && t.is(s.Lo-1, "=>") && !t.is(s.Lo, "{") {
			t.add(Def{Name: t.Str(s.Name), Token: s.Name, Lo: s.Lo, Hi: s.Hi, Scope: s.Parent, Root: None, Return: true})
		}
	}
	for _, list := range t.named {
		slices.SortStableFunc(list, func(a, b int) int { return t.Defs[a].Token - t.Defs[b].Token })
	}
	t.levels, t.ofRoot = map[int][]int{}, map[int][]int{}
	for n, d := range t.Defs {
		if d.Root != None {
			t.ofRoot[d.Root] = append(t.ofRoot[d.Root], n)
		}
		if d.Lo < d.Hi {
			up := t.Tokens[d.Lo].Up
			t.levels[up] = append(t.levels[up], n)
		}
	}
	for _, list := range t.levels {
		slices.SortStableFunc(list, func(a, b int) int {
			return cmp.Or(t.Defs[a].Lo-t.Defs[b].Lo, t.Defs[a].Token-t.Defs[b].Token)
		})
	}
}

func (t *Tree) add(d Def) {
	t.Defs = append(t.Defs, d)
	t.named[d.Name] = append(t.named[d.Name], len(t.Defs)-1)
}

// assignment notes what the operator at i assigns to.
func (t *Tree) assignment(i int) {
	d := Def{Lo: i + 1, Hi: t.StatementEnd(i + 1), Scope: t.Scope(i), Root: None}
	if d.Lo >= len(t.Tokens) {
		return
	}
	p := i - 1
	up := t.Tokens[i].Up
	if t.inHead(i) {
		for n := d.Lo; n < min(d.Hi, d.Lo+maxParams); n = t.next(n) {
			if s := t.Scope(n + 1); t.is(n, "{") && s != None && t.Scopes[s].Lo == n+1 {
				d.Hi = n // the block that follows is not part of the value
			}
		}
	}
	if up != None && t.is(up, "(") {
		// A default of a parameter is noted with the parameters.
		if _, ok := t.parameters[up]; !ok && t.IsWord(p) {
			d.Name, d.Token, d.Member = t.Str(p), p, true
			t.add(d)
		}
		return
	}
	switch {
	case t.is(p, "]") && t.IsText(p-1):
		// root["name"] = value
		open := t.Tokens[p].Mate
		if open == None || open+2 != p || !t.IsWord(open-1) {
			return
		}
		d.Name, d.Token, d.Member = t.Str(p-1), p-1, true
		d.Root = t.ChainStart(open - 1)
		t.add(d)
	case t.is(p, "}") && t.Tokens[p].Mate != None:
		t.destructured(p, d)
	case t.IsWord(p):
		if n := t.typed(p); n != None {
			p = n
		}
		if start := t.ChainStart(p); start != p {
			d.Name, d.Token, d.Member, d.Root = t.Str(p), p, true, start
			t.add(d)
			return
		}
		d.Name, d.Token = t.Str(p), p
		d.Declared = t.is(i, ":=") || t.IsWord(p-1) && !t.Tokens[p].First
		t.add(d)
		// a, err := value
		for t.is(p-1, ",") && t.IsWord(p-2) && t.Tokens[p-2].Up == t.Tokens[i].Up {
			p -= 2
			d.Name, d.Token = t.Str(p), p
			t.add(d)
		}
	case t.is(p, ">") || t.is(p, "]") || t.is(p, "?"):
		if n := t.typed(p); n != None {
			d.Name, d.Token = t.Str(n), n
			t.add(d)
		}
	}
}

// typed returns the name before the type that ends with token p, as in name: Type = ...,
// or None.
func (t *Tree) typed(p int) int {
	up := t.Tokens[p].Up
	for n := 0; n < 12 && p > 0 && t.Tokens[p].Up == up; n++ {
		if t.is(p, ":") && t.IsWord(p-1) {
			return p - 1
		}
		if t.Tokens[p].First || t.is(p, ",") || t.is(p, ";") || t.is(p, "{") || t.is(p, "}") || t.is(p, "?") && !t.is(p-1, ":") && t.is(p+1, ".") {
			return None
		}
		if m := t.Tokens[p].Mate; m != None && m < p {
			p = m
			continue
		}
		p--
	}
	return None
}

// destructured notes the names in the braces that end with token p, to the left of d's value.
func (t *Tree) destructured(p int, d Def) {
	for n := t.Tokens[p].Mate + 1; n < p; n = t.next(n) {
		if !t.IsWord(n) || t.is(n-1, ":") {
			continue
		}
		name := d
		name.Name, name.Token = t.Str(n), n
		if t.is(n+1, ":") && t.IsWord(n+2) {
			// { property: name } = value
			name.Name, name.Token, name.Lo, name.Hi = t.Str(n+2), n+2, n, n+1
		}
		t.add(name)
	}
}

// property notes what stands before the colon or arrow at i, if that is the name of a
// property.
func (t *Tree) property(i int) {
	p, up := i-1, t.Tokens[i].Up
	if up == None || t.Tokens[up].Part || !t.IsWord(p) && !t.IsText(p) || i+1 >= len(t.Tokens) {
		return
	}
	if t.is(p-1, "?") || t.is(p-1, "case") || t.Tokens[p].Up != up {
		return
	}
	if t.is(up, "{") && !t.isProperty(p) {
		return
	}
	if _, ok := t.parameters[up]; ok {
		return // a parameter's type
	}
	t.add(Def{Name: t.Str(p), Token: p, Lo: i + 1, Hi: t.StatementEnd(i + 1), Scope: t.Scope(i), Root: None, Member: true})
}

// isProperty reports whether token p stands where the name of a property may: after a
// brace, a comma or the end of a line.
func (t *Tree) isProperty(p int) bool {
	return t.is(p-1, "{") || t.is(p-1, ",") || t.is(p-1, "[") || t.is(p-1, ";") || t.Tokens[p].First
}

// withStart returns the first token of the value that `as` at i names.
func (t *Tree) withStart(i int) int {
	p := i - 1
	up := t.Tokens[i].Up
	for p >= max(0, i-maxBack) {
		if m := t.Tokens[p].Mate; m != None && m < p {
			p = m - 1
			continue
		}
		if p == up || t.is(p, ",") || t.is(p, "with") || t.is(p, "import") || t.is(p, "except") {
			break
		}
		if t.Tokens[p].First {
			return p
		}
		p--
	}
	return p + 1
}

// returned notes what the return at i gives, under the name of its function.
func (t *Tree) returned(i int) {
	if i+1 >= len(t.Tokens) || t.Tokens[i+1].First && t.Lang.Newlines {
		return
	}
	s := t.Scope(i)
	for s != None && !t.Scopes[s].Function {
		s = t.Scopes[s].Parent
	}
	if s == None || t.Scopes[s].Name == None {
		return
	}
	name := t.Scopes[s].Name
	t.add(Def{Name: t.Str(name), Token: name, Lo: i + 1, Hi: t.StatementEnd(i + 1), Scope: t.Scopes[s].Parent, Root: None, Return: true})
}

// params notes the parameters in the parentheses that begin with token open.
func (t *Tree) params(open, scope int) {
	end := min(t.Tokens[open].Mate, len(t.Tokens), open+maxParams)
	for n := open + 1; n < end; n++ {
		if !t.IsWord(n) {
			continue
		}
		eq := n + 1
		for typed := t.is(eq, ":"); typed && eq < end && !t.is(eq, "=") && !t.is(eq, ","); {
			eq = t.next(eq)
		}
		switch {
		case t.is(eq, "=") && eq < end:
			t.add(Def{Name: t.Str(n), Token: n, Lo: eq + 1, Hi: t.StatementEnd(eq + 1), Scope: scope, Root: None})
			n = max(n, t.StatementEnd(eq+1)-1)
		case t.is(n-1, "(") || t.is(n-1, ",") || t.is(n-1, "{") || t.is(n+1, ",") || t.is(n+1, ")") || t.is(n+1, ":"):
			t.add(Def{Name: t.Str(n), Token: n, Lo: n, Hi: n, Scope: scope, Root: None})
		}
	}
}

// loneParameter notes the parameter of the function whose body is scope n if it has no
// parentheses: c => { ... }
func (t *Tree) loneParameter(n int) {
	arrow := t.Scopes[n].Lo - 1
	if t.is(arrow, "{") {
		arrow--
	}
	if p := arrow - 1; t.is(arrow, "=>") && t.IsWord(p) {
		t.add(Def{Name: t.Str(p), Token: p, Lo: p, Hi: p, Scope: n, Root: None})
	}
}

// Resolve returns the definitions that may have given the name at token i, a variable,
// the value it has there, the last one first.
func (t *Tree) Resolve(i int) []Def {
	var found []Def
	name, at := t.Str(i), t.Scope(i)
	list := t.named[name]
	var later []Def
	for n := len(list) - 1; n >= 0 && t.Spend(1); n-- {
		d := t.Defs[list[n]]
		if d.Member || d.Token == i || !t.sees(at, d) {
			continue
		}
		if d.Lo <= i && i < d.Hi { // i is in its own value
			continue
		}
		if d.Token > i && !d.Return {
			later = append(later, d)
			continue
		}
		found = append(found, d)
		if !d.Return && t.Within(at, d.Scope) {
			break
		}
	}
	if len(found) == 0 {
		// A constant at the end of the file, or one that a function sets.
		return later
	}
	return found
}

// sees reports whether the name that d defines may be meant in scope at: in the scope
// of d, or, where d changes a name that was declared before, in the function around.
func (t *Tree) sees(at int, d Def) bool {
	from := d.Scope
	for !d.Declared && from != None && !t.Scopes[from].Function && !t.Scopes[from].Class {
		if t.Within(at, from) {
			return true
		}
		from = t.Scopes[from].Parent
	}
	return t.Within(at, from)
}

// Members returns the definitions of the property name, wherever in the text.
func (t *Tree) Members(name string) []Def {
	var found []Def
	for _, n := range t.named[name] {
		if !t.Spend(1) {
			break
		}
		if d := t.Defs[n]; d.Member {
			found = append(found, d)
		}
	}
	return found
}

// Property returns the value of the property name in the literal that is the tokens
// from lo up to hi, and whether those are a literal that has it.
func (t *Tree) Property(lo, hi int, name string) (d Def, ok bool) {
	open := lo
	for open < hi && !t.is(open, "{") && open < lo+8 {
		open++
	}
	if !t.is(open, "{") {
		return d, false
	}
	for _, n := range t.named[name] {
		if !t.Spend(1) {
			break
		}
		if d = t.Defs[n]; d.Member && d.Root == None && t.Tokens[d.Token].Up == open {
			return d, true
		}
	}
	return d, false
}

// IsLiteral reports whether the value that is the tokens from lo up to hi is an object
// literal and nothing else.
func (t *Tree) IsLiteral(lo, hi int) bool {
	return lo < hi && lo < len(t.Tokens) && t.is(lo, "{") && t.Tokens[lo].Mate == hi-1
}
