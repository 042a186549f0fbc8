package place

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
)

// isCI reports whether the file is part of a build pipeline.
func isCI(f *file) bool {
	switch {
	case f.inAny(".github/workflows", ".github/actions", ".github/scripts", ".gitea/workflows", ".forgejo/workflows", ".gitlab/ci", ".gitlab-ci",
		".circleci", ".buildkite", ".teamcity", ".azure-pipelines", ".azuredevops", ".azure/pipelines", ".semaphore", ".woodpecker", ".tekton", ".harness"):
		return !f.hasExt("md")
	case f.named("action.yml", "action.yaml", ".travis.yml", "codemagic.yaml", "bitrise.yml", "wercker.yml", ".cirrus.yml", ".cirrus.star",
		"cloudbuild.yaml", "cloudbuild.yml", "cloudbuild.json", "screwdriver.yaml", "bitbucket-pipelines.yml", ".drone.star", ".drone.jsonnet"):
		return true
	case f.hasExt("jenkinsfile"), f.name == "jenkinsfile", f.name == "earthfile":
		return true
	case strings.HasPrefix(f.name, "jenkinsfile.") || strings.HasPrefix(f.name, "jenkinsfile-"):
		return true
	case f.ends(".gitlab-ci.yml", ".gitlab-ci.yaml"):
		return true
	}
	for _, stem := range []string{"azure-pipelines", "azure-pipeline", "bitbucket-pipelines", ".drone", ".woodpecker", "appveyor", ".appveyor", "cloudbuild", "buildspec", ".gitlab-ci"} {
		if f.variant(stem, "yml", "yaml") {
			return true
		}
	}
	return false
}

// isContainer reports whether the file describes a container image or how containers
// are run.
func isContainer(f *file) bool {
	switch {
	case f.hasExt("dockerfile", "containerfile"):
		return true
	case f.name == "dockerfile" || f.name == "containerfile":
		return true
	case (strings.HasPrefix(f.name, "dockerfile.") || strings.HasPrefix(f.name, "dockerfile-") ||
		strings.HasPrefix(f.name, "containerfile.")) && !isCode(f):
		return true
	case f.named("chart.yaml", "devcontainer.json", ".devcontainer.json", "docker-bake.hcl", "docker-bake.json", "kustomization.yaml", "kustomization.yml"):
		return true
	case f.inAny("charts", "helm", "chart") && f.hasExt("yaml", "yml", "tpl", "gotmpl"):
		return true
	case f.inAny("k8s", "kubernetes", "kustomize") && f.hasExt("yaml", "yml", "json"):
		return true
	case !f.hasExt("yaml", "yml", "json", "tpl", "gotmpl"):
		return false
	}
	for _, stem := range []string{"docker-compose", "compose", "podman-compose", "docker-stack", "docker-cloud", "values"} {
		if f.variant(stem, "yml", "yaml") {
			return true
		}
	}
	return isManifest(f.head)
}

// isManifest reports whether head begins a Kubernetes object, or a template of one:
// it names both the API and the kind.
func isManifest(head []byte) bool {
	var version, kind bool
	for line := range bytes.Lines(head) {
		line = bytes.TrimLeft(line, " \t{-")
		version = version || hasKey(line, "apiVersion")
		kind = kind || hasKey(line, "kind")
	}
	// JSON may be on one line.
	if !version || !kind {
		return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) && containsAny(head, `"apiVersion":`) && containsAny(head, `"kind":`)
	}
	return true
}

// hasKey reports whether a line of YAML or JSON begins with key.
func hasKey(line []byte, key string) bool {
	line = bytes.TrimPrefix(line, []byte(`"`))
	rest, ok := bytes.CutPrefix(line, []byte(key))
	return ok && bytes.HasPrefix(bytes.TrimPrefix(rest, []byte(`"`)), []byte(":"))
}

// isNotebook reports whether the file is a notebook, which keeps what its code printed
// beside the code.
func isNotebook(f *file) bool {
	switch f.ext {
	case "ipynb", "zpln", "rmd", "qmd", "dib", "livemd":
		return true
	case "py":
		return bytes.HasPrefix(f.head, []byte("# Databricks notebook source")) || containsAny(f.head, "= marimo.App(")
	case "sql", "scala", "r":
		return containsAny(f.head[:min(len(f.head), 64)], " Databricks notebook source")
	}
	return false
}

