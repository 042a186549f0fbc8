package scanner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner/archive"
)

// ArchiveDepth is how many archives in one another are opened where nothing else is said:
// an image of a container, a layer in it, the jar there, and a jar in that.
const ArchiveDepth = 5

// inArchive stands between the path of an archive and the name of a member, as in the
// addresses of Java's jars.
const inArchive = "!/"

// A nest is the position of a stream's input in nested archives. An archive's own bytes are
// searched like any file; at the same time it is unpacked, and another stream searches its
// members.
type nest struct {
	outer    *stream // that of the archive that the input is in; nil for a file
	inner    *stream // that of the members, if the input is an archive; nil until needed
	left     int     // how many archives in one another may yet be opened
	level    int     // how many the input is in
	unpacker archive.Unpacker

	// Of the current input:
	member string          // its name in the archive; empty for the text of a compressed file
	packed []string        // what was undone to see it, outermost first
	known  map[string]bool // the keys that were found in its members
	header int             // lines before the message of a commit or tag
	again  bool            // it has a text of other members, arranged otherwise
	cut    bool            // it ends within a member
	came   bool            // something came out of it
	named  bool            // it has the name of each member twice
	// versions says that it is one of git's objects, or in one: there may be many versions of it,
	// of which the first is reported that holds a key.
	versions bool
	file     *unpacking
}

// An unpacking is the state of one file on disk, with all archives nested in it.
type unpacking struct {
	path   string
	budget archive.Budget
	tooBig string // where the budget came to its end
	deep   int    // archives that lie too deep to be opened
	// told are the matches in git's objects that were reported.
	told map[toldMatch]bool
}

// A toldMatch is a match with a key at a path in an archive.
type toldMatch struct{ rule, key, path string }

// container returns the file that the input was unpacked from, if it was.
func (n *nest) container() string {
	if n.outer == nil {
		return ""
	}
	return n.outer.nest.file.path
}

// ownName returns what the input is called; nothing for what came out of a compressed file.
func (s *stream) ownName() string {
	if s.nest.outer == nil {
		return s.path
	}
	return s.nest.member
}

// opens reports whether to open the input, which begins as f says, and notes why not.
func (s *stream) opens(f archive.Format) bool {
	return f != archive.None && s.mayOpen(f)
}

// carries returns the format of what the input, which is no archive, may carry behind its end; err is that of reading it.
func (s *stream) carries(whole archive.Whole, err error) archive.Format {
	if s.nest.left == 0 || err != nil && !errors.Is(err, io.EOF) {
		return archive.None
	}
	size, tail := int64(s.n), s.text
	switch {
	case err != nil:
	case whole.At == nil:
		size, tail = math.MaxInt64, nil
	default:
		size, tail = whole.Size, make([]byte, archive.CarrierTail)
		n, _ := whole.At.ReadAt(tail, size-int64(len(tail)))
		tail = tail[:n]
	}
	return archive.MayCarry(s.text, tail, size)
}

// mayOpen reports whether to open the input, an archive, and notes why not.
func (s *stream) mayOpen(f archive.Format) bool {
	switch {
	case s.nest.left > 0 && f.Opens():
		return true
	case s.nest.left > 0:
		s.unopen(fmt.Sprintf("not opened: neokeys cannot read %s", f))
	case s.nest.outer != nil:
		s.nest.outer.nest.file.deep++
	default:
		s.out.archive(s.path)
	}
	return false
}

// unopen notes that the input, or something in it, cannot be read.
func (s *stream) unopen(what string) {
	s.out.unopen(cmp.Or(s.nest.container(), s.path), s.inside()+what)
}

// A tap is what an archive is unpacked from. What is read through it is searched as it is,
// too.
type tap struct {
	ctx     context.Context
	stream  *stream
	pending []byte // has been read, and searched
	r       io.Reader
	err     error // of reading or searching
	sized   bool  // the budget knows how much there is to read
}

func (t *tap) Read(p []byte) (n int, err error) {
	if len(t.pending) > 0 {
		n = copy(p, t.pending)
		t.pending = t.pending[n:]
	} else if t.err == nil {
		n, t.err = t.r.Read(p)
		if err := t.stream.feed(t.ctx, p[:n]); err != nil {
			t.err = err
		}
	}
	if t.stream.nest.outer == nil && !t.sized {
		t.stream.nest.file.budget.Grow(int64(n))
	}
	if n > 0 {
		return n, nil
	}
	return 0, t.err
}

// broken reports whether what goes wrong in the archive does so because something is wrong
// with what it is read from.
func (t *tap) broken() bool { return t.err != nil && !errors.Is(t.err, io.EOF) }

