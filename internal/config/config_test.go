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

const full = `# How this project tunes neokeys.
variables = ["ACME_NEO_KEY", "acme.neo"]
hosts = ["neo-proxy.example.com", "neo.internal:8443"]
browser-folders = ["webroot"]
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
	got.lines = nil
	want := &Config{
		Path:           FileName,
		Variables:      []string{"ACME_NEO_KEY", "acme.neo"},
		Hosts:          []string{"neo-proxy.example.com", "neo.internal:8443"},
		BrowserFolders: []string{"webroot"},
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
		"zzz = 1":                                   `.neokeys.toml:1:1: there is no setting "zzz"`,
		"[rules.stale-key]\nlevels = 'off'":         `.neokeys.toml:2:1: there is no setting "rules.stale-key.levels", did you mean "level"?`,
		"[rules.stale-keys]\nlevel = 'off'":         `.neokeys.toml:1: rules.stale-keys: there is no rule "stale-keys", did you mean "stale-key"?; ` + "`neokeys rules` lists them",
		"[rules.stale-key]\n\nlevel = 'warn'":       `.neokeys.toml:3: rules.stale-key.level: unknown level "warn": use error, warning, note or off`,
		"[rules.stale-key]\nlevel = 'eror'":         `did you mean "error"?`,
		"rules.stale-key.level = 'of'":              `.neokeys.toml:1: rules.stale-key.level: unknown level "of", did you mean "off"?`,
		"max-key-age = 90":                          `.neokeys.toml:1:15: `,
		"max-key-age = '90'":                        `"90" is not an age: write 90d, 12w or 36h`,
		"max-key-age = '0d'":                        `not an age`,
		"hosts = 'api.example.com'":                 `.neokeys.toml:1:9: `,
		"hosts = ['https://api.example.com']":       `leave out https:// and any path`,
		"hosts = ['ok.example.com', 'a b c d']":     `"a b c d" is not a host's name`,
		"variables = ['ACME NEO']":                  `is not a variable's name`,
		"browser-folders = ['a/b']":                 `give the name alone`,
		"hosts = [":                                 `.neokeys.toml:1:`,
		"hosts = []\nhosts = []":                    `.neokeys.toml:2:`,
		"api-url = 'https://gateway.example.com'":   `there is no setting "api-url"`,
		strings.Repeat("# long\n", maxSize/7+1):     `larger than`,
		"variables = ['\u202eACME_NEO_KEY\x1b[31m]": `.neokeys.toml:1:`,
	} {
		_, err := Parse(FileName, []byte(text), ids)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q:\n got %v\nwant %s", text, err, want)
		}
	}
}

// What Format prints is a configuration again, and says where it is from.
func TestFormat(t *testing.T) {
	c, err := Parse(FileName, []byte(full), ids)
	if err != nil {
		t.Fatal(err)
	}
	text := c.Format()
	for _, want := range []string{
		`max-key-age = "30d"  # .neokeys.toml:5`,
		"level = \"off\"  # .neokeys.toml:8",
		`ignore = ["/tests/", "*.golden"]  # .neokeys.toml:12`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	again, err := Parse(FileName, []byte(text), ids)
	if err != nil {
		t.Fatal(err)
	}
	c.lines, again.lines = nil, nil
	if !reflect.DeepEqual(c, again) {
		t.Errorf("%+v became %+v", c, again)
	}
	if text := Default().Format(); !strings.Contains(text, `max-key-age = "90d"  # default`) {
		t.Errorf("the default is %s", text)
	}
}

// The schema accepts what Parse accepts, and rejects its commonest mistakes.
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
	for text, valid := range map[string]bool{
		full:                                  true,
		"":                                    true,
		"max-key-age = '90'":                  false,
		"host = []":                           false,
		"hosts = 'x'":                         false,
		"[rules.nonsense]\nlevel = 'off'":     false,
		"[rules.stale-key]\nlevel = 'of'":     false,
		"[rules.stale-key]\nlevels = 'error'": false,
	} {
		var value map[string]any
		if err := toml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if value == nil {
			value = map[string]any{}
		}
		if err := schema.Validate(value); (err == nil) != valid {
			t.Errorf("%q: %v", text, err)
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
			return
		}
		if _, err := Parse(FileName, []byte(c.Format()), ids); err != nil {
			t.Fatalf("%q becomes %q: %v", text, c.Format(), err)
		}
	})
}
