// Package facts finds out what a file does: which key names and hosts it holds, which
// calls it makes with which headers, where a value goes, which commands it runs. A fact
// is found when the first rule asks for it and kept for the others.
package facts

import (
	"bytes"
	"slices"
	"sort"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/place"
	"github.com/neokeys/neokeys/rules/syntax"
)

// A File is the whole text of a file, for rules to which an anchor's surroundings are
// not enough, and what has been found out about it. What one rule finds out the next
// one need not find out again. It is for one goroutine.
type File struct {
	// Text is the file's bytes. UTF-16 input is narrowed to one byte per code
	// unit; units beyond Latin-1 become some byte beyond ASCII.
	Text  []byte
	Place place.Place

	// Own are the names that the project has for things of Neo's.
	Own naming.Own

	tree     lazy[*syntax.Tree]
	products lazy[[]int]
	starts   lazy[[]int]
	neo      lazy[bool]
	names    lazy[[]naming.KeyName]
	sure     bool // something in it is Neo's for sure: known when names are
	foreign  bool // what is called just neo in it is another product's: likewise
	hosts    lazy[[]naming.Host]
	calls    lazy[[]*APICall]
	flow     lazy[*Flow]
	commands lazy[[]formats.Command]
	yaml     lazy[[]formats.Setting]
	env      lazy[[]formats.EnvVariable]
	docker   lazy[[]formats.Instruction]
	leftOut  string
	gaveUp   bool               // not all of it was read in its format
	sent     lazy[map[int]bool] // the headers, by where they begin, that send a raw token
}

// lazy is something that is found out when it is first asked for.
type lazy[T any] struct {
	known bool
	value T
}

// get takes a method, and no closure: that would be compiled again for each place that asks for the fact.
func (l *lazy[T]) get(f *File, find func(*File) T) T {
	if !l.known {
		l.known = true
		l.value = find(f)
	}
	return l.value
}

// Tree returns the structure of the file, nil if it is not in a known language.
func (f *File) Tree() *syntax.Tree { return f.tree.get(f, (*File).findTree) }

func (f *File) findTree() *syntax.Tree {
	lang := syntax.Of(f.Place.Path, f.Text)
	if lang == nil {
		return nil
	}
	return syntax.Parse(lang, f.Text)
}

// HasLanguage reports whether the file is in a known language.
func (f *File) HasLanguage() bool {
	return f.tree.value != nil || syntax.Of(f.Place.Path, f.Text) != nil
}

// GaveUp reports whether the file was too hard to follow values in, so that habits may have been
// missed.
func (f *File) GaveUp() bool { return f.gaveUp || f.tree.value != nil && f.tree.value.GaveUp() }

// Adopt notes of f what was not looked at in a file that is a part of it.
func (f *File) Adopt(inner *File) {
	f.gaveUp = f.gaveUp || inner.GaveUp()
	if inner.leftOut != "" {
		f.leftOut = inner.leftOut
	}
}

// LeaveOut notes that keys may have been missed in the file, and why.
func (f *File) LeaveOut(why string) { f.leftOut = why }

// LeftOut returns why keys may have been missed in the file; empty if none were.
func (f *File) LeftOut() string { return f.leftOut }

// neos returns where neo stands in the file, in any case: all that is Neo's begins with it, so that
// the text is gone through once for all of it.
func (f *File) neos() []int { return f.products.get(f, (*File).findNeos) }

func (f *File) findNeos() []int { return slices.Collect(text.Fold(f.Text, "neo")) }

// KeyStarts returns where in the file the beginning of keys stands.
func (f *File) KeyStarts() []int { return f.starts.get(f, (*File).findKeyStarts) }

func (f *File) findKeyStarts() (all []int) {
	for _, pos := range f.neos() {
		if bytes.HasPrefix(f.Text[pos:], []byte(finding.KeyPrefix)) {
			all = append(all, pos)
		}
	}
	return all
}

// HasNeo reports whether anything of Neo's may be in the file: a key's beginning, a key's variable
// or a host. Most files with an anchor only have a word that begins with neo, and need not be
// parsed.
func (f *File) HasNeo() bool { return f.neo.get(f, (*File).findHasNeo) }

func (f *File) findHasNeo() bool {
	if len(f.KeyStarts()) > 0 || len(f.NeoHosts()) > 0 || len(f.Own.NamesIn(f.Text)) > 0 {
		return true
	}
	for _, pos := range f.neos() {
		if naming.NamesKey(f.Text, pos) {
			return true
		}
	}
	return false
}

// KeyNames returns where the file names a key's variable, in the order of the text. A
// name that may as well be another product's counts where something else in the file
// is Neo's for sure.
func (f *File) KeyNames() []naming.KeyName { return f.names.get(f, (*File).findKeyNames) }

func (f *File) findKeyNames() []naming.KeyName {
	all := f.Own.NamesIn(f.Text)
	var weak []naming.KeyName
	end := 0 // of the last one
	for _, pos := range f.neos() {
		if pos < end {
			continue
		}
		name, ok := naming.KeyNameAt(f.Text, pos)
		switch {
		case !ok:
			continue
		case name.Weak(f.Text):
			weak = append(weak, name)
		default:
			all = append(all, name)
		}
		end = name.CoreEnd
	}
	if f.sure = len(all) > 0 || len(f.NeoHosts()) > 0 || len(f.KeyStarts()) > 0; f.sure {
		all = append(all, weak...)
	}
	if f.foreign = len(all) > 0 && naming.Elsewhere(f.Text); f.foreign {
		all = slices.DeleteFunc(all, func(n naming.KeyName) bool { return !n.Agent })
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Start < all[j].Start })
	return all
}

// IsKeyName reports whether word as a whole is the name of a key's variable.
func (f *File) IsKeyName(word string) bool {
	if f.Own.IsVariable(word) {
		return true
	}
	src := []byte(word)
	for pos := range text.Fold(src, "neo") {
		if name, ok := naming.KeyNameAt(src, pos); ok {
			f.KeyNames()
			return name.Start == 0 && name.End == len(src) && (f.sure || !name.Weak(src)) && (name.Agent || !f.foreign)
		}
	}
	return false
}
