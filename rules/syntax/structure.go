package syntax

import (
	"slices"
	"strings"
)

var (
	functionWords = strings.Fields("function def fn func fun sub defp")
	classWords    = strings.Fields("class struct impl object trait extension interface module enum record")
	// A parenthesis after one of these holds no arguments.
	controlWords = strings.Fields("if for while switch catch with return match elif unless until foreach when guard using synchronized lock in and or not await yield function fn func def throw raise case else do print_r_ assert_ new typeof instanceof of")
)

// control are the words of controlWords that a block follows.
var control = strings.Fields("if for while switch catch with match foreach when using synchronized lock elseif")

// joints join a member to what it is a member of.
var joints = strings.Fields(". ?. -> ?-> :: !!.")

// maxScopes is how many nested scopes are distinguished: more than anyone writes.
const maxScopes = 100

// findScopes finds the bodies of functions, classes and other blocks.
func (t *Tree) findScopes() {
	t.parameters = map[int]int{}
	t.scopeOf = make([]int, len(t.Tokens))
	var open []int
	for i := range t.Tokens {
		for len(open) > 0 && i >= t.Scopes[open[len(open)-1]].Hi {
			open = open[:len(open)-1]
		}
		parent := None
		if len(open) > 0 {
			parent = open[len(open)-1]
		}
		t.scopeOf[i] = parent
		if len(open) == maxScopes {
			continue
		}
		if s, params, ok := t.beginsScope(i); ok {
			if parent != None { // a body that is indented wrongly
				s.Hi = min(s.Hi, t.Scopes[parent].Hi)
			}
			s.Parent = parent
			t.Scopes = append(t.Scopes, s)
			n := len(t.Scopes) - 1
			open = append(open, n)
			if params != None {
				t.parameters[params] = n
			}
			// What begins before its own token is in it from there on.
			t.scopeOf[i] = parent
		}
	}
}

// beginsScope reports whether a scope begins at token i, and which parameters it has.
func (t *Tree) beginsScope(i int) (s Scope, params int, ok bool) {
	s, params = Scope{Lo: i + 1, Name: None}, None
	if t.Lang.Indented || t.Lang == Ruby {
		if !t.Tokens[i].First || !t.IsWord(i) {
			return s, params, false
		}
		word := i
		if t.is(word, "async") {
			word++
		}
		s.Function, s.Class = slices.Contains(functionWords, t.Str(word)), t.is(word, "class")
		if !s.Function && !s.Class || !t.IsWord(word+1) {
			return s, params, false
		}
		s.Name = word + 1
		if t.is(word+2, "(") {
			params = word + 2
		}
		s.Hi = t.indentedEnd(i)
		return s, params, true
	}
	if t.is(i, "=>") && !t.is(i+1, "{") && (t.Lang == JavaScript || t.Lang == HTML || t.Lang == CSharp || t.Lang == Dart) {
		s.Function = true
		s.Hi = t.StatementEnd(i + 1)
		if t.is(i-1, ")") {
			params = t.Tokens[i-1].Mate
		}
		s.Name = t.nameOfFunction(i)
		return s, params, true
	}
	if !t.is(i, "{") || t.Tokens[i].Part || t.isLiteral(i) {
		return s, params, false
	}
	s.Hi = t.Tokens[i].Mate
	head := i - 1
	if t.is(head, "=>") || t.is(head, "->") {
		head--
		s.Function = true
		if t.is(head+1, "=>") && t.IsWord(head) { // a lone parameter
			s.Name = t.nameOfFunction(head + 1)
			return s, params, true
		}
	}
	// A result type may stand between the parameters and the body.
	for n := 0; n < 12 && head >= 0 && !t.is(head, ")") && !t.is(head, ";") && !t.is(head, "}") && !t.is(head, "{"); n++ {
		if slices.Contains(classWords, t.Str(head)) && t.IsWord(head) {
			s.Class = true
			s.Name = head + 1
			return s, params, true
		}
		if t.Tokens[head].First && t.Lang.Newlines {
			break
		}
		head--
	}
	if t.Lang == Kotlin {
		if open := t.constructor(head); open != None {
			s.Class, s.Name = true, open-1
			return s, open, true
		}
	}
	if t.is(head, ")") {
		p := t.Tokens[head].Mate
		if p != None && t.is(p-1, ")") && t.Lang == Go { // results in parentheses
			p = t.Tokens[p-1].Mate
		}
		if p != None && t.declares(p) {
			s.Function, params = true, p
			s.Name = t.nameOfFunction(p)
		}
	}
	return s, params, true
}

