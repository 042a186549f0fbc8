package cli

import (
	"path"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// A remedy is what to write in the place of a key in one language.
type remedy struct {
	name string
	// lines have NAME where the variable goes.
	lines string
	// comment is how a comment looks there, with % for its text; empty where there are
	// none.
	comment string
	// names are of files, and, with a dot before them, extensions.
	names string
}

const (
	slashes = "// %"
	hash    = "# %"
	markup  = "<!-- % -->"
)

// remedies holds the languages that are known by the name of a file.
var remedies = []*remedy{
	{"JavaScript, TypeScript", "const key = process.env.NAME;\nif (!key) throw new Error(\"NAME is not set\");", slashes,
		".js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte .astro"},
	{"Python", "import os\nkey = os.environ[\"NAME\"]", hash, ".py .pyi .pyw .ipynb"},
	{"Go", "key := os.Getenv(\"NAME\")\nif key == \"\" { log.Fatal(\"NAME is not set\") }", slashes, ".go"},
	{"Java", "String key = System.getenv(\"NAME\");\nObjects.requireNonNull(key, \"NAME is not set\");", slashes, ".java .groovy"},
	{"Scala", "// throws NoSuchElementException if it is not set:\nval key = sys.env(\"NAME\")", slashes, ".scala .sc"},
	{"Kotlin", "val key = System.getenv(\"NAME\")\n    ?: error(\"NAME is not set\")", slashes, ".kt .kts"},
	{"C#", "var key = Environment.GetEnvironmentVariable(\"NAME\")\n    ?? throw new InvalidOperationException(\"NAME is not set\");", slashes, ".cs"},
	{"PHP", "$key = getenv('NAME');\nif ($key === false) { throw new RuntimeException('NAME is not set'); }", slashes, ".php"},
	{"Ruby", "# raises KeyError if it is not set:\nkey = ENV.fetch(\"NAME\")", hash, ".rb .erb Gemfile Rakefile"},
	{"Rust", "let key = std::env::var(\"NAME\")\n    .expect(\"NAME is not set\");", slashes, ".rs"},
	{"Swift", "guard let key = ProcessInfo.processInfo.environment[\"NAME\"]\nelse { fatalError(\"NAME is not set\") }", slashes, ".swift"},
	{"Dart", "final key = Platform.environment['NAME'];\nif (key == null) throw StateError('NAME is not set');", slashes, ".dart"},
	{"Elixir", "# raises ArgumentError if it is not set:\nkey = System.fetch_env!(\"NAME\")", hash, ".ex .exs"},
	{"C, C++", "const char *key = getenv(\"NAME\");\nif (!key) { fputs(\"NAME is not set\\n\", stderr); exit(1); }", slashes, ".c .h .cc .cpp .hpp"},
	{"Perl", "my $key = $ENV{NAME}\n    or die \"NAME is not set\";", hash, ".pl .pm .t"},
	{"Lua", "local key = os.getenv(\"NAME\")\nassert(key, \"NAME is not set\")", "-- %", ".lua"},
	{"R", "key <- Sys.getenv(\"NAME\")\nstopifnot(nzchar(key))", hash, ".r .rmd .rprofile"},
	{"shell", ": \"${NAME:?is not set}\"\ncurl -H \"Authorization: Bearer $NAME\" ...", hash, ".sh .bash .zsh .ksh .fish .bats"},
	{"PowerShell", "$key = $env:NAME\nif (-not $key) { throw 'NAME is not set' }", hash, ".ps1 .psm1"},
	{"Terraform", "variable \"neo_api_key\" { sensitive = true }  # var.neo_api_key\nexport TF_VAR_neo_api_key=\"$NAME\"            # in the shell", hash, ".tf .tfvars .hcl"},
	{"SQL", "-- take it out of the script:\n-- psql -v key=\"$NAME\" -f script.sql, and :'key' in it", "-- %", ".sql"},
	{"HTML", "<!-- no page may hold it: have your server call Neo, -->\n<!-- and the page call your server -->", markup, ".html .htm .xhtml"},
	{"XML", "<!-- take the value out, and read the variable NAME -->\n<!-- in the program that reads this file -->", markup, ".xml .plist .svg .xaml .resx .csproj .props .targets"},
	{"documentation", "Authorization: Bearer $NAME\n(a placeholder such as <your key> does as well)", markup, ".md .markdown .mdx .rst .adoc .txt"},
	{"Docker Compose", "environment:\n  - NAME   # its value comes from your shell, or from an .env file that git ignores", hash,
		"docker-compose.yml docker-compose.yaml compose.yml compose.yaml"},
	{"Dockerfile", "RUN --mount=type=secret,id=NAME,env=NAME ./build.sh   # docker build --secret id=NAME,env=NAME\n# or only when it runs: docker run -e NAME IMAGE", hash,
		"Dockerfile Containerfile .dockerfile"},
	{"Properties", "# in place of the value, where the framework fills it in:\n${NAME}", hash, ".properties .ini .cfg .conf"},
	{"TOML", "# take the value out and read it in the program:\n# the variable NAME goes before the file", hash, ".toml"},
	{"JSON", "Take the value out, and read the variable NAME in the program\nwhere it reads this file now.", "", ".json .json5 .jsonc .tfstate"},
}

var (
	workflowRemedy = &remedy{"GitHub Actions", "env:\n  NAME: ${{ secrets.NAME }}   # Settings > Secrets and variables > Actions", hash, ""}
	gitlabRemedy   = &remedy{"GitLab CI", "script:\n  - ./deploy.sh \"$NAME\"   # Settings > CI/CD > Variables: masked, protected", hash, ""}
	kubeRemedy     = &remedy{"Kubernetes", "- name: NAME\n  valueFrom: {secretKeyRef: {name: neo, key: api-key}}", hash, ""}
	yamlRemedy     = &remedy{"YAML", "key: ${NAME}   # where the program fills in variables;\n               # otherwise read NAME in the program", hash, ""}
	ciRemedy       = &remedy{"CI", "# have the CI's store of secrets set NAME for the job, and read it:\n\"$NAME\"", hash, ""}
	dotenvRemedy   = &remedy{".env", "git rm --cached <this file>     # it stays on your disk\necho '.env*' >> .gitignore      # and out of git; !.env.example for a sample", hash, ""}
	browserRemedy  = &remedy{"in what a browser or an app loads", "No variable helps: whatever is built in can be read by all who load it.\nHave your server call Neo, and this program your server.", "", ""}
	otherRemedy    = &remedy{"here", "Take the value out, and read the variable NAME in the program.\nIts value is set by the environment, or by a secret manager.", hash, ""}
)

// remedyFor returns what to write in a file instead of a key.
func remedyFor(file string, exposure finding.Exposure) *remedy {
	name := path.Base(file)
	lower := strings.ToLower(name)
	ext := path.Ext(lower)
	yaml := ext == ".yml" || ext == ".yaml"
	switch {
	case exposure.Public():
		return browserRemedy
	case strings.HasPrefix(lower, ".env") || ext == ".env" || ext == ".envrc":
		return dotenvRemedy
	case strings.Contains("/"+file, "/.github/") && yaml:
		return workflowRemedy
	case strings.HasPrefix(lower, ".gitlab-ci"):
		return gitlabRemedy
	case strings.HasPrefix(name, "Dockerfile."):
		name = "Dockerfile"
	}
	for _, m := range remedies {
		for known := range strings.FieldsSeq(m.names) {
			if known == name || known == ext && ext != "" {
				return m
			}
		}
	}
	switch {
	case exposure == finding.CI:
		return ciRemedy
	case exposure == finding.Container && yaml:
		return kubeRemedy
	case yaml:
		return yamlRemedy
	}
	return otherRemedy
}

// text returns the lines with the variable that Neo's guides give the kind of key.
func (m *remedy) text(k *finding.Key) string {
	name := "NEO_API_KEY"
	if k.Kind == finding.KindLegacy {
		name = "NEOAGENT_SECRET_KEY"
	}
	return strings.ReplaceAll(m.lines, "NAME", name)
}
