// Package suggest finds what was probably meant by a name that does not exist.
package suggest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxName is longer than any name, in bytes.
const maxName = 100

// Nearest returns the one of names that is nearest to what was written, in letters of either case; empty
// if none is near. A name that exists was meant.
func Nearest(written string, names []string) string {
	if len(written) > maxName || slices.Contains(names, written) {
		return ""
	}
	best, distance := "", len(written)/2+1
	for _, name := range names {
		if len(name) > maxName {
			continue
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(written), strings.ToLower(name)); d < distance {
			best, distance = name, d
		}
	}
	return best
}

// Or returns ", did you mean X?" for the name that is nearest to what was written, or otherwise if
// none is near.
func Or(written string, names []string, otherwise string) string {
	if best := Nearest(written, names); best != "" {
		return fmt.Sprintf(", did you mean %q?", best)
	}
	return otherwise
}
