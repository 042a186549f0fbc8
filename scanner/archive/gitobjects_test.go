package archive

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // git's ids
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// An object is one for packOf.
type object struct {
	kind byte // as in gitformat-pack(5)
	base []byte
	text string
}

// packOf returns a pack of objects.
func packOf(t testing.TB, h hash.Hash, objects ...object) []byte {
	t.Helper()
	p := append([]byte("PACK\x00\x00\x00\x02"), 0, 0, 0, byte(len(objects)))
	for _, o := range objects {
		size := len(o.text)
		c := o.kind<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			p = append(p, c|0x80)
			c = byte(size & 0x7f)
		}
		p = append(append(append(p, c), o.base...), zlibOf(t, []byte(o.text))...)
	}
	h.Write(p)
	return h.Sum(p)
}

func blobID(h hash.Hash, kind, text string) string {
	fmt.Fprintf(h, "%s %d\x00%s", kind, len(text), text)
	return string(h.Sum(nil))
}

// gitSample returns a pack of a file in a folder, one that no folder has, a commit, and a delta of the
// file.
func gitSample(t testing.TB, newHash func() hash.Hash) []byte {
	t.Helper()
	const text, other, commit = "the text of a file", "another text", "tree\n\nmessage"
	file := blobID(newHash(), "blob", text)
	folder := "100644 app.env\x00" + file
	root := "40000 src\x00" + blobID(newHash(), "tree", folder)
	delta := string([]byte{byte(len(text)), byte(len(text) + 1), 0x90, byte(len(text)), 1, '!'})
	return packOf(t, newHash(), object{3, nil, text}, object{3, nil, other}, object{2, nil, folder}, object{2, nil, root},
		object{1, nil, commit}, object{7, []byte(file), delta})
}

// offsetSample is gitSample with a delta that names its base by how far back that is, and with the
// first object of the pack twice.
func offsetSample(t testing.TB, newHash func() hash.Hash) []byte {
	t.Helper()
	const text, other, commit = "the text of a file", "another text", "tree\n\nmessage"
	folder := "100644 app.env\x00" + blobID(newHash(), "blob", text)
	root := "40000 src\x00" + blobID(newHash(), "tree", folder)
	delta := string([]byte{byte(len(text)), byte(len(text) + 1), 0x90, byte(len(text)), 1, '!'})
	back := len(packOf(t, newHash(), object{3, nil, text})) - len(packOf(t, newHash()))
	return packOf(t, newHash(), object{3, nil, other}, object{3, nil, text}, object{6, []byte{byte(back)}, delta}, object{2, nil, folder},
		object{2, nil, root}, object{1, nil, commit})
}

// treeBomb returns a pack of a file and of as many folders as it takes for their texts, of 32 MiB each, to be
// more than may come out of it. Each is a delta of a few bytes.
func treeBomb(t testing.TB) []byte {
	t.Helper()
	const copies, piece = 512, 1 << 16
	base := strings.Repeat("x", piece)
	delta := binary.AppendUvarint(binary.AppendUvarint(nil, piece), copies*piece)
	delta = append(delta, bytes.Repeat([]byte{0x80}, copies)...)
	objects := []object{{3, nil, "the text of a file"}, {2, nil, base}}
	one := len(packOf(t, sha1.New(), object{6, []byte{1}, string(delta)})) - len(packOf(t, sha1.New()))
	back := len(packOf(t, sha1.New(), objects[1])) - len(packOf(t, sha1.New()))
	for i := range 4 {
		distance := back + i*(one+1) // of two bytes
		objects = append(objects, object{6, []byte{byte(distance>>7-1) | 0x80, byte(distance & 0x7f)}, string(delta)})
	}
	return packOf(t, sha1.New(), objects...)
}

// looseOf returns a loose object.
func looseOf(t testing.TB, text string) []byte {
	t.Helper()
	return zlibOf(t, fmt.Appendf(nil, "blob %d\x00%s", len(text), text))
}

// objectsIn returns what is in data, as name and text.
func objectsIn(ctx context.Context, data []byte) (members []string, err error) {
	var u Unpacker
	b := new(Budget)
	b.Grow(int64(len(data)))
	_, err = u.Unpack(ctx, Detect(data), bytes.NewReader(data), wholeOf(bytes.NewReader(data)), 0, b, func(m Member) error {
		text, err := io.ReadAll(m)
		name, _, _ := strings.Cut(m.Name, ":")
		members = append(members, name+" "+string(text))
		return err
	})
	slices.Sort(members)
	return members, err
}

