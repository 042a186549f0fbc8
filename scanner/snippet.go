package scanner

import (
	"bytes"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

const (
	// snippetSide is how many bytes of its line a snippet shows at most on either side of
	// the match. It is part of what fingerprints are made of.
	snippetSide = 100
	// snippetSight is how far beyond that secrets are looked for, so that one is known
	// that is shown in part.
	snippetSight = 600
	// snippetWord is how much of it may be left out so that no word is cut.
	snippetWord = 50
)

// snippet returns the line of m in text with the key, and whatever else on it looks like
// one, masked. A NUL ends a line too, so that a key in a binary is shown with the string
// it is part of.
func (s *stream) snippet(text []byte, m rules.Match) finding.Snippet {
	start, end := lineAround(text, m.Start, m.End)
	line := text[start:end]
	return snippet(text, m, start, end, s.secretsOf(line))
}

// secretsOf returns the parts of a line that are to be masked. It remembers the last lines: one blob
// may be at very many paths, and one line in very many versions of a file.
func (s *stream) secretsOf(line []byte) []rules.Span {
	if known, ok := s.secrets[string(line)]; ok {
		return known
	}
	if s.secrets == nil || len(s.secrets) == maxLines {
		s.secrets = map[string][]rules.Span{}
	}
	found := rules.Secrets(line)
	s.secrets[string(line)] = found
	return found
}

// maxLines is of how many lines it is remembered what is to be masked in them.
const maxLines = 64

func snippet(text []byte, m rules.Match, start, end int, secrets []rules.Span) finding.Snippet {
	line := text[start:end]
	match := rules.Span{Start: m.Start - start, End: m.End - start}

	lo, hi := cutLeft(line, match.Start, secrets), cutRight(line, match.End, secrets)
	s := finding.Snippet{
		CutLeft:  lo > 0 || start > 0 && !endsLine(text[start-1]),
		CutRight: hi < len(line) || end < len(text) && !endsLine(text[end]),
	}
	matched := masked(line, match, secrets)
	if m.Key != nil {
		matched = m.Key.Redacted
	}
	left := masked(line, rules.Span{Start: lo, End: match.Start}, secrets)
	s.Text = left + matched + masked(line, rules.Span{Start: match.End, End: hi}, secrets)
	s.Start, s.End = len(left), len(left)+len(matched)
	return s
}

func endsLine(c byte) bool { return c == '\n' || c == '\r' || c == 0 }

// lineAround returns the part of the line around text[start:end] that secrets are looked
// for in. A word at its end of which the rest is not seen is no part of it: half a secret
// would not be recognised.
func lineAround(text []byte, start, end int) (from, to int) {
	const most = snippetSide + snippetSight
	from, to = max(0, start-most), min(len(text), end+most)
	if n := bytes.LastIndexAny(text[from:start], "\n\r\x00"); n >= 0 {
		from += n + 1
	} else if from > 0 {
		for from < start && inWord(text[from]) {
			from++
		}
	}
	if n := bytes.IndexAny(text[end:to], "\n\r\x00"); n >= 0 {
		to = end + n
	} else if to < len(text) {
		for to > end && inWord(text[to-1]) {
			to--
		}
	}
	return from, to
}

// cutLeft returns where the snippet begins of a match that begins at line[match]: not in
// a secret or a character, and not in a word if it is a short one.
func cutLeft(line []byte, match int, secrets []rules.Span) int {
	cut := match - snippetSide
	if cut <= 0 {
		return 0
	}
	for _, s := range secrets {
		if s.Start < cut && cut < s.End {
			cut = min(s.End, match)
		}
	}
	word := cut
	for word < match && inWord(line[word]) {
		word++
	}
	if word-cut <= snippetWord {
		return word
	}
	for cut < match && !utf8.RuneStart(line[cut]) {
		cut++
	}
	return cut
}

// cutRight is cutLeft for the end of the snippet of a match that ends at line[match].
func cutRight(line []byte, match int, secrets []rules.Span) int {
	cut := match + snippetSide
	if cut >= len(line) {
		return len(line)
	}
	for _, s := range secrets {
		if s.Start < cut && cut < s.End {
			cut = max(s.Start, match)
		}
	}
	word := cut
	for word > match && inWord(line[word-1]) {
		word--
	}
	if cut-word <= snippetWord {
		return word
	}
	for cut > match && !utf8.RuneStart(line[cut]) {
		cut--
	}
	return cut
}

// inWord reports whether c is part of a word, which a key is, or of a longer character.
func inWord(c byte) bool {
	return c >= utf8.RuneSelf || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == '-'
}

// masked returns a part of line with the secrets, or the parts of secrets, in it redacted.
func masked(line []byte, part rules.Span, secrets []rules.Span) string {
	var b []byte
	for _, s := range secrets {
		whole := part.Start <= s.Start && s.End <= part.End
		s.Start, s.End = max(s.Start, part.Start), min(s.End, part.End)
		if s.Start >= s.End {
			continue
		}
		b = append(b, line[part.Start:s.Start]...)
		if whole {
			b = append(b, finding.Redact(string(line[s.Start:s.End]))...)
		} else {
			b = append(b, "..."...)
		}
		part.Start = s.End
	}
	return string(append(b, line[part.Start:part.End]...))
}
