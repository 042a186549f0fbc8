// Package syntax reads program text just well enough to tell code from comments and
// strings, to see which brackets, assignments and calls a word is part of, and which
// values may flow into it.
//
// It is no compiler's front end, on purpose. A rule asks questions such as "which call
// is this address in, and what else goes into that call", of some twenty languages,
// of files that need not be complete or correct. A tokenizer that knows each language's
// comments and strings, and brackets, answer them all alike; a parser for each
// would answer for its language only, and for nothing that it cannot parse.
package syntax

import (
	"bytes"
	"path"
	"strings"
)

// A Language says how program text is cut into tokens, and what in it does what rules ask
// about. The languages are in languages.go.
type Language struct {
	Name string

	extensions   []string // of files, in lower case and without the dot
	interpreters []string // which a file without an extension may begin with: #!

	lineComments []string
	blockComment [2]string // nested in no language here

	// quotes are the characters that delimit strings, of which raw know no
	// escapes, and multi go over the ends of lines.
	quotes, raw, multi string
	triple             bool // """ and ''' go over the ends of lines
	// interpolation is what begins an expression in a string: "${", "#{", "\(",
	// or "{" for those that mark such strings by a letter before them.
	interpolation string
	interpolating string // the quotes that such strings have
	bareVariables bool   // $name in such a string is a variable, or {name} in Rust
	regexps       bool   // /.../ may be a literal
	sigils        string // characters that may begin a word, besides letters

	// Newlines says that a statement ends with its line, if the line can end there.
	Newlines bool
	// Indented says that blocks are made by indentation.
	Indented bool
	// Commands says that a call needs no parentheses.
	Commands bool
	// Markup says that code is in <script> elements.
	Markup bool
	// BraceLists says that braces hold the values of a list; in other languages, they hold
	// names and values.
	BraceLists bool

	// Concat is the operator that joins two strings; Adjacent says that two that stand
	// side by side are one.
	Concat   string
	Adjacent bool
	// Prints are functions of the language's own that write to a terminal or a log, in
	// lower case, and PrintStatements are the words before what is written without a call.
	// Names that mean this in every language are the rule's.
	Prints, PrintStatements map[string]bool
	// Spawns are the functions that run a program.
	Spawns []Function
}

// A Function is a function, or several alike, by name.
type Function struct {
	Names map[string]bool
	// Owners are what the function may belong to, a module, a class or a variable; "" is
	// for a function that stands alone, and none are for one that may belong to anything.
	Owners []string
}

// isTemplate has the extensions of the files that servers render into pages.
var isTemplate = map[string]bool{
	"ejs": true, "erb": true, "hbs": true, "handlebars": true, "mustache": true, "twig": true, "njk": true, "liquid": true,
	"cshtml": true, "jsp": true, "gohtml": true, "jinja": true, "jinja2": true,
}

// byExtension has the languages by the extensions of their files.
var byExtension = func() map[string]*Language {
	all := map[string]*Language{}
	for _, l := range languages {
		for _, ext := range l.extensions {
			all[ext] = l
		}
	}
	return all
}()

// Of returns the language of the file called name, which begins with head; nil if it is
// none that this package knows.
func Of(name string, head []byte) *Language {
	base := strings.ToLower(path.Base(name))
	ext := strings.TrimPrefix(path.Ext(base), ".")
	if isTemplate[ext] || strings.HasSuffix(base, ".blade.php") {
		// index.ejs and index.html.erb are pages, nginx.conf.erb is none.
		if inner := path.Ext(strings.TrimSuffix(base, "."+ext)); inner == "" || inner == ".html" || inner == ".blade" {
			return HTML
		}
		return nil
	}
	if l := byExtension[ext]; l != nil {
		return l
	}
	if strings.HasPrefix(base, "jenkinsfile") { // Jenkinsfile.release
		return Groovy
	}
	if !bytes.HasPrefix(head, []byte("#!")) {
		return nil
	}
	first, _, _ := bytes.Cut(head, []byte("\n"))
	for _, l := range languages {
		for _, name := range l.interpreters {
			if bytes.Contains(first, []byte(name)) {
				return l
			}
		}
	}
	return nil
}
