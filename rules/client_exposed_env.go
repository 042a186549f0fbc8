package rules

import (
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed client_exposed_env.md
var clientExposedEnvDoc string

// ClientExposedEnv finds keys' variables that a bundler writes into what browsers get.
var ClientExposedEnv = &Rule{
	ID:               "client-exposed-env",
	Title:            "Neo key's variable is inlined into client code",
	Severity:         finding.Error,
	CWEs:             []int{200, 522, 540},
	SecuritySeverity: 8.6,
	Doc:              clientExposedEnvDoc,
	Anchors:          habitAnchors,
	MatchFile:        matchClientExposedEnv,
}

// clientPrefixes are those of variables that bundlers write into client code.
var clientPrefixes = []string{
	"NEXT_PUBLIC_", "VITE_", "REACT_APP_", "PUBLIC_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "VUE_APP_", "NG_APP_", "STORYBOOK_",
}

func matchClientExposedEnv(f *File, report func(Match)) {
	if f.Place.Exposure == finding.Docs || environmentOf(f.Place.Path) == tests && f.code() != nil {
		return
	}
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Error, Confidence: finding.High, Message: message})
	}
	said := map[string]bool{}
	names := f.keyNames()
	w := f.flowing()
	if w != nil && w.Lang != syntax.JavaScript && w.Lang != syntax.HTML && w.Lang != syntax.JSON {
		names = nil // no bundler reads it
	}
	for _, n := range names {
		name := string(f.Text[n.start:n.end])
		prefix, ok := clientPrefix(name)
		if !ok || said[name] || f.inComment(n.start) || w != nil && w.refused(w.At(n.start)) {
			continue
		}
		said[name] = true // once a file: the name is the mistake
		say(n.start, n.end, "a variable with the prefix "+prefix+" ends up in what browsers load")
	}
	if w == nil {
		return
	}
	base := strings.ToLower(path.Base(f.Place.Path))
	if isAngularEnvironment(f.Place.Path, base) {
		const why = "an Angular environment file is compiled into what browsers load"
		for _, first := range w.named {
			if last := w.names[first]; w.isLabel(last) && (w.IsWord(first) || w.IsText(first)) {
				say(w.Tokens[first].Start, w.Tokens[last].End, why)
			}
		}
		f.keysGiven(func(name, _ Span) {
			if !f.isKeyName(string(f.Text[name.Start:name.End])) {
				say(name.Start, name.End, why)
			}
		})
		return
	}
	for _, in := range w.inlined(base) {
		from, _ := slices.BinarySearch(w.named, in.part.lo)
		for _, first := range w.named[from:] {
			if first >= in.part.hi || !w.Spend(1) {
				break
			}
			if in.part.lo <= first && first < in.part.hi && !said[w.Str(first)] && w.firstIn(first, in.part) {
				say(w.Tokens[first].Start, w.Tokens[w.names[first]].End, in.why)
			}
		}
	}
}

// refused reports whether the variable named at token i is what a program ends for if it is
// set: if (process.env.NEXT_PUBLIC_NEO_API_KEY) throw ...
func (w *flow) refused(i int) bool {
	if i == syntax.None {
		return false
	}
	start, end := w.ChainStart(i), w.ChainEnd(i)
	if w.sep(start-1) != "(" || w.Str(start-2) != "if" || w.sep(end) != ")" {
		return false
	}
	then := end + 1
	if w.sep(then) == "{" {
		then++
	}
	return w.Str(then) == "throw" || w.Str(then) == "process" && w.Str(then+2) == "exit"
}

func clientPrefix(name string) (string, bool) {
	for _, p := range clientPrefixes {
		if strings.HasPrefix(name, p) {
			return p, true
		}
	}
	return "", false
}

// isAngularEnvironment reports whether a file of this name is one by which Angular
// swaps settings between builds: environment.ts, environment.prod.ts.
func isAngularEnvironment(name, base string) bool {
	rest, ok := strings.CutPrefix(base, "environment.")
	return ok && strings.HasSuffix(rest, "ts") && strings.Contains(name, "environments/")
}

// An inlining is a part of a bundler's configuration that it writes into client code.
type inlining struct {
	part part
	why  string
}

