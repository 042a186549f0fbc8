package codec

import (
	"strconv"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// templateForm is a format with its arguments, which are literals or constants: printf("neo_sk_%s_%s", "prod", "..."),
// "neo_sk_{}_{}".format(ENV, SECRET).
var templateForm = &form{names: []string{joined}, undo: undoTemplate, breaks: "%{~", whole: true}

var (
	// slot is a place in a format for an argument, with its number where it has one.
	slot = lazyregexp.New(`%(?:(\d)\$)?[sv@]|\{(\d?)\}|%(\d)|~[aAsp]`)
	// arguments is what stands between a format and its first argument, and nextOne between two.
	arguments = partOf("\"'`", `["'`+"`"+`]\s*(?:,|%|\)?\s*[.:]\s*format(?:ted)?\s*\(|\)?\s*\.arg\s*\(|-f\b)?\s*(?:[(\[]|new [\w<>]+\{)?\s*`)
	nextOne   = partOf("", `["'`+"`"+`]?\s*(?:,|\)\s*\.arg\()?\s*`)
	// variable is a name in quotes, as shells have it.
	variable = partOf("\"'`", `["'`+"`"+`]\$\{?\w`)
)

// maxArguments bounds the arguments of a format.
const maxArguments = 8

func undoTemplate(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	format, ok := literalAround(src, pos)
	if !ok || !spend(maxArguments*perExpression) {
		return
	}
	slots := slot.FindAllSubmatchIndex(format.Of(src), maxArguments)
	if slots == nil || !spend(2*maxArguments*perExpression) {
		return
	}
	args := constantsNear(src, pos, spend).arguments(format.End)
	var p Plain
	piece := func(s text.Span) {
		for i := s.Start; i < s.End; i++ {
			p.add(src[i], text.Span{Start: i, End: i + 1})
		}
	}
	value := func(s, slot text.Span) {
		if s.Start >= format.Start {
			piece(s)
			return
		}
		for _, c := range s.Of(src) { // a constant that stands before: the key begins here
			p.add(c, slot)
		}
	}
	at := format.Start
	for n, m := range slots {
		piece(text.Span{Start: at, End: format.Start + m[0]})
		at = format.Start + m[1]
		if number, base := slotNumber(src[format.Start:], m); number >= 0 {
			n = number - base
		}
		if n < 0 || n >= len(args) {
			return
		}
		value(args[n], text.Span{Start: format.Start + m[0], End: at})
	}
	piece(text.Span{Start: at, End: format.End})
	p.Key = keyNear(p.Text, 0)
	if len(p.Text) == 0 {
		return
	}
	yield(p)
}

// slotNumber returns the number that a slot has, and which number the first argument has; -1
// for a slot without one.
func slotNumber(format []byte, m []int) (number, base int) {
	for group, base := range []int{1, 0, 1} {
		if from, to := m[2+2*group], m[3+2*group]; from >= 0 && from < to {
			n, err := strconv.Atoi(string(format[from:to]))
			if err == nil {
				return n, base
			}
		}
	}
	return -1, 0
}

// arguments returns the texts that a format is given which ends at src[end], its quote: literals,
// constants, or the words of a shell.
func (c *constants) arguments(end int) (args []text.Span) {
	between := arguments
	for len(args) < maxArguments {
		n := c.find(between, end)
		if n == 0 && len(args) > 0 {
			break
		}
		at := end + n
		if c.find(variable, at) > 0 {
			at++
		}
		var s text.Span
		ok := false
		if m := c.find(literal, at); m > 0 {
			s, ok = literalAround(c.src, at+m)
			end = s.End
		} else if s, end, ok = c.named(at + c.find(opener, at)); !ok && at > 0 && c.src[at-1] == ' ' {
			s = runAt(c.src, at)
			end, ok = s.End, s.Len() > 0
		}
		if !ok {
			break
		}
		args, between = append(args, s), nextOne
	}
	return args
}
