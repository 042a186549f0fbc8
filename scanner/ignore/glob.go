package ignore

import "bytes"

// A glob is a pattern made ready for matching: one step after another.
type glob []step

type step struct {
	kind  kind
	chars [2]byte // of a literal: itself, and what it may be instead
	set   *set    // of a class
}

type kind uint8

const (
	literal  kind = iota
	anyChar       // ? is any byte but a slash
	class         // [...] is any byte of a set but a slash
	star          // * is any bytes but slashes
	anything      // ** is any bytes
	folders       // **/ is nothing, or any bytes and a slash
)

// compile reads a pattern. It reports whether the pattern can match anything at all:
// one that ends inside a class or after a backslash cannot.
func compile(p []byte, fold bool) (glob, bool) {
	g := glob{}
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			if i++; i == len(p) {
				return nil, false
			}
			if fold && upper(p[i]) == p[i] && lower(p[i]) != p[i] {
				return nil, false // git folds the path's case but not that of an escaped letter
			}
			g = append(g, literalStep(p[i], fold))
		case '?':
			g = append(g, step{kind: anyChar})
		case '[':
			s, n, ok := parseClass(p[i+1:], fold)
			if !ok {
				return nil, false
			}
			g = append(g, step{kind: class, set: s})
			i += n
		case '*':
			k, n := starKind(p, i)
			// A second one in a row adds nothing, and hostile files have thousands.
			if len(g) == 0 || g[len(g)-1].kind != k {
				g = append(g, step{kind: k})
			}
			i += n - 1
		default:
			g = append(g, literalStep(p[i], fold))
		}
	}
	return g, true
}

func literalStep(c byte, fold bool) step {
	if fold {
		return step{kind: literal, chars: [2]byte{lower(c), upper(c)}}
	}
	return step{kind: literal, chars: [2]byte{c, c}}
}

// starKind says what the stars at p[i] stand for and how many bytes of p they are. Two
// or more are special only where they are all there is between slashes.
func starKind(p []byte, i int) (kind, int) {
	n := 1
	for i+n < len(p) && p[i+n] == '*' {
		n++
	}
	if n == 1 || i > 0 && p[i-1] != '/' {
		return star, n
	}
	switch rest := p[i+n:]; {
	case bytes.HasPrefix(rest, []byte(`/`)):
		return folders, n + 1
	case len(rest) == 0, bytes.HasPrefix(rest, []byte(`\/`)):
		return anything, n
	}
	return star, n
}

// match reports whether g matches the whole text. It follows all ways to match at
// once, so that no pattern takes exponential time.
func (g glob) match(text []byte) bool {
	var room [2][128]bool
	at, next := room[0][:], room[1][:] // at[i]: the steps so far can match text[:i]
	if len(text) >= len(at) {
		at, next = make([]bool, len(text)+1), make([]bool, len(text)+1)
	}
	at, next = at[:len(text)+1], next[:len(text)+1]
	at[0] = true
	low := 0 // nothing before it is set in at
	for _, s := range g {
		clear(next)
		first := s.advance(text, at, next, low)
		if first < 0 {
			return false
		}
		at, next, low = next, at, first
	}
	return at[len(text)]
}

// advance sets in next where s can end that begins where at says, at low or later. It
// returns the first place that it set, -1 if none.
func (s *step) advance(text []byte, at, next []bool, low int) int {
	first := -1
	begun := false // some way to match begins here or earlier, and can go on to here
	for i := low; i < len(next); i++ {
		ok := false
		switch s.kind {
		case star:
			begun = at[i] || begun && text[i-1] != '/'
			ok = begun
		case anything:
			begun = begun || at[i]
			ok = begun
		case folders:
			ok = at[i] || begun && text[i-1] == '/'
			begun = begun || at[i]
		default:
			ok = i > low && at[i-1] && s.accepts(text[i-1])
		}
		if ok {
			next[i] = true
			if first < 0 {
				first = i
			}
		}
	}
	return first
}

// accepts reports whether a step for one byte matches c.
func (s *step) accepts(c byte) bool {
	switch s.kind {
	case literal:
		return c == s.chars[0] || c == s.chars[1]
	case anyChar:
		return c != '/'
	}
	return c != '/' && s.set.has(c)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}
