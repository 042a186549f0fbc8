package finding

import "slices"

// An Original is the place in a source that a place in a bundle was made from.
type Original struct {
	// Location has no Offset, and its end is its beginning where only a source map's
	// mappings know it. A path in the scanned tree is written as in other locations;
	// others as the map has them, without a bundler's prefix.
	Location
	// Variable is the environment variable, or the name that the bundler was given a
	// value for, that the source reads there; empty where it reads none.
	Variable string
	// Map is the path of the source map; empty where the tree alone shows the place.
	Map string
	// Here reports that the source is a file at Path.
	Here bool
	// InMap reports that the finding itself is in the map, not in the bundle.
	InMap bool
}

// Fold makes one finding of those that a bundler made of one: a key in a bundle, in the
// bundle's source map and in its source. The one in the bundle stays, or, for a key that is
// in the map alone, the one in the map; the others become its Places. Findings of which only
// one counts, or of which only one has a commit, are not folded: each says what the other
// does not. Call it when nothing is to be added to the findings any more.
func (r *Result) Fold() {
	f := folding{list: r.Findings, into: make([]int, len(r.Findings)), heads: map[foldID][]int{}}
	for i := range f.into {
		f.into[i] = i
	}
	f.fold(func(x *Finding) bool { return x.Original != nil && !x.Original.InMap })
	f.fold(func(x *Finding) bool { return x.Original != nil && x.Original.InMap })
	f.sources()
	f.habits()
	kept := r.Findings[:0:0]
	for i := range f.list {
		if f.into[i] == i {
			kept = append(kept, f.list[i])
		}
	}
	r.Findings = kept
}

// A folding is a list of findings while Fold works on it.
type folding struct {
	list  []Finding
	into  []int            // the finding that each is folded into; itself if it stays
	heads map[foldID][]int // those that others may be folded into
}

// A foldID is what findings have in common that may be folded.
type foldID struct {
	rule, key string
	counts    bool
	commit    string
}

func (f *Finding) foldID() foldID { return foldID{f.Rule, f.keyID(), f.Counts(), f.oid()} }

// fold folds each finding that wanted picks into the first of the same bundle.
func (f *folding) fold(wanted func(*Finding) bool) {
	for i := range f.list {
		x := &f.list[i]
		if x.Key == nil || !wanted(x) {
			continue
		}
		id := x.foldID()
		head := slices.IndexFunc(f.heads[id], func(h int) bool { return f.list[h].sharesBundle(x) })
		if head < 0 {
			f.heads[id] = append(f.heads[id], i)
			continue
		}
		f.put(i, f.heads[id][head])
	}
}

// sharesBundle reports whether x, or the map that it is in, belongs to the bundle that f is in.
func (f *Finding) sharesBundle(x *Finding) bool {
	return f.Path == x.Path || x.Original.InMap && f.Original.Map == x.Original.Map && x.Original.Map != ""
}

// sources folds findings in sources into those in the bundles made of them.
func (f *folding) sources() {
	type line struct {
		foldID
		path string
		line int
	}
	heads := map[line][]int{}
	for i := range f.list {
		if x := &f.list[i]; x.Key != nil && x.Original != nil {
			at := line{x.foldID(), x.Original.Path, x.Original.Line}
			if head := f.into[i]; !slices.Contains(heads[at], head) {
				heads[at] = append(heads[at], head)
			}
		}
	}
	for i := range f.list {
		x := &f.list[i]
		if x.Key == nil || x.Original != nil {
			continue
		}
		for _, head := range heads[line{x.foldID(), x.Path, x.Line}] {
			f.put(i, head)
		}
	}
}

// habits folds what is not about a key, and is in a map, into the same in the source.
func (f *folding) habits() {
	type line struct {
		rule, path string
		line       int
		counts     bool
	}
	heads := map[line]int{}
	for i := range f.list {
		if x := &f.list[i]; x.Key == nil && x.Original == nil && x.Line > 0 {
			at := line{x.Rule, x.Path, x.Line, x.Counts()}
			if _, known := heads[at]; !known {
				heads[at] = i
			}
		}
	}
	for i := range f.list {
		x := &f.list[i]
		if x.Key != nil || x.Original == nil || !x.Original.InMap {
			continue
		}
		if head, ok := heads[line{x.Rule, x.Original.Path, x.Original.Line, x.Counts()}]; ok {
			f.put(i, head)
		}
	}
}

func (f *folding) put(i, head int) {
	f.into[i] = head
	f.list[head].Places = append(f.list[head].Places, f.list[i].Location)
}
