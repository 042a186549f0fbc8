package archive

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha1" //nolint:gosec // the size of git's ids
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zlib"

	"github.com/neokeys/neokeys/scanner/pack"
)

// Git keeps objects in packs (gitformat-pack(5)), bundles (gitformat-bundle(5)) and loose
// (gitrepository-layout(5)). All of them are compressed.
const (
	packMark     = "PACK\x00\x00\x00"
	bundleMarkV2 = "# v2 git bundle\n"
	bundleMarkV3 = "# v3 git bundle\n"
)

const (
	// maxObject is how long an object of a pack may be that git keeps as a delta, in bytes. An
	// object in a pack that lies in an archive has half as much.
	maxObject = 64 << 20
	// maxPaths is how many names of a pack's files and folders are remembered, to say the path
	// of an object.
	maxPaths = 200_000
	// maxPathDepth is how many folders such a path may have.
	maxPathDepth = 256
	// maxBundleHead is how long the list of refs in a bundle may be, in bytes.
	maxBundleHead = 16 << 20
)

// gitPack visits the objects of a pack or a bundle but for the folders, whose names give the
// files their paths. Each version of a file is a member of its own.
func (u *Unpacker) gitPack(ctx context.Context, f Format, whole Whole, level int, b *Budget, visit func(Member) error) error {
	hashSize, lacks := 0, ""
	if f == Bundle {
		head, err := readBundleHead(whole)
		if err != nil {
			return err
		}
		hashSize, lacks = head.hashSize, head.lacks
		whole = Whole{io.NewSectionReader(whole.At, head.size, whole.Size-head.size), whole.Size - head.size}
	}
	if hashSize == 0 {
		hashSize = packHashSize(ctx, whole)
	}
	limits := pack.Limits{Text: maxObject >> level, Total: b.left()}
	store, err := pack.OpenReader(ctx, whole.At, whole.Size, hashSize, limits)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	defer store.Close()
	v := &objectVisitor{budget: b, visit: visit, lost: map[string]bool{}, paths: objectPaths{parents: map[pack.ID]objectParent{}, most: maxPaths >> level}}
	v.sweep(ctx, store, limits.Total, pack.Tree)
	v.members = true
	v.sweep(ctx, store, limits.Total, pack.Blob, pack.Commit, pack.Tag)
	switch {
	case v.err != nil:
		return v.err
	case errors.Is(v.unread, pack.ErrTooMuch):
		b.exhaust()
		return ErrTooMuch
	case lacks != "" && v.unread != nil:
		return fmt.Errorf("%w: the bundle is to be added to a repository that has commit %s, and what was made from objects there is not in it", ErrUnread, lacks)
	case v.unread != nil:
		return fmt.Errorf("%w: objects in it cannot be read, %d or more: %w", ErrUnread, len(v.lost), v.unread)
	}
	return nil
}

// An objectVisitor hands a pack's objects on as members.
type objectVisitor struct {
	stop    context.CancelFunc // of the sweep
	left    int64              // bytes that it may still make
	budget  *Budget
	visit   func(Member) error
	members bool // rather than folders
	paths   objectPaths
	err     error           // what visit returned
	unread  error           // why an object could not be read
	lost    map[string]bool // all objects, each with the reason, up to maxLost
	known   int             // problems of the store that were noted
}

// maxLost is how many objects that cannot be read are counted.
const maxLost = 1000

// sweep goes through the objects of some kinds, whose texts may have up to total bytes.
func (v *objectVisitor) sweep(ctx context.Context, store *pack.Store, total int64, kinds ...pack.Kind) {
	ctx, v.stop = context.WithCancel(ctx)
	defer v.stop()
	v.left = total
	var first error // of the sweep itself, whose problems follow from those of the store
	note := func(p pack.Problem) {
		v.count(p)
		first = cmp.Or(first, p.Err)
	}
	// That it was interrupted is known to whoever did it.
	_ = store.Sweep(ctx, pack.Sweep{Kinds: kinds, Jobs: 1, NewVisitor: func() pack.Visitor { return v }, Problem: note, Again: true})
	problems := store.Problems()
	for _, p := range problems[v.known:] {
		v.note(p)
	}
	v.known = len(problems)
	v.unread = cmp.Or(v.unread, first)
}

// note notes that an object cannot be read.
func (v *objectVisitor) note(p pack.Problem) {
	v.count(p)
	if v.unread == nil || errors.Is(p.Err, pack.ErrTooMuch) {
		v.unread = p.Err
	}
}

// count counts an object that cannot be read, once however many sweeps come by it.
func (v *objectVisitor) count(p pack.Problem) {
	if len(v.lost) < maxLost {
		v.lost[p.ID.String()+p.Err.Error()] = true
	}
}

// Visit implements pack.Visitor.
func (v *objectVisitor) Visit(o *pack.Object) any {
	if v.err != nil {
		return nil
	}
	if v.left -= o.Size; v.left < 0 {
		v.note(pack.Problem{Err: pack.ErrTooMuch})
		v.stop()
		return nil
	}
	if !v.members {
		v.paths.add(o)
		return nil
	}
	text := o.Reader
	if text == nil {
		text = bytes.NewReader(o.Text)
	}
	v.err = v.visit(Member{Name: v.paths.of(o), Reader: &unpacked{Reader: text, budget: v.budget}, Header: headerLines(o)})
	if v.err != nil {
		v.stop()
	}
	return nil
}