// inlined returns the parts of the file that a bundler writes into client code, if it
// is a bundler's configuration.
func (w *flow) inlined(base string) (all []inlining) {
	config := func(names ...string) bool {
		for _, n := range names {
			if strings.HasPrefix(base, n+".") {
				return true
			}
		}
		return false
	}
	property := func(name, why string) {
		for _, d := range w.Members(name) {
			if d.Lo < d.Hi {
				all = append(all, inlining{part{d.Lo, d.Hi}, why})
			}
		}
	}
	switch {
	case config("next.config"):
		property("publicRuntimeConfig", "publicRuntimeConfig is sent to browsers")
		property("env", "env in next.config is written into what browsers load")
	case config("nuxt.config"):
		property("publicRuntimeConfig", "publicRuntimeConfig is sent to browsers")
		for _, d := range w.Members("runtimeConfig") {
			if p, ok := w.Property(d.Lo, d.Hi, "public"); ok {
				all = append(all, inlining{part{p.Lo, p.Hi}, "runtimeConfig.public is sent to browsers"})
			}
		}
		property("env", "env in nuxt.config is written into what browsers load")
	case config("app.config") && len(w.Members("expo")) > 0 || base == "app.json":
		property("extra", "extra is part of the app, for everyone who has it")
	}
	bundler := config("vite.config", "vitest.config", "webpack.config", "rspack.config", "rsbuild.config", "esbuild.config", "esbuild", "astro.config", "svelte.config", "vue.config", "electron.vite.config", "tsup.config") ||
		strings.HasPrefix(base, "webpack.")
	if bundler || w.imports("esbuild") {
		property("define", "define writes the value into the bundle")
	}
	all = append(all, w.inApps()...)
	rollup := config("rollup.config")
	if bundler || rollup || config("next.config", "vue.config", "craco.config", "config-overrides") {
		for _, c := range w.Calls {
			if name := w.Str(c.Name); name == "DefinePlugin" || name == "EnvironmentPlugin" || name == "replace" && rollup && c.Start == c.Name {
				all = append(all, inlining{part{c.Lo, c.Hi}, name + " writes the value into the bundle"})
			}
		}
	}
	return all
}

// inApps returns the parts of the file that become part of an app: the variables of React
// Native, which a plugin puts in as modules, those of Gradle's builds and of Dart's compiler.
func (w *flow) inApps() (all []inlining) {
	const why = "the value becomes part of the app, for everyone who has it"
	for n := range w.Calls {
		c := &w.Calls[n]
		switch name := w.Str(c.Name); {
		case name == "buildConfigField", name == "resValue", name == "fromEnvironment" && w.Lang == syntax.Dart:
			all = append(all, inlining{part{c.Lo, c.Hi}, why})
		}
	}
	modules := map[string]bool{}
	for i := 2; i < len(w.Tokens); i++ {
		if s := w.Str(i); !w.IsText(i) || s != "@env" && s != "react-native-config" || w.Str(i-1) != "from" {
			continue
		}
		if m := w.Tokens[i-2].Mate; w.sep(i-2) == "}" && m != syntax.None {
			all = append(all, inlining{part{m, i - 2}, why})
		} else {
			modules[w.Str(i-2)] = true
		}
	}
	for name := range modules {
		for _, n := range w.words[name] { // Config.NAME
			if w.sep(n+1) == "." {
				all = append(all, inlining{part{n, n + 3}, why})
			}
		}
	}
	return all
}

// imports reports whether the code imports the module name.
func (w *flow) imports(name string) bool {
	for i := range w.Tokens {
		if w.IsText(i) && w.Str(i) == name && (w.Str(i-1) == "from" || w.Str(i-1) == "import" || w.Str(i-1) == "(" && w.Str(i-2) == "require") {
			return true
		}
	}
	return false
}

// firstIn reports whether no other of the key names in p on the same line comes before
// the one at token first: NEO_API_KEY: process.env.NEO_API_KEY is one mistake.
func (w *flow) firstIn(first int, p part) bool {
	for i := first - 1; i >= max(p.lo, first-50); i-- {
		if _, ok := w.names[i]; ok {
			return false
		}
		if w.Tokens[i+1].First {
			return true
		}
	}
	return true
}
