package rules

import (
	"bytes"
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/place"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed client_exposed_env.md
var clientExposedEnvDoc string

// ClientExposedEnv finds keys' variables that a bundler writes into what browsers get.
var ClientExposedEnv = &Rule{
	ID:               "client-exposed-env",
	Title:            "Neo key variable inlined into client code",
	Severity:         finding.Error,
	CWEs:             []int{200, 522, 540},
	SecuritySeverity: 8.6,
	Doc:              clientExposedEnvDoc,
	Anchors:          naming.Anchors,
	MatchFile:        matchClientExposedEnv,
}

func matchClientExposedEnv(f *File, report func(Match)) {
	if f.Place.Exposure == finding.Docs || !f.HasNeo() || place.Environment(f.Place.Path) == place.Tests && f.HasLanguage() {
		return
	}
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Error, Confidence: finding.High, Message: message})
	}
	said := map[string]bool{}
	names := f.KeyNames()
	base := strings.ToLower(path.Base(f.Place.Path))
	if !slices.ContainsFunc(names, func(n naming.KeyName) bool { return givenToClients(f, n) }) && !mayInline(f, base) {
		return
	}
	w := f.Flow()
	if w != nil && w.Lang != syntax.JavaScript && w.Lang != syntax.HTML && w.Lang != syntax.JSON {
		names = nil // no bundler reads it
	}
	for _, n := range names {
		name := string(f.Text[n.Start:n.End])
		prefix, ok := naming.ClientPrefix(name)
		if !ok || said[name] || f.InComment(n.Start) || w != nil && refused(w, w.At(n.Start)) {
			continue
		}
		said[name] = true // once a file: the name is the mistake
		say(n.Start, n.End, "bundlers copy variables with the prefix "+prefix+" into client code")
	}
	if w == nil {
		return
	}
	if isAngularEnvironment(f.Place.Path, base) {
		const why = "Angular compiles environment files into client code"
		for _, first := range w.Named {
			if last := w.Names[first]; w.IsLabel(last) && (w.IsWord(first) || w.IsText(first)) {
				say(w.Tokens[first].Start, w.Tokens[last].End, why)
			}
		}
		f.KeysGiven(func(name, _ text.Span) {
			if !f.IsKeyName(string(f.Text[name.Start:name.End])) {
				say(name.Start, name.End, why)
			}
		})
		return
	}
	for _, in := range inlined(w, base) {
		from, _ := slices.BinarySearch(w.Named, in.part.Lo)
		for _, first := range w.Named[from:] {
			if first >= in.part.Hi || !w.Spend(1) {
				break
			}
			if in.part.Lo <= first && first < in.part.Hi && !said[w.Str(first)] && firstIn(w, first, in.part) {
				say(w.Tokens[first].Start, w.Tokens[w.Names[first]].End, in.why)
			}
		}
	}
}

// givenToClients reports whether bundlers copy the variable of that name into client code.
func givenToClients(f *File, n naming.KeyName) bool {
	_, ok := naming.ClientPrefix(string(f.Text[n.Start:n.End]))
	return ok
}

// mayInline reports whether a build may write what the file of that name has into client code: it is
// to be parsed only then.
func mayInline(f *File, base string) bool {
	for _, name := range []string{".config.", "esbuild", "webpack.", "app.json", "config-overrides.", "environment."} {
		if strings.Contains(base, name) {
			return true
		}
	}
	for _, word := range []string{"esbuild", "buildConfigField", "resValue", "fromEnvironment", "@env", "react-native-config"} {
		if bytes.Contains(f.Text, []byte(word)) {
			return true
		}
	}
	return false
}

// refused reports whether the variable named at token i is what a program ends for if it is
// set: if (process.env.NEXT_PUBLIC_NEO_API_KEY) throw ...
func refused(w *facts.Flow, i int) bool {
	if i == syntax.None {
		return false
	}
	start, end := w.ChainStart(i), w.ChainEnd(i)
	if w.Sep(start-1) != "(" || w.Str(start-2) != "if" || w.Sep(end) != ")" {
		return false
	}
	then := end + 1
	if w.Sep(then) == "{" {
		then++
	}
	return w.Str(then) == "throw" || w.Str(then) == "process" && w.Str(then+2) == "exit"
}

