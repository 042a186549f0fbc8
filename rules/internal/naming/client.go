package naming

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// clientPrefixes are those of variables that bundlers write into client code.
var clientPrefixes = []string{
	"NEXT_PUBLIC_", "VITE_", "REACT_APP_", "PUBLIC_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "VUE_APP_", "NG_APP_", "STORYBOOK_",
}

// ClientPrefix returns the prefix of name by which bundlers write the variable into client
// code; false if it has none.
func ClientPrefix(name string) (string, bool) {
	for _, p := range clientPrefixes {
		if strings.HasPrefix(name, p) {
			return p, true
		}
	}
	return "", false
}

const (
	// clientReach is how many bytes before a value its name is looked for.
	clientReach = 512
	// maxClientNames is how many names before a value are tried.
	maxClientNames = 4
)

// GivenToClient reports whether the value at src[pos] is given to a variable that bundlers
// write into client code, by its name: as in NEXT_PUBLIC_NEO_API_KEY=value, in whatever
// language, or in a pair of fields such as name: NEXT_PUBLIC_NEO_API_KEY, value: ...
func GivenToClient(src []byte, pos int) bool {
	src = src[max(0, pos-clientReach):pos]
	tried := 0
	for end := len(src); tried < maxClientNames; tried++ {
		name, ok := lastClientName(src[:end])
		if !ok {
			return false
		}
		between := src[name.End:]
		if clientValue.Match(between) || nameField.Match(src[:name.Start]) && valueField.Match(between) {
			return true
		}
		end = name.Start
	}
	return false
}

// lastClientName returns the last name in src that has a client prefix.
func lastClientName(src []byte) (name text.Span, ok bool) {
	part := func(c byte) bool { return text.IsAlnum(c) || c == '_' }
	for end := len(src); ; {
		// Every prefix ends in an underscore.
		under := bytes.LastIndexByte(src[:end], '_')
		if under < 0 {
			return name, false
		}
		name = text.Span{Start: under, End: under + text.Run(src[under:], part)}
		for name.Start > 0 && part(src[name.Start-1]) {
			name.Start--
		}
		if _, ok := ClientPrefix(string(name.Of(src))); ok {
			return name, true
		}
		end = name.Start
	}
}

// scheme matches what stands before a token in the value of a header.
const scheme = `(?:(?:Bearer|Token|Basic) +)?`

var (
	// clientValue matches what stands between a name and the value given to it, up to anywhere
	// inside of that: quotes and brackets that close around the name, an operator, and the
	// beginning of the value. Without quotes, a value ends at white space, but for what comes
	// before the token in a header's value.
	clientValue = lazyregexp.New(`^\\*["'` + "`" + `]?[\])}]*[ \t]*` +
		`(?:[:?+]?=>?|:|,|[ \t]--?\w+[ =]|[ \t])[ \t]*` +
		`(?:` + scheme + `[^\s"'` + "`" + `,;]*|"(?:[^"\\\n]|\\.)*|\\+"[^"\n]*|'[^'\n]*|` + "`[^`]*" +
		`|(?:[>|][-+]?|\\)?\r?\n[ \t]+["'` + "`" + `]?` + scheme + `)$`)
	// nameField matches the field of a pair whose value is a name, up to that.
	nameField = lazyregexp.New(`(?i)(?:^|[^\w])(?:name|key|variable|var|id)\\*["']?[ \t]*[:=][ \t]*\\*["']?$`)
	// valueField matches what follows the name in such a pair, up to the value: the field for
	// that, and before it a few others which are not for a name.
	valueField = lazyregexp.New(`(?i)^\\*["']?[ \t]*[,;]?\s*(?:\\*["']?(?:type|target|scope|sensitive|description|environment|project_id|team_id|slug|encrypted|is_secret|secured|required)\\*["']?[ \t]*[:=][^\n]{0,64}?[,;\n]\s*){0,4}` +
		`(?:- )?\\*["']?(?:value|val|values|default|content|secret|body)\\*["']?[ \t]*[:=][ \t]*\\*["']?` + scheme + `$`)
)
