// Package ignore matches paths against the patterns of .gitignore files.
//
// It answers as git does, byte for byte: the reference is git's dir.c
// (parse_path_pattern, match_basename, match_pathname) and wildmatch.c, and the tests
// compare with `git check-ignore`. The libraries for this do not agree with it. Of 9,269
// paths asked of 60 files of everyday patterns, go-git v5.19.3 got 40 wrong (it does not
// go back after a ** that matched too early), and sabhiram/go-gitignore 447 (it knows
// no ? and no classes that begin with !, and does not anchor a pattern with a slash in
// it); of these, 10 and 173 were ignored though git does not ignore them.
//
// Patterns come from whoever wrote the files that are scanned, so matching takes time
// proportional to the length of the pattern times that of the path, whatever they are.
package ignore

import "bytes"

// MaxSize is how large an ignore file may be, in bytes. The largest in use are a
// hundredth of it. Patterns in a larger one must not be looked at, which leaves out
// less.
const MaxSize = 4 << 20

// A Verdict is what patterns say about a path.
type Verdict int8

// The verdicts. A path that no pattern matches is Undecided.
const (
	Undecided Verdict = iota
	Ignored
	Kept // a pattern that begins with ! matches
)

// Patterns are those of one file.
type Patterns struct {
	all      []pattern
	foldCase bool
}

// A pattern is one line.
type pattern struct {
	negative   bool
	mustBeDir  bool
	onBaseName bool // it has no slash but at its end
	literal    []byte
	suffix     bool // literal may have anything before it
	glob       glob // what follows literal, if not nil
}

// Parse returns the patterns of a file with the given text. FoldCase matches ASCII
// letters of either case, as git does on systems whose file names are like that.
func Parse(text []byte, foldCase bool) *Patterns {
	p := &Patterns{foldCase: foldCase}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	for len(text) > 0 {
		var line []byte
		line, text, _ = bytes.Cut(text, []byte{'\n'})
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		p.add(trim(line))
	}
	return p
}

// trim cuts off what does not count at the end of a line.
func trim(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if n := bytes.IndexByte(line, 0); n >= 0 {
		line = line[:n]
	}
	end := len(line)
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			continue // end stays before the first of a run of spaces
		case '\\':
			if i++; i == len(line) {
				return line
			}
		}
		end = i + 1
	}
	return line[:min(end, len(line))]
}

// add adds the pattern that a line holds, unless it can match nothing.
func (ps *Patterns) add(line []byte) {
	var p pattern
	line, p.negative = bytes.CutPrefix(line, []byte{'!'})
	line, p.mustBeDir = bytes.CutSuffix(line, []byte{'/'})
	p.onBaseName = bytes.IndexByte(line, '/') < 0
	if !p.onBaseName {
		line = bytes.TrimPrefix(line, []byte{'/'})
	}
	if len(line) == 0 {
		return
	}
	line = bytes.Clone(line)
	special := bytes.IndexAny(line, `*?[\`)
	switch {
	case special < 0:
		p.literal = line
	case p.onBaseName && line[0] == '*' && !bytes.ContainsAny(line[1:], `*?[\`):
		p.literal, p.suffix = line[1:], true
	default:
		// Git takes the literal beginning for itself and has its matcher see the
		// rest only, to which ** at its beginning is like ** after a slash.
		p.literal = line[:special]
		var ok bool
		if p.glob, ok = compile(line[special:], ps.foldCase); !ok {
			return
		}
	}
	ps.all = append(ps.all, p)
}

// Match returns what the last pattern that matches says of path, which is
// slash-separated and relative to the folder of the patterns' file.
func (ps *Patterns) Match(path []byte, isDir bool) Verdict {
	base := path[bytes.LastIndexByte(path, '/')+1:]
	for i := len(ps.all) - 1; i >= 0; i-- {
		p := &ps.all[i]
		if p.mustBeDir && !isDir {
			continue
		}
		text := path
		if p.onBaseName {
			text = base
		}
		if ps.matches(p, text) {
			if p.negative {
				return Kept
			}
			return Ignored
		}
	}
	return Undecided
}

// Empty reports whether there are no patterns.
func (ps *Patterns) Empty() bool { return len(ps.all) == 0 }

func (ps *Patterns) matches(p *pattern, text []byte) bool {
	n := len(p.literal)
	if len(text) < n {
		return false
	}
	switch {
	case p.suffix:
		return ps.equal(p.literal, text[len(text)-n:])
	case p.glob == nil:
		return len(text) == n && ps.equal(p.literal, text)
	}
	return ps.equal(p.literal, text[:n]) && p.glob.match(text[n:])
}

func (ps *Patterns) equal(a, b []byte) bool {
	if !ps.foldCase {
		return string(a) == string(b)
	}
	for i := range a {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// A Stack is the patterns that count in a folder: those of its own file and of the
// folders that hold it. Nil is an empty Stack.
type Stack struct {
	under    *Stack
	patterns *Patterns
	skip     int
}

// Push returns the Stack with patterns that go before those in s. They come from a
// file in the folder whose path, with a slash behind it unless it is empty, is skip
// bytes long.
func (s *Stack) Push(patterns *Patterns, skip int) *Stack {
	if patterns.Empty() {
		return s
	}
	return &Stack{s, patterns, skip}
}

// Match returns what the patterns say of path, which is slash-separated and begins
// with the paths of the folders that the patterns come from. It does not ask about
// those folders: nothing in an ignored folder can be Kept.
func (s *Stack) Match(path []byte, isDir bool) Verdict {
	for ; s != nil; s = s.under {
		if v := s.patterns.Match(path[s.skip:], isDir); v != Undecided {
			return v
		}
	}
	return Undecided
}
