package facts

import (
	"bytes"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// maxProxies bounds how many addresses are looked at in a file.
const maxProxies = 200

// proxyCalls returns the calls to Neo's hosts that a web server's configuration makes for
// others: nginx's proxy_pass and Caddy's reverse_proxy, with what is set in the same block.
func (f *File) proxyCalls() (all []*APICall) {
	if f.HasLanguage() || formats.IsYAML(strings.ToLower(f.Place.Path)) {
		return nil
	}
	hosts := f.NeoHosts()
	for _, h := range hosts[:min(len(hosts), maxProxies)] {
		start := h.URL - len(f.lineBefore(h.URL))
		word := start + text.Run(f.Text[start:], text.IsBlank)
		end := word + text.Run(f.Text[word:], func(c byte) bool { return text.IsLetter(c) || c == '_' })
		if d := string(f.Text[word:end]); d != "proxy_pass" && d != "reverse_proxy" || end > h.URL {
			continue
		}
		c := &APICall{Host: h, Start: word, End: end, Sends: true, Tenants: tenantQuery(f.Text, h.Start, text.LineEnd(f.Text, h.End))}
		block := f.blockAround(h.End)
		if open := bytes.IndexByte(f.Text[h.End:text.LineEnd(f.Text, h.End)], '{'); open >= 0 { // Caddy's own
			block = f.blockAround(h.End + open + 1)
		}
		c.readDirectives(f, block)
		all = append(all, c)
	}
	return all
}

// maxBlock bounds what is read of a block on either side of an address.
const maxBlock = 4 << 10

// lineBefore returns what is before offset pos on its line.
func (f *File) lineBefore(pos int) []byte {
	before := f.Text[max(0, pos-maxBlock):pos]
	return before[bytes.LastIndexByte(before, '\n')+1:]
}

// blockAround returns the inside of the braces around offset pos, all of the text near it if
// there are none.
func (f *File) blockAround(pos int) text.Span {
	from, to := max(0, pos-maxBlock), min(len(f.Text), pos+maxBlock)
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
	return text.Span{Start: from, End: end}
}

// readDirectives reads what the directives of a block set for the calls made there.
func (c *APICall) readDirectives(f *File, block text.Span) {
	for pos := block.Start; pos < block.End; {
		end := min(block.End, text.LineEnd(f.Text, pos))
		line := f.Text[pos:end]
		start := pos + text.Run(line, text.IsBlank)
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
				c.Insecure = append(c.Insecure, Mark{start, start + len(fields[0]), "proxy_ssl_verify off"})
			}
		case "tls_insecure_skip_verify":
			c.Insecure = append(c.Insecure, Mark{start, start + len(fields[0]), string(fields[0])})
		}
	}
}

// directive notes the header called name that the directive at f.Text[start:end] sets.
func (c *APICall) directive(f *File, name []byte, start, end int) {
	at := start + bytes.Index(f.Text[start:end], name)
	rest := at + len(name)
	value := text.Unquote(strings.TrimSpace(strings.TrimRight(string(f.Text[rest:end]), "; \t\r")))
	h := Header{Name: strings.ToLower(strings.Trim(string(name), `"'`)), Start: at, End: rest, Scheme: schemeOf(value)}
	if !isHeader(h.Name) {
		return
	}
	if k := strings.Index(value, finding.KeyPrefix); k >= 0 {
		h.Key = secret.Credible([]byte(value), k)
	}
	names := f.KeyNames()
	n, _ := slices.BinarySearchFunc(names, rest, func(n naming.KeyName, rest int) int { return n.Start - rest })
	h.Key = h.Key || n < len(names) && names[n].End <= end
	h.Known = h.Key || h.Scheme != ""
	c.Headers = append(c.Headers, h)
}
