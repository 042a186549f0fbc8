package place

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
)

// A folderKind says what a folder of a known name is.
type folderKind uint8

const (
	// documentRoot is handed out as it is, but for what the server runs.
	documentRoot folderKind = 1 + iota
	// buildOutput is what a build leaves behind, for browsers or for anything else:
	// only what browsers ask for counts.
	buildOutput
)

var browserFolders = map[string]folderKind{
	"public": documentRoot, "static": documentRoot, "www": documentRoot,
	"public_html": documentRoot, "wwwroot": documentRoot, "htdocs": documentRoot, "_site": documentRoot,
	"storybook-static": documentRoot,
	"dist":             buildOutput, "build": buildOutput, "out": buildOutput,
	".next": buildOutput, ".output": buildOutput, ".svelte-kit": buildOutput,
}

// BrowserFolder reports whether the folder at path, or one that holds it, is of the
// kind that a web server hands out. Such folders ship, although git often ignores
// them.
func (p *Places) BrowserFolder(path string) bool {
	f := newFile(path+"/", nil)
	return p.own(&f) || browserKind(f.dir) != 0
}

// own reports whether the file is in a folder that the user named.
func (p *Places) own(f *file) bool {
	for _, folder := range p.Browser {
		if o := newFile(strings.Trim(folder, `/\`)+"/", nil); o.dir != "//" && strings.Contains(f.dir, o.dir) {
			return true
		}
	}
	return false
}

// browserKind returns the kind of the browser folders in dir, 0 for none. That one of
// them is a document root says more than that another holds what was built.
func browserKind(dir string) folderKind {
	var kind folderKind
	for name := range strings.SplitSeq(dir, "/") {
		if k := browserFolders[name]; k != 0 && (kind == 0 || k < kind) {
			kind = k
		}
	}
	return kind
}

// isBrowser reports whether a web server hands the file to anyone who asks, or the
// file becomes part of what it hands out.
func (p *Places) isBrowser(f *file) bool {
	switch {
	case p.own(f), inExtension(f):
		return true
	case f.hasExt("rsc") || f.hasExt("map") && f.in("server") && inOtherOutput(f):
		return f.ext == "rsc" // what Next's client asks its server for
	case f.hasExt("html", "htm", "xhtml"):
		return true
	case f.hasExt("map"):
		return isSourceMap(f.head)
	case f.hasExt("vue", "svelte"): // components are compiled into the page
		return true
	case f.ends(".min.js", ".min.mjs", ".min.css", ".bundle.js", ".chunk.js"):
		return true
	case f.variant("environment", "ts") && f.in("environments"): // Angular
		return true
	}
	if isScript(f) {
		if isUserScript(f) {
			return true
		}
		switch code := skipComments(f.head); {
		case isBrowserBundle(f.head, code) || isClientComponent(code):
			return true
		case isServerScript(f):
			return false
		}
	}
	return inHandedOut(f)
}

// inHandedOut reports whether the file is in a browser folder and is of a type that
// a web server hands out from there.
func inHandedOut(f *file) bool {
	kind := browserKind(f.dir)
	if kind == 0 || f.name == "" || f.named("package.json", "tsconfig.json", "composer.json", "cmakecache.txt", "compile_commands.json") {
		return false
	}
	ext := f.ext
	if ext == "gz" || ext == "br" || ext == "zst" { // packed beforehand, as in app.js.gz
		ext = strings.TrimSuffix(f.name, "."+ext)
		ext = ext[strings.LastIndexByte(ext, '.')+1:]
	}
	if kind == documentRoot && documentTypes[ext] && f.name[0] != '.' { // servers withhold .env and its like
		return true
	}
	return webTypes[ext] && (kind == documentRoot || !inOtherOutput(f))
}

// webTypes are what browsers ask for.
var webTypes = text.Set("js", "mjs", "css", "json", "svg", "wasm", "webmanifest", "txt", "xml", "xsl",
	"png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico", "woff", "woff2", "ttf", "otf", "eot",
	"mp3", "mp4", "webm", "ogg", "wav", "pdf", "rss", "atom", "rsc", "appcache", "swf")

// documentTypes are what a document root holds besides: sources of the page that lie
// beside it, data, and files without an extension.
var documentTypes = text.Set("", "ts", "tsx", "jsx", "coffee", "scss", "sass", "less", "yaml", "yml", "csv", "tsv",
	"geojson", "json5", "jsonld", "zip", "vtt", "bin", "glb", "gltf")

// inOtherOutput reports whether the file is in a part of a build's output that is
// not for browsers: what the server runs, caches, and what builds of other languages
// leave in folders of the same names.
func inOtherOutput(f *file) bool {
	for name := range browserFolders {
		_, inside, ok := strings.Cut(f.dir, "/"+name+"/")
		if !ok || browserFolders[name] != buildOutput {
			continue
		}
		for part := range strings.SplitSeq(inside, "/") {
			switch part {
			case "server", "ssr", "cache", "standalone", "functions", "types",
				"classes", "resources", "intermediates", "reports", "test-results", "cmakefiles", "_deps":
				return true
			}
		}
	}
	return false
}

// isSourceMap distinguishes a source map from a linker's map. It is JSON, at times
// behind a line that keeps pages from including it as a script.
func isSourceMap(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(head) == 0 || head[0] == '{' || bytes.HasPrefix(head, []byte(")]}"))
}

// inExtension reports whether the file is an extension of a browser, or is in one.
func inExtension(f *file) bool {
	if f.hasExt("crx", "xpi") {
		return true
	}
	for _, ext := range []string{".crx", ".xpi"} {
		if strings.Contains(f.dir, ext+"/") || strings.Contains(f.dir, ext+"!/") {
			return true
		}
	}
	return false
}
