package fix

import (
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

// plain returns a lookup that needs no imports; NAME stands for the variable.
func plain(expr string) func(*code, string, literal) (string, []edit) {
	return func(_ *code, name string, _ literal) (string, []edit) {
		return strings.ReplaceAll(expr, "NAME", name), nil
	}
}

// quoted is plain with the quotes of the literal in the place of '.
func quoted(expr string) func(*code, string, literal) (string, []edit) {
	return func(_ *code, name string, l literal) (string, []edit) {
		return strings.ReplaceAll(strings.ReplaceAll(expr, "NAME", name), "'", l.quote[:1]), nil
	}
}

// inside returns an interpolation in literals with double quotes.
func inside(left, right string) func(*code, literal, string) string {
	return func(_ *code, l literal, expr string) string {
		if l.quote[0] != '"' {
			return ""
		}
		return left + expr + right
	}
}

var javaDialect = &dialect{
	lang: syntax.Java, extensions: ".java", lookup: plain(`System.getenv("NAME")`), concat: "+",
	context: func(c *code, l literal, start, end int, name string) (*change, string) {
		if c.annotation(l.first) == "@Value" && l.first == l.last {
			return &change{title: "have Spring fill in " + name, safe: true, variable: name, edits: []edit{{start, end, "${" + name + "}"}}}, ""
		}
		return nil, ""
	},
	constant: javaConstant, header: javaHeader,
}

// annotation returns the annotation that token i is an argument of, such as @Value or
// @field:Value; empty if it is none.
func (c *code) annotation(i int) string {
	for up := c.Tokens[i].Up; up != syntax.None; up = c.Tokens[up].Up {
		if c.Str(up) != "(" {
			continue
		}
		at := up - 1
		for c.IsWord(at) && (c.Str(at-1) == "." || c.Str(at-1) == ":") {
			at -= 2
		}
		if strings.HasPrefix(c.Str(at), "@") {
			return c.between(at, up)
		}
	}
	return ""
}

var kotlinDialect = &dialect{
	lang: syntax.Kotlin, extensions: ".kt .kts", lookup: plain(`System.getenv("NAME")`), concat: "+",
	interpolate: inside("${", "}"), constant: annotationConstant, header: javaHeader,
	context: func(c *code, l literal, start, end int, name string) (*change, string) {
		if c.annotation(l.first) != "" && l.first == l.last {
			return &change{title: "have Spring fill in " + name, safe: true, variable: name, edits: []edit{{start, end, `\${` + name + "}"}}}, ""
		}
		return c.unconst(l, start, end, name, func(i int) ([]edit, bool) {
			if c.Str(i) != "const" || i+1 >= len(c.Tokens) {
				return nil, false
			}
			return []edit{{c.Tokens[i].Start, c.Tokens[i+1].Start, ""}}, true
		})
	},
}

// unconst undoes the word const of the statement that the literal is the value of, by the edits
// that undo returns for the word's token.
func (c *code) unconst(l literal, start, end int, name string, undo func(i int) ([]edit, bool)) (*change, string) {
	for i := l.first - 1; i >= 0 && i > l.first-40; i-- {
		switch s := c.Str(i); {
		case c.Lang.Newlines && (i == c.Tokens[l.first].Up || c.IsText(i) && c.Tokens[i].First):
			return nil, ""
		case c.IsText(i): // "a" + "..."
		case s == ";" || s == "}" && c.Tokens[i].Mate < 0:
			return nil, ""
		case s == "const":
			edits, ok := undo(i)
			if !ok || c.Tokens[i].Up != c.Tokens[l.first].Up {
				return no("the key is part of a constant: replace it by hand with " + name)
			}
			ch, why := c.lookUp(l, start, end, name)
			if ch != nil {
				ch.edits = append(ch.edits, edits...)
			}
			return ch, why
		case c.Tokens[i].First && c.Tokens[i].Up == c.Tokens[l.first].Up && c.Lang.Newlines && !c.Continues(i):
			return nil, ""
		}
	}
	return nil, ""
}

var scalaDialect = &dialect{
	lang: syntax.Kotlin, extensions: ".scala .sc", prefixes: "srawf", lookup: plain(`sys.env("NAME")`), concat: "+",
	operators: true, constant: scalaConstant,
	interpolate: func(_ *code, l literal, expr string) string {
		if l.prefix != "" && len(l.quote) == 3 {
			return "${" + expr + "}"
		}
		return ""
	},
}

var groovyDialect = &dialect{
	lang: syntax.Groovy, extensions: ".groovy .gradle", concat: "+",
	lookup: func(c *code, name string, _ literal) (string, []edit) {
		if isJenkinsfile(c.Path) {
			return "env." + name, nil
		}
		return `System.getenv("` + name + `")`, nil
	},
	interpolate: inside("${", "}"), constant: annotationConstant,
	context: func(c *code, l literal, start, end int, name string) (*change, string) {
		if isJenkinsfile(c.Path) && c.Str(l.first-1) == "sh" && l.first == l.last {
			from := c.Tokens[l.token].Start
			new := expansion(string(c.Text[from:c.Tokens[l.token].End]), start-from, end-from, name)
			if new == "" {
				return no("the command does not parse: replace the key by hand with $" + name)
			}
			if l.quote[0] == '"' {
				new = strings.ReplaceAll(new, "$", `\$`)
			}
			if len(l.quote) == 1 {
				new = strings.ReplaceAll(new, l.quote, `\`+l.quote)
			}
			return &change{title: "have the shell read " + name, safe: true, variable: name, edits: []edit{{start, end, new}}}, ""
		}
		up := c.Tokens[l.first].Up
		if isJenkinsfile(c.Path) && up != syntax.None && c.Str(up-1) == "environment" && l.first == l.last {
			id := strings.ReplaceAll(strings.ToLower(name), "_", "-")
			return &change{title: "read the credential " + id, safe: true, variable: id + " (a credential of Jenkins)",
				edits: []edit{{l.open, l.close, "credentials('" + id + "')"}}}, ""
		}
		return nil, ""
	},
}

func isJenkinsfile(name string) bool {
	return strings.HasPrefix(strings.ToLower(name[strings.LastIndexByte(name, '/')+1:]), "jenkinsfile")
}

var cSharpDialect = &dialect{
	lang: syntax.CSharp, extensions: ".cs", prefixes: "$@", concat: "+",
	lookup: func(c *code, name string, _ literal) (string, []edit) {
		owner := "System.Environment"
		if c.find(usingSystem) != nil {
			owner = "Environment"
		}
		return owner + `.GetEnvironmentVariable("` + name + `")`, nil
	},
	constant: cSharpConstant,
	context: func(c *code, l literal, start, end int, name string) (*change, string) {
		return c.unconst(l, start, end, name, func(i int) ([]edit, bool) {
			new := "static readonly"
			if s := c.Scope(i); s == syntax.None || !c.Scopes[s].Class {
				new = ""
			}
			stop := c.Tokens[i].End
			if new == "" {
				stop = c.Tokens[i+1].Start
			}
			return []edit{{c.Tokens[i].Start, stop, new}}, true
		})
	},
}

// usingSystem matches a file in which Environment is System.Environment.
var usingSystem = lazyregexp.New(`(?m)^\s*(?:global\s+)?using\s+System\s*;`)

var phpDialect = &dialect{
	lang: syntax.PHP, extensions: ".php .phtml", lookup: quoted(`getenv('NAME')`), concat: ".", context: phpContext, header: phpHeader,
}

var rubyDialect = &dialect{
	lang: syntax.Ruby, extensions: ".rb .rake .ru .gemspec", lookup: quoted(`ENV.fetch('NAME')`), concat: "+",
	interpolate: inside("#{", "}"), header: rubyHeader,
	context: func(c *code, l literal, start, end int, name string) (*change, string) {
		symbol := l.open > 0 && c.Text[l.open-1] == ':' && (l.open < 2 || c.Text[l.open-2] != ':')
		label := l.close < len(c.Text) && c.Text[l.close] == ':' && !strings.HasPrefix(string(c.Text[l.close:]), "::") && c.Str(l.first-1) != "?"
		if !symbol && !label {
			return nil, ""
		}
		if l.quote != `"` {
			return no("the key is a symbol: replace it by hand with " + name)
		}
		expr, _ := c.dialect.lookup(c, name, l)
		return &change{title: "read " + name + " from the environment", safe: true, variable: name, edits: []edit{{start, end, "#{" + expr + "}"}}}, ""
	},
}

var perlDialect = &dialect{
	lang: syntax.Ruby, extensions: ".pl .pm .t", lookup: plain(`$ENV{NAME}`), concat: ".",
	interpolate: inside("", ""),
}

var elixirDialect = &dialect{
	lang: syntax.Ruby, extensions: ".ex .exs", lookup: plain(`System.fetch_env!("NAME")`), concat: "<>",
	alone: func(_ *code, l literal, expr string) string {
		if l.quote[0] == '\'' {
			return "String.to_charlist(" + expr + ")"
		}
		return expr
	},
	interpolate: func(_ *code, _ literal, expr string) string { return "#{" + expr + "}" },
	context:     elixirContext, constant: elixirConstant,
}

// elixirContext does without an attribute of a module, which the compiler would set.
func elixirContext(c *code, l literal, start, end int, name string) (*change, string) {
	attribute := l.first - 1
	word := c.Str(attribute)
	if attribute < 0 || !strings.HasPrefix(word, "@") || !c.Tokens[attribute].First {
		return nil, ""
	}
	line, lineEnd := lineStart(c.Text, c.Tokens[attribute].Start), text.LineEnd(c.Text, l.close)
	before, after := c.Text[c.Tokens[l.token].Start:start], c.Text[end:c.Tokens[l.token].End]
	if l.first != l.last || !isPadding(before) || !isPadding(after) || strings.TrimSpace(string(c.Text[l.close:lineEnd])) != "" {
		return no("an attribute of a module is set when it is compiled: make it a function that calls System.fetch_env!(\"" + name + "\")")
	}
	expr, _ := c.dialect.lookup(c, name, l)
	ch := &change{title: "read " + name + " from the environment", safe: true, variable: name, edits: []edit{{line, min(lineEnd+1, len(c.Text)), ""}}}
	for i := range c.Tokens {
		if i != attribute && c.IsWord(i) && c.Str(i) == word {
			ch.edits = append(ch.edits, edit{c.Tokens[i].Start, c.Tokens[i].End, expr})
		}
	}
	return ch, ""
}

var swiftDialect = &dialect{
	lang: syntax.Swift, extensions: ".swift", concat: "+",
	lookup: func(c *code, name string, _ literal) (string, []edit) {
		expr := `ProcessInfo.processInfo.environment["` + name + `"]!`
		if c.find(swiftImports) != nil {
			return expr, nil
		}
		return expr, []edit{c.topImport("import Foundation")}
	},
	interpolate: inside(`\(`, ")"),
	unwrap:      func(*code) string { return "!" },
	context: func(c *code, l literal, _, _ int, name string) (*change, string) {
		if l.open > 0 && c.Text[l.open-1] == '#' {
			return no("the key is in a raw string: replace it by hand with " + name)
		}
		return nil, ""
	},
	constant: swiftConstant,
}

// swiftImports matches a file that can use ProcessInfo.
var swiftImports = lazyregexp.New(`(?m)^\s*(?:@\w+\s+)*import\s+(?:Foundation|UIKit|AppKit|SwiftUI|Vapor)\b`)

var dartDialect = &dialect{
	lang: syntax.Dart, extensions: ".dart", prefixes: "r", concat: "+",
	lookup: func(c *code, name string, l literal) (string, []edit) {
		q := l.quote[:1]
		expr := "Platform.environment[" + q + name + q + "]!"
		if m := c.find(dartIO); m != nil {
			if alias := string(m[1]); alias != "" {
				expr = alias + "." + expr
			}
			return expr, nil
		}
		return expr, []edit{c.topImport("import " + q + "dart:io" + q + ";")}
	},
	interpolate: func(_ *code, l literal, expr string) string {
		if l.prefix != "" {
			return ""
		}
		return "${" + expr + "}"
	},
	unwrap:   func(*code) string { return "!" },
	constant: dartConstant, header: dartHeader,
	context: func(c *code, l literal, start, end int, name string) (*change, string) {
		if strings.Contains(string(c.Text), "package:flutter/") {
			return no("an app holds what is built into it: have your server call Neo, and the app your server")
		}
		return c.unconst(l, start, end, name, func(i int) ([]edit, bool) {
			if j := l.first - 1; c.Str(j) != "=" || c.Tokens[j].Up != c.Tokens[i].Up {
				return nil, false
			}
			return []edit{{c.Tokens[i].Start, c.Tokens[i].End, "final"}}, true
		})
	},
}

// dartIO matches an import of dart:io.
var dartIO = lazyregexp.New(`(?m)^\s*import\s+['"]dart:io['"](?:\s+as\s+(\w+))?\s*;`)

// topImport adds a line of imports before the first of the file, or before its first statement.
func (c *code) topImport(line string) edit {
	nl := c.eol()
	for i := range c.Tokens {
		if tok := c.Tokens[i]; tok.First && c.Str(i) == "import" && tok.Up == syntax.None {
			return edit{tok.Start, tok.Start, line + nl}
		}
	}
	for i := range c.Tokens {
		if tok := c.Tokens[i]; tok.First && tok.Kind != syntax.Punct {
			at := lineStart(c.Text, tok.Start)
			if at == 0 {
				at = c.lineAt(0)
			}
			return edit{at, at, line + nl + nl}
		}
	}
	at := c.lineAt(0)
	return edit{at, at, line + nl + nl}
}
