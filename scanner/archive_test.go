package scanner

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// A file is one to be packed.
type file struct{ name, text string }

func zipped(t testing.TB, method uint16, files ...file) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		m, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: method})
		check(t, err)
		_, err = io.WriteString(m, f.text)
		check(t, err)
	}
	check(t, w.Close())
	return b.String()
}

func tarred(t testing.TB, files ...file) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		check(t, w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.text))}))
		_, err := io.WriteString(w, f.text)
		check(t, err)
	}
	check(t, w.Close())
	return b.String()
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	check(t, err)
	check(t, w.Close())
	return b.String()
}

// packedBlob returns a pack of git's with one blob, and without a checksum.
func packedBlob(t testing.TB, text string) string {
	t.Helper()
	b := bytes.NewBufferString("PACK\x00\x00\x00\x02\x00\x00\x00\x01")
	size := len(text)
	b.WriteByte(3<<4 | 0x80 | byte(size&15))
	b.Write(binary.AppendUvarint(nil, uint64(size>>4)))
	w := zlib.NewWriter(b)
	_, err := io.WriteString(w, text)
	check(t, err)
	check(t, w.Close())
	return b.String() + strings.Repeat("\x00", 20)
}

// scanArchives scans a folder that holds files, up to depth archives deep.
func scanArchives(t testing.TB, depth int, files ...file) *finding.Result {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(f.name)), f.text)
	}
	t.Chdir(dir)
	return New(Options{Paths: []string{"."}, Rules: rules.NewSet(rules.All()), MaxArchiveDepth: depth}).Run(context.Background())
}

// placesOf returns where findings are, and of what exposure.
func placesOf(findings []finding.Finding) []string {
	list := []string{}
	for i := range findings {
		f := &findings[i]
		list = append(list, fmt.Sprintf("%s:%d:%d %s", f.Path, f.Line, f.Column, f.Exposure))
	}
	return list
}

func TestMembers(t *testing.T) {
	key := newKey(rng(30))
	text := "\n  " + key + "\n"
	at := func(name, exposure string) []string { return []string{name + ":2:3 " + exposure} }
	big := strings.Repeat("a line of text\n", 100_000)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a.zip", zipped(t, zip.Deflate, file{"src/a.js", text}), at("a.zip!/src/a.js", "source")},
		{"a.zip", zipped(t, zip.Store, file{"src/a.js", text}), at("a.zip!/src/a.js", "source")},
		{"a.tar", tarred(t, file{"src/a.js", text}), at("a.tar!/src/a.js", "source")},
		{"a.tgz", gzipped(t, tarred(t, file{"src/a.js", text})), at("a.tgz!/src/a.js", "source")},
		{"a.js.gz", gzipped(t, text), at("a.js.gz", "source")},
		{"wrong.name", gzipped(t, text), at("wrong.name", "source")},

		// An app is an app whatever is in it; else what the archive is goes first.
		{"app.apk", zipped(t, zip.Deflate, file{"docs/a.md", text}), at("app.apk!/docs/a.md", "mobile")},
		{"all.zip", zipped(t, zip.Deflate, file{"app.ipa", zipped(t, zip.Deflate, file{"Payload/a.txt", text})}), at("all.zip!/app.ipa!/Payload/a.txt", "mobile")},
		{"public/a.zip", zipped(t, zip.Deflate, file{"a.go", text}), at("public/a.zip!/a.go", "browser")},
		{"dist/app.js.gz", gzipped(t, text), at("dist/app.js.gz", "browser")},
		{"a.jar", zipped(t, zip.Deflate, file{"application.yml", text}), at("a.jar!/application.yml", "config")},
		{"b/.env.gz", gzipped(t, text), at("b/.env.gz", "config")},

		// In one another, of which some are stored and some are not.
		{"a.zip", zipped(t, zip.Store, file{"b.zip", zipped(t, zip.Store, file{"c.txt", text})}), at("a.zip!/b.zip!/c.txt", "source")},
		{"a.tar", tarred(t, file{"big", big}, file{"b.zip", zipped(t, zip.Store, file{"big", big}, file{"c.txt", text})}), at("a.tar!/b.zip!/c.txt", "source")},
		{"a.zip", zipped(t, zip.Deflate, file{"big", big}, file{"b.tar", tarred(t, file{"c.txt.gz", gzipped(t, text)})}), at("a.zip!/b.tar!/c.txt.gz", "source")},

		// Something about the container itself.
		{"a.zip", "#!/bin/sh\n" + zipped(t, zip.Deflate, file{"a.txt", text}), at("a.zip!/a.txt", "source")},
		{"a.txt", "PK\x03\x04" + text, []string{"a.txt:2:3 source"}},
		{"a.txt", "\x1f\x8b\x08\x00" + text, []string{"a.txt:2:3 source"}},
	} {
		r := scanArchives(t, 5, file{c.name, c.text})
		if got := placesOf(r.Findings); !reflect.DeepEqual(got, c.want) || len(r.Problems) > 0 {
			t.Errorf("%s: found %q, want %q; problems %v", c.name, got, c.want, r.Problems)
		}
		for _, f := range r.Findings {
			if want := c.name; strings.Contains(c.name, ".txt") && f.Container != "" || !strings.Contains(c.name, ".txt") && f.Container != want {
				t.Errorf("%s: container %q", c.name, f.Container)
			}
		}
	}
}

