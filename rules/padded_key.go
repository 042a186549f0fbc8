package rules

import (
	"bytes"
	_ "embed"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
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
	Anchors:          naming.Anchors,
	MatchFile:        matchPaddedKey,
}

func matchPaddedKey(f *File, report func(Match)) {
	report = once(report)
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Warning, Confidence: finding.High, Message: message})
	}
	const message = "white space inside the quotes is sent with the key: Neo answers 401"
	for _, pos := range f.KeyStarts() {
		end := pos + text.Run(f.Text[pos:min(len(f.Text), pos+finding.MaxAPIKeyLen+1)], func(c byte) bool { return text.IsAlnum(c) || c == '_' })
		if padded(f.Text, pos, end) && secret.Credible(f.Text, pos) {
			say(pos, end, message)
		}
	}
	for _, n := range f.KeyNames() {
		if start, end, ok := quotedValue(f.Text, n.End); ok {
			value := trimPadding(string(f.Text[start:end]))
			if len(value) < end-start && secret.IsLiteral(value) {
				at := start + strings.Index(string(f.Text[start:end]), value)
				say(at, at+len(value), message)
			}
		}
	}
	for _, v := range f.Variables() {
		if strings.HasSuffix(v.Value, "\n") && f.IsKeyName(v.Name) && secret.IsLiteral(v.Value) {
			value := strings.TrimSpace(v.Value)
			if at := strings.Index(string(f.Text[v.Start:v.End]), value); at >= 0 {
				say(v.Start+at, v.Start+at+len(value), "the block ends with a line break that becomes part of the key: Neo answers 401; write |- or put the key in quotes")
			}
		}
	}
	for _, v := range f.Variables() {
		if len(v.In) == 0 || v.In[len(v.In)-1] != "data" {
			continue
		}
		decoded, ok := codec.Base64(v.Value) // of a Kubernetes Secret
		if value := bytes.TrimSpace(decoded); ok && len(value) < len(decoded) && secret.IsLiteral(string(value)) {
			say(v.Start, v.End, "the encoded value has white space around the key: Neo answers 401; encode it with printf %s")
		}
	}
	for _, c := range f.ShellCommands() {
		if c.Name != "echo" || c.Into != "base64" || len(c.Args) < 2 || strings.HasPrefix(c.Args[1].Text, "-") {
			continue
		}
		for _, a := range c.Args[1:] {
			if v, ok := f.KeyIn(&a); ok {
				say(v.Start, v.End, "echo adds a line break, and base64 encodes it with the key; use printf %s")
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
func quotedValue(src []byte, pos int) (start, end int, ok bool) {
	i := pos
	for i < len(src) && i < pos+16 && bytes.IndexByte([]byte("\"'] \t:=>,("), src[i]) >= 0 {
		quote := src[i]
		i++
		if quote != '"' && quote != '\'' && quote != '`' {
			continue
		}
		// The quote after the name closes it, if it has quotes itself.
		if i == pos+1 {
			continue
		}
		if n := text.Closing(src[i:min(len(src), i+secret.MaxTokenLen+64)], quote); n > 0 {
			return i, i + n, true
		}
	}
	return 0, 0, false
}
