package facts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/rules/place"
)

func file(path, text string) *File {
	return &File{Text: []byte(text), Place: place.Of(path, []byte(text))}
}

// TestAPICalls writes each call to Neo's hosts as host, what makes it, and the headers, a key in
// one marked with *.
func TestAPICalls(t *testing.T) {
	for _, test := range []struct{ path, text, want string }{
		{"a.js", "fetch('https://api.neoagent.io/agents', {headers: {Authorization: `Bearer ${process.env.NEO_API_KEY}`}})",
			"fetch authorization=bearer*"},
		{"a.js", "const BASE = 'https://api.neoagent.io'\nconst key = process.env.NEO_API_KEY\naxios.get(`${BASE}/x`, {headers: {'Authorization': key}})",
			"get authorization=*"},
		{"a.py", "import requests, os\nrequests.get('https://api.neoagent.io/x', headers={'Authorization': 'Bearer ' + os.environ['NEO_API_KEY']}, verify=False)",
			"get authorization=bearer* insecure"},
		{"a.sh", "curl -k -H \"Authorization: Bearer $NEO_API_KEY\" https://api.neoagent.io/x", "curl authorization=bearer* insecure"},
		{"a.js", "fetch('https://example.com/x', {headers: {Authorization: process.env.NEO_API_KEY}})", ""},
		{"a.js", "const docs = 'https://docs.neoagent.io'", ""},
	} {
		var got []string
		for _, c := range file(test.path, test.text).APICalls() {
			s := test.text[c.Start:c.End]
			for _, h := range c.Headers {
				s += fmt.Sprintf(" %s=%s", h.Name, h.Scheme)
				if h.Key {
					s += "*"
				}
			}
			if len(c.Insecure) > 0 {
				s += " insecure"
			}
			got = append(got, s)
		}
		if got := strings.Join(got, "; "); got != test.want {
			t.Errorf("%s:\n%s\ngot  %s\nwant %s", test.path, test.text, got, test.want)
		}
	}
}

func TestVariables(t *testing.T) {
	for _, test := range []struct{ path, text, want string }{
		{".env", "NEO_API_KEY=x\nB=2\n", "NEO_API_KEY=x B=2"},
		{"Dockerfile", "FROM a\nENV NEO_API_KEY=x B=2\n", "NEO_API_KEY=x B=2"},
		{"docker-compose.yml", "services:\n  a:\n    environment:\n    - NEO_API_KEY=x\n    - B=2\n", "NEO_API_KEY=x B=2"},
		{"docker-compose.yml", "services:\n  a:\n    environment:\n      NEO_API_KEY: x\n", "NEO_API_KEY=x"},
		{".github/workflows/a.yml", "env:\n  NEO_API_KEY: x\n", "NEO_API_KEY=x"},
	} {
		var got []string
		for _, v := range file(test.path, test.text).Variables() {
			got = append(got, v.Name+"="+v.Value)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.path, got, test.want)
		}
	}
}

func TestShellCommands(t *testing.T) {
	for _, test := range []struct{ path, text, want string }{
		{"a.sh", "curl $NEO_API_KEY\n", "curl"},
		{"Makefile", "all:\n\tcurl $(NEO_API_KEY)\n", "curl"},
		{"Dockerfile", "FROM a\nRUN curl $NEO_API_KEY\n", "curl"},
		{".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n    - run: |\n        curl ${{ secrets.NEO_API_KEY }}\n        wget y\n", "curl wget"},
		{"package.json", `{"scripts": {"a": "curl $NEO_API_KEY && wget y"}}`, "curl wget"},
		{"a.py", "curl = x\n", ""},
	} {
		var got []string
		for _, c := range file(test.path, test.text).ShellCommands() {
			got = append(got, c.Name)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.path, got, test.want)
		}
	}
}

// TestKeyNames checks that a weak name counts where something else in the file is Neo's.
func TestKeyNames(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"NEO_API_KEY and neoApiKey", "NEO_API_KEY neoApiKey"},
		{"NEO_TOKEN", ""},
		{"NEO_TOKEN https://api.neoagent.io", "NEO_TOKEN"},
		{"NEON_API_KEY NEO4J_PASSWORD", ""},
	} {
		var got []string
		for _, n := range file("a.txt", test.text).KeyNames() {
			got = append(got, test.text[n.Start:n.End])
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.text, got, test.want)
		}
	}
}

func TestFlow(t *testing.T) {
	f := file("a.js", "const a = process.env.NEO_API_KEY\nconst b = a.trim()\nconsole.log(`key ${b}`)\nconsole.log(a ? 'set' : 'unset')\n")
	w := f.Flow()
	if w == nil {
		t.Fatal("JavaScript is not followed")
	}
	uses := w.KeyUses(0, len(w.Tokens), 0)
	if len(uses) == 0 {
		t.Fatal("no use of a key is found")
	}
	if w.Imports("fs") {
		t.Error("a module is imported that is not")
	}
	if file("a.txt", "NEO_API_KEY").Flow() != nil {
		t.Error("a text is followed as code")
	}
}

func TestHelpers(t *testing.T) {
	for name, want := range map[string]bool{"curl": true, "wget": true, "http": true, "grep": false} {
		if IsHTTPClient(name) != want {
			t.Errorf("IsHTTPClient(%q) is %v", name, !want)
		}
	}
	for name, want := range map[string]bool{"x-tenant-id": true, "x-client-id": true, "authorization": false} {
		if IsTenantHeader(name) != want {
			t.Errorf("IsTenantHeader(%q) is %v", name, !want)
		}
	}
	for _, test := range []struct {
		opt    string
		letter byte
		want   bool
	}{{"-kv", 'v', true}, {"-k", 'v', false}, {"--verbose", 'v', false}} {
		if ShortOption(test.opt, test.letter) != test.want {
			t.Errorf("ShortOption(%q, %c) is %v", test.opt, test.letter, !test.want)
		}
	}
}
