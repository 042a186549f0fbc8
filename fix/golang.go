package fix

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

var goDialect = &dialect{
	lang: syntax.Go, extensions: ".go",
	lookup:  goLookup,
	concat:  "+",
	context: goContext,
	header:  goHeader,
}

// A goFile is a Go file as the go command reads it.
type goFile struct {
	*ast.File
	set *token.FileSet
	// shadowed reports whether os is something else in the file.
	shadowed func() bool
}

// parseGo returns nil for what is no Go.
func parseGo(src []byte) *goFile {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	return &goFile{f, set, sync.OnceValue(func() bool { return shadows(f, "os") })}
}

func (f *goFile) offset(p token.Pos) int { return f.set.Position(p).Offset }

// goLookup returns os.Getenv("NAME").
func goLookup(c *code, name string, _ literal) (string, []edit) {
	f := c.goFile()
	if f == nil {
		return "", nil
	}
	for _, spec := range f.Imports {
		if spec.Path.Value != `"os"` || spec.Name != nil && spec.Name.Name == "_" {
			continue
		}
		switch {
		case spec.Name == nil:
			return `os.Getenv("` + name + `")`, nil
		case spec.Name.Name == ".":
			return `Getenv("` + name + `")`, nil
		}
		return spec.Name.Name + `.Getenv("` + name + `")`, nil
	}
	return `os.Getenv("` + name + `")`, f.addImport(c)
}

// addImport adds "os" to the imports, among those of the standard library.
func (f *goFile) addImport(c *code) []edit {
	nl := c.eol()
	for _, decl := range f.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.IMPORT || isCgo(d) {
			continue
		}
		if !d.Lparen.IsValid() {
			return f.besideImport(d, nl)
		}
		at := f.offset(d.Lparen) + 1
		for i, spec := range d.Specs {
			path := spec.(*ast.ImportSpec).Path.Value
			if strings.Contains(path, ".") || path > `"os"` || i > 0 && f.line(spec.Pos()) > f.line(d.Specs[i-1].End())+1 {
				break
			}
			at = f.offset(spec.End())
		}
		at = min(text.LineEnd(c.Text, at)+1, len(c.Text))
		return []edit{{at, at, "\t\"os\"" + nl}}
	}
	if at := text.LineEnd(c.Text, f.offset(f.Name.End())) + 1; at <= len(c.Text) {
		return []edit{{at, at, nl + `import "os"` + nl}}
	}
	at := f.offset(f.Name.End())
	return []edit{{at, at, "; import \"os\""}}
}

// besideImport adds "os" where the first import, d, has no parentheses: it puts them around that,
// if it is the only one.
func (f *goFile) besideImport(d *ast.GenDecl, nl string) []edit {
	spec := d.Specs[0].(*ast.ImportSpec)
	at := f.offset(d.Pos())
	if len(f.Imports) > 1 || spec.Comment != nil {
		return []edit{{at, at, `import "os"` + nl}}
	}
	before, after := "("+nl+"\t", nl+"\t\"os\""+nl+")"
	if path := spec.Path.Value; path > `"os"` && !strings.Contains(path, ".") {
		before, after = "("+nl+"\t\"os\""+nl+"\t", nl+")"
	} else if strings.Contains(path, ".") {
		before, after = "("+nl+"\t\"os\""+nl+nl+"\t", nl+")"
	}
	return []edit{{f.offset(spec.Pos()), f.offset(spec.Pos()), before}, {f.offset(spec.End()), f.offset(spec.End()), after}}
}

func (f *goFile) line(p token.Pos) int { return f.set.Position(p).Line }

func isCgo(d *ast.GenDecl) bool {
	return len(d.Specs) == 1 && d.Specs[0].(*ast.ImportSpec).Path.Value == `"C"`
}

// goContext turns constants, which cannot be looked up, into variables.
func goContext(c *code, l literal, start, end int, name string) (*change, string) {
	f := c.goFile()
	if f == nil {
		return no("the file does not parse: replace the key by hand with " + name)
	}
	if f.shadowed() {
		return no("os is something else in this file: read " + name + " by hand")
	}
	tag := false
	ast.Inspect(f.File, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		tag = tag || ok && field.Tag != nil && f.offset(field.Tag.Pos()) == l.open
		return true
	})
	if tag {
		return no("a tag of a field is a constant: replace the key by hand")
	}
	consts := f.constants(l.open)
	if consts == nil {
		return nil, ""
	}
	var edits []edit
	for _, d := range consts {
		if len(d.Specs) > 1 || d.Lparen.IsValid() {
			moved, ok := f.moveOut(c, d, consts, l, start, end, name)
			if !ok {
				return no("the constant depends on others in its group: make it a variable by hand, with os.Getenv(\"" + name + "\")")
			}
			return moved, ""
		}
		at := f.offset(d.TokPos)
		edits = append(edits, edit{at, at + len("const"), "var"})
	}
	ch, why := c.lookUp(l, start, end, name)
	if ch != nil {
		ch.edits = append(ch.edits, edits...)
	}
	return ch, why
}

