package fix

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
)

var update = flag.Bool("update", false, "write the files that are wanted")

// newKey returns a new key of the current API.
func newKey(env string) *finding.Key {
	return finding.NewAPIKey(env, testkey.Secret(rand.New(rand.NewPCG(1, uint64(len(env)))), 24))
}

// fileWith returns the file that template makes with the keys in the place of {{KEY}} and
// {{TOKEN}}, and its findings.
func fileWith(path, template string, keys map[string]*finding.Key) *File {
	for name, k := range keys {
		template = strings.ReplaceAll(template, "{{"+name+"}}", k.Secret.Reveal())
	}
	f := &File{Path: path, Rel: path, Text: []byte(template)}
	f.Findings = findingsIn(path, f.Text, keys)
	return f
}

// findingsIn returns a finding for each place of the keys.
func findingsIn(path string, text []byte, keys map[string]*finding.Key) (list []*finding.Finding) {
	lines := lineStarts(text)
	for _, k := range keys {
		whole := []byte(k.Secret.Reveal())
		for at := 0; ; at++ {
			n := bytes.Index(text[at:], whole)
			if n < 0 {
				break
			}
			at += n
			line, column := position(text, lines, at)
			list = append(list, &finding.Finding{Rule: "neo-api-key", Key: k, Exposure: finding.Source,
				Location: finding.Location{Path: path, Line: line, Column: column, Offset: int64(at)}})
		}
	}
	slices.SortFunc(list, func(a, b *finding.Finding) int { return cmp.Compare(a.Offset, b.Offset) })
	return list
}

// mended returns the file's text with all of its fixes made, as often as it takes, and the reasons
// of findings without a fix.
func mended(t testing.TB, f *File, keys map[string]*finding.Key) (text []byte, reasons []string) {
	t.Helper()
	for range 5 {
		var fixes []*finding.Fix
		reasons = nil
		for _, o := range f.Fix(NewNames([]*File{f}, nil)) {
			if o.Fix == nil {
				reasons = append(reasons, o.Reason)
				continue
			}
			fixes = append(fixes, o.Fix)
		}
		edits, left := Choose(fixes)
		f = &File{Path: f.Path, Rel: f.Rel, Text: Apply(f.Text, edits[f.Path])}
		f.Findings = findingsIn(f.Path, f.Text, keys)
		if len(left) == 0 {
			break
		}
	}
	return f.Text, reasons
}

func testKeys() map[string]*finding.Key {
	return map[string]*finding.Key{"KEY": newKey("prod"), "OTHER": newKey("dev"), "TOKEN": finding.NewLegacyToken(testkey.Secret(rand.New(rand.NewPCG(7, 7)), 40))}
}

// testFiles returns the files in testdata that are to be fixed: testdata/LANGUAGE/PATH.
func testFiles(t testing.TB) (files []string) {
	t.Helper()
	err := filepath.WalkDir("testdata", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "fuzz" {
			return fs.SkipDir
		}
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".want") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return files
}

// inProject returns the path that a file of testdata has in its project.
func inProject(path string) string {
	return strings.SplitN(filepath.ToSlash(path), "/", 3)[2]
}

