package rules

import (
	"bytes"
	"path"
	"strings"
)

// An envVariable is one that a file sets for a program: a line of a .env file, an entry
// under env or environment in YAML, an ENV of a Dockerfile.
type envVariable struct {
	name               string
	nameStart, nameEnd int
	// value is without quotes; start and end delimit it as written.
	value      string
	start, end int
	quote      byte // the quotes it has; 0 for none
	// group tells variables of one list from those of another.
	group any
	// in are the names of what is around it in YAML, outermost first.
	in []string
}

// variables returns the variables that the file sets, in the order of the text.
func (f *File) variables() []envVariable {
	return f.env.get(func() []envVariable {
		base := strings.ToLower(path.Base(f.Place.Path))
		switch {
		case isDotEnv(base):
			return dotEnv(f.Text)
		case isDockerfile(base):
			return dockerVariables(f.Text)
		case isYAML(base):
			return f.yamlVariables()
		case isTOML(base):
			return dotEnv(f.Text) // its tables of variables look the same
		}
		return nil
	})
}

// isTOML reports whether a file of this name, in lower case, has variables in TOML that a
// platform gives to the program it runs.
func isTOML(base string) bool {
	return base == "wrangler.toml" || base == "netlify.toml" || base == "fly.toml" || strings.HasPrefix(base, "fly.") && strings.HasSuffix(base, ".toml")
}

// isDotEnv reports whether a file of this name, in lower case, is a .env file of any kind.
func isDotEnv(base string) bool {
	rest, ok := strings.CutPrefix(base, ".env")
	return ok && (rest == "" || rest == "rc" || strings.IndexByte(".-_", rest[0]) >= 0) || strings.HasSuffix(base, ".env") || base == ".dev.vars" || base == ".flaskenv"
}

// dotEnv reads a .env file: NAME=value, with export before it and quotes around the value
// or not. The readers that there are for Go give no places.
func dotEnv(text []byte) (all []envVariable) {
	for pos := 0; pos < len(text); {
		end := lineEnd(text, pos)
		start := pos + run(text[pos:end], isBlank)
		if bytes.HasPrefix(text[start:end], []byte("export ")) {
			start += len("export ")
			start += run(text[start:end], isBlank)
		}
		n := start + run(text[start:end], func(c byte) bool { return isAlnum(c) || bytes.IndexByte([]byte("_-."), c) >= 0 })
		pos = end + 1
		v := envVariable{name: string(text[start:n]), nameStart: start, nameEnd: n, group: 0}
		n += run(text[n:end], isBlank)
		if n == start || n >= end || text[n] != '=' && text[n] != ':' {
			continue
		}
		v.start = n + 1 + run(text[n+1:end], isBlank)
		v.end = end
		if v.start < end && bytes.IndexByte([]byte("\"'`"), text[v.start]) >= 0 {
			v.quote = text[v.start]
			v.start++
			// A quoted value may go over several lines.
			limit := min(len(text), v.start+4096)
			if close := closing(text[v.start:limit], v.quote); close >= 0 {
				v.end = v.start + close
				pos = max(pos, lineEnd(text, v.end)+1)
			}
		} else {
			if n := bytes.Index(text[v.start:end], []byte(" #")); n >= 0 {
				v.end = v.start + n
			}
			v.end = v.start + len(bytes.TrimRight(text[v.start:v.end], " \t\r"))
		}
		v.value = string(text[v.start:v.end])
		all = append(all, v)
	}
	return all
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// closing returns where in text the quote ends what it began, or -1.
func closing(text []byte, quote byte) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote:
			return i
		}
	}
	return -1
}

// dockerVariables returns what the ENV instructions of a Dockerfile set.
func dockerVariables(text []byte) (all []envVariable) {
	for _, in := range instructions(text) {
		if in.name == "ENV" || in.name == "ARG" {
			for _, v := range in.pairs() {
				v.group = in.name
				all = append(all, v)
			}
		}
	}
	return all
}

// pairs returns the variables that an ENV or ARG instruction names.
func (in *instruction) pairs() (all []envVariable) {
	t := in.text
	for i := 0; i < len(t); {
		i += run(t[i:], func(c byte) bool { return c <= ' ' || c == '\\' })
		n := i + run(t[i:], func(c byte) bool { return isAlnum(c) || c == '_' })
		if n == i {
			return all
		}
		v := envVariable{name: string(t[i:n]), nameStart: in.start + i, nameEnd: in.start + n}
		v.start, v.end = v.nameEnd, v.nameEnd
		switch {
		case n < len(t) && t[n] == '=':
			i = n + 1
			end := i
			if i < len(t) && (t[i] == '"' || t[i] == '\'') {
				v.quote = t[i]
				i++
				end = i + max(0, closing(t[i:], v.quote))
				v.start, v.end = in.start+i, in.start+end
				end++
			} else {
				end += run(t[i:], func(c byte) bool { return c > ' ' })
				v.start, v.end = in.start+i, in.start+end
			}
			i = min(end, len(t))
		case in.name == "ENV" && len(all) == 0: // ENV name value
			rest := bytes.TrimSpace(t[n:])
			if len(rest) > 0 {
				v.start = in.start + n + bytes.Index(t[n:], rest)
				v.end = v.start + len(rest)
			}
			i = len(t)
		default:
			i = n
		}
		if v.end > v.start {
			v.value = string(t[v.start-in.start : v.end-in.start])
		}
		all = append(all, v)
	}
	return all
}

// yamlVariables returns the variables that a YAML file sets: name: value under env,
// environment, variables and the like, NAME=value in lists, and name and value, or key and
// value, of lists such as those of Kubernetes.
func (f *File) yamlVariables() (all []envVariable) {
	settings := f.settings()
	for i, s := range settings {
		if len(s.path) > 0 && s.key == "-" {
			name, _, ok := strings.Cut(s.value, "=")
			if n := len(name); ok && n > 0 && run([]byte(name), func(c byte) bool { return isAlnum(c) || c == '_' }) == n {
				all = append(all, envVariable{
					name: name, nameStart: s.start, nameEnd: s.start + n, value: unquote(s.value[n+1:]),
					start: s.start + n + 1, end: s.end, group: s.group, in: s.path,
				})
			}
			continue
		}
		if (s.key == "name" || s.key == "key") && i+1 < len(settings) && settings[i+1].key == "value" && settings[i+1].group == s.group {
			v := settings[i+1]
			all = append(all, envVariable{
				name: s.value, nameStart: s.start, nameEnd: s.end, value: v.value, start: v.start, end: v.end,
				quote: f.quoteBefore(v.start), group: listOf(settings, i), in: s.path,
			})
			continue
		}
		if s.keyEnd > s.keyStart {
			all = append(all, envVariable{
				name: s.key, nameStart: s.keyStart, nameEnd: s.keyEnd, value: s.value, start: s.start, end: s.end,
				quote: f.quoteBefore(s.start), group: s.group, in: s.path,
			})
		}
	}
	return all
}

// listOf returns what tells the list of variables that setting i is an entry of.
func listOf(settings []setting, i int) any {
	return strings.Join(settings[i].path, "/")
}

func (f *File) quoteBefore(pos int) byte {
	if pos > 0 && pos <= len(f.Text) && (f.Text[pos-1] == '"' || f.Text[pos-1] == '\'') {
		return f.Text[pos-1]
	}
	return 0
}