// constructor returns the parenthesis with the parameters of Kotlin's class whose body
// follows token head, or None: class Client(private val key: String) : Base(key) {
func (t *Tree) constructor(head int) int {
	for n := 0; n < 12 && head > 2; n++ {
		if open := t.Tokens[head].Mate; t.is(head, ")") && open != None {
			if t.is(open-2, "class") {
				return open
			}
			head = open
		} else if !t.IsWord(head) && !t.isOneOf(head, ":", ",", ".", "<", ">") {
			return None
		}
		head--
	}
	return None
}

// declares reports whether the parenthesis p, whose contents a block follows, holds
// the parameters of a function.
func (t *Tree) declares(p int) bool {
	before := t.Str(p - 1)
	switch t.Lang {
	case Go, Swift, Rust, Kotlin:
		if t.Lang == Go && t.is(p-2, ")") { // a method's receiver
			return t.is(t.Tokens[p-2].Mate-1, "func")
		}
		return slices.Contains(functionWords, before) || slices.Contains(functionWords, t.Str(p-2)) || before == "init" || before == "constructor"
	}
	return !t.IsWord(p-1) || !slices.Contains(control, before)
}

// nameOfFunction returns the name of the function whose parameters, or whose arrow,
// are at i: the word before it, or the name that it is assigned to.
func (t *Tree) nameOfFunction(i int) int {
	n := i - 1
	if t.is(i, "=>") && t.is(n, ")") {
		n = t.Tokens[n].Mate - 1
	} else if t.is(i, "=>") {
		n--
	}
	if t.IsWord(n) && !slices.Contains(functionWords, t.Str(n)) && !t.is(n, "async") {
		return n
	}
	for t.IsWord(n) {
		n--
	}
	if t.is(n, "=") || t.is(n, ":") || t.is(n, ":=") {
		if n--; t.IsWord(n) {
			return n
		}
	}
	return None
}

// isLiteral reports whether the brace at i begins an object or a composite literal
// rather than a block.
func (t *Tree) isLiteral(i int) bool {
	if i == 0 {
		return true
	}
	p := i - 1
	switch {
	case t.is(p, ")") && t.Lang == CSharp && t.Tokens[p].Mate > 0:
		c := t.Tokens[p].Mate - 1
		return t.IsWord(c) && t.is(t.ChainStart(c)-1, "new") // new HttpClient(handler) { BaseAddress = ... }
	case t.Tokens[p].Kind == Text || t.is(p, ")") || t.is(p, "=>") || t.is(p, "->") || t.is(p, ";") || t.is(p, "}") || t.is(p, "{"):
		return false
	case t.Tokens[p].Kind == Punct && !t.isOneOf(p, ">", "]", "*"):
		return true
	case t.is(p, "return") || t.is(p, "default"):
		return true
	}
	// A type before a brace: of a composite literal where a value is expected.
	for n := 0; p >= 0 && n < 12; n++ {
		switch {
		case t.is(p, "range"):
			return false // for key := range m {
		case t.is(p, "]"):
			p = t.Tokens[p].Mate - 1
		case t.IsWord(p) && !t.is(p, "return"), t.is(p, "."), t.is(p, "*"), t.is(p, "::"), t.is(p, ">"), t.is(p, "<"):
			if t.IsWord(p) && (slices.Contains(controlWords, t.Str(p)) || slices.Contains(classWords, t.Str(p)) || t.is(p, "else") || t.is(p, "try") || t.is(p, "do")) {
				return t.is(p, "new")
			}
			p--
		case t.is(p, "return"), t.is(p, "="), t.is(p, ":="), t.is(p, "("), t.is(p, ","), t.is(p, "&"), t.is(p, "["), t.is(p, ":"):
			return true
		default:
			return false
		}
	}
	return false
}

