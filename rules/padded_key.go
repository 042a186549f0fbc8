package rules

import (
	"bytes"
	_ "embed"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
)

//go:embed padded_key.md
var paddedKeyDoc string

// PaddedKey finds keys with white space around them, inside the quotes.
var PaddedKey = &Rule{
	ID:               "padded-key",
	Title:            "White space around a Neo key",
	Severity:         finding.Warning,
	CWEs:             []int{1173},
	SecuritySeverity: 2.5,
	Doc:              paddedKeyDoc,
	Anchors:          habitAnchors,
	MatchFile:        matchPaddedKey,
}

func matchPaddedKey(f *File, report func(Match)) {
	report = once(report)
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Warning, Confidence: finding.High, Message: message})
	}
	const message = "the key has white space in its quotes, which is sent along: Neo answers 401"
	for pos := 0; ; {
		n := bytes.Index(f.Text[pos:], []byte(finding.KeyPrefix))
		if n < 0 {
			break
		}
		pos += n
		end := pos + run(f.Text[pos:], func(c byte) bool { return isAlnum(c) || c == '_' })
		if padded(f.Text, pos, end) && credible(f.Text, pos) {
			say(pos, end, message)
		}
		pos += len(finding.KeyPrefix)
	}
	for _, n := range f.keyNames() {
		if start, end, ok := quotedValue(f.Text, n.end); ok {
			value := trimPadding(string(f.Text[start:end]))
			if len(value) < end-start && isLiteralKey(value) {
				at := start + strings.Index(string(f.Text[start:end]), value)
				say(at, at+len(value), message)
			}
		}
	}
	for _, v := range f.variables() {
		if strings.HasSuffix(v.value, "\n") && f.isKeyName(v.name) && isLiteralKey(v.value) {
			value := strings.TrimSpace(v.value)
			if at := strings.Index(string(f.Text[v.start:v.end]), value); at >= 0 {
				say(v.start+at, v.start+at+len(value), "the block ends with a line break, which becomes part of the key: Neo answers 401; write |- or put the key in quotes")
			}
		}
	}
	for _, v := range f.variables() {
		if len(v.in) == 0 || v.in[len(v.in)-1] != "data" {
			continue
		}
		decoded, ok := codec.Base64(v.value) // of a Kubernetes Secret
		if value := bytes.TrimSpace(decoded); ok && len(value) < len(decoded) && isLiteralKey(string(value)) {
			say(v.start, v.end, "what is encoded has white space around the key, which becomes part of it: Neo answers 401; encode it with printf %s")
		}
	}
	for _, c := range f.shellCommands() {
		if c.name != "echo" || c.into != "base64" || len(c.args) < 2 || strings.HasPrefix(c.args[1].text, "-") {
			continue
		}
		for _, a := range c.args[1:] {
			if v, ok := a.key(f); ok {
				say(v.start, v.end, "echo adds a line break, which base64 makes part of the key; use printf %s")
			}
		}
	}
}

// padded reports whether the key at text[start:end] is in quotes with white space
// between it and them. The scheme of a header may stand before the key.
func padded(text []byte, start, end int) bool {
	left := text[max(0, start-64):start]
	left = bytes.TrimSuffix(left, []byte("Bearer "))
	before := trimRightPadding(left)
	if len(before) == 0 {
		return false
	}
	quote := before[len(before)-1]
	if quote != '"' && quote != '\'' && quote != '`' {
		return false
	}
	right := text[end:min(len(text), end+64)]
	after := trimLeftPadding(right)
	return len(after) > 0 && after[0] == quote && (len(before) < len(left) || len(after) < len(right))
}

var paddings = []string{" ", "\t", "\r", "\n", `\n`, `\r`, `\t`, `\u0020`, `\x20`}

func trimLeftPadding(b []byte) []byte {
	for trimmed := true; trimmed; {
		trimmed = false
		for _, p := range paddings {
			if rest, ok := bytes.CutPrefix(b, []byte(p)); ok {
				b, trimmed = rest, true
			}
		}
	}
	return b
}

func trimRightPadding(b []byte) []byte {
	for trimmed := true; trimmed; {
		trimmed = false
		for _, p := range paddings {
			if rest, ok := bytes.CutSuffix(b, []byte(p)); ok {
				b, trimmed = rest, true
			}
		}
	}
	return b
}

func trimPadding(s string) string {
	return string(trimLeftPadding(trimRightPadding([]byte(s))))
}

// quotedValue returns the value in quotes that a name, which ends at text[pos], is given.
func quotedValue(text []byte, pos int) (start, end int, ok bool) {
	i := pos
	for i < len(text) && i < pos+16 && bytes.IndexByte([]byte("\"'] \t:=>,("), text[i]) >= 0 {
		quote := text[i]
		i++
		if quote != '"' && quote != '\'' && quote != '`' {
			continue
		}
		// The quote after the name closes it, if it has quotes itself.
		if i == pos+1 {
			continue
		}
		if n := closing(text[i:min(len(text), i+maxTokenLen+64)], quote); n > 0 {
			return i, i + n, true
		}
	}
	return 0, 0, false
}
