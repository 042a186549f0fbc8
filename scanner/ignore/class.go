package ignore

import "bytes"

// A set is a set of bytes.
type set [256 / 64]uint64

func (s *set) add(c byte)      { s[c>>6] |= 1 << (c & 63) }
func (s *set) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

// parseClass reads what follows the opening bracket of a class, and returns how long it
// is, closing bracket included. It fails if the bracket is missing or a [:name:] is
// unknown: git then lets the pattern match nothing.
func parseClass(p []byte, fold bool) (*set, int, bool) {
	var s set
	i := 0
	negated := len(p) > 0 && (p[0] == '!' || p[0] == '^')
	if negated {
		i++
	}
	var last byte // the start of a range, should a - follow; 0 if it cannot
	for first := true; ; first = false {
		if i >= len(p) {
			return nil, 0, false
		}
		c := p[i]
		if c == ']' && !first {
			break
		}
		switch {
		case c == '\\':
			if i++; i == len(p) {
				return nil, 0, false
			}
			c = p[i]
			s.add(c)
			last = c
		case c == '-' && last != 0 && i+1 < len(p) && p[i+1] != ']':
			i++
			if p[i] == '\\' {
				if i++; i == len(p) {
					return nil, 0, false
				}
			}
			s.addRange(last, p[i], fold)
			last = 0
		case c == '[' && i+1 < len(p) && p[i+1] == ':':
			end := bytes.IndexByte(p[i+2:], ']')
			if end < 0 {
				return nil, 0, false
			}
			name, named := bytes.CutSuffix(p[i+2:i+2+end], []byte{':'})
			if !named {
				s.add(c)
				last = c
				break
			}
			if !s.addNamed(string(name), fold) {
				return nil, 0, false
			}
			last = 0
			i += 2 + end
		default:
			s.add(c)
			last = c
		}
		i++
	}
	if fold {
		// The path's letters are looked up in lower case.
		for c := byte('A'); c <= 'Z'; c++ {
			s[c>>6] &^= 1 << (c & 63)
			if s.has(lower(c)) {
				s.add(c)
			}
		}
	}
	if negated {
		for i := range s {
			s[i] = ^s[i]
		}
	}
	return &s, i + 1, true
}

func (s *set) addRange(from, to byte, fold bool) {
	for c := int(from); c <= int(to); c++ {
		s.add(byte(c))
		if fold && lower(byte(c)) != byte(c) {
			s.add(lower(byte(c)))
		}
	}
}

// addNamed adds the ASCII characters of a POSIX class, in the C locale.
func (s *set) addNamed(name string, fold bool) bool {
	is, ok := named[name]
	if !ok {
		return false
	}
	for c := range 128 {
		if is(byte(c)) || fold && name == "upper" && 'a' <= c && c <= 'z' {
			s.add(byte(c))
		}
	}
	return true
}

var named = map[string]func(byte) bool{
	"alnum":  func(c byte) bool { return isAlpha(c) || isDigit(c) },
	"alpha":  isAlpha,
	"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
	"cntrl":  func(c byte) bool { return c < ' ' || c == 0x7f },
	"digit":  isDigit,
	"graph":  func(c byte) bool { return ' ' < c && c < 0x7f },
	"lower":  func(c byte) bool { return upper(c) != c },
	"print":  func(c byte) bool { return ' ' <= c && c < 0x7f },
	"punct":  func(c byte) bool { return ' ' < c && c < 0x7f && !isAlpha(c) && !isDigit(c) },
	"space":  func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }, // git's ctype knows no others
	"upper":  func(c byte) bool { return lower(c) != c },
	"xdigit": func(c byte) bool { return isDigit(c) || 'a' <= lower(c) && lower(c) <= 'f' },
}

func isAlpha(c byte) bool { return 'a' <= lower(c) && lower(c) <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
