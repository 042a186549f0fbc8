package scanner

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/testkey"
)

// database returns what sqlite3 makes of a script.
func database(t *testing.T, script string) string {
	t.Helper()
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("sqlite3 is not installed")
	}
	path := filepath.Join(t.TempDir(), "a.db")
	cmd := exec.Command(program, path, script)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(path)
	check(t, err)
	return string(text)
}

// In a database the cells have edges, which the bytes of the file do not show: a row is
// found once, in its table, with the whole key and no more.
func TestDatabaseRows(t *testing.T) {
	random := rng(50)
	k1, k2 := newKey(random), newKey(random)
	for _, pragma := range []string{"", "pragma encoding='UTF-16';"} {
		text := database(t, pragma+"create table kv(k text primary key, v text); insert into kv values('tz', 'UTC'), ('NEO_API_KEY', '"+k1+"'), ('x', '"+k2+"'), ('LONGER', 'buffer');")
		want := []string{"a.db!/kv:2:13 source", "a.db!/kv:3:3 source"}
		for name, packed := range map[string]string{"a.db": text, "a.tar": tarred(t, file{"a.db", text})} {
			r := scanArchives(t, 5, file{name, packed})
			got := placesOf(r.Findings)
			for i := range got {
				got[i] = strings.TrimPrefix(got[i], "a.tar!/")
			}
			if keys := secrets(r); !slices.Equal(got, want) || !slices.Contains(keys, k1) || !slices.Contains(keys, k2) || len(r.Problems) > 0 {
				t.Errorf("%s: found %q, problems %v", name, got, r.Problems)
			}
		}
	}
}

// A token is found by the name beside it or above it, in a sheet as in a table, and once.
func TestCells(t *testing.T) {
	random := rng(52)
	token := testkey.Secret(random, 32)
	strs := `<sst><si><t>` + token + `</t></si><si><t>client</t></si><si><t>neo_api_key</t></si><si><t>acme</t></si></sst>`
	cell := func(name, text string) string { return `<c r="` + name + `" t="s"><v>` + text + `</v></c>` }
	beside := `<worksheet><row r="4">` + cell("A4", "2") + cell("B4", "0") + `</row></worksheet>`
	under := `<worksheet><row r="1">` + cell("A1", "1") + cell("B1", "2") + `</row><row r="2">` + cell("A2", "3") + cell("B2", "0") + `</row></worksheet>`
	book := func(sheet string) string {
		return zipped(t, zip.Deflate, file{"xl/worksheets/sheet1.xml", sheet}, file{"xl/sharedStrings.xml", strs})
	}
	for want, f := range map[string]file{
		"a.xlsx!/xl/worksheets/sheet1.xml cells:4:13 source": {"a.xlsx", book(beside)},
		"b.xlsx!/xl/worksheets/sheet1.xml cells:2:18 source": {"b.xlsx", book(under)},
		"a.db!/tenants:1:15 source":                          {"a.db", database(t, "create table tenants(id integer, neo_api_key text); insert into tenants values(1, '"+token+"');")},
	} {
		r := scanArchives(t, 5, f)
		if got := placesOf(r.Findings); !slices.Equal(got, []string{want}) || len(r.Problems) > 0 || secrets(r)[0] != token {
			t.Errorf("found %q, want %q; problems %v", got, want, r.Problems)
		}
	}
}

// A key that an office program has cut is found, and one that it has not is found once.
func TestDocuments(t *testing.T) {
	key := newKey(rng(51))
	whole := "<w:document><w:p><w:r><w:t>" + key + "</w:t></w:r></w:p></w:document>"
	cut := "<w:document><w:p><w:r><w:t>first</w:t></w:r></w:p><w:p><w:r><w:t>a " + key[:9] + "</w:t></w:r><w:r><w:t>" + key[9:] + "</w:t></w:r></w:p></w:document>"
	for text, want := range map[string]string{whole: "a.docx!/word/document.xml:1:1 docs", cut: "a.docx!/word/document.xml:2:3 docs"} {
		r := scanArchives(t, 5, file{"a.docx", zipped(t, zip.Deflate, file{"word/document.xml", text})})
		if got := placesOf(r.Findings); !slices.Equal(got, []string{want}) || len(r.Problems) > 0 {
			t.Errorf("found %q, want %q; problems %v", got, want, r.Problems)
		}
	}
}

// All that is in a container's image is in a container.
func TestImages(t *testing.T) {
	key := newKey(rng(52))
	digest := strings.Repeat("0123456789abcdef", 4)
	config := `{"config":{"Env":["NEO_API_KEY=` + key + `"]},"history":[]}`
	layer := gzipped(t, tarred(t, file{"app/x.txt", key}))
	for name, want := range map[string]string{"blobs/sha256/" + digest: "container", digest + ".json": "container", "other/" + digest: "source"} {
		r := scanArchives(t, 5, file{"a.tar", tarred(t, file{name, config})})
		if got := placesOf(r.Findings); !slices.Equal(got, []string{"a.tar!/" + name + ":1:32 " + want}) {
			t.Errorf("found %q", got)
		}
	}
	for _, name := range []string{"blobs/sha256/" + digest, digest + "/layer.tar"} {
		r := scanArchives(t, 5, file{"a.tar", tarred(t, file{name, layer})})
		if got := placesOf(r.Findings); !slices.Equal(got, []string{"a.tar!/" + name + "!/app/x.txt:1:1 container"}) {
			t.Errorf("found %q", got)
		}
	}
	// Unpacked, it is the same.
	r := scanArchives(t, 5, file{"blobs/sha256/" + digest, config})
	if got := placesOf(r.Findings); !slices.Equal(got, []string{"blobs/sha256/" + digest + ":1:32 container"}) {
		t.Errorf("found %q", got)
	}
}

// A zip that contradicts itself gives each key once.
func TestLyingZipOnce(t *testing.T) {
	key := newKey(rng(53))
	text := []byte(zipped(t, zip.Deflate, file{"a.txt", key}, file{"b.txt", "other"}))
	for _, lie := range []func(){func() { text[8] = 0 }, func() { text[8] = 8; text[6] |= 1 }} {
		lie()
		r := scanArchives(t, 5, file{"a.zip", string(text)})
		if got := placesOf(r.Findings); !slices.Equal(got, []string{"a.zip!/a.txt:1:1 source"}) || len(r.Problems) > 0 {
			t.Errorf("found %q, problems %v", got, r.Problems)
		}
	}
}