// feed puts p into the buffer, and searches that when it is full.
func (s *stream) feed(ctx context.Context, p []byte) error {
	for len(p) > 0 {
		if s.n == s.room {
			if err := s.advance(ctx); err != nil {
				return err
			}
		}
		n := copy(s.buf[s.n:s.room], p)
		s.n += n
		p = p[n:]
	}
	return nil
}

// wholeOf returns r as a file that can be read at any place, if it is one.
func wholeOf(r io.Reader) archive.Whole {
	switch r := r.(type) {
	case *handle:
		if size, err := r.size(); err == nil {
			return archive.Whole{At: r, Size: size}
		}
	case interface { // of what is in memory
		io.ReaderAt
		Size() int64
	}:
		return archive.Whole{At: r, Size: r.Size()}
	}
	return archive.Whole{}
}

// unpack searches what is in the input, an archive that begins as f says.
func (s *stream) unpack(ctx context.Context, f archive.Format, t *tap, whole archive.Whole) {
	s.openNest(f, whole)
	t.sized = whole.At != nil
	n := &s.nest
	skipped, err := n.unpacker.Unpack(ctx, f, t, whole, n.level, &n.file.budget, func(m archive.Member) error {
		return s.unpackMember(ctx, f, t, m)
	})
	if !t.broken() {
		s.unpacked(ctx, f, err)
	}
	s.closeNest(skipped)
}

// endsAsZip reports whether the input, which begins as f says, ends like a zip. A comment at
// its end may be longer than what is left of the input in the buffer.
func (s *stream) endsAsZip(f archive.Format, whole archive.Whole) bool {
	switch {
	case f == archive.Zip:
		return false // it was opened as one
	case archive.EndsAsZip(s.text, f != archive.None):
		return true
	}
	return f == archive.None && whole.At != nil && s.base > 0 && !s.isText() && whole.EndsAsZip()
}

// unpackEnd searches what is in the input, all of which was read and which must be read at
// any place: an archive, or the zip that it ends with.
func (s *stream) unpackEnd(ctx context.Context, f archive.Format, whole archive.Whole) {
	if whole.At == nil {
		s.unopen(fmt.Sprintf("this %s was not opened: it is too large to be opened where it cannot be read at any place", f))
		return
	}
	s.openNest(f, whole)
	n := &s.nest
	ended := &tap{ctx: ctx, stream: s, err: io.EOF}
	skipped, err := n.unpacker.Unpack(ctx, f, strings.NewReader(""), whole, n.level, &n.file.budget, func(m archive.Member) error {
		return s.unpackMember(ctx, f, ended, m)
	})
	s.unpacked(ctx, f, err)
	s.closeNest(skipped)
}

// failing is the rest of what could not be read.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// openNest prepares for the members of the input, an archive.
func (s *stream) openNest(f archive.Format, whole archive.Whole) {
	n := &s.nest
	if n.outer == nil {
		n.file = &unpacking{path: s.path, told: map[toldMatch]bool{}}
		n.file.budget.Grow(whole.Size)
	} else {
		n.file = n.outer.nest.file
	}
	if n.inner == nil {
		n.inner = newStream(s.set, s.out)
		if n.outer == nil {
			// Nobody can fix a habit inside of an archive.
			n.inner.set = s.set.WithoutFileRules()
		}
		n.inner.nest.outer, n.inner.past = s, s.past
		n.inner.nest.level, n.inner.nest.left = n.level+1, n.left-1
	}
	n.inner.out, n.inner.places = s.out, s.places
	n.inner.nest.packed = n.packed
	if f.Decodes() {
		n.inner.nest.packed = slices.Concat(n.packed, []string{f.Encoding()})
	}
	n.cut, n.came, n.named = false, false, f == archive.Zip
	n.inner.nest.versions = n.versions
	switch f {
	case archive.Pack, archive.Bundle, archive.Loose:
		n.inner.nest.versions = true
	}
}

// unpacked says what went wrong when the input was unpacked.
func (s *stream) unpacked(ctx context.Context, f archive.Format, err error) {
	switch {
	case err == nil, ctx.Err() != nil:
	case errors.Is(err, archive.ErrTooMuch):
		s.nest.file.tooBig = cmp.Or(s.nest.file.tooBig, s.path)
	case errors.Is(err, archive.ErrUnopened):
		s.unopen(fmt.Sprintf("this %s could not be opened: %s", f, strings.TrimPrefix(err.Error(), archive.ErrUnopened.Error()+": ")))
	case !s.nest.came && f.Surely(s.beginning()):
		why := strings.TrimPrefix(strings.TrimPrefix(err.Error(), archive.ErrFormat.Error()), ": ")
		s.unopen(strings.TrimSuffix(fmt.Sprintf("this %s could not be opened, it is damaged: %s", f, why), ": "))
	case !s.nest.came && (f == archive.SelfExtracting || f == archive.Carrier): // it is only a text with data in it, or a program
	case errors.Is(err, archive.ErrFormat):
		s.out.archive(s.path)
	default:
		s.tellDamage(s, fmt.Sprintf("not all of this %s could be unpacked, the rest was searched as it is", f), err)
	}
}

