package gitdir

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// A Setting is one value in a config file, as git-config(1) has it.
type Setting struct {
	Section, Subsection, Key string // the first and the last in lower case
	Value                    string // "true" where there is no equals sign
}

// Name returns the setting's name, such as core.bare; empty if it is in a subsection.
func (s *Setting) Name() string {
	if s.Subsection != "" {
		return ""
	}
	return s.Section + "." + s.Key
}

// ReadConfig returns the settings in a config file, none if it is not there. With an error
// it returns those before the mistake. It does not read the files that one includes.
func ReadConfig(path string) ([]Setting, error) {
	text, err := ReadFile(path, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	settings, err := parseConfig(text)
	if err != nil {
		err = &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return settings, err
}

// parseConfig reads the text of a config file. It takes what git takes, which is more than
// git-config(1) says: see git_parse_source in git's config.c.
func parseConfig(text []byte) ([]Setting, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	// The last line need not end.
	text = append(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), '\n')
	p := configParser{text: text}
	var settings []Setting
	for {
		p.skip(" \t\r\n")
		if len(p.text) == 0 {
			return settings, nil
		}
		begin := p.text
		ok := true
		switch c := p.text[0]; {
		case c == '#' || c == ';':
			p.until('\n')
		case c == '[':
			ok = p.header()
		case isLetter(c):
			var s Setting
			if s, ok = p.setting(); ok && s.Section != "" && !p.nameless {
				settings = append(settings, s)
			}
		default:
			ok = false
		}
		if !ok {
			line := 1 + bytes.Count(text[:len(text)-len(begin)], []byte("\n"))
			return settings, fmt.Errorf("line %d is nothing that git would understand", line)
		}
	}
}

// A configParser takes pieces off the front of a text.
type configParser struct {
	text []byte
	// Of the section that it is in:
	section, subsection string
	// nameless says that there is a subsection and it has no name: what is set there is
	// not what is set without a subsection.
	nameless bool
}

func (p *configParser) skip(chars string) { p.text = bytes.TrimLeft(p.text, chars) }

// until takes what comes before the next end, and that.
func (p *configParser) until(end byte) []byte {
	before, after, _ := bytes.Cut(p.text, []byte{end})
	p.text = after
	return before
}

// word takes letters, digits and what else is allowed.
func (p *configParser) word(also string) string {
	n := 0
	for isLetter(p.text[n]) || '0' <= p.text[n] && p.text[n] <= '9' || strings.IndexByte(also, p.text[n]) >= 0 {
		n++
	}
	word := strings.ToLower(string(p.text[:n]))
	p.text = p.text[n:]
	return word
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// header takes the head of a section.
func (p *configParser) header() bool {
	p.text = p.text[1:]
	name := p.word("-.")
	// What is behind a dot is a subsection, written in the old way. Case does not matter then.
	var old bool
	p.section, p.subsection, old = strings.Cut(name, ".")
	p.nameless = old && p.subsection == ""
	if p.text[0] == ']' {
		p.text = p.text[1:]
		return name != ""
	}
	spaces := len(p.text)
	p.skip(" \t\r")
	if spaces == len(p.text) || p.text[0] != '"' {
		return false
	}
	p.text = p.text[1:]
	var sub []byte
	if p.subsection != "" {
		sub = []byte(p.subsection + ".")
	}
	for {
		c := p.text[0]
		p.text = p.text[1:]
		switch c {
		case '"':
			p.subsection, p.nameless = string(sub), len(sub) == 0
			ok := p.text[0] == ']'
			p.text = p.text[1:]
			return ok
		case '\\':
			c = p.text[0]
			p.text = p.text[1:]
		}
		if c == '\n' {
			return false
		}
		sub = append(sub, c)
	}
}

// setting takes a name and its value.
func (p *configParser) setting() (s Setting, ok bool) {
	s = Setting{Section: p.section, Subsection: p.subsection, Key: p.word("-"), Value: "true"}
	p.skip(" \t")
	c := p.text[0]
	p.text = p.text[1:]
	if c == '=' {
		s.Value, ok = p.value()
		return s, ok
	}
	return s, c == '\n'
}

// value takes a value and the end of its line.
func (p *configParser) value() (string, bool) {
	var value []byte
	spaces := 0 // that count if something follows
	quoted := false
	for {
		c := p.text[0]
		p.text = p.text[1:]
		switch {
		case c == '\n':
			return string(value), !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\r'):
			if len(value) > 0 {
				spaces++
			}
			continue
		case !quoted && (c == '#' || c == ';'):
			p.until('\n')
			return string(value), true
		}
		for ; spaces > 0; spaces-- {
			value = append(value, ' ')
		}
		switch c {
		case '"':
			quoted = !quoted
			continue
		case '\\':
			c = p.text[0]
			p.text = p.text[1:]
			switch c {
			case '\n': // it goes on in the next line
				if len(p.text) == 0 {
					return string(value), !quoted
				}
				continue
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			case 'n':
				c = '\n'
			case '\\', '"':
			default:
				return "", false
			}
		}
		value = append(value, c)
	}
}

// IsTrue reports whether git takes a value for true.
func IsTrue(value string) bool {
	switch strings.ToLower(value) {
	case "true", "yes", "on":
		return true
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}
