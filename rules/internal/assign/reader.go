// Package assign reads the value that a text gives to a name, whatever the language: an
// assignment, a field, an argument, a header of a request.
package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// A Reader reads the values that a text gives to names, whatever the language. It
// looks at a bounded stretch of text only.
type Reader struct {
	Text []byte
	// Code says that an unquoted word is an identifier.
	Code bool
	// inString says that name and value begin in one string ("NAME=value"), inTemplate
	// that they are in one placeholder of a template (${name:value}).
	inString, inTemplate bool
	// tight says that the name is written as in an environment, NAME=value, where a
	// value needs no quotes; programs hold such text in strings and comments.
	tight bool
	// alone says that nothing but the value may follow the name: what has more words
	// than one is something else. It is so for a header, unless it is glued to its
	// value, as HTTPie has it: then both are one argument of several.
	alone, glued bool
	// tuple says that the name is the first of a tuple, {name, value}.
	tuple bool
	// quotedOnly says that there was something before the value, as in
	// arn:aws:..., so that it counts in quotes only.
	quotedOnly bool
	// Budget bounds the work; nil is no bound.
	Budget *Budget
	// hasty skips placeholder detection; the caller does it.
	hasty bool
}

// TokenAt returns the value of the name whose product is at text[pos].
func (r *Reader) TokenAt(pos int) (naming.KeyName, text.Span, secret.Verdict) {
	n, ok := naming.KeyNameAt(r.Text, pos)
	if !ok {
		s, ok := sectionAt(r.Text, pos)
		if !ok {
			return n, text.Span{}, secret.NotToken
		}
		key, value, what := r.inSection(s)
		if what == secret.NotToken && s.agent {
			value, what = r.owned(s.name)
			key = s.name
		}
		return naming.KeyName{Agent: s.agent, Qualified: true, Core: key.Start, CoreEnd: key.End}, value, what
	}
	if !n.Qualified && !n.Agent { // NEO_TOKEN may be another Neo's
		return n, text.Span{}, secret.NotToken
	}
	name := text.Span{Start: n.Start, End: n.End}
	if bytes.HasSuffix(r.Text[:n.Start], []byte("${")) { // with ${NAME-value}
		name.End = n.CoreEnd + text.Run(r.Text[n.CoreEnd:n.End], text.IsIdent)
	}
	value, what := r.assigned(name)
	for _, read := range []func(text.Span) (text.Span, secret.Verdict){r.paired, r.declared, r.row, r.inside, r.defined, r.turned, r.dumped, r.cells, r.sheet, r.message} {
		if what == secret.NotToken && r.Spend(naming.MaxAffix) {
			value, what = read(name)
		}
	}
	if what == secret.Token && r.isKeyID(value) {
		what = secret.NotToken
	}
	return n, value, what
}

// isKeyID reports whether a value is the id of a key in a row of a report of neokeys, as CSV.
func (r *Reader) isKeyID(value text.Span) bool {
	const digits = 16
	if value.End-value.Start != digits || text.Run(value.Of(r.Text), text.IsHex) != digits {
		return false
	}
	before := r.lineBefore(value.Start)
	return bytes.Contains(before, []byte("neo-api-key,")) || bytes.Contains(before, []byte("neo-legacy-token,"))
}

// A Budget is how much the readers of one input may still look at, in bytes. Of a text that
// people write, they look at each byte a few times. It has no bound until Upto sets one.
type Budget struct {
	allowed, used int
	refused       bool
}

const (
	// looksPerByte is how often each byte of a long input may be looked at, besides looksAnyway.
	looksPerByte, looksAnyway = 6, 3 << 20
	// looksAtLeast is how much may be looked at in a short input: what is full of keys in pieces, as tests
	// of a program that handles keys are, needs nearly all of it in 60 KB.
	looksAtLeast = 8 << 20
)

// Upto sets what the first n bytes of input are worth.
func (b *Budget) Upto(n int64) { b.allowed = max(looksAtLeast, looksAnyway+int(n)*looksPerByte) }

// Spent reports whether the budget has ever been used up, be it only for the part of the input so far.
func (b *Budget) Spent() bool { return b.refused }

// GiveUp notes that something was left out, as if the budget had been used up.
func (b *Budget) GiveUp() { b.refused = true }

// Allowed returns how much may be looked at, in bytes.
func (b *Budget) Allowed() int { return b.allowed }

// Used returns how much has been looked at, in bytes.
func (b *Budget) Used() int { return b.used }

// Spend reports whether another n bytes may be looked at. A nil budget has no bound. What is refused is
// not used.
func (b *Budget) Spend(n int) bool {
	if b == nil {
		return true
	}
	if b.allowed > 0 && b.used+n > b.allowed {
		b.refused = b.refused || n > 0
		return false
	}
	b.used += n
	return true
}

// Spend reports whether another n bytes may be looked at.
func (r *Reader) Spend(n int) bool { return r.Budget.Spend(n) }