// closeNest says what of the input, an archive, was not searched.
func (s *stream) closeNest(skipped archive.Skipped) {
	n := &s.nest
	if n.cut {
		s.notice("it ends too early; all that there is of it was searched")
	}
	s.tellSkipped(skipped)
	if n.outer == nil {
		n.file.tell(s.out)
	}
}

// unpackMember searches a member of the input. The error is that no more can be unpacked.
func (s *stream) unpackMember(ctx context.Context, f archive.Format, t *tap, m archive.Member) error {
	if s.nest.file.budget.Exceeded() {
		return archive.ErrTooMuch
	}
	inner, path := s.nest.inner, s.path
	if m.Encoding != "" {
		around := inner.nest.packed
		inner.nest.packed = slices.Concat(around, []string{m.Encoding})
		defer func() { inner.nest.packed = around }()
	}
	if !f.Compresses() && !m.Nameless {
		path += inArchive + m.Name
		s.out.Files.Add(1)
	}
	inner.nest.member, inner.nest.again, inner.nest.header = m.Name, m.Again, m.Header
	n, err := inner.search(ctx, path, m)
	s.nest.came = s.nest.came || n > 0 || err == nil
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err
	case errors.Is(err, archive.ErrTooMuch):
		s.nest.file.tooBig = cmp.Or(s.nest.file.tooBig, path)
		return err
	case t.broken():
		return t.err
	case errors.Is(err, errTooMany):
		inner.problem(err)
	case f.Compresses() && n == 0 && !errors.Is(err, archive.ErrUnread):
		return fmt.Errorf("%w: %w", archive.ErrFormat, err)
	case n == 0 && (f == archive.Zip || m.Nameless) && !errors.Is(err, archive.ErrUnread):
		inner.unopen(fmt.Sprintf("nothing of it could be unpacked: it is damaged, or not made as the format says: %v", err))
	default:
		s.tellDamage(inner, fmt.Sprintf("only the first %d bytes of it could be unpacked", n), err)
	}
	return nil
}

// tellDamage reports that the input, or a member, could not be unpacked. Damage is a notice:
// nobody can unpack it. An unsupported feature makes the scan incomplete.
func (s *stream) tellDamage(of *stream, what string, err error) {
	switch {
	case errors.Is(err, archive.ErrUnread):
		of.unopen(fmt.Sprintf("%s: %v", what, err))
	case errors.Is(err, io.ErrUnexpectedEOF):
		s.nest.cut = true
	default:
		of.notice(fmt.Sprintf("%s: it is damaged, or not made as the format says: %v", what, err))
	}
}

// tellSkipped says which members were not opened.
func (s *stream) tellSkipped(skipped archive.Skipped) {
	if n := skipped.Encrypted; n > 0 {
		s.unopen(members(n) + " not searched: encrypted")
	}
	if n := skipped.Unknown; n > 0 {
		s.unopen(members(n) + " not searched: compressed in a way that neokeys does not know")
	}
	if n := skipped.Unlisted; n > 0 {
		s.unopen(members(n) + " not searched: the directory at the end of the zip contradicts what stands before the members")
	}
}

func members(n int) string {
	if n == 1 {
		return "1 member"
	}
	return fmt.Sprint(n, " members")
}

// problem records an error about the input, and notice a remark, each with the path of the
// file on disk.
func (s *stream) problem(err error) {
	if path := s.nest.container(); path != "" {
		s.out.problem(path, errors.New(s.inside()+describe(err)))
		return
	}
	s.out.problem(s.path, err)
}

func (s *stream) notice(message string) {
	s.out.notice(cmp.Or(s.nest.container(), s.path), s.inside()+message)
}

// inside names the input for a message about the file that it is in.
func (s *stream) inside() string {
	name := strings.TrimPrefix(s.path, s.nest.container())
	if s.nest.outer == nil || name == "" {
		return ""
	}
	return strings.TrimPrefix(name, inArchive) + ": "
}

// tell reports what was not unpacked.
func (u *unpacking) tell(out *collector) {
	if u.budget.Exceeded() {
		where := strings.TrimPrefix(u.tooBig, u.path)
		if where != "" {
			where = " in " + strings.TrimPrefix(where, inArchive)
		}
		out.problem(u.path, fmt.Errorf("unpacking it was broken off%s: %w", where, archive.ErrTooMuch))
	}
	if u.deep > 0 {
		out.problem(u.path, fmt.Errorf("archives in archives were not opened: %d lie deeper than --max-archive-depth allows", u.deep))
	}
}

