package config

import (
	"bytes"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// A place is where a setting, or a table of them, stands in a file. Offsets are in bytes.
// Nil is what stands nowhere.
type place struct {
	name  int
	value int   // that of name where the parser knows of none, as for a list
	items []int // of what is in a list
	in    map[string]*place
}

// of returns the place of what has that name in a table, nil if there is none.
func (p *place) of(name string) *place {
	if p == nil {
		return nil
	}
	return p.in[name]
}

// add returns the place of what has that name in a table, which is new if it was not known.
func (p *place) add(node *unstable.Node) *place {
	name := string(node.Data)
	if known := p.in[name]; known != nil {
		return known
	}
	if p.in == nil {
		p.in = map[string]*place{}
	}
	at := int(node.Raw.Offset)
	p.in[name] = &place{name: at, value: at}
	return p.in[name]
}

// addAll is add for a dotted name.
func (p *place) addAll(names unstable.Iterator) *place {
	for names.Next() {
		p = p.add(names.Node())
	}
	return p
}

// setting notes the place of a setting in a table, and of what is in its value.
func (p *place) setting(e *unstable.Node) {
	p = p.addAll(e.Key())
	value := e.Value()
	if value.Raw.Length > 0 {
		p.value = int(value.Raw.Offset)
	}
	for it := value.Children(); it.Next(); {
		switch child := it.Node(); {
		case value.Kind == unstable.InlineTable && child.Kind == unstable.KeyValue:
			p.setting(child)
		case value.Kind == unstable.Array && child.Kind != unstable.Comment:
			p.items = append(p.items, int(child.Raw.Offset))
		}
	}
}

// placesIn returns the places of everything in a file.
func placesIn(text []byte) (*place, error) {
	root := &place{}
	table := root
	var p unstable.Parser
	p.Reset(text)
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = root.addAll(e.Key())
		case unstable.KeyValue:
			table.setting(e)
		}
	}
	return root, p.Error()
}

// position returns the line and the column, in code points, of an offset in a text. Both
// count from 1.
func position(text []byte, offset int) (line, column int) {
	before := text[:offset]
	line = bytes.Count(before, []byte("\n"))
	before = bytes.TrimPrefix(before[bytes.LastIndexByte(before, '\n')+1:], []byte("\ufeff"))
	return line + 1, utf8.RuneCount(before) + 1
}
