package site

import (
	"context"
	"io/fs"
	"net/url"
	"path/filepath"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/sourcemap"
)

// bundles are the bodies of responses, as [scanner.Bundles]: nothing is fetched for a map.
type bundles struct {
	store *store
	rules *rules.Set
	// here says that the site is that of the project in the current folder: sources that its
	// maps name are files of that.
	here bool
}

// Open implements [scanner.Bundles].
func (b *bundles) Open(p string) (scanner.Bundle, error) {
	resp := b.store.get(p)
	if resp == nil {
		return nil, fs.ErrNotExist
	}
	return resp.open()
}

// Maps implements [scanner.Bundles].
func (b *bundles) Maps(bundle, address string) (paths []string, elsewhere string) {
	u, err := url.Parse(bundle)
	if err != nil {
		return nil, ""
	}
	var named []string
	if resp := b.store.get(bundle); resp != nil {
		named = append(named, resp.Header.Get("SourceMap"), resp.Header.Get("X-SourceMap"))
	}
	for _, address := range append(named, address) {
		if address == "" {
			continue
		}
		m, err := u.Parse(address)
		if err != nil {
			continue
		}
		m.Fragment, m.RawFragment = "", ""
		text := m.String()
		if u.Scheme == "" && m.Scheme == "" {
			text = m.Path // of a file in a folder
		}
		paths = append(paths, text)
		if m.Host != u.Host && b.store.get(text) == nil {
			elsewhere = text
		}
	}
	beside := *u
	beside.RawQuery, beside.RawPath = "", ""
	beside.Path += ".map"
	if u.Scheme == "" {
		return append(paths, beside.Path), elsewhere
	}
	return append(paths, beside.String()), elsewhere
}

// Source implements [scanner.Bundles]. The site may be that of the project in the current
// folder.
func (b *bundles) Source(_ string, n sourcemap.Name) (string, bool) {
	p := n.Path
	if n.From == sourcemap.Map {
		p = n.Inside()
	}
	local := filepath.FromSlash(p)
	here := filepath.IsLocal(local) && isFile(local)
	b.here = b.here || here
	return p, here
}

// FindSources implements [scanner.ElsewhereSources]. A folder is taken for a project by what
// projects have; what a site says of it does not have all of a disk searched.
func (b *bundles) FindSources(ctx context.Context) []finding.Finding {
	if !b.here || !isFile("package.json") {
		return nil
	}
	const (
		longest = 30 * time.Second
		largest = 4 << 20
	)
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	return scanner.New(scanner.Options{Paths: []string{"."}, Rules: b.rules, NoDiff: true, MaxFileSize: largest}).Run(ctx).Findings
}
