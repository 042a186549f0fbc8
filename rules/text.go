package rules

import (
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// A Span is text[Start:End] of some text.
type Span = text.Span

// Mask returns text with everything in it that has the form of a Neo API key, a
// credible one or not, cut down to what may be printed. It is for text that
// surrounds a match, for path names and for messages, where a key may stand that is
// not what the text is about. Credible ones are found in base64 and with escapes, too.
func Mask(text string) string { return secret.Mask(text) }

// Secrets returns, in order, the parts of a line near a match that are to be masked: what
// follows neo_sk_<env>_, and what looks random, as a token of the older API does. Where
// one token is, others may be that no name gives away.
func Secrets(line []byte) []Span { return secret.Secrets(line) }

// IsPlaceholder reports whether secret, a raw token or what follows neo_sk_<env>_, only
// stands for one, as in documentation.
func IsPlaceholder(s string) bool { return secret.IsPlaceholder(s) }

// ClientPrefix returns the prefix of a variable's name by which bundlers write the variable into
// client code, such as NEXT_PUBLIC_; false if it has none.
func ClientPrefix(name string) (string, bool) { return naming.ClientPrefix(name) }

// NamesKey reports whether a variable of that name holds a Neo key.
func NamesKey(variable string) bool { return naming.NamesVariable(variable) }

// Neighbour returns the first that the text names of the hosts of other products called
// Neo, whose keys are not for Neo's hosts; empty if it names none.
func Neighbour(text string) string { return naming.Neighbour(text) }
