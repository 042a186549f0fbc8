package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pelletier/go-toml/v2"
)

var ids = []string{"neo-api-key", "neo-legacy-token", "stale-key"}

var own = map[string]string{"neo-api-key": "error", "neo-legacy-token": "error", "stale-key": "warning"}

const full = `# How this project tunes neokeys.
variables = ["ACME_NEO_KEY", "acme.neo"]
hosts = ["neo-proxy.example.com", "neo.internal:8443"]
browser-folders = ["webroot"]
ignore-unopened = ["/vendor/*.cab"]
max-key-age = "30d"

[rules.stale-key]
level = "off"

[rules.neo-legacy-token]
level = "note"
ignore = ["/tests/", "*.golden"]
`

func TestParse(t *testing.T) {
	got, err := Parse(FileName, []byte(full), ids)
	if err != nil {
		t.Fatal(err)
	}
	got.text, got.places = nil, nil
	want := &Config{
		Path:           FileName,
		Variables:      []string{"ACME_NEO_KEY", "acme.neo"},
		Hosts:          []string{"neo-proxy.example.com", "neo.internal:8443"},
		BrowserFolders: []string{"webroot"},
		IgnoreUnopened: []string{"/vendor/*.cab"},
		MaxKeyAge:      30 * 24 * time.Hour,
		Rules: map[string]Rule{
			"stale-key":        {Level: Off},
			"neo-legacy-token": {Level: "note", Ignore: []string{"/tests/", "*.golden"}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got, err := Parse(FileName, nil, ids); err != nil || got.MaxKeyAge != DefaultMaxKeyAge {
		t.Errorf("an empty file: %+v, %v", got, err)
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"varables = []":                             `.neokeys.toml:1:1: there is no setting "varables", did you mean "variables"?`,
		"\n\nhost = []":                             `.neokeys.toml:3:1: there is no setting "host", did you mean "hosts"?`,
		"Hosts = []":                                `.neokeys.toml:1:1: there is no setting "Hosts", did you mean "hosts"?`,
		"zzz = 1":                                   `.neokeys.toml:1:1: there is no setting "zzz"`,
		"[rule.stale-key]\nlevel = 'off'":           `.neokeys.toml:1:2: there is no setting "rule", did you mean "rules"?`,
		"[rules.stale-key]\nlevels = 'off'":         `.neokeys.toml:2:1: there is no setting "rules.stale-key.levels", did you mean "level"?`,
		"[rules.stale-key]\nLevel = 'off'":          `.neokeys.toml:2:1: there is no setting "rules.stale-key.Level", did you mean "level"?`,
		"rules = {stale-key = {levl = 'off'}}":      `.neokeys.toml:1:23: there is no setting "rules.stale-key.levl", did you mean "level"?`,
		"[rules.stale-keys]\nlevel = 'off'":         `.neokeys.toml:1:8: there is no rule "stale-keys", did you mean "stale-key"?`,
		"[rules.zzz]\nlevel = 'off'":                `.neokeys.toml:1:8: there is no rule "zzz"; ` + "`neokeys rules` lists them",
		"[rules.stale-key]\n\nlevel = 'warn'":       `.neokeys.toml:3:9: there is no level "warn": use error, warning, note or off`,
		"[rules.stale-key]\nlevel = 'eror'":         `.neokeys.toml:2:9: there is no level "eror", did you mean "error"?`,
		"rules.stale-key.level = 'of'":              `.neokeys.toml:1:25: there is no level "of", did you mean "off"?`,
		"[rules.stale-key]\nlevel = 3":              `.neokeys.toml:2:9: rules.stale-key.level is a number here; write error, warning, note or off`,
		"[rules]\nstale-key = 'off'":                `.neokeys.toml:2:13: rules.stale-key is a string here; write a table`,
		"rules = 1":                                 `.neokeys.toml:1:9: rules is a number here; write a table`,
		"[[rules.stale-key]]\nlevel = 'off'":        `.neokeys.toml:1:9: rules.stale-key is a list here; write a table`,
		"max-key-age = 90":                          `.neokeys.toml:1:15: max-key-age is a number here; write an age such as "90d"`,
		"max-key-age = 1979-05-27":                  `is a date or time here`,
		"max-key-age = true":                        `is true or false here`,
		"max-key-age = '90'":                        `.neokeys.toml:1:15: "90" is not an age: write 90d, 12w or 36h`,
		"max-key-age = '0d'":                        `not an age`,
		"hosts = 'api.example.com'":                 `.neokeys.toml:1:9: hosts is a string here; write a list of host names`,
		"hosts = ['ok.example.com', 3]":             `.neokeys.toml:1:28: hosts[1] is a number here; write a string`,
		"hosts = ['https://api.example.com']":       `leave out https:// and any path`,
		"hosts = [\n  'ok.example.com', 'a b']":     `.neokeys.toml:2:21: "a b" is not a host's name`,
		"variables = ['ACME NEO']":                  `is not a variable's name`,
		"browser-folders = ['a/b']":                 `give the name alone`,
		"# \u00e9\n\"h\u00e9\" = 1":                 `.neokeys.toml:2:1: there is no setting "hé"`,
		"hosts = [":                                 `.neokeys.toml:1:`,
		"hosts = []\nhosts = []":                    `.neokeys.toml:2:`,
		"api-url = 'https://gateway.example.com'":   `there is no setting "api-url"`,
		strings.Repeat("# long\n", MaxSize/7+1):     `larger than`,
		"variables = ['\u202eACME_NEO_KEY\x1b[31m]": `.neokeys.toml:1:`,
	} {
		_, err := Parse(FileName, []byte(text), ids)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q:\n got %v\nwant %s", text, err, want)
		}
	}
}

// Everything that is wrong is told, in the order of the file.
func TestAllMistakes(t *testing.T) {
	_, err := Parse(FileName, []byte("zzz = 1\nhosts = 2\n[rules.zzz]\n[rules.stale-key]\nlevel = 3\naaa = 4"), ids)
	if err == nil {
		t.Fatal("no error")
	}
	var lines []string
	for line := range strings.Lines(err.Error()) {
		lines = append(lines, strings.SplitN(line, ":", 3)[1])
	}
	if want := []string{"1", "2", "3", "5", "6"}; !reflect.DeepEqual(lines, want) {
		t.Errorf("lines %v, want %v:\n%v", lines, want, err)
	}
}

// What Format prints is a configuration again, and says where it is from.
func TestFormat(t *testing.T) {
	c, err := Parse(FileName, []byte(full), ids)
	if err != nil {
		t.Fatal(err)
	}
	text := c.Format(own)
	for _, want := range []string{
		`max-key-age = "30d"  # .neokeys.toml:6`,
		"level = \"off\"  # .neokeys.toml:9",
		`ignore = ["/tests/", "*.golden"]  # .neokeys.toml:13`,
		"\n#   neo-api-key = \"error\"\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	again, err := Parse(FileName, []byte(text), ids)
	if err != nil {
		t.Fatal(err)
	}
	c.text, c.places, again.text, again.places = nil, nil, nil, nil
	if !reflect.DeepEqual(c, again) {
		t.Errorf("%+v became %+v", c, again)
	}
	if strings.Contains(text, `#   stale-key`) {
		t.Errorf("a level that was set is given as the rule's own:\n%s", text)
	}
	c.SetLevel("neo-api-key", "note", "--severity")
	if text, want := c.Format(own), `level = "note"  # --severity`; !strings.Contains(text, want) {
		t.Errorf("%q is not in\n%s", want, text)
	}
	if text := Default().Format(own); !strings.Contains(text, `max-key-age = "90d"  # default`) {
		t.Errorf("the default is %s", text)
	}
}

// The schema accepts what Parse accepts, and nothing else.
func TestSchema(t *testing.T) {
	text, err := Schema(ids)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		full, "", "max-key-age = '90'", "max-key-age = '0d'", "max-key-age = '007d'", "max-key-age = '12w'", "max-key-age = 3",
		"host = []", "hosts = 'x'", "hosts = ['https://a.example.com']", "hosts = ['a.b']", "hosts = ['a.example.com', 3]",
		"hosts = ['" + strings.Repeat("a.", 126) + "a']", "hosts = ['" + strings.Repeat("a.", 126) + "ab']",
		"variables = ['A B C D']", "variables = ['ABC']", "variables = ['ABCD']",
		"browser-folders = ['.']", "browser-folders = ['..']", "browser-folders = ['a/b']", "browser-folders = ['...']",
		"[rules.nonsense]\nlevel = 'off'", "[rules.stale-key]\nlevel = 'of'", "[rules.stale-key]\nlevels = 'error'",
		"[rules.stale-key]\nlevel = 'off'", "[rules.stale-key]\nignore = ['x', '[']", "[rules.stale-key]\nignore = 'x'", "[rules]",
	} {
		var value map[string]any
		if err := toml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if value == nil {
			value = map[string]any{}
		}
		_, parsed := Parse(FileName, []byte(text), ids)
		if err := schema.Validate(value); (err == nil) != (parsed == nil) {
			t.Errorf("%q: the schema says %v, and Parse %v", text, err, parsed)
		}
	}
}

func TestFind(t *testing.T) {
	root := t.TempDir()
	for _, folder := range []string{"work/.git", "work/a/b", "plain/a"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{FileName, "work/" + FileName, "work/a/b/c.txt", "plain/" + FileName} {
		if err := os.WriteFile(filepath.Join(root, file), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"work":           "work/" + FileName,
		"work/a/b":       "work/" + FileName,
		"work/a/b/c.txt": "work/" + FileName,
		"plain":          "plain/" + FileName,
		"plain/a":        "", // not above what is scanned, outside a worktree
	} {
		got := Find(filepath.Join(root, path), FileName)
		if want != "" {
			want = filepath.Join(root, want)
		}
		if got != want {
			t.Errorf("Find(%s) = %s, want %s", path, got, want)
		}
	}
	link := filepath.Join(root, "plain", "a", FileName)
	if err := os.Symlink("/etc/hostname", link); err != nil {
		t.Skip("no links here")
	}
	if got := Find(filepath.Dir(link), FileName); got != "" {
		t.Errorf("Find follows a link to %s", got)
	}
}

func TestAge(t *testing.T) {
	for s, want := range map[string]time.Duration{"90d": 90 * day, "12w": 84 * day, "36h": 36 * time.Hour} {
		if got, err := ParseAge(s); err != nil || got != want {
			t.Errorf("ParseAge(%s) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "90", "d", "-1d", "1.5d", "0d", "999999d", "90 d", "90days"} {
		if got, err := ParseAge(s); err == nil {
			t.Errorf("ParseAge(%q) = %v", s, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("[rules.\"stale-key\"]\n level='off'\n[[rules]]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(FileName, text, ids)
		if err != nil {
			if strings.Contains(err.Error(), FileName+":0:") {
				t.Fatalf("%q: no place: %v", text, err)
			}
			return
		}
		if _, err := Parse(FileName, []byte(c.Format(own)), ids); err != nil {
			t.Fatalf("%q becomes %q: %v", text, c.Format(own), err)
		}
	})
}
