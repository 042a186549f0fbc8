package secret

import (
	"bytes"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/internal/text"
)

// minMasked is how long the secret of a key is, credible or not, that is masked.
const minMasked = 8

// Mask returns text with everything in it that has the form of a Neo API key, a
// credible one or not, cut down to what may be printed. It is for text that
// surrounds a match, for path names and for messages, where a key may stand that is
// not what the text is about. Credible ones are found in base64 and with escapes, too.
func Mask(src string) string {
	var b strings.Builder
	done := 0
	apiKeys([]byte(src), func(_ int, secret text.Span) {
		b.WriteString(src[done:secret.Start])
		b.WriteString(finding.Redact(src[secret.Start:secret.End]))
		done = secret.End
	})
	return b.String() + src[done:]
}

// Secrets returns, in order, the parts of a line near a match that must be masked: whatever
// follows neo_sk_<env>_, and whatever looks random, as a token of the older API does. Beside
// one token there may be others without a telling name.
func Secrets(line []byte) []text.Span {
	var all []text.Span
	from := 0
	apiKeys(line, func(start int, secret text.Span) {
		all = append(all, randomRuns(line, from, start)...)
		all = append(all, secret)
		from = secret.End
	})
	return append(all, randomRuns(line, from, len(line))...)
}

// apiKeys calls found, in order, for each text that has the form of a key: where it starts,
// and what is secret of it. What stands on either side of it does not matter. Of a key in
// base64 or with escapes, all is secret.
func apiKeys(src []byte, found func(start int, secret text.Span)) {
	encoded := encodedKeys(src)
	done := 0
	tellEncoded := func(before int) {
		for ; len(encoded) > 0 && encoded[0].Start < before; encoded = encoded[1:] {
			if s := encoded[0]; s.End > done {
				s.Start = max(s.Start, done) // the last letter may be the first of the next
				found(s.Start, s)
				done = s.End
			}
		}
	}
	for pos := 0; ; {
		n := bytes.Index(src[pos:], []byte(finding.KeyPrefix))
		if n < 0 {
			break
		}
		start := pos + n
		pos = start + len(finding.KeyPrefix)
		env := text.Run(src[pos:], text.IsAlnum)
		secret := pos + env + 1
		if env == 0 || secret >= len(src) || src[secret-1] != '_' {
			continue
		}
		if n := finding.SecretRun(src[secret:]); n >= minMasked {
			tellEncoded(start)
			pos = secret + n
			found(start, text.Span{Start: secret, End: pos})
			done = pos
		}
	}
	tellEncoded(len(src))
}

// encodedKeys returns where text holds keys in another form, in order.
func encodedKeys(src []byte) (all []text.Span) {
	codec.Each(src, func(pos int) {
		codec.Undo(src, pos, nil, func(p codec.Plain) bool {
			r := unlikely
			if p.Undone() {
				var k Key
				if k, r = read(p.From(), false); r > unlikely {
					all = append(all, text.Span{Start: k.Start, End: k.End})
				}
			}
			return r < certain
		})
	})
	slices.SortFunc(all, func(a, b text.Span) int { return a.Start - b.Start })
	return all
}

// maybeRandom is how many bits a word must be likelier as random characters than as words
// to be masked. It is less than what makes a finding of it: a word too many that is masked
// does no harm.
const maybeRandom = -8

// randomRuns returns the runs of a token's characters in text[from:to] that look random,
// or where a whole run does not, as in a path, the words of it that do.
func randomRuns(src []byte, from, to int) (all []text.Span) {
	// In name=token they are two.
	text.Each(src, text.Span{Start: from, End: to}, func(c byte) bool { return TokenBytes[c] && c != '=' }, func(s text.Span) {
		if Likely(src[s.Start:s.End]) {
			all = append(all, s)
			return
		}
		text.Each(src, s, text.IsAlnum, func(s text.Span) {
			word := src[s.Start:s.End]
			if len(word) >= MinTokenLen && text.Run(word, text.IsDigit) < len(word) && surprise(word) >= maybeRandom {
				all = append(all, s)
			}
		})
	})
	return all
}
