package fix

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
)

// An edit replaces text[start:end] of one file by new.
type edit struct {
	start, end int
	new        string
}

// valid reports whether edits can be applied to a text of n bytes together: each is a stretch
// of it, none overlaps another, and no two insert at one place. It puts them in order.
func valid(edits []edit, n int) bool {
	sort.SliceStable(edits, func(i, j int) bool {
		a, b := edits[i], edits[j]
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) < 0
	})
	for i, e := range edits {
		if e.start < 0 || e.end < e.start || e.end > n {
			return false
		}
		if i > 0 && (e.start < edits[i-1].end || e.start == edits[i-1].start) {
			return false
		}
	}
	return len(edits) > 0
}

// Apply returns text with the edits made, which are those of one file, do not overlap, and are
// in order; see [Choose]. Every other byte stays as it is.
func Apply(text []byte, edits []finding.Edit) []byte {
	var out []byte
	done := int64(0)
	for i := range edits {
		e := &edits[i]
		out = append(out, text[done:e.Offset]...)
		out = append(out, e.New...)
		done = e.EndOffset
	}
	return append(out, text[done:]...)
}

// Choose returns, in order, the edits of those fixes that can be made together, by the file that
// they are in, and the fixes that cannot: they overlap others. An edit that several fixes need is
// made once. Of fixes that overlap, the first is made.
func Choose(fixes []*finding.Fix) (edits map[string][]finding.Edit, left []*finding.Fix) {
	edits = map[string][]finding.Edit{}
	for _, f := range fixes {
		if !fits(edits, f) {
			left = append(left, f)
			continue
		}
		for _, e := range f.Edits {
			if !slices.Contains(edits[e.Path], e) {
				edits[e.Path] = append(edits[e.Path], e)
			}
		}
	}
	for _, list := range edits {
		sort.SliceStable(list, func(i, j int) bool {
			a, b := &list[i], &list[j]
			return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.EndOffset, b.EndOffset)) < 0
		})
	}
	return edits, left
}

// fits reports whether f's edits can be made with those that are there.
func fits(edits map[string][]finding.Edit, f *finding.Fix) bool {
	for _, e := range f.Edits {
		for _, o := range edits[e.Path] {
			if e != o && e.Offset < max(o.EndOffset, o.Offset+1) && o.Offset < max(e.EndOffset, e.Offset+1) {
				return false
			}
		}
	}
	return true
}

// located returns edits of the file at path, whose lines begin at lines, as they are reported.
func located(path string, text []byte, lines []int, edits []edit) []finding.Edit {
	out := make([]finding.Edit, 0, len(edits))
	for _, e := range edits {
		l := finding.Location{Path: path, Offset: int64(e.start)}
		l.Line, l.Column = position(text, lines, e.start)
		l.EndLine, l.EndColumn = position(text, lines, e.end)
		out = append(out, finding.Edit{Location: l, EndOffset: int64(e.end), New: e.new})
	}
	return out
}

// lineStarts returns where the lines of text begin.
func lineStarts(text []byte) []int {
	starts := []int{0}
	for i, c := range text {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// position returns the line and the column of text[offset], both from 1. A mark of the byte
// order is no column.
func position(text []byte, lines []int, offset int) (line, column int) {
	n, found := slices.BinarySearch(lines, offset)
	if !found {
		n--
	}
	before := text[lines[n]:offset]
	if n == 0 {
		before = bytes.TrimPrefix(before, []byte(byteOrderMark))
	}
	return n + 1, utf8.RuneCount(before) + 1
}
