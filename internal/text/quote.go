package text

import "strings"

// QuoteAt returns the length of the quote that text[i:] begins with: one of any kind,
// three of them, one with backslashes before it, or one as HTML and JSON escape it; 0 if
// there is none.
func QuoteAt(text []byte, i int) int {
	if i >= len(text) {
		return 0
	}
	switch text[i] {
	case '"', '\'', '`':
		if i+2 < len(text) && text[i+1] == text[i] && text[i+2] == text[i] {
			return 3
		}
		return 1
	case '\\', '&', '%':
		if n := AnyPrefixFold(text[i:], escapedQuotes); n > 0 {
			return n
		}
		n := Run(text[i:min(len(text), i+8)], func(c byte) bool { return c == '\\' })
		if i+n < len(text) && n > 0 && (text[i+n] == '"' || text[i+n] == '\'' || text[i+n] == '`') {
			return n + 1
		}
	}
	return 0
}

var escapedQuotes = []string{`\u0022`, `\u0027`, "&quot;", "&apos;", "&#34;", "&#39;", "&#x22;", "&#x27;", "%22", "%27"}

// Closing returns where in text the quote closes that opened before it, or -1.
func Closing(text []byte, quote byte) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote:
			return i
		}
	}
	return -1
}

// Unquote strips the quotes around s, or else the white space.
func Unquote(s string) string {
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return strings.TrimSpace(s)
}
