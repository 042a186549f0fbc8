package codec

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
)

// foldedForm is a text over several lines where the format or the language joins them: after a
// backslash (shells, C, Python, TOML, .properties, Dockerfiles), a caret or a backtick (cmd,
// PowerShell), or before white space (RFC 5545, section 3.1; RFC 2849; folded scalars of
// YAML).
var foldedForm = &form{
	names:  []string{"folded"},
	also:   splitAnchors,
	undo:   undoUnits(foldedUnit),
	breaks: "\\^`\r\n",
	whole:  true,
}

// maxIndent bounds the white space at the beginning of a line that goes on.
const maxIndent = 64

func foldedUnit(src []byte, i int) (c, n int) {
	at := i
	if src[i] == '\\' || src[i] == '^' || src[i] == '`' {
		at++
	}
	end := lineEnd(src, at)
	if end == 0 {
		return 0, 0
	}
	at += end
	indent := text.Run(src[at:min(len(src), at+maxIndent)], text.IsBlank)
	if indent == 0 && (src[i] == '\n' || src[i] == '\r') {
		return 0, 0
	}
	at += indent
	if src[i] == '\\' && at < len(src) && src[at] == '\\' { // the gap in a string of Haskell
		at++
	}
	return nothing, at - i
}

// ansiForm is text that a program has coloured for a terminal, such as the match of grep.
// (ECMA-48, section 5.4.)
var ansiForm = &form{
	names:   []string{"ansi"},
	anchors: colouredStarts,
	also:    splitAnchors,
	undo:    undoUnits(ansiUnit),
	breaks:  "\x1b^\\",
}

// colouredStarts are how a key begins of which the first letters have a colour.
var colouredStarts = []string{"neo\x1b[", "neo^[[", `neo\e[`, `neo\x1b[`, `neo\033[`, `neo\u001b[`, "eo_sk\x1b[", `eo_sk\x1b[`, `eo_sk\033[`, `eo_sk\u001b[`}

// escapeCharacters are what a control sequence begins with, as itself and as programs show it
// or as strings spell it.
var escapeCharacters = []string{"\x1b[", "^[[", `\x1b[`, `\x1B[`, `\033[`, `\e[`, `\u001b[`, `\u001B[`}

// maxSequence bounds a control sequence.
const maxSequence = 24

func ansiUnit(src []byte, i int) (c, n int) {
	start := 0
	for _, escape := range escapeCharacters {
		if bytes.HasPrefix(src[i:], []byte(escape)) {
			start = i + len(escape)
		}
	}
	if start == 0 {
		return 0, 0
	}
	for j := start; j < min(len(src), i+maxSequence); j++ {
		if src[j] >= '@' && src[j] <= '~' {
			return nothing, j + 1 - i
		}
		if src[j] < ' ' || src[j] > '?' {
			break
		}
	}
	return 0, 0
}
