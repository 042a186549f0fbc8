package rules

import (
	"bytes"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/syntax"
)

// MaxFile is the size in bytes of the largest file that rules see as a whole. What is
// larger is searched for keys only: it is data, or a bundle that a program wrote.
const MaxFile = 1 << 20

// Binary reports whether a file that begins with head is no text in a byte-oriented
// encoding. Such a file is not given to rules that look at whole files.
func Binary(head []byte) bool { return bytes.IndexByte(head, 0) >= 0 }

// A File is the whole text of a file, for rules to which an anchor's surroundings are
// not enough, and what has been found out about it. What one rule finds out the next
// one need not find out again. It is for one goroutine.
type File struct {
	// Text is the file's bytes. What was UTF-16 has one byte a unit, and some byte
	// beyond ASCII for each that is beyond Latin-1.
	Text  []byte
	Place Place

	own      Own
	tree     lazy[*syntax.Tree]
	names    lazy[[]keyName]
	sure     bool // something in it is Neo's for sure: known when names are
	hosts    lazy[[]host]
	calls    lazy[[]*apiCall]
	flow     lazy[*flow]
	commands lazy[[]command]
	yaml     lazy[[]setting]
	env      lazy[[]envVariable]
}

// once returns a report that passes on the first match of those that begin at one place, for
// rules that come by the same place in several ways.
func once(report func(Match)) func(Match) {
	said := map[int]bool{}
	return func(m Match) {
		if !said[m.Start] {
			said[m.Start] = true
			report(m)
		}
	}
}

// lazy is something that is found out when it is first asked for.
type lazy[T any] struct {
	known bool
	value T
}

func (l *lazy[T]) get(find func() T) T {
	if !l.known {
		l.known = true
		l.value = find()
	}
	return l.value
}

// code returns the structure of the file, nil if it is not in a known language.
func (f *File) code() *syntax.Tree {
	return f.tree.get(func() *syntax.Tree {
		lang := syntax.Of(f.Place.Path, f.Text)
		if lang == nil {
			return nil
		}
		return syntax.Parse(lang, f.Text)
	})
}

// keyNames returns where the file names a key's variable, in the order of the text. A
// name that may as well be another product's counts where something else in the file
// is Neo's for sure.
func (f *File) keyNames() []keyName {
	return f.names.get(func() []keyName {
		all := f.own.namesIn(f.Text)
		var weak []keyName
		for pos := 0; ; {
			n := indexFold(f.Text[pos:], "neo")
			if n < 0 {
				break
			}
			pos += n
			name, ok := keyNameAt(f.Text, pos)
			switch {
			case !ok:
				pos++
				continue
			case name.weak(f.Text):
				weak = append(weak, name)
			default:
				all = append(all, name)
			}
			pos = max(pos+1, name.coreEnd)
		}
		if f.sure = len(all) > 0 || len(f.neoHosts()) > 0 || bytes.Contains(f.Text, []byte(finding.KeyPrefix)); f.sure {
			all = append(all, weak...)
		}
		slices.SortFunc(all, byStart)
		return all
	})
}

// isKeyName reports whether word as a whole is the name of a key's variable.
func (f *File) isKeyName(word string) bool {
	if f.own.isVariable(word) {
		return true
	}
	text := []byte(word)
	for pos := 0; ; pos++ {
		n := indexFold(text[pos:], "neo")
		if n < 0 {
			return false
		}
		pos += n
		if name, ok := keyNameAt(text, pos); ok {
			f.keyNames()
			return name.start == 0 && name.end == len(text) && (f.sure || !name.weak(text))
		}
	}
}

// indexFold returns where in text the word, in lower case ASCII, begins in any case;
// -1 if nowhere.
func indexFold(text []byte, word string) int {
	for pos := 0; ; pos++ {
		lo, up := bytes.IndexByte(text[pos:], word[0]), bytes.IndexByte(text[pos:], word[0]&^0x20)
		switch {
		case lo < 0 && up < 0:
			return -1
		case lo < 0 || up >= 0 && up < lo:
			lo = up
		}
		if pos += lo; foldPrefix(text[pos:], word) {
			return pos
		}
	}
}
