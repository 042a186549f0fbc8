package secret

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
)

// LeftEdge reports whether a key can begin right after before: after nothing, after
// anything but a letter or digit, and after a letter or digit that is the end of
// an escape or encoding rather than of a word.
//
// Letters beyond ASCII are edges, because scripts such as Chinese put no space
// before a key.
func LeftEdge(before []byte) bool {
	if len(before) == 0 || !text.IsAlnum(before[len(before)-1]) {
		return true
	}
	return EndsInEscape(before) || EndsInPercent(before) || endsInColour(before) || endsInOption(before)
}

// EndsInEscape reports whether before ends in an escape of a string literal: \n
// and its kind, \x20, \u0020, \U00000020 or the octal \040.
func EndsInEscape(before []byte) bool {
	n := len(before)
	if n >= 2 && before[n-2] == '\\' && bytes.IndexByte([]byte("abefnrtv0"), before[n-1]) >= 0 {
		return true
	}
	for _, form := range []struct {
		letter string
		digits int
	}{{`\x`, 2}, {`\u`, 4}, {`\U`, 8}, {`\`, 3}} {
		head := n - form.digits
		if head >= len(form.letter) && bytes.HasSuffix(before[:head], []byte(form.letter)) && text.AllHex(before[head:]) {
			return true
		}
	}
	return false
}

// EndsInPercent reports whether before ends in a percent-encoded byte (%3D, also
// when it was encoded again: %253D), in its JavaScript form %u003D, or in the =3D
// of a quoted-printable mail.
func EndsInPercent(before []byte) bool {
	if n := len(before) - 4; n >= 2 && before[n-2] == '%' && before[n-1]|0x20 == 'u' && text.AllHex(before[n:]) {
		return true
	}
	n := len(before) - 2
	if n < 1 || !text.AllHex(before[n:]) {
		return false
	}
	if before[n-1] == '=' {
		return !text.IsLower(before[n]) && !text.IsLower(before[n+1])
	}
	for n >= 2 && string(before[n-2:n]) == "25" {
		n -= 2
	}
	return n >= 1 && before[n-1] == '%'
}

// endsInOption reports whether before ends in an option of one letter, to which a program's
// argument may be attached: -k.
func endsInOption(before []byte) bool {
	n := len(before)
	if n < 2 || before[n-2] != '-' || !text.IsLetter(before[n-1]) {
		return false
	}
	return n == 2 || bytes.IndexByte([]byte(" \t\n\r\"'`=,([{"), before[n-3]) >= 0
}

// endsInColour reports whether before ends in a terminal's colour sequence, ESC [
// numbers m, with ESC as itself or as a string literal spells it.
func endsInColour(before []byte) bool {
	n := len(before) - 1
	if before[n] != 'm' {
		return false
	}
	for n > 0 && (text.IsDigit(before[n-1]) || before[n-1] == ';') {
		n--
	}
	if n == 0 || before[n-1] != '[' {
		return false
	}
	for _, esc := range []string{"\x1b", `\x1b`, `\x1B`, `\033`, `\u001b`, `\u001B`, `\e`} {
		if bytes.HasSuffix(before[:n-1], []byte(esc)) {
			return true
		}
	}
	return false
}