// indentedEnd returns the token after the block that the line of token i, its first,
// is the head of: the next line that is indented no more than it.
func (t *Tree) indentedEnd(i int) int {
	indent := t.indent(i)
	for n := t.next(i); n < len(t.Tokens); n++ {
		if tok := t.Tokens[n]; tok.First && !tok.Part && t.indent(n) <= indent && tok.Up <= i && !t.is(n, ")") {
			return n
		}
	}
	return len(t.Tokens)
}

// indent returns how far the line of token i, its first, is indented.
func (t *Tree) indent(i int) int {
	n := 0
	for p := t.Tokens[i].Start - 1; p >= 0 && t.Text[p] != '\n'; p-- {
		if n++; t.Text[p] == '\t' {
			n += 7
		}
	}
	return n
}

// findCalls finds the calls.
func (t *Tree) findCalls() {
	t.rooted, t.byOpen = map[string][]int{}, make([]int32, len(t.Tokens))
	for i := range t.Tokens {
		name, lo, hi := None, 0, 0
		switch {
		case t.is(i, "("):
			if t.Tokens[i].Part {
				continue
			}
			if _, declares := t.parameters[i]; declares {
				continue
			}
			if t.Tokens[i].First && t.Lang.Newlines {
				continue
			}
			name, lo, hi = t.callee(i), i+1, min(t.Tokens[i].Mate, len(t.Tokens))
		case t.Lang.Commands && t.beginsCommand(i):
			name, lo = i, i+1
			hi = t.lineEnd(i + 1)
		}
		if name == None {
			continue
		}
		c := Call{Start: t.ChainStart(name), Name: name, Lo: lo, Hi: hi}
		t.Calls = append(t.Calls, c)
		n := len(t.Calls) - 1
		if t.is(i, "(") {
			t.byOpen[i] = int32(n) + 1
		} else {
			t.commands = append(t.commands, n)
		}
		if t.IsWord(c.Start) {
			root := t.Str(c.Start)
			t.rooted[root] = append(t.rooted[root], n)
		}
	}
}

// callee returns the name of what is called with the arguments that begin with the
// parenthesis i, or None.
func (t *Tree) callee(i int) int {
	p := i - 1
	if t.is(p, "!") || t.is(p, "?.") { // a macro, an optional call
		p--
	}
	if t.is(p, ">") { // type arguments
		for n := 0; n < 20 && p >= 0 && !t.is(p, "<"); n++ {
			p--
		}
		p--
		if t.is(p, "::") {
			p--
		}
	}
	method := t.is(p, "new") && t.isOneOf(p-1, joints...) // Ruby's and Rust's constructors
	if !t.IsWord(p) || slices.Contains(controlWords, t.Str(p)) && !method || slices.Contains(functionWords, t.Str(p-1)) {
		return None
	}
	return p
}

// beginsCommand reports whether token i is the name of a call without parentheses: the
// last of the words that a statement begins with, before an argument on the same line.
func (t *Tree) beginsCommand(i int) bool {
	if !t.IsWord(i) || slices.Contains(controlWords, t.Str(i)) || i+1 >= len(t.Tokens) {
		return false
	}
	arg := t.Tokens[i+1]
	if arg.First || arg.Start == t.Tokens[i].End {
		return false
	}
	if start := t.ChainStart(i); t.Lang != PowerShell && !t.Tokens[start].First && !t.isOneOf(start-1, "=", ";", "(", "{", "|", "||", "&&", "do", "then", "return", "and", "or", "[", "=>", ":", "if", "unless") {
		return false // an argument itself
	}
	if t.Lang == PowerShell {
		// Invoke-RestMethod is three tokens.
		return i > 1 && t.is(i-1, "-") && t.IsWord(i-2) && t.Tokens[i-2].End == t.Tokens[i-1].Start && t.Tokens[i-1].End == t.Tokens[i].Start
	}
	return arg.Kind == Text || t.IsWord(i+1) && !slices.Contains(controlWords, t.Str(i+1)) && t.Str(i+1) != "do"
}