// What lies in an archive as it is can be seen twice, and is told once; and what lies
// between the members is told of the archive.
func TestStoredMembersOnce(t *testing.T) {
	random := rng(31)
	keys := []string{newKey(random), newKey(random), newKey(random)}
	// Without a line's end, the first key is followed by the mark of the next header.
	text := zipped(t, zip.Store, file{"a", keys[0]}, file{"b", " " + keys[1] + " "}, file{"c", strings.Repeat("x ", bufferSize)}, file{"d", keys[0]})
	text = text[:len(text)-2] + "\x29\x00 " + keys[2] + " "
	for name, packed := range map[string]string{"a.zip": text, "a.tar": tarred(t, file{"a.zip", text}), "a.zip.gz": gzipped(t, text)} {
		r := scanArchives(t, 5, file{name, packed})
		if got := len(r.Findings); got != 4 {
			t.Errorf("%s: %q", name, placesOf(r.Findings))
		}
		if got := secrets(r); !slices.Contains(got, keys[2]) {
			t.Errorf("%s: the key in the comment is missing", name)
		}
	}
}

// An example in a stored member is counted once, too, and habits in members are not told.
func TestOtherMatchesInMembers(t *testing.T) {
	text := "k = 'neo_sk_prod_" + "abcdefghijklmnopqrstuvwx" + "'\n" +
		"fetch('https://app.neoagent.co/api', {headers: {Authorization: process.env.NEO_API_KEY}})\n"
	if r := scanArchives(t, 5, file{"a.js", text}); len(r.Findings) == 0 || len(r.Examples) != 1 {
		t.Fatalf("the test has lost its point: %q, %d examples", placesOf(r.Findings), len(r.Examples))
	}
	r := scanArchives(t, 5, file{"a.zip", zipped(t, zip.Store, file{"a.js", text})})
	if len(r.Findings) != 0 || len(r.Examples) != 1 || r.Examples[0].Path != "a.zip!/a.js" {
		t.Errorf("%q, examples %q", placesOf(r.Findings), placesOf(r.Examples))
	}
}