// headerLines returns how many lines of a commit or tag are before its message. It is 0 for one that is
// not in memory.
func headerLines(o *pack.Object) int {
	if o.Kind == pack.Blob || o.Reader != nil {
		return 0
	}
	_, message, some := bytes.Cut(o.Text, []byte("\n\n"))
	if !some {
		return bytes.Count(o.Text, []byte("\n")) + 1
	}
	message = bytes.TrimLeft(message, "\n")
	return bytes.Count(o.Text[:len(o.Text)-len(message)], []byte("\n"))
}

// objectPaths are where a pack's folders have its files.
type objectPaths struct {
	parents map[pack.ID]objectParent
	most    int
}

type objectParent struct {
	folder pack.ID
	name   string
}

// add remembers what is in a folder. Of an object at several places, one will do.
func (p *objectPaths) add(o *pack.Object) {
	folder := o.ID()
	size := len(folder.Bytes())
	for text := o.Text; len(p.parents) < p.most; {
		mode, rest, _ := bytes.Cut(text, []byte(" "))
		name, rest, ok := bytes.Cut(rest, []byte{0})
		if !ok || len(rest) < size {
			return
		}
		id := pack.NewID(rest[:size])
		text = rest[size:]
		if _, known := p.parents[id]; !known && string(mode) != "160000" { // a submodule's commit
			p.parents[id] = objectParent{folder, string(name)}
		}
	}
}

// of returns the path of an object; its kind and id where no folder has it.
func (p *objectPaths) of(o *pack.Object) string {
	id := o.ID()
	if _, ok := p.parents[id]; !ok || o.Kind != pack.Blob {
		return o.Kind.String() + ":" + id.String()
	}
	var parts []string
	for parent, ok := p.parents[id]; ok && len(parts) < maxPathDepth; parent, ok = p.parents[parent.folder] {
		parts = append([]string{parent.name}, parts...)
	}
	return memberName(strings.Join(parts, "/"))
}

// packHashSize returns the size of the ids in a pack, which only the checksum at its end
// tells. A very large one is taken for one of SHA-1.
func packHashSize(ctx context.Context, whole Whole) int {
	if whole.Size > maxObject || whole.Size < sha256.Size || ctx.Err() != nil {
		return sha1.Size
	}
	h, sum := sha256.New(), make([]byte, sha256.Size)
	_, err := io.Copy(h, io.NewSectionReader(whole.At, 0, whole.Size-sha256.Size))
	if err == nil {
		_, err = whole.At.ReadAt(sum, whole.Size-sha256.Size)
	}
	if (err == nil || errors.Is(err, io.EOF)) && bytes.Equal(sum, h.Sum(nil)) {
		return sha256.Size
	}
	return sha1.Size
}

// A bundleHead is what stands before the pack in a bundle.
type bundleHead struct {
	size     int64
	hashSize int
	lacks    string // a commit that its objects are based on and that is not in it
}

func readBundleHead(whole Whole) (bundleHead, error) {
	h := bundleHead{hashSize: sha1.Size}
	in := bufio.NewReader(io.NewSectionReader(whole.At, 0, min(whole.Size, maxBundleHead)))
	for {
		line, err := in.ReadString('\n')
		h.size += int64(len(line))
		switch {
		case err != nil:
			return h, fmt.Errorf("%w: its list of refs has no end", ErrFormat)
		case line == "\n":
			return h, nil
		case line == "@object-format=sha256\n":
			h.hashSize = sha256.Size
		case line[0] == '-' && h.lacks == "":
			h.lacks, _, _ = strings.Cut(strings.TrimSpace(line[1:]), " ")
		}
	}
}

// maxLooseHead is how long the head of a loose object is at most: a kind and a size.
const maxLooseHead = 32

// isLoose reports whether head begins a loose object.
func isLoose(head []byte) bool {
	text, _ := zlibHead(head)
	return looseHead(text) > 0
}

// isZlib reports whether head begins a stream of zlib: at least so much comes out of it without
// an error, or all.
func isZlib(head []byte) bool {
	text, err := zlibHead(head)
	return !isPlain(head) && (err == nil && len(text) == maxLooseHead || errors.Is(err, io.EOF) && len(text) > 0)
}

// zlibHead returns the first bytes that come out of a stream of zlib.
func zlibHead(head []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(head))
	if err != nil {
		return nil, err
	}
	text := make([]byte, maxLooseHead)
	for n := 0; ; {
		m, err := z.Read(text[n:])
		if n += m; n == len(text) || err != nil {
			return text[:n], err
		}
	}
}

// looseHead returns the length of the head of the loose object that text begins; 0 if there is
// none.
func looseHead(text []byte) int {
	head, _, ok := bytes.Cut(text, []byte{0})
	kind, size, _ := bytes.Cut(head, []byte(" "))
	if !ok || len(size) == 0 || len(bytes.Trim(size, "0123456789")) > 0 {
		return 0
	}
	switch string(kind) {
	case "blob", "tree", "commit", "tag":
		return len(head) + 1
	}
	return 0
}

// looseText returns the text of the loose object in r.
func (d *decoders) looseText(r io.Reader) (io.Reader, error) {
	z, err := d.zlibOf(r)
	if err != nil {
		return nil, err
	}
	text := bufio.NewReaderSize(z, maxLooseHead)
	head, _ := text.Peek(maxLooseHead) // an error comes up again
	_, _ = text.Discard(looseHead(head))
	return text, nil
}
