package scanner

import (
	"bytes"
	"context"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/sourcemap"
)

// maxQueries is how many findings in one bundle, or in its map, have their sources looked up.
const maxQueries = 10_000

// Bundles are files of which some are made of others, as [Originals] reads them.
type Bundles interface {
	// Open opens the file at a finding's path. What is not to be opened does not exist.
	Open(path string) (Bundle, error)
	// Maps returns the paths at which the map of a bundle may be, the likeliest first, that
	// names the map address; empty where it names none. Elsewhere is an address that is not
	// to be opened.
	Maps(bundle, address string) (paths []string, elsewhere string)
	// Source returns the path of a source that the map at a path names, and whether it is a
	// file at that path.
	Source(mapPath string, name sourcemap.Name) (path string, here bool)
}

// ElsewhereSources are [Bundles] whose sources are in another place: in the project that a
// deployed site was made from.
type ElsewhereSources interface {
	Bundles
	// FindSources searches the sources, for keys whose places no map says.
	FindSources(ctx context.Context) []finding.Finding
}

// A Bundle is an open file.
type Bundle interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Originals gives findings in scripts, styles and source maps their places in the original
// sources. It returns notices about the maps.
func Originals(ctx context.Context, files Bundles, findings []finding.Finding) []finding.Problem {
	o := &originals{ctx: ctx, files: files, at: map[string][]*finding.Finding{}}
	var paths []string
	for i := range findings {
		f := &findings[i]
		if f.Container != "" || f.Line == 0 {
			continue
		}
		if o.at[f.Path] == nil {
			paths = append(paths, f.Path)
		}
		o.at[f.Path] = append(o.at[f.Path], f)
	}
	for _, p := range paths {
		if list := o.at[p]; len(list) > 0 && isBundle(p, list[0].Exposure) {
			o.bundle(p)
		}
	}
	for _, p := range paths {
		if strings.HasSuffix(p, ".map") {
			o.sourceMap(p)
		}
	}
	o.mend(findings)
	nameVariables(findings)
	return o.notices
}

// originals is a look-up under way.
type originals struct {
	ctx     context.Context
	files   Bundles
	at      map[string][]*finding.Finding // those not looked up yet, by path
	doubts  []doubt
	notices []finding.Problem
}

// isBundle reports whether a file of this name may have a source map.
func isBundle(name string, e finding.Exposure) bool {
	name, _, _ = strings.Cut(name, "?")
	switch path.Ext(name) {
	case ".js", ".mjs", ".cjs", ".css", ".jsbundle", ".bundle", ".hbc":
		return true
	case ".map", ".html", ".json":
		return false
	}
	return e.Public() && path.Ext(name) == ""
}

// take returns the findings at a path that are not looked up yet, in order.
func (o *originals) take(path string) []*finding.Finding {
	list := o.at[path]
	delete(o.at, path)
	slices.SortStableFunc(list, func(a, b *finding.Finding) int { return int(a.Offset - b.Offset) })
	return list[:min(len(list), maxQueries)]
}

// bundle looks up the findings in a bundle, and those in its map.
func (o *originals) bundle(p string) {
	b, err := o.files.Open(p)
	if err != nil {
		return
	}
	defer func() { _ = b.Close() }()
	list := o.take(p)
	offsets := make([]int64, len(list))
	for i, f := range list {
		offsets[i] = f.Offset
	}
	script, err := sourcemap.Read(o.ctx, b, b.Size(), offsets)
	if err != nil {
		return // the scan has said so, or is being interrupted
	}
	inline := strings.HasPrefix(script.Map, "data:")
	queries := make([]query, len(list))
	for i, f := range list {
		queries[i] = query{finding: f, at: sourcemap.Query{Line: f.Line, Column: f.Column - 1 + script.Wide[i], Secret: secretOf(f)}}
		if inline && f.Offset >= script.MapAt {
			queries[i].inMap = true // decoded from it: only the sources know the place
		}
	}
	for i := range queries {
		queries[i].bundle = b
	}
	if inline {
		o.resolve(p, sourcemap.Inline(b, b.Size(), script.MapAt), queries)
		return
	}
	paths, elsewhere := o.files.Maps(p, script.Map)
	for _, at := range paths {
		m, err := o.files.Open(at)
		if err != nil {
			continue
		}
		defer func() { _ = m.Close() }()
		o.resolve(at, io.NewSectionReader(m, 0, m.Size()), append(queries, o.inMap(at)...))
		return
	}
	if elsewhere != "" {
		o.notice(p, "its source map is at "+elsewhere+", which is not opened; with a copy beside the bundle its findings have their places in the sources")
	}
}