// Files become what is wanted, and fixing them again changes nothing.
func TestFiles(t *testing.T) {
	for _, path := range testFiles(t) {
		t.Run(strings.TrimPrefix(filepath.ToSlash(path), "testdata/"), func(t *testing.T) {
			template, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			keys := testKeys()
			f := fileWith(inProject(path), string(template), keys)
			got, reasons := mended(t, f, keys)
			for name, k := range keys {
				got = bytes.ReplaceAll(got, []byte(k.Secret.Reveal()), []byte("{{"+name+"}}"))
			}
			for _, why := range reasons {
				got = fmt.Appendf(got, "\nLEFT: %s", why)
			}
			if *update {
				if err := os.WriteFile(path+".want", got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path + ".want")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			if len(reasons) == 0 && bytes.Contains(got, []byte("{{KEY}}")) {
				t.Error("a key is left, and no reason given")
			}
		})
	}
}

// Line ends, a mark of the byte order and white space stay, and new lines end as the others do.
func TestBytesStay(t *testing.T) {
	keys := testKeys()
	for _, test := range []struct{ path, before, after string }{
		{"a.js", "\xef\xbb\xbfconst key = '{{KEY}}';  \r\nx()\t\r\n\r\n", "\xef\xbb\xbfconst key = process.env.NEO_API_KEY;  \r\nx()\t\r\n\r\n"},
		{"a.py", "\xef\xbb\xbfimport sys\r\nkey = '{{KEY}}'  \r\n\t", "\xef\xbb\xbfimport os\r\nimport sys\r\nkey = os.environ['NEO_API_KEY']  \r\n\t"},
		{"b.py", "\xef\xbb\xbfkey = '{{KEY}}'", "\xef\xbb\xbfimport os\n\nkey = os.environ['NEO_API_KEY']"},
		{"c.py", "#!/usr/bin/python\r\n# -*- coding: utf-8 -*-\r\n\r\nkey = '{{KEY}}' \r\n", "#!/usr/bin/python\r\n# -*- coding: utf-8 -*-\r\n\r\nimport os\r\n\r\nkey = os.environ['NEO_API_KEY'] \r\n"},
		{"a.go", "package a\r\n\r\nimport (\r\n\t\"fmt\"\r\n)\r\nvar k = \"{{KEY}}\" \r\n", "package a\r\n\r\nimport (\r\n\t\"fmt\"\r\n\t\"os\"\r\n)\r\nvar k = os.Getenv(\"NEO_API_KEY\") \r\n"},
		{"a.sh", "curl -H 'X: {{KEY}}'   \n\n\n", "curl -H \"X: $NEO_API_KEY\"   \n\n\n"},
		{"compose.yaml", "a:   {{KEY}}   \r\nb: \"x\"  # y  \r\n", "a:   ${NEO_API_KEY}   \r\nb: \"x\"  # y  \r\n"},
		{"k/d.yaml", "apiVersion: v1\r\nkind: Pod\r\nenv:\r\n- name: K\r\n  value: {{KEY}}\r\nx: y", "apiVersion: v1\r\nkind: Pod\r\nenv:\r\n- name: K\r\n  valueFrom:\r\n    secretKeyRef:\r\n      name: neo-api-key\r\n      key: NEO_API_KEY\r\nx: y"},
		{"a.dart", "final k = '{{KEY}}';\r\n", "import 'dart:io';\r\n\r\nfinal k = Platform.environment['NEO_API_KEY']!;\r\n"},
		{"A.java", "class A {\r\n  String é = \"é{{KEY}}é\"; \r\n}", "class A {\r\n  String é = \"é\" + System.getenv(\"NEO_API_KEY\") + \"é\"; \r\n}"},
		{"main.tf", "a = \"{{KEY}}\"", "a = var.neo_api_key\n\nvariable \"neo_api_key\" {\n  type      = string\n  sensitive = true\n}\n"},
		{"Makefile", "NEO_API_KEY={{KEY}}\r\nall: \r\n", "all: \r\n"},
		{".env.example", "A=b \r\nNEO_API_KEY={{KEY}}\r\n", "A=b \r\nNEO_API_KEY=\r\n"},
	} {
		f := fileWith(test.path, test.before, keys)
		got, reasons := mended(t, f, keys)
		if string(got) != test.after || len(reasons) > 0 {
			t.Errorf("%s: got %q, want %q; %q", test.path, got, test.after, reasons)
		}
	}
}

// Different keys have different variables, by what the project calls them.
func TestNames(t *testing.T) {
	keys := testKeys()
	a := fileWith("a.js", "const stagingKey = '{{OTHER}}'; const k = '{{KEY}}'; const NEO_WEBHOOK_TOKEN = '{{TOKEN}}'", keys)
	for _, test := range []struct {
		others         map[string][]byte
		key, other, to string
	}{
		{nil, "NEO_API_KEY", "NEO_API_KEY_DEV", "NEO_WEBHOOK_TOKEN"},
		{map[string][]byte{".env.example": []byte("ACME_NEO_KEY=\nNASA_NEO_API_KEY=\n")}, "ACME_NEO_KEY", "", "NEO_WEBHOOK_TOKEN"},
		{map[string][]byte{".env": []byte("NEO_PROD_KEY=" + keys["KEY"].Secret.Reveal() + "\nNEO_DEV_KEY=" + keys["OTHER"].Secret.Reveal())}, "NEO_PROD_KEY", "NEO_DEV_KEY", "NEO_WEBHOOK_TOKEN"},
	} {
		n := NewNames([]*File{a}, test.others)
		got := []string{n.Of(keys["KEY"]), n.Of(keys["OTHER"]), n.Of(keys["TOKEN"])}
		if got[0] == got[1] || got[2] != test.to {
			t.Errorf("%s: %q", test.others, got)
		}
		if test.other != "" && (got[0] != test.key && got[1] != test.key || got[0] != test.other && got[1] != test.other) {
			t.Errorf("%s: %q, want %s and %s", test.others, got, test.key, test.other)
		}
	}
}

// runners run a program, and so check that it parses. They are what is installed nearly anywhere;
// e2e/fix.sh has the others.
var runners = map[string]func(path string) []string{
	".mjs":  func(p string) []string { return []string{"node", p} },
	".cjs":  func(p string) []string { return []string{"node", p} },
	".py":   func(p string) []string { return []string{"python3", p} },
	".bash": func(p string) []string { return []string{"bash", p} },
	".sh":   func(p string) []string { return []string{"bash", p} },
	".pl":   func(p string) []string { return []string{"perl", p} },
	".go":   func(p string) []string { return []string{"go", "run", p} },
}

// A program prints the same headers before it is fixed and after, with the variable set.
func TestProgramsSendTheSame(t *testing.T) {
	for _, path := range testFiles(t) {
		run := runners[filepath.Ext(path)]
		if run == nil {
			continue
		}
		t.Run(strings.TrimPrefix(filepath.ToSlash(path), "testdata/"), func(t *testing.T) {
			t.Parallel()
			if testing.Short() && filepath.Ext(path) == ".go" {
				t.Skip("slow to build")
			}
			if _, err := exec.LookPath(run("")[0]); err != nil {
				t.Skip(err)
			}
			template, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			keys := testKeys()
			f := fileWith(filepath.Base(path), string(template), keys)
			fixed, reasons := mended(t, f, keys)
			if len(reasons) > 0 {
				t.Skip("not all of it has a fix")
			}
			before := output(t, filepath.Join(t.TempDir(), f.Path), f.Text, run, keys)
			after := output(t, filepath.Join(t.TempDir(), f.Path), fixed, run, keys)
			if !bytes.Equal(before, after) {
				t.Errorf("it printed\n%s\nand now\n%s", before, after)
			}
			if !bytes.Contains(before, []byte("neo_sk_")) {
				t.Error("it prints no key")
			}
		})
	}
}

// output returns what a program prints with the variables set.
func output(t *testing.T, path string, text []byte, run func(string) []string, keys map[string]*finding.Key) []byte {
	t.Helper()
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
	args := run(path)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "NEO_API_KEY="+keys["KEY"].Secret.Reveal())
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s\n%s", args, err, errOut.Bytes(), text)
	}
	return append(out, errOut.Bytes()...) // Go's print writes there
}