// where returns the path that decides the input's place: relative to its project's root, and
// without the suffix of a compressed file.
func (s *stream) where() string {
	outer := s.nest.outer
	switch {
	case outer != nil && s.nest.member == "":
		return archive.Uncompressed(outer.where())
	case outer != nil:
		return outer.where() + inArchive + s.nest.member
	case s.projects != nil:
		return s.projects.of(s.path)
	}
	return s.path
}

// leaveKnown drops archive-level duplicates of member findings: a member may be stored in the
// archive uncompressed, where the bytes behind a key may look like a part of it. It passes the
// keys on to the archive around this one.
func (s *stream) leaveKnown() {
	n := &s.nest
	if len(n.known) > 0 {
		known := func(f finding.Finding) bool {
			if f.Key == nil {
				return false
			}
			secret := f.Key.Secret.Reveal()
			for end := range len(secret) {
				if n.known[secret[:end+1]] {
					return true
				}
			}
			return false
		}
		s.found = slices.DeleteFunc(s.found, known)
		s.examples = slices.DeleteFunc(s.examples, known)
	}
	if n.named {
		s.found = onePerKey(s.found)
		s.examples = onePerKey(s.examples)
	}
	if n.outer == nil {
		return
	}
	if s.isAgain() {
		found := func(f finding.Finding) bool { return f.Key != nil && s.foundBefore(f.Key.Secret.Reveal()) }
		s.found, s.examples = slices.DeleteFunc(s.found, found), slices.DeleteFunc(s.examples, found)
	}
	for _, list := range [][]finding.Finding{s.found, s.examples} {
		for i := range list {
			if k := list[i].Key; k != nil {
				n.outer.know(k.Secret.Reveal())
			}
		}
	}
	for secret := range n.known {
		n.outer.know(secret)
	}
}

// isAgain reports whether the input, or an archive that it is in, has a text of other members.
func (s *stream) isAgain() bool {
	for ; s.nest.outer != nil; s = s.nest.outer {
		if s.nest.again {
			return true
		}
	}
	return false
}

// foundBefore reports whether a key was found in the members whose text the input has again.
func (s *stream) foundBefore(secret string) bool {
	for ; s.nest.outer != nil; s = s.nest.outer {
		if s.nest.again && s.nest.outer.nest.known[secret] {
			return true
		}
	}
	return false
}

// onePerKey drops all findings of a key but the first, in place.
func onePerKey(list []finding.Finding) []finding.Finding {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(f finding.Finding) bool {
		if f.Key == nil {
			return false
		}
		again := seen[f.Rule+f.Key.ID]
		seen[f.Rule+f.Key.ID] = true
		return again
	})
}

// leaveTold drops what was reported of another version of the same file, of which git keeps all.
// The path of a loose object is its id, so those of a repository go together.
func (s *stream) leaveTold() {
	if !s.nest.versions {
		return
	}
	path := s.path
	if folder, name, ok := strings.Cut(path, "/objects/"); ok && !strings.Contains(name, inArchive) {
		path = folder
	}
	told := s.nest.outer.nest.file.told
	known := func(f finding.Finding) bool {
		if f.Key == nil {
			return false
		}
		return told[toldMatch{f.Rule, f.Key.ID, path}]
	}
	s.found, s.examples = slices.DeleteFunc(s.found, known), slices.DeleteFunc(s.examples, known)
	for _, list := range [][]finding.Finding{s.found, s.examples} {
		for _, f := range list {
			if f.Key != nil && len(told) < maxFindings {
				told[toldMatch{f.Rule, f.Key.ID, path}] = true
			}
		}
	}
}

// countFromSubject counts the lines of a commit or tag from its subject. What is before that, such as
// names and addresses, is on none.
func (s *stream) countFromSubject() {
	if s.nest.header == 0 {
		return
	}
	for _, list := range [][]finding.Finding{s.found, s.examples} {
		for i := range list {
			f := &list[i]
			f.Line, f.EndLine = f.Line-s.nest.header, f.EndLine-s.nest.header
			if f.Line <= 0 {
				f.Line, f.Column, f.EndLine, f.EndColumn = 0, 0, 0, 0
			}
		}
	}
}

// know notes that a key was found in one of the input's members.
func (s *stream) know(secret string) {
	if s.nest.known == nil {
		s.nest.known = map[string]bool{}
	}
	if len(s.nest.known) < maxFindings {
		s.nest.known[secret] = true
	}
}