// sourceMap looks up the findings in a map of which no bundle is known.
func (o *originals) sourceMap(p string) {
	list := o.inMap(p)
	if len(list) == 0 {
		return
	}
	m, err := o.files.Open(p)
	if err != nil {
		return
	}
	defer func() { _ = m.Close() }()
	o.resolve(p, io.NewSectionReader(m, 0, m.Size()), list)
}

// inMap returns the look-ups of the findings in a map.
func (o *originals) inMap(p string) (list []query) {
	for _, f := range o.take(p) {
		list = append(list, query{finding: f, at: sourcemap.Query{Offset: f.Offset, Secret: secretOf(f)}, inMap: true})
	}
	return list
}

// A query is the look-up of a finding.
type query struct {
	finding *finding.Finding
	at      sourcemap.Query
	inMap   bool
	bundle  Bundle // nil for one in a map
}

func secretOf(f *finding.Finding) string {
	if f.Key == nil {
		return ""
	}
	return f.Key.Secret.Reveal()
}

// resolve looks places up by the map at a path, m.
func (o *originals) resolve(p string, m io.ReadSeeker, list []query) {
	queries := make([]sourcemap.Query, len(list))
	for i := range list {
		queries[i] = list[i].at
	}
	places, err := sourcemap.Resolve(o.ctx, m, queries)
	if err != nil && o.ctx.Err() == nil {
		o.notice(p, "the places in the sources are not known: "+err.Error())
	}
	for i, place := range places {
		if place != nil {
			o.set(p, &list[i], place)
		} else {
			o.doubts = append(o.doubts, doubt{list[i].finding, p})
		}
	}
}

// set gives a finding its original.
func (o *originals) set(mapPath string, q *query, place *sourcemap.Place) {
	f := q.finding
	name := sourcemap.Clean(place.Source)
	if name.From == sourcemap.Virtual {
		if place.Exact && q.at.Secret != "" { // a module that a plugin made of a variable
			f.Original = &finding.Original{Variable: givenTo(place.Text, place.Column)}
		}
		return
	}
	source, here := o.files.Source(mapPath, name)
	if place.Text == "" {
		o.readSource(source, q, place)
	}
	original := &finding.Original{Map: rules.Mask(mapPath), InMap: q.inMap, Here: here}
	if !place.Exact {
		if variable, column := sourcemap.Variable(place.Text, place.Column); variable != "" {
			original.Variable, place.Column = rules.Mask(variable), column
		} else if o.doubts = append(o.doubts, doubt{f, mapPath}); q.pastStatement(place.Before) {
			return // the mapping is of a statement before
		}
	}
	original.Location = finding.Location{Path: rules.Mask(source), Line: place.Line, Column: place.Column, EndLine: place.Line, EndColumn: place.Column}
	if place.Exact && f.Line == f.EndLine && len(f.DecodedFrom) == 0 {
		original.EndColumn += f.EndColumn - f.Column
	}
	f.Original = original
}

// pastStatement reports whether the end of a statement is between what a mapping is of, which
// begins so many UTF-16 units before the finding, and the finding. The text of a module that
// is not JavaScript has no mappings of its own: it seems to be of what was before it.
func (q *query) pastStatement(before int) bool {
	const most = 1 << 10
	if q.bundle == nil || before <= 0 {
		return false
	}
	text := make([]byte, min(before, most, int(q.finding.Offset)))
	n, _ := q.bundle.ReadAt(text, q.finding.Offset-int64(len(text)))
	return before > most || bytes.ContainsAny(text[:n], ";\n")
}

