package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// A Reading is a raw token where it stands, with the other ways to take it where its edge is
// in doubt.
type Reading struct {
	text.Span
	Key     *finding.Key
	Decoded []string
	Verdict secret.Verdict
}

// Read returns the token that stands at v, which has no edge of its own: an expression of n8n
// begins with =, mail in quoted-printable writes = as =3D, an option may be attached to its
// value. Where either is possible, the key has both readings.
func (r *Reader) Read(v text.Span) Reading {
	value := v.Of(r.Text)
	skip, sure := r.front(v)
	at := Reading{Span: text.Span{Start: v.Start + skip, End: v.End}}
	token := value[skip:]
	if (skip > 0 || bytes.HasSuffix(value, []byte("="))) && r.quotedPrintable() {
		token, at.End = r.unwrapped(at.Span)
		if skip > 0 || at.End > v.End {
			at.Decoded = []string{"quoted-printable"}
		}
	}
	at.Verdict = secret.Judge(token)
	switch {
	case skip > 0 && at.Verdict == secret.NotToken && !sure: // the front is the token's own
		return Reading{Span: v, Key: finding.NewLegacyToken(string(value)), Verdict: secret.Judge(value)}
	case at.Verdict == secret.NotToken:
		return at
	}
	at.Key = finding.NewLegacyToken(string(token))
	if skip > 0 && !sure {
		whole := finding.NewLegacyToken(string(value))
		alone := *at.Key
		at.Key.Readings = []*finding.Key{&alone, whole}
		if value[0] != '-' && value[0] != '=' { // a token may well begin with 3D
			at.Span, at.Key, at.Decoded = v, finding.NewLegacyToken(string(value)), nil
			at.Key.Readings = []*finding.Key{whole, &alone}
		}
	}
	return at
}

// front returns how much of the value at v stands before the token, and whether that is sure.
func (r *Reader) front(v text.Span) (n int, sure bool) {
	value := v.Of(r.Text)
	switch {
	case value[0] == '=':
		n = text.Run(value, func(c byte) bool { return c == '=' })
		return n, bytes.Contains(r.Text, []byte(`"=http`)) || bytes.Contains(r.Text, []byte("={{"))
	case bytes.HasPrefix(value, []byte("3D")) && v.Start > 0 && r.Text[v.Start-1] == '=':
		return len("3D"), r.quotedPrintable()
	case bytes.HasPrefix(value, []byte("--")):
		if eq := bytes.IndexByte(value, '='); eq > 0 {
			return eq + 1, true
		}
	case len(value) > 2 && value[0] == '-' && text.IsLetter(value[1]):
		n = len("-b")
		n += b2i(value[n] == '=')
		return n, r.storesSecret(v.Start)
	}
	return 0, true
}

// storesSecret reports whether the command that text[i] is in stores a secret, as gh secret set
// does: its options are known.
func (r *Reader) storesSecret(i int) bool {
	for _, word := range bytes.Fields(r.lineBefore(i)) {
		if text.Holds(secretCommands, word) {
			return true
		}
	}
	return false
}

// quotedPrintable reports whether the text is mail in that encoding.
func (r *Reader) quotedPrintable() bool {
	return text.IndexFold(r.Text, "quoted-printable") >= 0
}

// unwrapped returns the token at v without the soft ends of lines that quoted-printable puts into
// a long line, and where it ends.
func (r *Reader) unwrapped(v text.Span) (token []byte, end int) {
	token, end = v.Of(r.Text), v.End
	for range 8 {
		rest, soft := bytes.CutSuffix(token, []byte("="))
		n := text.AnyPrefixFold(r.Text[end:], []string{"\r\n", "\n"})
		if !soft || n == 0 {
			break
		}
		next := end + n
		stop := secret.TokenRun(r.Text, next)
		token = append(bytes.Clone(rest), r.Text[next:stop]...)
		end = stop
	}
	return token, end
}