// It makes no difference whether an archive can be read once or several times, and in
// which pieces.
func TestArchiveOnStandardInput(t *testing.T) {
	random := rng(32)
	text := zipped(t, zip.Deflate, file{"a", string(randomInput(random, 2*bufferSize))}, file{"b.tar", tarred(t, file{"c", string(randomInput(random, bufferSize))})})
	text += string(randomInput(random, bufferSize))
	options := Options{Paths: []string{Stdin}, Rules: rules.NewSet(rules.All()), MaxArchiveDepth: 5}
	var want []string
	for i := range 4 {
		options.Input = io.Reader(strings.NewReader(text))
		if i > 0 {
			options.Input = &pieces{random, strings.NewReader(text)}
		}
		r := New(options).Run(context.Background())
		if len(r.Problems) > 0 {
			t.Fatal(r.Problems)
		}
		got := placesOf(r.Findings)
		if i == 0 {
			want = got
		}
		if len(got) < 20 || !slices.Equal(got, want) {
			t.Errorf("%d findings, want %d", len(got), len(want))
		}
	}
}

// pieces gives what r does in pieces of any size.
type pieces struct {
	random *rand.Rand
	r      io.Reader
}

func (p *pieces) Read(b []byte) (int, error) {
	return p.r.Read(b[:min(len(b), 1+p.random.IntN(100_000))])
}

func TestWhatIsNotUnpacked(t *testing.T) {
	key := newKey(rng(33))
	inZip := zipped(t, zip.Deflate, file{"a.txt", key})
	encrypted := []byte(zipped(t, zip.Deflate, file{"a.txt", key}, file{"b.txt", key}))
	encrypted[6] |= 1
	encrypted[strings.Index(string(encrypted), "PK\x01\x02")+8] |= 1
	random := rng(34)
	var many strings.Builder
	for range 1000 {
		many.WriteString(newKey(random) + "\n")
	}
	long := gzipped(t, many.String())
	lying := "PK\x03\x04" + strings.Repeat("\x00", 14) + "\xe8\x03" + strings.Repeat("\x00", 6) + "\x01\x00\x00\x00a" + key
	deep := key
	for range 7 {
		deep = gzipped(t, deep)
	}
	for _, c := range []struct {
		name, text string
		depth      int
		found      int
		notice     string
		problem    string
	}{
		{"a.zip", inZip, 5, 1, "", ""},
		{"a.zip", inZip, 0, 0, "1 archive was searched as it is, compressed content was not looked into: a.zip", ""},
		{"a.7z", "7z\xbc\xaf\x27\x1c and so on", 5, 0, "", "this 7z could not be opened"},
		{"a.zip", zipped(t, zip.Store, file{"b.rar", "Rar!\x1a\x07\x00"}), 5, 0, "", "b.rar: this rar could not be opened"},
		{"a.js.br", "what is no archive by its looks", 5, 0, "", ""},
		{"a.js.br", "\xff\xfe what is none", 5, 0, "", "this brotli could not be opened, it is damaged"},
		{"a.cab", "MSCF\x00\x00\x00\x00 and so on", 5, 0, "", "not opened: neokeys cannot read cab; unpack it and scan the folder"},
		{"a.cab", "MSCF\x00\x00\x00\x00 and so on", 0, 0, "looked into: a.cab", ""},
		{"a.tar", tarred(t, file{"a.db", "SQLite format 3\x00" + strings.Repeat("x", maxSpool)}), 5, 0, "", "a.db: this sqlite was not opened: it is too large"},
		{"a.tar", tarred(t, file{"a.exe", "MZ" + strings.Repeat("\x90", 1000) + inZip}), 5, 0, "", "a.exe: this zip was not opened"},
		{"a.exe", "MZ" + strings.Repeat("\x90", 1<<20) + inZip, 5, 1, "", ""},
		{"a.gz", "\x1f\x8b\x08\x00header\x07 no more", 5, 0, "", "this gzip could not be opened, it is damaged"},
		{"a.zst", "\x28\xb5\x2f\xfd and no more", 5, 0, "", "this zstd could not be opened, it is damaged"},
		{"a.lz4", "\x04\x22\x4d\x18 and no more", 5, 0, "", "this lz4 could not be opened, it is damaged"},
		{"a.rpm", "\xed\xab\xee\xdb and no more" + strings.Repeat("x", 200), 5, 0, "", "this rpm could not be opened, it is damaged"},
		{"a.deb", "!<arch>\nand no more" + strings.Repeat("x", 200), 5, 0, "", "this ar could not be opened, it is damaged"},
		{"a.zip", "PK\x03\x04 and no more" + strings.Repeat("x", 200), 5, 0, "", "this zip could not be opened, it is damaged"},
		{"a.zip", zipped(t, zip.Store, file{"b.zst", "\x28\xb5\x2f\xfd and no more"}), 5, 0, "", "b.zst: this zstd could not be opened"},
		{"a.zip", damaged(inZip), 5, 0, "", "a.txt: nothing of it could be unpacked"},
		{"a.tar", tarred(t, file{"objects/pack/a.pack", "PACK\x00\x00\x00\x02\x00\x00\x00\x01x"}), 5, 0, "", "a.pack: "},
		{"a.zip", lying, 5, 1, "", "a: only the first 36 bytes of it could be unpacked: not read"},
		{"a.zip", string(encrypted), 5, 1, "", "1 member not searched: encrypted; unpack it"},
		{"a.gz", deep, 5, 0, "", "1 lie deeper than --max-archive-depth allows"},
		{"a.gz", deep, 7, 1, "", ""},
		{"a.gz", long[:len(long)*3/4], 5, -1, "it ends too early", ""},
		{"a.tgz", gzipped(t, tarred(t, file{"a", key}, file{"b", key})[:1560]), 5, 1, "it ends too early", ""},
		{"a.zip", zipped(t, zip.Store, file{"a", key}, file{"b.gz", long[:len(long)/2]}), 5, -1, "b.gz: it ends too early", ""},
		{"a.zip", zipped(t, zip.Store, file{"a", key}, file{"b.gz", long[:len(long)/2] + "damage" + long[len(long)/2:]}), 5, -1, "b.gz: only the first", ""},
		{"a.tar", tarred(t, file{"a", key})[:512] + strings.Repeat(key+"\n", 20) + strings.Repeat("damage", 1000), 5, -1, "tar could be unpacked", ""},
	} {
		r := scanArchives(t, c.depth, file{c.name, c.text})
		if c.found >= 0 && len(r.Findings) != c.found || c.found < 0 && len(r.Findings) == 0 {
			t.Errorf("%s, %q: found %q", c.name, c.notice+c.problem, placesOf(r.Findings))
		}
		for _, said := range []struct {
			got  []finding.Problem
			want string
		}{{r.Notices, c.notice}, {r.Problems, c.problem}} {
			if said.want == "" && len(said.got) > 0 || said.want != "" && (len(said.got) != 1 || !strings.Contains(said.got[0].Message, said.want)) {
				t.Errorf("%s: said %+v, want %q", c.name, said.got, said.want)
			}
		}
	}
}

