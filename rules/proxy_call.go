package rules

import (
	"bytes"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// maxProxies bounds how many addresses are looked at in a file.
const maxProxies = 200

// proxyCalls returns the calls to Neo's hosts that a web server's configuration makes for
// others: nginx's proxy_pass and Caddy's reverse_proxy, with what is set in the same block.
func (f *File) proxyCalls() (all []*apiCall) {
	if f.code() != nil || isYAML(strings.ToLower(f.Place.Path)) {
		return nil
	}
	hosts := f.neoHosts()
	for _, h := range hosts[:min(len(hosts), maxProxies)] {
		start := h.url - len(f.lineBefore(h.url))
		word := start + run(f.Text[start:], isBlank)
		end := word + run(f.Text[word:], func(c byte) bool { return isLetter(c) || c == '_' })
		if d := string(f.Text[word:end]); d != "proxy_pass" && d != "reverse_proxy" || end > h.url {
			continue
		}
		c := &apiCall{host: h, start: word, end: end, sends: true, tenants: tenantQuery(f.Text, h.start, lineEnd(f.Text, h.end))}
		block := f.blockAround(h.end)
		if open := bytes.IndexByte(f.Text[h.end:lineEnd(f.Text, h.end)], '{'); open >= 0 { // Caddy's own
			block = f.blockAround(h.end + open + 1)
		}
		c.readDirectives(f, block)
		all = append(all, c)
	}
	return all
}

// lineBefore returns what is before offset pos on its line.
func (f *File) lineBefore(pos int) []byte {
	before := f.Text[max(0, pos-maxRequest):pos]
	return before[bytes.LastIndexByte(before, '\n')+1:]
}

// blockAround returns the inside of the braces around offset pos, all of the text near it if
// there are none.
func (f *File) blockAround(pos int) span {
	from, to := max(0, pos-maxRequest), min(len(f.Text), pos+maxRequest)
	for depth := 0; pos > from; pos-- {
		switch f.Text[pos-1] {
		case '}':
			depth++
		case '{':
			depth--
		}
		if depth < 0 {
			from = pos
			break
		}
	}
	end := from
	for depth := 0; end < to && depth >= 0; end++ {
		switch f.Text[end] {
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	return span{from, end}
}

// readDirectives reads what the directives of a block set for the calls made there.
func (c *apiCall) readDirectives(f *File, block span) {
	for pos := block.start; pos < block.end; {
		end := min(block.end, lineEnd(f.Text, pos))
		line := f.Text[pos:end]
		start := pos + run(line, isBlank)
		pos = end + 1
		fields := bytes.Fields(bytes.TrimRight(bytes.TrimSpace(line), ";"))
		if len(fields) == 0 {
			continue
		}
		switch string(fields[0]) {
		case "proxy_set_header", "header_up":
			if len(fields) > 2 {
				c.directive(f, fields[1], start, end)
			}
		case "proxy_ssl_verify":
			if len(fields) > 1 && string(fields[1]) == "off" {
				c.insecure = append(c.insecure, mark{start, start + len(fields[0]), "proxy_ssl_verify off"})
			}
		case "tls_insecure_skip_verify":
			c.insecure = append(c.insecure, mark{start, start + len(fields[0]), string(fields[0])})
		}
	}
}

// directive notes the header called name that the directive at f.Text[start:end] sets.
func (c *apiCall) directive(f *File, name []byte, start, end int) {
	at := start + bytes.Index(f.Text[start:end], name)
	rest := at + len(name)
	value := unquote(strings.TrimSpace(strings.TrimRight(string(f.Text[rest:end]), "; \t\r")))
	h := header{name: strings.ToLower(strings.Trim(string(name), `"'`)), start: at, end: rest, scheme: schemeOf(value)}
	if !isHeader(h.name) {
		return
	}
	if k := strings.Index(value, finding.KeyPrefix); k >= 0 {
		h.key = credible([]byte(value), k)
	}
	names := f.keyNames()
	n, _ := slices.BinarySearchFunc(names, rest, func(n keyName, rest int) int { return n.start - rest })
	h.key = h.key || n < len(names) && names[n].end <= end
	h.known = h.key || h.scheme != ""
	c.headers = append(c.headers, h)
}
