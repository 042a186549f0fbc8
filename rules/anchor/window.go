package anchor

import "strings"

// A window is four neighbouring bytes of a literal as it stands in a text, as the first
// stage looks for them; letters are in lower case and stand for both.
type window [placesPerWindow]byte

const placesPerWindow = 4

// per10000 is how often each ASCII character stands in 10,000 bytes of text: the mean of 74 MB
// of source, documentation and data from npm packages and the Go tree, rounded,
// and 1 for what is rarer. It only has to tell common from rare.
var per10000 = [128]uint16{
	1, 1, 1, 1, 1, 1, 1, 1, 1, 187, 269, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1595, 11, 111, 11, 4, 6, 13, 26, 107, 107, 40, 11, 196, 60, 157, 98,
	67, 41, 30, 20, 19, 14, 19, 11, 15, 12, 74, 63, 11, 77, 15, 7,
	9, 199, 25, 93, 28, 54, 22, 19, 11, 38, 3, 10, 22, 26, 22, 29,
	24, 8, 30, 44, 37, 13, 11, 10, 4, 5, 2, 26, 39, 26, 1, 62,
	24, 365, 81, 213, 196, 686, 140, 111, 132, 370, 15, 42, 232, 134, 406, 366,
	166, 12, 410, 361, 519, 176, 57, 46, 60, 73, 11, 58, 13, 57, 1, 1,
}

// share returns how much of text is c, in either case.
func share(c byte) float64 {
	n := per10000[c]
	if u := upper(c); u != c {
		n += per10000[u]
	}
	return float64(n) / 10_000
}

// perWindow is what one more window costs, as a share of places: each takes part
// of a bucket, and buckets that hold several let through mixtures of them.
const perWindow = 1e-4

// chooseWindows returns for each literal at which of its characters its window begins: size
// characters long, with at least before of the literal's characters before it and after
// behind it. As a greedy cover it takes again and again the one that serves most of the
// literals left for the fewest candidates in text.
func chooseWindows(literals []string, size, before, after int) []int {
	byText := map[string]int{}
	var all []sharedWindow
	for i, lit := range literals {
		for at := before; at+size+after <= len(lit); at++ {
			n, ok := byText[lit[at:at+size]]
			if !ok {
				n = len(all)
				byText[lit[at:at+size]] = n
				all = append(all, newSharedWindow(lit[at:at+size]))
			}
			all[n].left++
			if w := &all[n]; len(w.literals) == 0 || w.literals[len(w.literals)-1] != i {
				w.literals, w.offsets = append(w.literals, i), append(w.offsets, at)
			}
		}
	}
	offset := make([]int, len(literals))
	done := make([]bool, len(literals))
	for left := len(literals); left > 0; {
		best, most := 0, 0.0
		for n := range all {
			w := &all[n]
			if worth := float64(w.left) / w.cost; worth > most || worth == most && w.text < all[best].text {
				best, most = n, worth
			}
		}
		for k, i := range all[best].literals {
			if done[i] {
				continue
			}
			done[i], offset[i] = true, all[best].offsets[k]
			left--
			for at := before; at+size+after <= len(literals[i]); at++ {
				all[byText[literals[i][at:at+size]]].left--
			}
		}
	}
	return offset
}

// A sharedWindow is the characters of a window, and the literals that have it.
type sharedWindow struct {
	text     string
	cost     float64 // of looking for it
	literals []int
	offsets  []int // where it first begins in each of them
	left     int   // how often it stands in literals that have no window yet
}

func newSharedWindow(text string) sharedWindow {
	rate := 1.0
	for i := range len(text) {
		rate *= share(text[i])
	}
	return sharedWindow{text: text, cost: rate*oddity(text) + perWindow}
}

// oddity returns by how much likelier a window is in text than its characters are by themselves:
// strings follow one another in lists and JSON, and what has no form of its own is escaped.
func oddity(window string) float64 {
	for _, common := range []string{`","`, `", `, `','`, `', `, "u00", "0x", "00"} {
		if strings.Contains(window, common) {
			return 64
		}
	}
	return 1
}
