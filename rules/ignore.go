package rules

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/secret"
	"github.com/neokeys/neokeys/rules/syntax"
)

// IgnoreMark is what a comment says to excuse a line, for every rule or, with their ids in
// brackets, as in neokeys:ignore[neo-api-key, stale-key], for some. A reason may follow. Letters may
// be of either case, and a space may follow the colon.
const IgnoreMark = ignoreName + ignoreVerb

// The parts of IgnoreMark; the first is an anchor.
const (
	ignoreName = "neokeys:"
	ignoreVerb = "ignore"
)

// markLen returns the length of the mark that text begins with, in bytes; 0 if it begins with none.
func markLen(text []byte) int {
	n := len(ignoreName)
	if len(text) < n || !strings.EqualFold(string(text[:n]), ignoreName) {
		return 0
	}
	if len(text) > n && text[n] == ' ' {
		n++
	}
	end := n + len(ignoreVerb)
	if len(text) < end || !strings.EqualFold(string(text[n:end]), ignoreVerb) {
		return 0
	}
	return end
}

// An Ignore is a comment that excuses a line.
type Ignore struct {
	// Rules are the ids it names; empty for all.
	Rules  []string
	Reason string // the user's words; may be empty
	// Alone says that nothing but the comment stands on its line, so that it is
	// about the next one.
	Alone bool
	// start is what begins the comment, if that is code and the mark comes right behind it.
	start string
}

// beforeComment may stand before a comment that has its line to itself: {/* */} in JSX, {{!-- --}} and
// <%# %> in templates, and "//": "..." in JSON.
const beforeComment = " \t{<%@!\""

// maxReason is how much of a reason is kept, in bytes, and how much of a line is looked
// at for the start of its comment.
const maxReason = 300

// ParseIgnore reads the comment whose mark begins at text[pos]. It is not one if it does
// not stand in a comment, or if it is a part of a longer word.
func ParseIgnore(src []byte, pos int) (Ignore, bool) {
	var ig Ignore
	length := markLen(src[pos:])
	if length == 0 || pos > 0 && text.IsIdent(src[pos-1]) {
		return ig, false
	}
	before := src[max(0, pos-maxReason):pos]
	before = before[bytes.LastIndexAny(before, "\n\r")+1:]
	start := -1
	for _, c := range syntax.CommentStarts {
		if n := bytes.Index(before, []byte(c)); n >= 0 && (start < 0 || n < start) {
			start = n
		}
	}
	if start >= 0 {
		ig.Alone = len(bytes.Trim(before[:start], beforeComment)) == 0
		ig.start = startOf(before)
	} else if ig.start = blockAround(src[:pos]); ig.start == "" {
		return ig, false
	} else {
		ig.Alone = len(bytes.TrimSpace(before)) == 0
	}

	rest := src[pos+length:]
	rest = rest[:min(len(rest), maxReason)]
	if n := bytes.IndexAny(rest, "\n\r"); n >= 0 {
		rest = rest[:n]
	}
	// With a space before it, a list of rules is not to mean all of them.
	if list := bytes.TrimLeft(rest, " \t"); len(list) > 0 && list[0] == '[' {
		rest = list
	}
	if len(rest) > 0 && rest[0] == '[' {
		names, after, ok := bytes.Cut(rest[1:], []byte("]"))
		if !ok {
			return ig, false
		}
		for name := range strings.SplitSeq(string(names), ",") {
			if name = strings.TrimSpace(name); name != "" {
				ig.Rules = append(ig.Rules, strings.ToLower(name))
			}
		}
		// Not even an empty list is to mean "all": a slip must not excuse more.
		if len(ig.Rules) == 0 {
			return ig, false
		}
		rest = after
	} else if len(rest) > 0 && (text.IsURLSafe(rest[0]) || rest[0] == ':') {
		return ig, false
	}
	reason := strings.TrimSpace(strings.ToValidUTF8(string(rest), "\ufffd"))
	for _, end := range syntax.CommentEnds {
		if cut, ok := strings.CutSuffix(reason, end); ok {
			reason = cut
			break
		}
	}
	ig.Reason = secret.Mask(strings.TrimSpace(strings.TrimLeft(reason, ":-– ")))
	return ig, true
}

// blockAround returns what begins the comment of several lines that is still open at the end of text,
// empty for none. Nothing but white space may stand before it on its line, which is not the last: a
// string may hold the same.
func blockAround(text []byte) string {
	start, at := "", -1
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	for _, b := range syntax.CommentBlocks {
		n := bytes.LastIndex(text, []byte(b.Start))
		if n <= at || bytes.Contains(text[n+len(b.Start):], []byte(b.End)) {
			continue
		}
		if line := text[bytes.LastIndexByte(text[:n], '\n')+1 : n]; len(bytes.TrimSpace(line)) == 0 {
			start, at = b.Start, n
		}
	}
	return start
}

// startOf returns what begins the comment whose words come right behind before, a line up to
// there; nothing if there are other words in between, or if a string holds it all.
func startOf(before []byte) string {
	before = bytes.TrimRight(before, " \t")
	start := ""
	for _, c := range syntax.CommentStarts {
		if c = strings.TrimRight(c, " "); bytes.HasSuffix(before, []byte(c)) && len(c) > len(start) {
			start = c
		}
	}
	var quote byte
	for i := 0; i < len(before)-len(start); i++ {
		switch c := before[i]; {
		case c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\'' || c == '`'):
			quote = c
		}
	}
	if quote != 0 {
		return ""
	}
	return start
}

// Meant reports whether the comment is there to excuse a line, in a file with that exposure.
// Others only mention such comments: documentation, and strings in tests of this program.
func (ig *Ignore) Meant(exposure finding.Exposure) bool {
	if exposure == finding.Docs {
		return ig.start == "<!--"
	}
	return ig.start != ""
}

// Covers reports whether the comment excuses findings of the rule.
func (ig *Ignore) Covers(rule string) bool {
	if len(ig.Rules) == 0 {
		return true
	}
	for _, id := range ig.Rules {
		if id == rule {
			return true
		}
	}
	return false
}