// damaged returns a zip of one member with another beginning of what is compressed.
func damaged(zip string) string {
	at := 30 + len("a.txt")
	return zip[:at] + strings.Repeat("\xff", 20) + zip[at+20:]
}

// That archives are not looked into is told once.
func TestArchivesAreTold(t *testing.T) {
	files := []file{{"a.txt", "PK is no archive"}}
	for _, name := range []string{"1.apk", "2.ipa", "3.whl"} {
		files = append(files, file{name, zipped(t, zip.Deflate, file{"a", "b"})})
	}
	files = append(files, file{"4.tgz", gzipped(t, "text")})
	r := scanArchives(t, 0, files...)
	if len(r.Notices) != 1 || len(r.Problems) != 0 {
		t.Fatalf("notices %v, problems %v", r.Notices, r.Problems)
	}
	said := r.Notices[0].Message
	if !strings.Contains(said, "4 archives") || !strings.Contains(said, "1.apk") || strings.Contains(said, "4.tgz") || !strings.HasSuffix(said, "...") {
		t.Error(said)
	}
}

// bombs are small files out of which very much comes.
func bombs(t testing.TB) map[string]string {
	zeros := string(make([]byte, 10<<20))
	nest := zipped(t, zip.Deflate, file{"0", zeros})
	for range 4 { // 10 MiB * 16^4
		var files []file
		for i := range 16 {
			files = append(files, file{fmt.Sprint(i, ".zip"), nest})
		}
		nest = zipped(t, zip.Deflate, files...)
	}
	return map[string]string{
		"zeros.gz":  gzipped(t, strings.Repeat(zeros, 10)),
		"nest.zip":  nest,
		"row.gz":    strings.Repeat(gzipped(t, zeros), 10),
		"flat.zip":  zipped(t, zip.Deflate, slices.Repeat([]file{{"a", zeros}}, 10)...),
		"tar.gz.gz": gzipped(t, gzipped(t, tarred(t, slices.Repeat([]file{{"a", zeros}}, 8)...))),
		"pack.zip":  zipped(t, zip.Deflate, file{"a.pack", packedBlob(t, strings.Repeat(zeros, 8))}),
	}
}

