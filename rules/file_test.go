package rules

import (
	"strings"
	"testing"

	"github.com/neokeys/neokeys/rules/place"
)

// paths are names of files that rules look at in ways of their own.
var paths = []string{
	"a.js", "app/page.tsx", "a.vue", "a.py", "a.go", "A.java", "A.kt", "a.swift", "a.dart", "a.cs", "a.rs", "a.m", "a.php", "a.rb", "a.ps1",
	"main.tf", "a.json", "package.json", "a.sh", "Makefile", "Dockerfile", "compose.yaml", ".github/workflows/a.yml", "k8s/a.yaml",
	".env", "a.http", "next.config.js", "environments/environment.ts", "nginx.conf", "README.md", "Procfile",
	"Jenkinsfile", "build.gradle", "a.ejs", "a.html.erb", "wrangler.toml", "Caddyfile", ".envrc",
}

// runFileRules runs all rules that look at whole files, and checks that what they report lies in
// the text.
func runFileRules(t testing.TB, path string, text []byte) {
	t.Helper()
	f := &File{Text: text, Place: place.Of(path, text)}
	for _, r := range All() {
		if r.MatchFile == nil {
			continue
		}
		r.MatchFile(f, func(m Match) {
			if m.Start < 0 || m.Start >= m.End || m.End > len(text) {
				t.Fatalf("%s in %s: a match from %d to %d in %d bytes", r.ID, path, m.Start, m.End, len(text))
			}
			if m.Severity == 0 || m.Confidence == "" || m.Message == "" || strings.Contains(m.Message, "\n") {
				t.Fatalf("%s in %s: %+v", r.ID, path, m)
			}
		})
	}
}

func FuzzFileRules(f *testing.F) {
	for i := range paths {
		f.Add(uint8(i), []byte(fill("const BASE = 'https://api.neoagent.io';\nfetch(`${BASE}?k=${process.env.NEO_API_KEY}`, { headers: { Authorization: '%key% ' } })\n")))
		f.Add(uint8(i), []byte(fill("services:\n  a:\n    environment:\n      - NEO_API_KEY=%key%\n    command: >\n      curl -kv http://api.neoagent.io\n        -H \"Authorization: ${{ secrets.NEO_API_KEY }}\"\n")))
		f.Add(uint8(i), []byte("FROM a\nARG NEO_API_KEY \\\n # c\n B=1\nRUN <<EOF\nset -x; x $NEO_API_KEY | base64\nEOF\nCOPY [\".env\", \"b\"]\n"))
		f.Add(uint8(i), []byte("def f(k=os.environ['NEO_API_KEY']):\n  self.s.headers['Authorization'] = k\n  self.s.get('http://app.neoagent.co', verify=False)\n  print(f'{k}')\n"))
	}
	f.Fuzz(func(t *testing.T, n uint8, text []byte) {
		runFileRules(t, paths[int(n)%len(paths)], text)
	})
}

// Text that is made to be slow to look at is given up on: what takes the square of its
// length, or more, would not end before the tests are given up on themselves.
func TestHostileFiles(t *testing.T) {
	size := 32 << 10
	if testing.Short() {
		size = 2 << 10
	}
	for _, piece := range hostilePieces {
		text := []byte("https://api.neoagent.io NEO_API_KEY\n" + strings.Repeat(piece, size/len(piece)))
		for _, path := range paths {
			runFileRules(t, path, text)
		}
	}
}

var hostilePieces = []string{
	"a=a+'https://api.neoagent.io/'+NEO_API_KEY;\n",
	"f(a,", "f(a)\n", "a.b=", "a=b;b=a;\n", "{", "((", "[{", "'", "`${", "a: {b: ", "x = x\n", "self.a = self.a\n",
	"const a = 'https://api.neoagent.io';\n", "fetch(a, {headers: {Authorization: a}});\n", "curl $a https://api.neoagent.io\n",
	"NEO_API_KEY", "NEO_API_KEY=", "neo_sk_prod_", "http://api.neoagent.io ", "- a: &a [*a]\n", "a:\n ", "$(", "\"$NEO_API_KEY\" ", "RUN a \\\n", "<<A\n", "if ", "def a():\n", "a(b(c(", "a.b.c.d.e.f.", "<script>", "//", "/*", "# ", "\\", "=", "${{ secrets.A }}", "-",
	"proxy_pass https://api.neoagent.io;proxy_set_header Authorization $NEO_API_KEY;\n", "reverse_proxy https://api.neoagent.io {\n",
	"sh(", "exec(", "exec(NEO_API_KEY, ", "setGlobalDispatcher(", "import a from 'react-native-config';a.", "$env:NEO_API_KEY ", "{'Authorization':",
	"a.Header.Set('Authorization', NEO_API_KEY);", "x = {Scheme: 'api.neoagent.io', ", "c => { ", "class A(a) : B(", "data: {NEO_API_KEY: bmVv}\n", "\"{a}",
	"if a := ", "for (a of ", "for a in ", "|a| ", "{ a -> ", "x => ",
}
