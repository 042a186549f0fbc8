package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// defined returns the value of a name that is at name where no operator stands between:
// in make's define, in the body of a function of Ruby, and as the next item of a list of
// a program's arguments.
func (r *Reader) defined(name text.Span) (text.Span, secret.Verdict) {
	t := r.Text
	line := bytes.TrimSpace(r.lineBefore(name.Start))
	switch {
	case hasLastWord(line, "define"):
		start := r.skipPadding(name.End)
		end := secret.TokenRun(t, start)
		if !bytes.HasPrefix(t[r.skipPadding(end):], []byte("endef")) {
			return text.Span{}, secret.NotToken
		}
		v := text.Span{Start: start, End: end}
		return v, secret.Judge(v.Of(t))
	case hasLastWord(line, "def") && name.End < len(t) && t[name.End] == '\n':
		r.quotedOnly = true
		return r.judged(name.End, true)
	case bytes.HasPrefix(line, []byte("- ")) && bytes.HasSuffix(line, []byte("--")):
		i, _ := r.closers(name.End)
		if i, later := r.skipSpace(i, true); later && text.HasPrefixFold(t[i:], "- ") {
			r.quotedOnly = false
			return r.judged(i+len("- "), false)
		}
	}
	return text.Span{}, secret.NotToken
}

// hasLastWord reports whether word is all of line or the last word of it.
func hasLastWord(line []byte, word string) bool {
	rest, ok := bytes.CutSuffix(line, []byte(word))
	return ok && (len(rest) == 0 || rest[len(rest)-1] == ' ')
}

// turned returns the value of the name at name where it stands before it, on the same line:
// "..." == NAME, "...".equals(NAME), '...' AS NAME, MOVE '...' TO NAME, echo ... | gh secret set NAME.
func (r *Reader) turned(name text.Span) (text.Span, secret.Verdict) {
	line := bytes.TrimRight(r.lineBefore(name.Start), " \"'`$@{")
	if front, ok := bytes.CutSuffix(line, []byte("-")); ok { // WS-NEO-API-KEY
		line = bytes.TrimRight(front[:len(front)-len(text.LastIdent(front))], " ")
	}
	start := name.Start - len(r.lineBefore(name.Start))
	if command, ok := piped(line); ok {
		word := command[bytes.LastIndexByte(command, ' ')+1:]
		return r.trimmed(text.Span{Start: start + len(command) - len(word), End: start + len(command)})
	}
	const attribute = "defaultvalue("
	if i := bytes.LastIndex(line, []byte("Value(")) - len("default"); i >= 0 && text.HasPrefixFold(line[i:], attribute) {
		v, ok := r.literal(start+i+len(attribute), false)
		rest := r.Text[min(v.End, name.Start):name.Start]
		if ok && text.Run(rest, func(c byte) bool { return text.IsIdent(c) || bytes.IndexByte([]byte(" \"')]"), c) >= 0 }) == len(rest) {
			return v, secret.Judge(v.Of(r.Text))
		}
	}
	for _, relation := range []string{".equals(", "===", "==", "!=", " as", " to"} {
		if n := len(line) - len(relation); n > 0 && text.HasPrefixFold(line[n:], relation) {
			before := bytes.TrimRight(line[:n], " ")
			if len(before) > 0 && text.QuoteAt(before, len(before)-1) > 0 {
				quote := before[len(before)-1]
				open := bytes.LastIndexByte(before[:len(before)-1], quote)
				return r.trimmed(text.Span{Start: start + open + 1, End: start + len(before)})
			}
		}
	}
	return text.Span{}, secret.NotToken
}

// piped returns the command whose output the line gives to one that stores a secret, the name
// of which comes next.
func piped(line []byte) (command []byte, ok bool) {
	n := bytes.LastIndexByte(line, '|')
	if n < 0 || bytes.ContainsAny(line[n:], ";&") {
		return nil, false
	}
	stores := false
	for _, word := range bytes.Fields(line[n:]) {
		stores = stores || text.Holds(secretCommands, word)
	}
	command = bytes.TrimRight(line[:n], " ")
	printed := command[bytes.LastIndexAny(command, ";&|(")+1:]
	return command, stores && (bytes.Contains(printed, []byte("echo ")) || bytes.Contains(printed, []byte("printf ")))
}

// secretCommands are words of the commands that read a secret from their input.
var secretCommands = text.Set("secret", "secrets", "env", "put", "put-parameter")

// trimmed returns the value at v without quotes, if it is one.
func (r *Reader) trimmed(v text.Span) (text.Span, secret.Verdict) {
	for v.Start < v.End && text.QuoteAt(r.Text, v.Start) == 1 {
		v.Start++
	}
	for v.End > v.Start && text.QuoteAt(r.Text, v.End-1) == 1 {
		v.End--
	}
	return v, secret.Judge(v.Of(r.Text))
}