// isLog reports whether the file records what a program did, or what was typed or sent.
func isLog(f *file) bool {
	switch {
	case f.hasExt("log", "har", "cast"):
		return true
	case strings.Contains(f.name, ".log."): // rotated: app.log.1, app.log.2024-01-01, app.log.gz
		return !isCode(f)
	case f.named("nohup.out", ".bash_history", ".zsh_history", ".python_history", ".node_repl_history", ".psql_history", ".mysql_history",
		"consolehost_history.txt", "fish_history"):
		return true
	case f.inAny("logs", "log"):
		return f.hasExt("", "txt", "out", "err", "json", "jsonl", "gz")
	}
	return false
}

// isDocs reports whether the file is there to be read by people.
func isDocs(f *file) bool {
	if f.hasExt("md", "mdx", "markdown", "mdown", "rst", "adoc", "asciidoc", "org", "textile", "mediawiki", "pod", "tex", "docx", "odt", "pdf", "rtf") {
		return true
	}
	for _, stem := range []string{"readme", "changelog", "changes", "contributing", "history", "install", "security", "license", "licence", "authors", "news"} {
		if f.name == stem || f.name == stem+".txt" {
			return true
		}
	}
	return f.inAny("docs", "doc", "documentation")
}

// isConfig reports whether the file sets values for a program to read.
func isConfig(f *file) bool {
	switch {
	case f.name == ".env" || f.name == ".envrc" || strings.HasPrefix(f.name, ".env.") || strings.HasPrefix(f.name, ".env-") || strings.HasPrefix(f.name, ".env_"):
		return true
	case f.name == "env" || strings.HasPrefix(f.name, "env."):
		return !isCode(f)
	case strings.HasPrefix(f.name, ".") && f.ext == "" && f.ends("rc", "config", "credentials"): // .npmrc, .gitconfig
		return true
	case f.named(".renviron", ".rprofile", "renviron.site", "credentials", "config", "web.config", "app.config", "nginx.conf", ".htaccess"):
		return true
	}
	return configTypes[f.ext]
}

var configTypes = text.Set("env", "envrc", "yaml", "yml", "toml", "ini", "cfg", "conf", "cnf", "config", "properties", "props",
	"json", "json5", "jsonc", "hjson", "xml", "plist", "hcl", "tf", "tfvars", "tfstate", "nomad", "reg", "service", "desktop", "dhall", "prefs",
	"settings", "secrets", "npmrc", "netrc")

// isCode reports whether the file is in a language in which a word without quotes is
// an identifier. In shells, makefiles and configuration it may be a value, and so it
// may in whatever is not known.
func isCode(f *file) bool {
	if f.ext == "" || f.name == ".envrc" {
		return bytes.HasPrefix(f.head, []byte("#!")) && isCodeShebang(f.head)
	}
	return codeTypes[f.ext]
}

// isCodeShebang reports whether the interpreter named in a script's first line is one
// of a programming language rather than a shell.
func isCodeShebang(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return containsAny(line, "python", "node", "ruby", "perl", "php", "deno", "bun", "tsx", "ts-node", "lua", "elixir", "groovy", "swift", "dart")
}

var codeTypes = text.Set(
	"js", "mjs", "cjs", "gs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro", "coffee", "map",
	"py", "pyw", "pyi", "pyx", "rb", "rake", "gemspec", "ru", "php", "phtml", "pl", "pm", "lua", "r", "jl",
	"go", "java", "kt", "kts", "scala", "sc", "groovy", "gradle", "clj", "cljs", "cljc",
	"c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "m", "mm", "cs", "fs", "fsx", "vb", "swift", "dart", "rs", "zig", "nim", "d", "v",
	"ex", "exs", "erl", "hrl", "hs", "elm", "ml", "mli", "sol", "cr", "pas", "sql", "bzl", "star", "jsonnet", "cue", "nix",
	"tf", "hcl", "tfvars")