// shadows reports whether the file declares the name of a package as something else.
func shadows(f *ast.File, name string) bool {
	selected, found := map[*ast.Ident]bool{}, false
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			found = found || n.Name != nil && n.Name.Name == name && n.Path.Value != strconv.Quote(name)
			return false
		case *ast.SelectorExpr:
			selected[n.Sel] = true
			if id, ok := n.X.(*ast.Ident); ok {
				selected[id] = true
			}
		case *ast.KeyValueExpr: // the name of a field
			if id, ok := n.Key.(*ast.Ident); ok {
				selected[id] = true
			}
		case *ast.Ident:
			found = found || n.Name == name && !selected[n]
		}
		return true
	})
	return found
}

// constants returns the declaration of constants that the literal at offset pos is in, followed by
// those that depend on what it declares; nil if it is in none.
func (f *goFile) constants(pos int) []*ast.GenDecl {
	var all, found []*ast.GenDecl
	names := map[string]bool{}
	ast.Inspect(f.File, func(n ast.Node) bool {
		d, ok := n.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST {
			return true
		}
		all = append(all, d)
		for _, spec := range d.Specs {
			if v := spec.(*ast.ValueSpec); f.offset(v.Pos()) <= pos && pos < f.offset(v.End()) {
				found = append(found, d)
				for _, id := range v.Names {
					names[id.Name] = true
				}
			}
		}
		return true
	})
	for again := len(found) > 0; again; {
		again = false
		for _, d := range all {
			if !contains(found, d) && uses(d, names) {
				found, again = append(found, d), true
				for _, spec := range d.Specs {
					for _, id := range spec.(*ast.ValueSpec).Names {
						names[id.Name] = true
					}
				}
			}
		}
	}
	return found
}

func contains(list []*ast.GenDecl, d *ast.GenDecl) bool {
	for _, o := range list {
		if o == d {
			return true
		}
	}
	return false
}

// uses reports whether a value in the declaration names one of names.
func uses(d *ast.GenDecl, names map[string]bool) bool {
	used := false
	for _, spec := range d.Specs {
		for _, v := range spec.(*ast.ValueSpec).Values {
			ast.Inspect(v, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				used = used || ok && names[id.Name]
				return true
			})
		}
	}
	return used
}

// moveOut takes the constant with the literal out of its group, and declares a variable after it.
func (f *goFile) moveOut(c *code, d *ast.GenDecl, consts []*ast.GenDecl, l literal, start, end int, name string) (*change, bool) {
	if len(consts) > 1 {
		return nil, false
	}
	var spec *ast.ValueSpec
	for i, s := range d.Specs {
		v := s.(*ast.ValueSpec)
		if f.offset(v.Pos()) > l.open || l.open >= f.offset(v.End()) {
			continue
		}
		if i+1 < len(d.Specs) && len(d.Specs[i+1].(*ast.ValueSpec).Values) == 0 || len(v.Names) != 1 {
			return nil, false
		}
		spec = v
	}
	if spec == nil || uses(d, map[string]bool{spec.Names[0].Name: true}) || usesIota(d) {
		return nil, false
	}
	ch, _ := c.lookUp(l, start, end, name)
	if ch == nil {
		return nil, false
	}
	// The declaration with the edits made that are inside of it.
	from, to := f.offset(spec.Pos()), f.offset(spec.End())
	var outside []edit
	var inside []edit
	for _, e := range ch.edits {
		if from <= e.start && e.end <= to {
			inside = append(inside, edit{e.start - from, e.end - from, e.new})
		} else {
			outside = append(outside, e)
		}
	}
	if !valid(inside, to-from) {
		return nil, false
	}
	nl, indent := c.eol(), indentOf(c.Text, f.offset(d.Pos()))
	declared := "var " + strings.Join(strings.Fields(spec.Names[0].Name), " ")
	if spec.Type != nil {
		declared += " " + string(c.Text[f.offset(spec.Type.Pos()):f.offset(spec.Type.End())])
	}
	value := spec.Values[0]
	vFrom := f.offset(value.Pos()) - from
	declared += " = " + apply(c.Text[from:to], inside)[vFrom:]
	line := lineStart(c.Text, from)
	lineTo := to
	for lineTo < len(c.Text) && c.Text[lineTo] != '\n' {
		lineTo++
	}
	if strings.TrimSpace(string(c.Text[line:from])) != "" || strings.TrimSpace(string(c.Text[to:lineTo])) != "" {
		return nil, false // a comment, or others on the line
	}
	after := f.offset(d.End())
	ch.edits = slices.Concat(outside, []edit{{line, min(lineTo+1, len(c.Text)), ""}, {after, after, nl + nl + indent + declared}})
	return ch, true
}

func usesIota(d *ast.GenDecl) bool { return uses(d, map[string]bool{"iota": true}) }

// apply returns text with valid edits made.
func apply(src []byte, edits []edit) string {
	var out strings.Builder
	done := 0
	for _, e := range edits {
		out.Write(src[done:e.start])
		out.WriteString(e.new)
		done = e.end
	}
	out.Write(src[done:])
	return out.String()
}
