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

// A Language says how program text is cut into tokens.
type Language struct {
	Name string

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

	// Newlines tells that a statement ends with its line, if the line can end there.
	Newlines bool
	// Indented tells that blocks are made by indentation.
	Indented bool
	// Commands tells that a call needs no parentheses.
	Commands bool
	// Markup tells that code is in <script> elements.
	Markup bool
}

var (
	cComments = []string{"//"}
	cBlock    = [2]string{"/*", "*/"}

	// JavaScript is also TypeScript, with and without JSX.
	JavaScript = &Language{Name: "javascript", lineComments: cComments, blockComment: cBlock, quotes: "'\"`", multi: "`",
		interpolation: "${", interpolating: "`", regexps: true, sigils: "$#@", Newlines: true}
	// HTML is also Vue's and Svelte's components.
	HTML = &Language{Name: "html", lineComments: cComments, blockComment: cBlock, quotes: "'\"`", multi: "`",
		interpolation: "${", interpolating: "`", regexps: true, sigils: "$#@", Newlines: true, Markup: true}
	// Python is the language in all its versions.
	Python = &Language{Name: "python", lineComments: []string{"#"}, quotes: "'\"", triple: true,
		interpolation: "{", interpolating: "'\"", sigils: "@", Newlines: true, Indented: true}
	// Go is Go.
	Go = &Language{Name: "go", lineComments: cComments, blockComment: cBlock, quotes: "'\"`", raw: "`", multi: "`", Newlines: true}
	// Java is Java.
	Java = &Language{Name: "java", lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true, sigils: "@"}
	// Kotlin is also Scala.
	Kotlin = &Language{Name: "kotlin", lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true,
		interpolation: "${", interpolating: "\"", bareVariables: true, sigils: "@", Newlines: true}
	// Groovy is Groovy, and so Gradle's and Jenkins' files.
	Groovy = &Language{Name: "groovy", lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true,
		interpolation: "${", interpolating: "\"", bareVariables: true, sigils: "@", Newlines: true, Commands: true}
	// Swift is Swift.
	Swift = &Language{Name: "swift", lineComments: cComments, blockComment: cBlock, quotes: "\"", triple: true,
		interpolation: `\(`, interpolating: "\"", sigils: "@#", Newlines: true}
	// Dart is Dart.
	Dart = &Language{Name: "dart", lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true,
		interpolation: "${", interpolating: "'\"", bareVariables: true, sigils: "@"}
	// CSharp is C#.
	CSharp = &Language{Name: "csharp", lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true,
		interpolation: "{", interpolating: "\"", sigils: "@"}
	// Rust is Rust.
	Rust = &Language{Name: "rust", lineComments: cComments, blockComment: cBlock, quotes: "\"", multi: "\"",
		interpolating: "\"", bareVariables: true}
	// C is also C++ and Objective-C.
	C = &Language{Name: "c", lineComments: cComments, blockComment: cBlock, quotes: "'\"", sigils: "@#"}
	// PHP is PHP.
	PHP = &Language{Name: "php", lineComments: []string{"//", "#"}, blockComment: cBlock, quotes: "'\"", multi: "'\"",
		interpolation: "{", interpolating: "\"", bareVariables: true, sigils: "$@"}
	// Ruby is also Elixir, Crystal and Perl, as far as that goes.
	Ruby = &Language{Name: "ruby", lineComments: []string{"#"}, blockComment: [2]string{"\n=begin", "\n=end"}, quotes: "'\"", multi: "'\"",
		interpolation: "#{", interpolating: "\"", sigils: "$@", Newlines: true, Commands: true}
	// PowerShell is PowerShell.
	PowerShell = &Language{Name: "powershell", lineComments: []string{"#"}, blockComment: [2]string{"<#", "#>"}, quotes: "'\"", raw: "'", multi: "'\"",
		interpolation: "$(", interpolating: "\"", bareVariables: true, sigils: "$@", Newlines: true, Commands: true}
	// HCL is Terraform's language.
	HCL = &Language{Name: "hcl", lineComments: []string{"#", "//"}, blockComment: cBlock, quotes: "\"",
		interpolation: "${", interpolating: "\"", Newlines: true}
	// JSON is also JSON with comments.
	JSON = &Language{Name: "json", lineComments: cComments, blockComment: cBlock, quotes: "\""}
)

var byExtension = map[string]*Language{
	"js": JavaScript, "jsx": JavaScript, "mjs": JavaScript, "cjs": JavaScript,
	"ts": JavaScript, "tsx": JavaScript, "mts": JavaScript, "cts": JavaScript,
	"vue": HTML, "svelte": HTML, "astro": HTML, "html": HTML, "htm": HTML, "xhtml": HTML,
	"py": Python, "pyw": Python, "pyi": Python, "go": Go, "java": Java,
	"kt": Kotlin, "kts": Kotlin, "scala": Kotlin, "groovy": Groovy, "gradle": Groovy, "jenkinsfile": Groovy,
	"swift": Swift, "dart": Dart, "cs": CSharp, "rs": Rust,
	"c": C, "h": C, "cc": C, "cpp": C, "cxx": C, "hpp": C, "m": C, "mm": C,
	"php": PHP, "phtml": PHP, "rb": Ruby, "rake": Ruby, "ex": Ruby, "exs": Ruby, "cr": Ruby, "pl": Ruby, "pm": Ruby,
	"ps1": PowerShell, "psm1": PowerShell, "tf": HCL, "tfvars": HCL, "hcl": HCL,
	"json": JSON, "jsonc": JSON, "json5": JSON,
}

// isTemplate tells by their extensions files of which servers make pages.
var isTemplate = map[string]bool{
	"ejs": true, "erb": true, "hbs": true, "handlebars": true, "mustache": true, "twig": true, "njk": true, "liquid": true,
	"cshtml": true, "jsp": true, "gohtml": true, "jinja": true, "jinja2": true,
}

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
	if strings.HasPrefix(base, "jenkinsfile") {
		return Groovy
	}
	if !bytes.HasPrefix(head, []byte("#!")) {
		return nil
	}
	first, _, _ := bytes.Cut(head, []byte("\n"))
	for name, l := range map[string]*Language{"python": Python, "node": JavaScript, "deno": JavaScript, "bun": JavaScript,
		"ruby": Ruby, "php": PHP, "perl": Ruby, "pwsh": PowerShell} {
		if bytes.Contains(first, []byte(name)) {
			return l
		}
	}
	return nil
}