// habitPlace is where the fuzzer puts habits.
var habitPlace = regexp.MustCompile(`\$?\b[A-Za-z_.-]+\b|"[^"]*"`)

// Edits touch nothing outside of them, whatever the file.
func FuzzFix(f *testing.F) {
	for _, path := range testFiles(f) {
		if text, err := os.ReadFile(path); err == nil {
			f.Add(inProject(path), string(text))
		}
	}
	f.Add("a.py", "\xef\xbb\xbfkey = '{{KEY}}'  \r\n\tx = f\"{{{KEY}}}\"")
	f.Add("a.js", "console.log(`x ${key}`, key); fetch(`https://x?a=${key}&b`, {}); const h = {Authorization: key}; new A({rejectUnauthorized: false})")
	f.Add("a.sh", "curl -k -H \"Authorization: $NEO_API_KEY\" 'https://x' | b --key \"$NEO_API_KEY\"\necho $NEO_API_KEY")
	f.Add("Dockerfile", "FROM a\nARG NEO_API_KEY\nENV A=b NEO_API_KEY={{KEY}} \\\n C=d\nRUN a $NEO_API_KEY\nCOPY .env a /\n")
	keys := testKeys()
	f.Fuzz(func(t *testing.T, path, template string) {
		file := fileWith(path, template, keys)
		lines := lineStarts(file.Text)
		for _, at := range habitPlace.FindAllIndex(file.Text[:min(len(file.Text), 2000)], 20) {
			for rule := range habits {
				l := finding.Location{Path: path, Offset: int64(at[0])}
				l.Line, l.Column = position(file.Text, lines, at[0])
				l.EndLine, l.EndColumn = position(file.Text, lines, at[1])
				file.Findings = append(file.Findings, &finding.Finding{Rule: rule, Location: l})
			}
		}
		for _, o := range file.Fix(NewNames([]*File{file}, nil)) {
			if o.Fix == nil {
				if o.Reason == "" {
					t.Fatal("neither a fix nor a reason")
				}
				continue
			}
			checkEdits(t, file, o.Fix, keys)
		}
	})
}

// checkEdits checks that the fix replaces what it says, and nothing else.
func checkEdits(t *testing.T, file *File, fix *finding.Fix, keys map[string]*finding.Key) {
	t.Helper()
	edits, left := Choose([]*finding.Fix{fix})
	if len(left) > 0 {
		t.Fatal("its edits stand in each other's way")
	}
	list := edits[file.Path]
	fixed := Apply(file.Text, list)
	// Undo the edits, from their places.
	var undone []byte
	at, done := 0, int64(0)
	for _, e := range list {
		n := int(e.Offset - done)
		if e.EndOffset < e.Offset || !bytes.Equal(fixed[at:at+n], file.Text[done:e.Offset]) {
			t.Fatalf("%+v: bytes outside of it changed", e)
		}
		at += n
		if !bytes.HasPrefix(fixed[at:], []byte(e.New)) {
			t.Fatalf("%+v is not made", e)
		}
		at += len(e.New)
		undone = append(append(undone, file.Text[done:e.Offset]...), file.Text[e.Offset:e.EndOffset]...)
		done = e.EndOffset
		for _, k := range keys {
			if strings.Contains(e.New, k.Secret.Reveal()) {
				t.Fatal("the new text holds a key")
			}
		}
	}
	if undone = append(undone, file.Text[done:]...); !bytes.Equal(undone, file.Text) || !bytes.Equal(fixed[at:], file.Text[done:]) {
		t.Fatal("bytes outside of the edits changed")
	}
}