// isAngularEnvironment reports whether a file of this name is one by which Angular
// swaps settings between builds: environment.ts, environment.prod.ts.
func isAngularEnvironment(name, base string) bool {
	rest, ok := strings.CutPrefix(base, "environment.")
	return ok && strings.HasSuffix(rest, "ts") && strings.Contains(name, "environments/")
}

// An inlining is a part of a bundler's configuration that it writes into client code.
type inlining struct {
	part facts.Part
	why  string
}

// inlined returns the parts of the file that a bundler writes into client code, if it
// is a bundler's configuration.
func inlined(w *facts.Flow, base string) (all []inlining) {
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
				all = append(all, inlining{facts.Part{Lo: d.Lo, Hi: d.Hi}, why})
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
				all = append(all, inlining{facts.Part{Lo: p.Lo, Hi: p.Hi}, "runtimeConfig.public is sent to browsers"})
			}
		}
		property("env", "env in nuxt.config is written into what browsers load")
	case config("app.config") && len(w.Members("expo")) > 0 || base == "app.json":
		property("extra", "extra is part of the app, for everyone who has it")
	}
	bundler := config("vite.config", "vitest.config", "webpack.config", "rspack.config", "rsbuild.config", "esbuild.config", "esbuild", "astro.config", "svelte.config", "vue.config", "electron.vite.config", "tsup.config") ||
		strings.HasPrefix(base, "webpack.")
	if bundler || w.Imports("esbuild") {
		property("define", "define writes the value into the bundle")
	}
	all = append(all, inApps(w)...)
	rollup := config("rollup.config")
	if bundler || rollup || config("next.config", "vue.config", "craco.config", "config-overrides") {
		for _, c := range w.Calls {
			if name := w.Str(c.Name); name == "DefinePlugin" || name == "EnvironmentPlugin" || name == "replace" && rollup && c.Start == c.Name {
				all = append(all, inlining{facts.Part{Lo: c.Lo, Hi: c.Hi}, name + " writes the value into the bundle"})
			}
		}
	}
	return all
}

// inApps returns the parts of the file that become part of an app: the variables of React
// Native, which a plugin puts in as modules, those of Gradle's builds and of Dart's compiler.
func inApps(w *facts.Flow) (all []inlining) {
	const why = "the value is built into the app: anyone who has the app can read it"
	for n := range w.Calls {
		c := &w.Calls[n]
		switch name := w.Str(c.Name); {
		case name == "buildConfigField", name == "resValue", name == "fromEnvironment" && w.Lang == syntax.Dart:
			all = append(all, inlining{facts.Part{Lo: c.Lo, Hi: c.Hi}, why})
		}
	}
	modules := map[string]bool{}
	for i := 2; i < len(w.Tokens); i++ {
		if s := w.Str(i); !w.IsText(i) || s != "@env" && s != "react-native-config" || w.Str(i-1) != "from" {
			continue
		}
		if m := w.Tokens[i-2].Mate; w.Sep(i-2) == "}" && m != syntax.None {
			all = append(all, inlining{facts.Part{Lo: m, Hi: i - 2}, why})
		} else {
			modules[w.Str(i-2)] = true
		}
	}
	for name := range modules {
		for _, n := range w.Words[name] { // Config.NAME
			if w.Sep(n+1) == "." {
				all = append(all, inlining{facts.Part{Lo: n, Hi: n + 3}, why})
			}
		}
	}
	return all
}

// firstIn reports whether no other of the key names in p on the same line comes before
// the one at token first: NEO_API_KEY: process.env.NEO_API_KEY is one mistake.
func firstIn(w *facts.Flow, first int, p facts.Part) bool {
	for i := first - 1; i >= max(p.Lo, first-50); i-- {
		if _, ok := w.Names[i]; ok {
			return false
		}
		if w.Tokens[i+1].First {
			return true
		}
	}
	return true
}