func TestBombs(t *testing.T) {
	for name, bomb := range bombs(t) {
		var r *finding.Result
		memory := allocated(func() { r = scanArchives(t, 5, file{name, bomb}) })
		if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "broken off") || r.Problems[0].Path != name {
			t.Errorf("%s: problems %v", name, r.Problems)
		}
		if r.Summary.Bytes > 300<<20 {
			t.Errorf("%s of %d: searched %d bytes in %d files", name, len(bomb), r.Summary.Bytes, r.Summary.Files)
		}
		if memory > 20<<20 {
			t.Errorf("%s: allocated %d bytes", name, memory)
		}
	}
}

// A million members take no memory that grows with their number.
func TestManyMembers(t *testing.T) {
	const n = 1_000_000
	header := []byte(zipped(t, zip.Store, file{"", ""})[:30])
	header[6] = 0 // the sizes stand in it
	text := strings.Repeat(string(header), n)
	key := newKey(rng(35))
	text += zipped(t, zip.Deflate, file{"a", key})
	path := filepath.Join(t.TempDir(), "a.zip")
	write(t, path, text)
	var r *finding.Result
	memory := allocated(func() {
		r = New(Options{Paths: []string{path}, Rules: rules.NewSet(rules.All()), MaxArchiveDepth: 5, Jobs: 1}).Run(context.Background())
	})
	if len(r.Findings) != 1 || len(r.Problems) != 0 {
		t.Errorf("found %q, problems %v", placesOf(r.Findings), r.Problems)
	}
	if memory > n*100 {
		t.Errorf("allocated %d bytes", memory)
	}
}

// Stopping a scan stops it in the midst of an archive.
func TestInterruptedInArchive(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	text := tarred(t, file{"a", strings.Repeat("text ", 1<<20)}, file{"b", "more"})
	r := &cancelling{strings.NewReader(text), len(text) / 2, cancel}
	s := New(Options{Paths: []string{"a.tar"}, Rules: rules.NewSet(rules.All()), MaxArchiveDepth: 5})
	n, err := s.newStream().search(ctx, "a.tar", r)
	if err == nil || n == int64(len(text)) {
		t.Errorf("searched %d of %d bytes, %v", n, len(text), err)
	}
	if problems := s.out.finish().Problems; len(problems) != 0 {
		t.Errorf("problems %v", problems)
	}
}

// A cancelling reader calls cancel when some of it has been read.
type cancelling struct {
	r      io.Reader
	left   int
	cancel func()
}

func (c *cancelling) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.left -= n; c.left < 0 {
		c.cancel()
	}
	return n, err
}

