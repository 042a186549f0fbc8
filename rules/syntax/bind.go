package syntax

// maxBound is how many tokens are looked at for the names that a loop or a closure binds.
const maxBound = 30

// loop notes the names that the loop at i gives the items of something to.
func (t *Tree) loop(i int) {
	lo := i + 1
	if t.is(lo, "await") {
		lo++
	}
	hi := min(len(t.Tokens), lo+maxBound)
	if m := mate(t, lo); t.is(lo, "(") && !t.is(m+1, "in") { // else the brackets are around names
		lo, hi = lo+1, min(m, hi)
	}
	for n := lo; n < hi; n++ {
		switch {
		case t.is(n, "as") && t.Lang == PHP: // foreach ($items as $key => $value)
			t.bind(n+1, hi, t.blockAfter(hi))
			return
		case t.is(n, "in"), t.is(n, "of"), t.is(n, ":") && n > lo && t.Lang != Python:
			t.bind(lo, n, t.blockAfter(n))
			return
		case t.is(n, ";"), t.is(n, "="), t.is(n, ":="), t.is(n, "{"):
			return // its names are given values like any others
		}
	}
}

// inHead reports whether the operator at i is in the head of a statement with a block: for
// key := range m {, if let key = x {.
func (t *Tree) inHead(i int) bool {
	if t.Lang != Go && t.Lang != Rust && t.Lang != Swift {
		return false
	}
	for n := i - 1; n >= max(0, i-maxBound/2); n-- {
		if t.isOneOf(n, "for", "if", "while", "guard", "switch") {
			return true
		}
		if t.Tokens[n].First || t.is(n, "{") {
			return false
		}
	}
	return false
}

// closure notes the names that a closure without parentheses around its parameters has:
// |a, b| in Ruby and Rust, { a, b -> in Kotlin, { a, b in in Swift.
func (t *Tree) closure(i int) {
	for n := i + 1; n < min(len(t.Tokens), i+maxBound); n++ {
		switch {
		case t.is(n, "|"), t.is(n, "->"), t.is(n, "in"):
			scope := t.Scope(i)
			if n+1 < len(t.Tokens) && !t.is(n, "|") {
				scope = t.Scope(n + 1)
			}
			t.bind(i+1, n, scope)
			return
		case t.IsWord(n), t.isOneOf(n, ",", "(", ")", "&", ":", "*"):
		default:
			return
		}
	}
}

// blockAfter returns the scope of the block that follows token i, the scope of i if none
// does soon.
func (t *Tree) blockAfter(i int) int {
	for n := i; n < min(len(t.Tokens), i+maxBound) && !t.is(n, ";"); n++ {
		if t.is(n, "{") && n+1 < len(t.Tokens) {
			return t.Scope(n + 1)
		}
	}
	return t.Scope(min(i, len(t.Tokens)-1))
}

// bind notes the words among the tokens from lo up to hi as names of which nothing is known.
func (t *Tree) bind(lo, hi, scope int) {
	for n := lo; n < hi; n++ {
		if t.IsWord(n) && !t.isOneOf(n-1, joints...) {
			t.add(Def{Name: t.Str(n), Token: n, Lo: n, Hi: n, Scope: scope, Root: None, Declared: true})
		}
	}
}

// mate returns the token that closes the bracket at i, the number of tokens if none does.
func mate(t *Tree, i int) int {
	if i < len(t.Tokens) && t.Tokens[i].Mate > i {
		return t.Tokens[i].Mate
	}
	return len(t.Tokens)
}