// maxArgs is how many tokens the arguments of a call without parentheses may have.
const maxArgs = 500

// lineEnd returns the token after the arguments of a call without parentheses.
func (t *Tree) lineEnd(i int) int {
	if i >= len(t.Tokens) {
		return len(t.Tokens)
	}
	n, up := i, t.Tokens[i].Up
	for n < len(t.Tokens) {
		if up != None && n >= t.Tokens[up].Mate || t.is(n, ";") || t.is(n, "|") || t.is(n, "do") || t.Tokens[n].First && n > i && !t.Continues(n) {
			break
		}
		if end := t.lineEnds[n]; end > 0 && n > i {
			n = int(end)
			break
		}
		n = t.next(n)
	}
	end := min(n, len(t.Tokens))
	for n = i; n < end && t.lineEnds[n] == 0; n = t.next(n) {
		t.lineEnds[n] = int32(end)
	}
	return min(end, i+maxArgs)
}

// ChainStart returns the first token of the expression that ends with the word i:
// a.b(c).i begins with a.
func (t *Tree) ChainStart(i int) int {
	if i < 0 {
		return i
	}
	if s := t.starts[i]; s > 0 {
		return int(s) - 1
	}
	s := t.chainStart(i)
	t.starts[i] = int32(s) + 1
	return s
}

func (t *Tree) chainStart(i int) int {
	for first := true; ; first = false {
		if s := t.starts[i]; s > 0 && !first {
			return int(s) - 1
		}
		if i > 0 && t.is(i-1, "new") {
			return i
		}
		p := i - 1
		if !t.isOneOf(p, joints...) {
			return i
		}
		p--
		for t.is(p, "!") {
			p--
		}
		for (t.is(p, ")") || t.is(p, "]") || t.is(p, "}")) && t.Tokens[p].Mate != None {
			p = t.Tokens[p].Mate - 1
			for t.is(p, "!") || t.is(p, "?.") || t.Lang == Go && t.is(p, ".") { // Go's is a type assertion
				p--
			}
		}
		if p < 0 || p >= i || !t.IsWord(p) && !t.IsText(p) {
			return i
		}
		if t.IsText(p) {
			return p
		}
		i = p
	}
}

// ChainEnd returns the token after the expression that token i, a word, a closing
// bracket or a string, is in, as far as names, calls and subscripts go on.
func (t *Tree) ChainEnd(i int) int {
	if end := t.chainEnds[i]; end > 0 {
		return int(end)
	}
	end := t.chainEnd(i)
	// The names on the way end where this one does.
	for n := i; n < end; n = t.next(n) {
		if n == i || t.IsWord(n) {
			t.chainEnds[n] = int32(end)
		}
	}
	return end
}

func (t *Tree) chainEnd(i int) int {
	for n := t.next(i); n < len(t.Tokens); {
		if end := t.chainEnds[n]; end > 0 && t.IsWord(n) && t.isOneOf(n-1, joints...) {
			return int(end)
		}
		switch {
		case t.isOneOf(n, "(", "[") && !t.Tokens[n].Part && (!t.Tokens[n].First || !t.Lang.Newlines):
			n = t.next(n)
		case t.isOneOf(n, joints...):
			if n++; t.IsWord(n) {
				n++
			}
		case t.is(n, "!") && t.Tokens[n].Start == t.Tokens[n-1].End && !t.is(n+1, "="):
			n++
		default:
			return n
		}
	}
	return len(t.Tokens)
}
