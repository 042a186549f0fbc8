package sourcemap

import (
	"unicode/utf8"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

var (
	// environment matches how JavaScript reads a variable of the environment, in the ways that
	// bundlers write its value in the place of.
	environment = lazyregexp.New(`(?:process\.env|import\.meta\.env|Deno\.env|Bun\.env)\s*(?:\?\.|\.)?\s*(?:\[\s*["'` + "`" + `]([A-Za-z_]\w*)["'` + "`" + `]\s*\]|([A-Za-z_]\w*))`)
	// constant matches a name in capitals, such as a bundler's define gives a value to, or is
	// imported from SvelteKit's $env/static/public.
	constant = lazyregexp.New(`^\W{0,8}?\b([A-Z_][A-Z0-9_]*_[A-Z0-9_]+)\b\s*=?=?`)
)

// Variable returns the variable of the environment, or the name that a bundler was given a
// value for, that a line reads at a column (from 1, in code points), and the column at which
// it does. Mappings are of a whole expression or statement at times: then it is the next
// behind that.
func Variable(line string, column int) (name string, at int) {
	start := byteOffset(line, column)
	var best []int
	for _, m := range environment.FindAllStringSubmatchIndex(line, -1) {
		if best = m; m[1] > start {
			break
		}
	}
	if best != nil {
		m := best
		if m[2] < 0 {
			m = m[2:]
		}
		return line[m[2]:m[3]], utf8.RuneCountInString(line[:best[0]]) + 1
	}
	m := constant.FindStringSubmatchIndex(line[start:])
	if m == nil || line[start:][m[1]-1] == '=' && line[start:][m[1]-2] != '=' { // it is given a value itself
		return "", 0
	}
	return line[start:][m[2]:m[3]], utf8.RuneCountInString(line[:start+m[2]]) + 1
}

// byteOffset returns where in line a column begins.
func byteOffset(line string, column int) int {
	for i := range line {
		if column--; column <= 0 {
			return i
		}
	}
	return len(line)
}
