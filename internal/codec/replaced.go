package codec

import (
	"bytes"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// replacedForm is a literal of which a program replaces parts by other literals:
// "neo_sk_prod_X".replace("X", "..."), str_replace("X", "...", "neo_sk_prod_X").
var replacedForm = &form{
	names:   []string{joined},
	anchors: []string{"neo-sk-", "neo.sk."},
	undo:    undoReplaced,
	breaks:  "\"'`@{<[$%# ",
	whole:   true,
}

// replacing are the names of functions that replace a part of a text.
const replacing = `(?i:\w*replace\w*|replacingOccurrences|stringByReplacingOccurrencesOfString|gsub|sub|translate|tr)`

var (
	// replacedAfter is what follows a literal of which a part is replaced, with that part and what
	// replaces it; replacedBefore stands before the literal.
	replacedAfter = lazyregexp.New(`^["'` + "`" + `]?\)*\s*(?:(?:\.|->|::|:|\|)\s*` + replacing + `!?\s*[(: ]\s*(?:of:|target:)?|,)\s*@?r?["'/]([^"'/\n]{1,32})["'/]g?` +
		`\s*(?:,|with(?:String)?:)\s*(?:with:|replacement:)?\s*@?["']([\w-]{1,80})["']`)
	replacedBefore = lazyregexp.New(replacing + `\(\s*r?["']([^"'\n]{1,32})["']\s*,\s*["']([\w-]{1,80})["']\s*,\s*[a-zA-Z@]?["']?$`)
	// replacer is the function whose first argument a literal is.
	replacer = lazyregexp.New(replacing + `\s*\(\s*[a-zA-Z@]?["']?$`)
)

// maxReplaced bounds how many parts of a literal are replaced.
const maxReplaced = 4

func undoReplaced(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	s, ok := literalAround(src, pos)
	if !ok || !spend(maxJoint) {
		return
	}
	r := replacement{plain: bytes.Clone(src[pos:s.End])}
	before := src[max(0, pos-maxJoint):pos]
	r.before(before, spend)
	for at := s.End; r.count < maxReplaced; {
		n := r.after(src[at:min(len(src), at+maxJoint)], before, spend)
		if n == 0 {
			break
		}
		at += n
	}
	if r.count == 0 || !bytes.HasPrefix(r.plain, []byte(finding.KeyPrefix)) {
		return
	}
	var p Plain
	for _, c := range r.plain {
		p.add(c, text.Span{Start: pos, End: s.End})
	}
	yield(p)
}

// A replacement is a text of which parts have been replaced, and how often.
type replacement struct {
	plain []byte
	count int
}

// before replaces what the call before the text says.
func (r *replacement) before(src []byte, spend Spend) {
	if !namesReplacing(src) || !spend(maxJoint*perExpression/4) {
		return
	}
	if m := replacedBefore.FindSubmatchIndex(src); m != nil {
		r.replace(src[m[2]:m[3]], src[m[4]:m[5]])
	}
}

// after replaces what a call says that stands at the beginning of src, behind the text, and returns
// its length; 0 if there is none.
func (r *replacement) after(src, before []byte, spend Spend) int {
	if !namesReplacing(src) && !namesReplacing(before) || !spend(2*perExpression) {
		return 0
	}
	m := replacedAfter.FindSubmatchIndex(src)
	if m == nil {
		return 0
	}
	if argument := src[1] == ','; argument && (r.count > 0 || !spend(maxJoint*perExpression/4) || !replacer.Match(before)) {
		return 0
	}
	r.replace(src[m[2]:m[3]], src[m[4]:m[5]])
	return m[1]
}

// namesReplacing reports whether src may name a function that replaces a part of a text.
func namesReplacing(src []byte) bool {
	return slices.ContainsFunc([]string{"eplac", "EPLAC", "sub", "SUB", "transl", "tr(", "tr "}, func(s string) bool { return bytes.Contains(src, []byte(s)) })
}

func (r *replacement) replace(old, with []byte) {
	r.plain = bytes.ReplaceAll(r.plain, bytes.TrimPrefix(old, []byte(`\`)), with)
	r.count++
}
