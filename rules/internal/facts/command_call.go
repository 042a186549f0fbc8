package facts

import (
	"bytes"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/naming"
)

// commandCalls returns the calls to Neo's hosts that shell commands make.
func (f *File) commandCalls() (all []*APICall) {
	base := map[string]naming.Host{} // by variable, the host that its value names
	for _, c := range f.ShellCommands() {
		for _, a := range c.Assign {
			if h, ok := f.HostIn(a.Start, a.End); ok {
				base[a.Name] = h
			}
		}
		if !IsHTTPClient(c.Name) {
			continue
		}
		for _, a := range c.Args[1:] {
			h, ok := f.HostIn(a.Start, a.End)
			for _, v := range a.Vars {
				if known, assigned := base[v.Name]; assigned && !ok {
					h, ok = known, true
				}
			}
			if ok {
				call := &APICall{Host: h, Start: c.Start, End: c.End, Sends: true}
				call.readCommand(f, &c)
				all = append(all, call)
				break
			}
		}
	}
	return all
}

// IsHTTPClient reports whether a program of this name sends requests.
func IsHTTPClient(name string) bool {
	switch name {
	case "curl", "wget", "http", "https", "xh", "xhs", "curlie", "httpie":
		return true
	}
	return false
}

// HostIn returns the host that is named in the text from start up to end.
func (f *File) HostIn(start, end int) (naming.Host, bool) {
	hosts := f.NeoHosts()
	n, _ := slices.BinarySearchFunc(hosts, start, func(h naming.Host, start int) int { return h.Start - start })
	if n < len(hosts) && hosts[n].End <= end {
		return hosts[n], true
	}
	return naming.Host{}, false
}

// readCommand reads what a command sends from its arguments.
func (c *APICall) readCommand(f *File, cmd *formats.Command) {
	for i, a := range cmd.Args[1:] {
		i++
		value, given := cutOption(cmd, i)
		switch {
		case given != nil:
			c.header(f, value, given)
		case cmd.Name != "curl" && cmd.Name != "wget" && !strings.HasPrefix(a.Text, "-"):
			c.header(f, a.Text, &a) // HTTPie's Name:value
		}
		if before := cmd.Args[i-1].Text; cmd.Name == "curl" && (before == "-u" || before == "--user") {
			if _, ok := f.KeyIn(&a); ok {
				c.Headers = append(c.Headers, Header{Name: "authorization", Start: a.Start, End: a.End, Scheme: "basic", Known: true, Key: true})
			}
		}
		switch opt := a.Text; {
		case cmd.Name == "wget" && opt == "--no-check-certificate",
			(cmd.Name == "curl" || cmd.Name == "curlie") && (opt == "--insecure" || opt == "--proxy-insecure" || ShortOption(opt, 'k')),
			strings.HasPrefix(opt, "--verify=no"), opt == "--verify" && i+1 < len(cmd.Args) && cmd.Args[i+1].Text == "no":
			c.Insecure = append(c.Insecure, Mark{a.Start, a.End, opt})
		}
		c.Tenants = append(c.Tenants, tenantQuery(f.Text, a.Start, a.End)...)
		if name, _, ok := strings.Cut(a.Text, "=="); ok && isTenantName(name) && !strings.HasPrefix(a.Text, "-") { // HTTPie's query
			c.Tenants = append(c.Tenants, Mark{a.Start, min(a.End, a.Start+len(name)), name})
		}
	}
}

// cutOption returns the header that argument i gives to curl or wget, nil if it gives none.
func cutOption(cmd *formats.Command, i int) (string, *formats.Argument) {
	a := &cmd.Args[i]
	before := cmd.Args[i-1].Text
	switch {
	case cmd.Name == "wget":
		if v, ok := strings.CutPrefix(a.Text, "--header="); ok {
			return v, a
		}
		if before == "--header" {
			return a.Text, a
		}
	case before == "-H" || before == "--header" || ShortOption(before, 'H') && strings.HasSuffix(before, "H"):
		return a.Text, a
	case strings.HasPrefix(a.Text, "-H") && len(a.Text) > 2:
		return strings.TrimLeft(a.Text[2:], " "), a
	case strings.HasPrefix(a.Text, "--header="):
		return a.Text[len("--header="):], a
	}
	return "", nil
}

// header notes the header line, "Name: value", that argument a gives.
func (c *APICall) header(f *File, line string, a *formats.Argument) {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		return
	}
	h := Header{Name: strings.ToLower(strings.TrimSpace(name)), Start: a.Start, End: a.End}
	if !isHeader(h.Name) {
		return
	}
	value = strings.TrimLeft(value, " ")
	h.Scheme = schemeOf(value)
	_, h.Key = f.KeyIn(a)
	h.Known = h.Key || h.Scheme != "" || value != "" && !strings.HasPrefix(value, formats.Expanded)
	if at := strings.Index(string(f.Text[a.Start:a.End]), value); c.Host.Legacy && h.raw() && at >= 0 && value != "" {
		h.Values = []text.Span{{Start: a.Start + at, End: a.Start + at + len(value)}}
	}
	c.Headers = append(c.Headers, h)
}

// ShortOption reports whether opt is a group of one-letter options that has letter in it.
func ShortOption(opt string, letter byte) bool {
	if len(opt) < 2 || opt[0] != '-' || opt[1] == '-' {
		return false
	}
	for i := 1; i < len(opt); i++ {
		switch {
		case opt[i] == letter:
			return true
		case bytes.IndexByte([]byte("HXdFuoTAbceEmrtUwxyzC"), opt[i]) >= 0:
			return false // takes what follows as its value
		case !text.IsLetter(opt[i]) && opt[i] != '#' && !text.IsDigit(opt[i]):
			return false
		}
	}
	return false
}

// messageCalls returns the requests in a file of requests, as editors send them (.http,
// .rest): a line with method and address, then headers.
func (f *File) messageCalls() (all []*APICall) {
	name := strings.ToLower(f.Place.Path)
	if !strings.HasSuffix(name, ".http") && !strings.HasSuffix(name, ".rest") {
		return nil
	}
	vars := map[string]naming.Host{}
	var call *APICall
	begun := false
	pos := 0
	for line := range bytes.Lines(f.Text) {
		start := pos
		pos += len(line)
		line = bytes.TrimRight(line, "\r\n")
		trimmed := bytes.TrimSpace(line)
		h, named := f.HostIn(start, pos)
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
				n := text.Run(line, func(c byte) bool { return c > ' ' })
				call = &APICall{Host: h, Start: start, End: start + n, Sends: true}
				call.Tenants = tenantQuery(f.Text, start, start+len(line))
				all = append(all, call)
			}
		case call != nil:
			colon := bytes.IndexByte(line, ':')
			a := formats.Argument{Start: start, End: start + max(0, colon), Text: string(line)}
			if open := bytes.Index(line, []byte("{{")); open >= 0 {
				if length := bytes.Index(line[open:], []byte("}}")); length > 0 {
					inner := strings.TrimSpace(string(line[open+2 : open+length]))
					fields := strings.Fields(strings.TrimPrefix(inner, "$"))
					if len(fields) > 0 { // {{$dotenv NEO_API_KEY}}
						a.Vars = []formats.Variable{{Name: fields[len(fields)-1], Start: start + open, End: start + open + length + 2, At: open}}
					}
					a.Text = string(line[:open]) + formats.Expanded + string(line[open+length+2:])
				}
			}
			call.header(f, a.Text, &a)
		}
	}
	return all
}
