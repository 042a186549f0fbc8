package codec

import (
	"bytes"
	"strings"
)

// cutBase64Form is base64 in which a line ends among the letters that are the anchors of base64Form, as in LDIF and
// quoted-printable, whose lines do not end between groups.
var cutBase64Form = &form{also: cutAnchors, undo: undoCutBase64}

// A cutLetters is what stands on one side of such a line end.
type cutLetters struct {
	letters string
	start   int // in base64Starts
	at      int // behind how many letters of the group behind the first one; negative before that
}

// cuts are what is looked for, which nothing but a key has: what other forms begin with begins likewise.
var cuts = []cutLetters{
	{"bmVvX3", 0, -4},
	{"3NrX", 0, 1},
	{"5lb19", 1, -2},
	{"9za1", 1, 2},
	{"fc2t", 2, 3},
}

func cutAnchors() (anchors []string) {
	for _, c := range cuts {
		anchors = append(anchors, strings.ToLower(c.letters))
	}
	return anchors
}

func undoCutBase64(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	for _, c := range cuts {
		if !bytes.HasPrefix(src[pos:], []byte(c.letters)) {
			continue
		}
		s := &base64Starts()[c.start]
		group := pos - c.at
		if c.at > 0 {
			group = lettersBefore(src[:pos], s.letters[:c.at], spend)
		}
		if group >= 0 && hasLetters(src, group, s.letters, spend) &&
			lettersBefore(src[:group], s.first, spend) >= 0 && spend(2*(maxBase64Before+maxBase64)) && !yieldBase64(src, group, s, spend, yield) {
			return
		}
	}
}

// hasLetters reports whether letters of base64 stand at src[i], on several lines too.
func hasLetters(src []byte, i int, letters string, spend Spend) bool {
	for n := range len(letters) {
		if i < len(src) && src[i] != letters[n] {
			i += max(lineEndAt(src[i:], spend), softBreak(src, i, n))
		}
		if i == len(src) || src[i] != letters[n] {
			return false
		}
		i++
	}
	return true
}

// lettersBefore returns where the letters of base64 begin that src ends with, on several lines too, maybe before a
// line end; -1 if it ends with others.
func lettersBefore(src []byte, letters string, spend Spend) (at int) {
	at = len(src)
	for i := len(letters) - 1; i >= 0; i-- {
		if at > 0 && src[at-1] != letters[i] {
			n, _ := breakBefore(src[:at], spend)
			at -= n
		}
		if at == 0 || src[at-1] != letters[i] {
			return -1
		}
		at--
	}
	return at
}

// breakBefore returns the length of the line end that src ends with, and whether it is one of quoted-printable.
func breakBefore(src []byte, spend Spend) (n int, soft bool) {
	n = lineEndBefore(src, spend)
	if at := len(src) - n; n > 0 && at > 0 && src[at-1] == '=' && lineEnd(src, at) > 0 {
		return n + 1, true
	}
	return n, false
}