// readSource reads the line of a place in a source that the map does not hold, if the source
// is there, and looks for the key on it.
func (o *originals) readSource(source string, q *query, place *sourcemap.Place) {
	b, err := o.files.Open(source)
	if err != nil {
		return
	}
	defer func() { _ = b.Close() }()
	place.Text = sourcemap.Line(o.ctx, io.NewSectionReader(b, 0, b.Size()), place.Line)
	if i := strings.Index(place.Text, q.at.Secret); q.at.Secret != "" && i >= 0 {
		place.Column, place.Exact = countRunes([]byte(place.Text[:i]))+1, true
	}
}

func (o *originals) notice(path, message string) {
	o.notices = append(o.notices, finding.Problem{Path: rules.Mask(path), Message: rules.Mask(message)})
}

// followEdits moves originals to where the source has the key now, if that is on another line
// of the same file: a map may be older, or hold what a bundler made of the file first.
func (o *originals) followEdits(findings, sources []finding.Finding) {
	type key struct{ id, path string }
	type place struct {
		key
		line int
	}
	first, all := map[key]*finding.Location{}, map[place]bool{}
	for i := range sources {
		if f := &sources[i]; f.Key != nil && f.Original == nil && f.Line > 0 {
			k := key{f.Key.ID, f.Path}
			if all[place{k, f.Line}] = true; first[k] == nil {
				first[k] = &f.Location
			}
		}
	}
	for i := range findings {
		f := &findings[i]
		if f.Key == nil || f.Original == nil || !f.Original.Here {
			continue
		}
		k := key{f.Key.ID, f.Original.Path}
		if at := first[k]; at != nil && !all[place{k, f.Original.Line}] {
			f.Original.Location = *at
		}
	}
}

// A doubt is a finding of which the map does not say the place, or only by a mapping.
type doubt struct {
	finding *finding.Finding
	mapPath string
}

// isSource reports whether a finding is in what a bundle may be made of.
func isSource(f *finding.Finding) bool {
	var usual rules.Places
	return f.Line > 0 && (f.Exposure == finding.Source || f.Exposure == finding.Config) &&
		!isEnvironment(f.Path) && !usual.BrowserFolder(path.Dir(f.Path))
}

// mend gives findings with an uncertain place that of the same key in the map itself or in the
// tree, if there is one.
func (o *originals) mend(findings []finding.Finding) {
	sources := findings
	if e, ok := o.files.(ElsewhereSources); ok && len(o.doubts) > 0 {
		sources = slices.Concat(findings, e.FindSources(o.ctx))
	}
	known := map[string]*finding.Original{}
	for i := range sources {
		f := &sources[i]
		if f.Key == nil {
			continue
		}
		switch at := f.Original; {
		case at != nil && at.InMap && at.Path != "":
			known[at.Map+"\x00"+f.Key.ID] = at
		case at == nil && isSource(f) && known[f.Key.ID] == nil:
			known[f.Key.ID] = &finding.Original{Location: f.Location, Here: true}
		}
	}
	o.followEdits(findings, sources)
	for _, d := range o.doubts {
		if d.finding.Key == nil {
			continue
		}
		at := known[rules.Mask(d.mapPath)+"\x00"+d.finding.Key.ID]
		if at == nil {
			at = known[d.finding.Key.ID]
		}
		if at != nil {
			d.finding.Original = &finding.Original{Location: at.Location, Map: rules.Mask(d.mapPath), Here: at.Here}
		}
	}
}

// assigned matches what gives a variable the value behind it.
var assigned = lazyregexp.New("([A-Za-z_][A-Za-z0-9_]*)[\"']?\\s*[=:]\\s*[\"'`]?$")

// givenTo returns the variable that is given the value at a column of line.
func givenTo(line string, column int) string {
	before := []rune(line)
	before = before[:min(len(before), column-1)]
	if m := assigned.FindStringSubmatch(string(before)); m != nil {
		return m[1]
	}
	return ""
}
