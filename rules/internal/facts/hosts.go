package facts

import (
	"bytes"
	"sort"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
)

// NeoHosts returns where the file names Neo's API hosts, in the order of the text. Other
// hosts of the same domains, such as those of the documentation, take no keys.
func (f *File) NeoHosts() []naming.Host { return f.hosts.get(f, (*File).findNeoHosts) }

func (f *File) findNeoHosts() []naming.Host {
	all := f.Own.HostsIn(f.Text)
	for _, pos := range f.neos() {
		if !text.HasPrefixFold(f.Text[pos:], "neoagent.") {
			continue
		}
		if h, ok := naming.HostAt(f.Text, pos); ok {
			all = append(all, h)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Start < all[j].Start })
	return all
}

// InComment reports whether offset pos is in a comment, in a language whose comments
// are known.
func (f *File) InComment(pos int) bool {
	if tree := f.Tree(); tree != nil {
		return tree.InComment(pos)
	}
	from := max(0, pos-4096) // far enough on any line that has comments
	line := f.Text[from:pos]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	if n := bytes.IndexByte(line, '#'); n >= 0 && (n == 0 || line[n-1] == ' ' || line[n-1] == '\t') {
		// Elsewhere, a # comments in what programs are configured with.
		return !bytes.ContainsAny(line[:n], `"'`)
	}
	trimmed := bytes.TrimLeft(line, " \t")
	return bytes.HasPrefix(trimmed, []byte("//")) || bytes.HasPrefix(trimmed, []byte(";")) || bytes.HasPrefix(trimmed, []byte("<!--"))
}

// NamesHost reports whether one of Neo's hosts is named in the text from start up to end.
func (f *File) NamesHost(start, end int) bool {
	_, ok := f.HostIn(start, end)
	return ok
}
