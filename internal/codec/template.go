package codec

import (
	"strconv"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// templateForm is a format with its literal arguments: printf("neo_sk_%s_%s", "prod", "..."),
// "neo_sk_{}_{}".format(...).
var templateForm = &form{names: []string{"joined"}, undo: undoTemplate, breaks: "%{~", whole: true}

var (
	// slot is a place in a format for an argument, with its number where it has one.
	slot = lazyregexp.New(`%(?:(\d)\$)?[sv@]|\{(\d?)\}|%(\d)|~[aAsp]`)
	// arguments is what stands between a format and its first argument.
	arguments = lazyregexp.New(`^["'` + "`" + `]\s*(?:,|%|\)?\s*[.:]\s*format(?:ted)?\s*\(|\)?\s*\.arg\s*\(|-f\b)?\s*(?:[(\[]|new [\w<>]+\{)?\s*[a-zA-Z@]{0,2}["'` + "`" + `]`)
	// bareOne is what stands before an argument in a shell.
	bareOne = lazyregexp.New(`^["']? +\b`)
	nextOne = lazyregexp.New(`^["'` + "`" + `]\s*(?:,|\)\s*\.arg\()?\s*[a-zA-Z@]{0,2}["'` + "`" + `]`)
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
	args := argumentsAt(src, format.End)
	var p Plain
	piece := func(s text.Span) {
		for i := s.Start; i < s.End; i++ {
			p.add(src[i], text.Span{Start: i, End: i + 1})
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
		piece(args[n])
	}
	piece(text.Span{Start: at, End: format.End})
	p.Key = keyNear(p.Text, 0)
	if len(p.Text) > 0 {
		yield(p)
	}
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

// argumentsAt returns the literals that a format is given which ends at src[end], its quote.
func argumentsAt(src []byte, end int) (args []text.Span) {
	between := arguments
	for len(args) < maxArguments {
		if m := bareOne.FindIndex(src[end:min(len(src), end+maxJoint)]); m != nil {
			s := runAt(src, end+m[1])
			args, end = append(args, s), s.End
			continue
		}
		n := len(between.Find(src[end:min(len(src), end+maxJoint)]))
		if n == 0 {
			break
		}
		s, ok := literalAround(src, end+n)
		if !ok {
			break
		}
		args = append(args, s)
		end, between = s.End, nextOne
	}
	return args
}
