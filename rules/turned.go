package rules

import "bytes"

// defined returns the value of a name that is at name where no operator stands between:
// in make's define, in the body of a function of Ruby, and as the next item of a list of
// a program's arguments.
func (r *reader) defined(name span) (span, verdict) {
	t := r.text
	line := bytes.TrimSpace(r.lineBefore(name.start))
	switch {
	case hasLastWord(line, "define"):
		start := r.skipPadding(name.end)
		end := tokenRun(t, start)
		if !bytes.HasPrefix(t[r.skipPadding(end):], []byte("endef")) {
			return span{}, notToken
		}
		v := span{start, end}
		return v, judge(v.of(t))
	case hasLastWord(line, "def") && name.end < len(t) && t[name.end] == '\n':
		r.quotedOnly = true
		return r.judged(name.end, true)
	case bytes.HasPrefix(line, []byte("- ")) && bytes.HasSuffix(line, []byte("--")):
		i, _ := r.closers(name.end)
		if i, later := r.skipSpace(i, true); later && foldPrefix(t[i:], "- ") {
			r.quotedOnly = false
			return r.judged(i+len("- "), false)
		}
	}
	return span{}, notToken
}

// hasLastWord reports whether word is all of line or the last word of it.
func hasLastWord(line []byte, word string) bool {
	rest, ok := bytes.CutSuffix(line, []byte(word))
	return ok && (len(rest) == 0 || rest[len(rest)-1] == ' ')
}

// turned returns the value of the name at name where it stands before it, on the same line:
// "..." == NAME, "...".equals(NAME), '...' AS NAME, echo ... | gh secret set NAME.
func (r *reader) turned(name span) (span, verdict) {
	line := bytes.TrimRight(r.lineBefore(name.start), " \"'`$@{")
	start := name.start - len(r.lineBefore(name.start))
	if command, ok := piped(line); ok {
		word := command[bytes.LastIndexByte(command, ' ')+1:]
		return r.trimmed(span{start + len(command) - len(word), start + len(command)})
	}
	const attribute = "defaultvalue("
	if i := bytes.LastIndex(line, []byte("Value(")) - len("default"); i >= 0 && foldPrefix(line[i:], attribute) {
		v, ok := r.literal(start+i+len(attribute), false)
		rest := r.text[min(v.end, name.start):name.start]
		if ok && run(rest, func(c byte) bool { return isIdent(c) || bytes.IndexByte([]byte(" \"')]"), c) >= 0 }) == len(rest) {
			return v, judge(v.of(r.text))
		}
	}
	for _, relation := range []string{".equals(", "===", "==", "!=", " as"} {
		if n := len(line) - len(relation); n > 0 && foldPrefix(line[n:], relation) {
			before := bytes.TrimRight(line[:n], " ")
			if len(before) > 0 && quoteAt(before, len(before)-1) > 0 {
				quote := before[len(before)-1]
				open := bytes.LastIndexByte(before[:len(before)-1], quote)
				return r.trimmed(span{start + open + 1, start + len(before)})
			}
		}
	}
	return span{}, notToken
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
		stores = stores || holds(secretCommands, word)
	}
	command = bytes.TrimRight(line[:n], " ")
	printed := command[bytes.LastIndexAny(command, ";&|(")+1:]
	return command, stores && (bytes.Contains(printed, []byte("echo ")) || bytes.Contains(printed, []byte("printf ")))
}

// secretCommands are words of the commands that read a secret from their input.
var secretCommands = set("secret", "secrets", "env", "put", "put-parameter")

// trimmed returns the value at v without quotes, if it is one.
func (r *reader) trimmed(v span) (span, verdict) {
	for v.start < v.end && quoteAt(r.text, v.start) == 1 {
		v.start++
	}
	for v.end > v.start && quoteAt(r.text, v.end-1) == 1 {
		v.end--
	}
	return v, judge(v.of(r.text))
}