func TestGitObjects(t *testing.T) {
	bundle := func(head string, pack []byte) []byte { return append([]byte(head), pack...) }
	objects := []string{"blob another text", "blob the text of a file!", "commit tree\n\nmessage", "src/app.env the text of a file"}
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"pack":             {gitSample(t, sha1.New), objects},
		"pack, by offsets": {offsetSample(t, sha1.New), objects},
		"offsets, SHA-256": {offsetSample(t, sha256.New), objects},
		"pack of SHA-256":  {gitSample(t, sha256.New), objects},
		"bundle":           {bundle("# v2 git bundle\n"+strings.Repeat("0", 40)+" refs/heads/main\n\n", gitSample(t, sha1.New)), objects},
		"bundle, SHA-256":  {bundle("# v3 git bundle\n@object-format=sha256\n\n", gitSample(t, sha256.New)), objects},
		"loose object":     {looseOf(t, "its text"), []string{" its text"}},
		"empty object":     {looseOf(t, ""), []string{" "}},
		"stream of zlib":   {zlibOf(t, []byte("any text that is long enough to see")), []string{" any text that is long enough to see"}},
		"stream, short":    {zlibOf(t, []byte("short")), []string{" short"}},
		"object, no head":  {zlibOf(t, []byte("blob of a text that has no such head")), []string{" blob of a text that has no such head"}},
		"object, any size": {zlibOf(t, []byte("blob 999999\x00text")), []string{" text"}},
	} {
		if got, err := objectsIn(t.Context(), c.data); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, text := range []string{"x^2 + y^2 = z^2, as everybody knows who has ever read it", "x\x01", "x\x9c", "x\xda\x00"} {
		if f := Detect([]byte(text)); f != None {
			t.Errorf("%q is %s", text, f)
		}
	}
}

// What cannot be read of git's objects is said.
func TestGitObjectsUnread(t *testing.T) {
	whole := gitSample(t, sha1.New)
	missing := packOf(t, sha1.New(), object{3, nil, "a text"}, object{7, make([]byte, 20), "\x06\x06\x90\x06"})
	offsets := offsetSample(t, sha1.New)
	bomb := packOf(t, sha1.New(), slices.Repeat([]object{{3, nil, strings.Repeat("\x00", 40<<20)}}, 4)...)
	for name, c := range map[string]struct {
		data    []byte
		members int
		want    error
	}{
		"cut off":            {whole[:len(whole)-60], 2, ErrUnread},
		"damaged":            {bytes.Replace(whole, whole[40:44], []byte("xxxx"), 1), 2, ErrUnread},
		"delta of no text":   {missing, 1, ErrUnread},
		"bundle, incomplete": {append([]byte("# v2 git bundle\n-"+strings.Repeat("1", 40)+" c\n\n"), missing...), 1, ErrUnread},
		"bundle, cut off":    {[]byte("# v2 git bundle\n" + strings.Repeat("0", 40)), 0, ErrFormat},
		"nothing but a head": {whole[:12], 0, ErrUnread},
		"bomb":               {bomb, 1, ErrTooMuch},
		"bomb of folders":    {treeBomb(t), 1, ErrTooMuch},
		"offsets, damaged":   {bytes.Replace(offsets, offsets[40:44], []byte("xxxx"), 1), 2, ErrUnread},
	} {
		got, err := objectsIn(t.Context(), c.data)
		if !errors.Is(err, c.want) || len(got) < c.members {
			t.Errorf("%s: %.100q, %v", name, got, err)
		}
	}
}

// An interrupt ends the search of a pack.
func TestGitObjectsInterrupted(t *testing.T) {
	var objects []object
	for i := range 250 {
		objects = append(objects, object{3, nil, strings.Repeat(fmt.Sprint(i), 1<<18)})
	}
	data := packOf(t, sha1.New(), objects...)
	binary.BigEndian.PutUint32(data[8:], uint32(len(objects)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	start := time.Now()
	if got, _ := objectsIn(ctx, data); len(got) > 0 || time.Since(start) > time.Second {
		t.Errorf("%d members, %v", len(got), time.Since(start))
	}
}
