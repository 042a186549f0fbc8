package anchor

import "strings"

// A form is a way in which literals stand in a text: with characters of one, two or four
// bytes, of which all but one are zero.
type form struct {
	width int // bytes in a character
	// size is how many characters a window covers, and before and after are how many of the
	// literal's it leaves out at least: those that give the window its zeros.
	size, before, after int
	// lead is how many bytes of a window stand before its first character.
	lead int
	// begins is what a literal must begin with to be searched for so, and longest the most
	// characters that it may have.
	begins  string
	longest int
}

// forms are plain text, UTF-16 and UTF-32. In UTF-32, where one character is all that a
// window has, only what names Neo is searched for, and not what would make
// [Finder.Longest] grow.
var forms = [...]form{
	{width: 1, size: 4, longest: 1 << 10},
	{width: 2, size: 2, after: 1, longest: 1 << 10},
	{width: 4, size: 1, before: 1, after: 1, lead: 1, begins: "neo", longest: 8},
}

// matches reports whether text begins with lit in this form, in upper or lower case.
func (fm *form) matches(text []byte, lit string) bool {
	if len(text) < (len(lit)-1)*fm.width+1 {
		return false
	}
	for i := range len(lit) {
		at := i * fm.width
		if lower(text[at]) != lit[i] {
			return false
		}
		for j := max(0, at-fm.width+1); j < at; j++ {
			if text[j] != 0 {
				return false
			}
		}
	}
	return true
}

// A candidate is a literal in a form whose window was seen.
type candidate struct {
	literal uint16
	form    uint8
	// offset is where the window begins, in bytes after the literal's first.
	offset int16
	window window
}

// candidates returns the literals in this form, with the window of each.
func (fm *form) candidates(number int, known []*Planned, literals []string) []candidate {
	all := make([]candidate, 0, len(literals))
	var unknown []string
	var index []int
	for i, lit := range literals {
		switch {
		case len(lit) > fm.longest || !strings.HasPrefix(lit, fm.begins):
		case known[i] != nil && known[i].Windows[number] >= 0:
			all = append(all, fm.candidate(number, i, lit, int(known[i].Windows[number])))
		default:
			unknown, index = append(unknown, lit), append(index, i)
		}
	}
	if len(unknown) > 0 {
		for i, at := range chooseWindows(unknown, fm.size, fm.before, fm.after) {
			all = append(all, fm.candidate(number, index[i], unknown[i], at))
		}
	}
	return all
}

// candidate returns a literal in this form, whose window begins at one of its characters.
func (fm *form) candidate(number, index int, lit string, at int) candidate {
	c := candidate{literal: uint16(index), form: uint8(number), offset: int16(at*fm.width - fm.lead)}
	for place := range c.window {
		if n := int(c.offset) + place; n%fm.width == 0 {
			c.window[place] = lit[n/fm.width]
		}
	}
	return c
}
