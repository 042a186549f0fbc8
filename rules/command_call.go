package rules

import (
	"bytes"
	"slices"
	"strings"
)

// commandCalls returns the calls to Neo's hosts that shell commands make.
func (f *File) commandCalls() (all []*apiCall) {
	base := map[string]host{} // by variable, the host that its value names
	for _, c := range f.shellCommands() {
		for _, a := range c.assign {
			if h, ok := f.hostIn(a.start, a.end); ok {
				base[a.name] = h
			}
		}
		if !isHTTPClient(c.name) {
			continue
		}
		for _, a := range c.args[1:] {
			h, ok := f.hostIn(a.start, a.end)
			for _, v := range a.vars {
				if known, assigned := base[v.name]; assigned && !ok {
					h, ok = known, true
				}
			}
			if ok {
				call := &apiCall{host: h, start: c.start, end: c.end, sends: true}
				call.readCommand(f, &c)
				all = append(all, call)
				break
			}
		}
	}
	return all
}

// isHTTPClient reports whether a program of this name sends requests.
func isHTTPClient(name string) bool {
	switch name {
	case "curl", "wget", "http", "https", "xh", "xhs", "curlie", "httpie":
		return true
	}
	return false
}

// hostIn returns the host that is named in the text from start up to end.
func (f *File) hostIn(start, end int) (host, bool) {
	hosts := f.neoHosts()
	n, _ := slices.BinarySearchFunc(hosts, start, func(h host, start int) int { return h.start - start })
	if n < len(hosts) && hosts[n].end <= end {
		return hosts[n], true
	}
	return host{}, false
}

// readCommand reads what a command sends from its arguments.
func (c *apiCall) readCommand(f *File, cmd *command) {
	for i, a := range cmd.args[1:] {
		i++
		value, given := cutOption(cmd, i)
		switch {
		case given != nil:
			c.header(f, value, given)
		case cmd.name != "curl" && cmd.name != "wget" && !strings.HasPrefix(a.text, "-"):
			c.header(f, a.text, &a) // HTTPie's Name:value
		}
		if before := cmd.args[i-1].text; cmd.name == "curl" && (before == "-u" || before == "--user") {
			if _, ok := a.key(f); ok {
				c.headers = append(c.headers, header{name: "authorization", start: a.start, end: a.end, scheme: "basic", known: true, key: true})
			}
		}
		switch opt := a.text; {
		case cmd.name == "wget" && opt == "--no-check-certificate",
			(cmd.name == "curl" || cmd.name == "curlie") && (opt == "--insecure" || opt == "--proxy-insecure" || shortOption(opt, 'k')),
			strings.HasPrefix(opt, "--verify=no"), opt == "--verify" && i+1 < len(cmd.args) && cmd.args[i+1].text == "no":
			c.insecure = append(c.insecure, mark{a.start, a.end, opt})
		}
		c.tenants = append(c.tenants, tenantQuery(f.Text, a.start, a.end)...)
		if name, _, ok := strings.Cut(a.text, "=="); ok && isTenantName(name) && !strings.HasPrefix(a.text, "-") { // HTTPie's query
			c.tenants = append(c.tenants, mark{a.start, min(a.end, a.start+len(name)), name})
		}
	}
}

// cutOption returns the header that argument i gives to curl or wget, nil if it gives none.
func cutOption(cmd *command, i int) (string, *argument) {
	a := &cmd.args[i]
	before := cmd.args[i-1].text
	switch {
	case cmd.name == "wget":
		if v, ok := strings.CutPrefix(a.text, "--header="); ok {
			return v, a
		}
		if before == "--header" {
			return a.text, a
		}
	case before == "-H" || before == "--header" || shortOption(before, 'H') && strings.HasSuffix(before, "H"):
		return a.text, a
	case strings.HasPrefix(a.text, "-H") && len(a.text) > 2:
		return strings.TrimLeft(a.text[2:], " "), a
	case strings.HasPrefix(a.text, "--header="):
		return a.text[len("--header="):], a
	}
	return "", nil
}

// header notes the header text, "Name: value", that argument a gives.
func (c *apiCall) header(f *File, text string, a *argument) {
	name, value, ok := strings.Cut(text, ":")
	if !ok {
		return
	}
	h := header{name: strings.ToLower(strings.TrimSpace(name)), start: a.start, end: a.end}
	if !isHeader(h.name) {
		return
	}
	value = strings.TrimLeft(value, " ")
	h.scheme = schemeOf(value)
	_, h.key = a.key(f)
	h.known = h.key || h.scheme != "" || value != "" && !strings.HasPrefix(value, expanded)
	c.headers = append(c.headers, h)
}

// shortOption reports whether opt is a group of one-letter options that has letter in it.
func shortOption(opt string, letter byte) bool {
	if len(opt) < 2 || opt[0] != '-' || opt[1] == '-' {
		return false
	}
	for i := 1; i < len(opt); i++ {
		switch {
		case opt[i] == letter:
			return true
		case bytes.IndexByte([]byte("HXdFuoTAbceEmrtUwxyzC"), opt[i]) >= 0:
			return false // takes what follows as its value
		case !isLetter(opt[i]) && opt[i] != '#' && !isDigit(opt[i]):
			return false
		}
	}
	return false
}

// messageCalls returns the requests in a file of requests, as editors send them (.http,
// .rest): a line with method and address, then headers.
func (f *File) messageCalls() (all []*apiCall) {
	name := strings.ToLower(f.Place.Path)
	if !strings.HasSuffix(name, ".http") && !strings.HasSuffix(name, ".rest") {
		return nil
	}
	vars := map[string]host{}
	var call *apiCall
	begun := false
	pos := 0
	for line := range bytes.Lines(f.Text) {
		start := pos
		pos += len(line)
		line = bytes.TrimRight(line, "\r\n")
		trimmed := bytes.TrimSpace(line)
		h, named := f.hostIn(start, pos)
		switch {
		case bytes.HasPrefix(trimmed, []byte("###")):
			call, begun = nil, false
		case bytes.HasPrefix(trimmed, []byte("@")) && named:
			if n, _, ok := bytes.Cut(trimmed[1:], []byte("=")); ok {
				vars[string(bytes.TrimSpace(n))] = h
			}
		case len(trimmed) == 0 || trimmed[0] == '#' || bytes.HasPrefix(trimmed, []byte("//")) || trimmed[0] == '@':
			if len(trimmed) == 0 && begun {
				call = nil // the body
			}
		case !begun:
			begun = true
			for v, known := range vars {
				if !named && bytes.Contains(line, []byte("{{"+v+"}}")) {
					h, named = known, true
				}
			}
			if named {
				n := run(line, func(c byte) bool { return c > ' ' })
				call = &apiCall{host: h, start: start, end: start + n, sends: true}
				call.tenants = tenantQuery(f.Text, start, start+len(line))
				all = append(all, call)
			}
		case call != nil:
			colon := bytes.IndexByte(line, ':')
			a := argument{start: start, end: start + max(0, colon), text: string(line)}
			if open := bytes.Index(line, []byte("{{")); open >= 0 {
				if length := bytes.Index(line[open:], []byte("}}")); length > 0 {
					inner := strings.TrimSpace(string(line[open+2 : open+length]))
					fields := strings.Fields(strings.TrimPrefix(inner, "$"))
					if len(fields) > 0 { // {{$dotenv NEO_API_KEY}}
						a.vars = []variable{{fields[len(fields)-1], start + open, start + open + length + 2, open}}
					}
					a.text = string(line[:open]) + expanded + string(line[open+length+2:])
				}
			}
			call.header(f, a.text, &a)
		}
	}
	return all
}
