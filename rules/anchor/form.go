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

// spell returns the literal as it stands in a text, from its first character to its last.
func (fm *form) spell(lit string) []byte {
	text := make([]byte, (len(lit)-1)*fm.width+1)
	for i := range len(lit) {
		text[i*fm.width] = lit[i]
	}
	return text
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
}

// candidates returns the literals in this form, the window of each, and the greatest
// distance in bytes from a literal's beginning to its window.
func (fm *form) candidates(number int, plan Plan, literals []string) (all []candidate, windows []window, reach int) {
	var short []string
	var index []int
	for i, lit := range literals {
		if len(lit) <= fm.longest && strings.HasPrefix(lit, fm.begins) {
			short, index = append(short, lit), append(index, i)
		}
	}
	for i, at := range plan.windows(number, short) {
		offset := at*fm.width - fm.lead
		all = append(all, candidate{uint16(index[i]), uint8(number), int16(offset)})
		windows = append(windows, window(fm.spell(short[i])[offset:]))
		reach = max(reach, offset)
	}
	return all, windows, reach
}