// Whatever keys are put into whatever archives, they are found, each where it is.
func TestRandomArchives(t *testing.T) {
	random := rng(36)
	for range 30 {
		want := map[string]bool{}
		var pack func(depth int, path string) string
		pack = func(depth int, path string) string {
			if depth == 0 {
				key := newKey(random)
				want[path+" "+key] = true
				return strings.Repeat("some text ", random.IntN(30_000)) + "\n" + key + "\n"
			}
			switch random.IntN(4) {
			case 0:
				return gzipped(t, pack(depth-1, path))
			case 1:
				return pack(depth-1, path)
			}
			var files []file
			for i := range 1 + random.IntN(4) {
				name := fmt.Sprint("f", i)
				files = append(files, file{name, pack(depth-1, path+inArchive+name)})
			}
			switch random.IntN(3) {
			case 0:
				return tarred(t, files...)
			case 1:
				return zipped(t, zip.Store, files...)
			}
			return zipped(t, zip.Deflate, files...)
		}
		r := scanArchives(t, 5, file{"a", pack(4, "a")})
		got := map[string]bool{}
		for i := range r.Findings {
			f := &r.Findings[i]
			got[f.Path+" "+f.Key.Secret.Reveal()] = true
		}
		if !maps.Equal(got, want) || len(r.Findings) != len(want) || len(r.Problems) > 0 {
			t.Errorf("found %d, want %d, problems %v", len(r.Findings), len(want), r.Problems)
		}
	}
}

// Whatever an archive is made of, what lies in it as it is is found, and the pieces in which it is
// read make no difference. Where it can be read at any place, a zip's directory may explain more.
func FuzzArchive(f *testing.F) {
	text := "some text\n"
	tar := tarred(f, file{"a", text}, file{"b.gz", gzipped(f, text)})
	for _, seed := range []string{
		zipped(f, zip.Store, file{"a", text}, file{"b.tar", tar}), zipped(f, zip.Deflate, file{"a", text}, file{"b.tar", tar}),
		tar, gzipped(f, tar), gzipped(f, gzipped(f, gzipped(f, text))), "BZh91AY&SY", "\xfd7zXZ\x00", "\x28\xb5\x2f\xfd",
	} {
		f.Add(uint64(0), []byte(seed))
		f.Add(uint64(1), []byte(seed))
	}
	// As in a scan, one stream searches one text after the other.
	set := rules.NewSet(rules.All())
	var outs [3]collector
	streams := [3]*stream{newStream(set, &outs[0]), newStream(set, &outs[1]), newStream(set, &outs[2])}
	for _, s := range streams {
		s.nest.left = 3
	}
	f.Fuzz(func(t *testing.T, seed uint64, data []byte) {
		random := rng(seed)
		key := newKey(random)
		data = slices.Concat(data, []byte(" "+key+" "))
		search := func(i int, r io.Reader) (said []string) {
			outs[i] = collector{}
			if _, err := streams[i].search(context.Background(), "a", r); err != nil {
				t.Fatal(err)
			}
			result, found := outs[i].finish(), false
			for i := range result.Findings {
				f := &result.Findings[i]
				said = append(said, fmt.Sprint(f.Rule, f.Location, f.Snippet, f.DecodedFrom))
				found = found || f.Key != nil && f.Key.Secret.Reveal() == key
			}
			if !found {
				t.Errorf("the key is not among %q", said)
			}
			return append(said, fmt.Sprint(result.Problems, result.Notices, result.Summary))
		}
		if seed%2 == 0 { // one way to read it for each input: that is twice as fast
			search(0, bytes.NewReader(data))
			return
		}
		whole := search(1, struct{ io.Reader }{bytes.NewReader(data)})
		if again := search(2, &pieces{random, bytes.NewReader(data)}); !slices.Equal(whole, again) {
			t.Errorf("%q, in pieces %q", whole, again)
		}
	})
}

func TestWorkers(t *testing.T) {
	for n, want := range map[int]bool{1: true, 7: true, 200: true, 1_000_000: false} {
		if got := Workers(n); (got == n) != want || got < 1 {
			t.Errorf("%d workers for %d", got, n)
		}
	}
	if Workers(0) < 1 {
		t.Error("no workers")
	}
}
