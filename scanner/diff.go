package scanner

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// A unified diff on standard input is taken as one: what it adds is searched as parts of the files
// that it changes, and all that is in no hunk (messages, headers) as text. The format is that of
// git-diff(1), "Generating patch text with -p", and of diff -u.

// hunkHeader is the first line of a hunk; one of a merge has an @ more for each further parent.
var hunkHeader = lazyregexp.New(`^(@@@*)((?: -[0-9]+(?:,[0-9]+)?)+) \+([0-9]+)(?:,([0-9]+))? @@`)

const (
	// diffPiece is how much is kept of a file in a diff, in bytes, before it is searched.
	diffPiece = 4 << 20
	// diffBuffer is how much is read at a time, in bytes: the first of it decides whether the input
	// is a diff. diffLine is how long a line may be. The rest of a longer one passes for another
	// line.
	diffBuffer = 64 << 10
	diffLine   = 32 << 20
	// diffHeader is how long a line of a header may be.
	diffHeader = 4 << 10
)

// diffOf returns r as a diff, if it begins as one, and how that was printed.
func diffOf(r io.Reader) (_ *bufio.Reader, _ printed, isDiff bool) {
	b := bufio.NewReaderSize(r, diffBuffer)
	head, err := b.Peek(diffBuffer) // what error there is comes again
	p, isDiff := printedOf(head, err == nil)
	return b, p, isDiff
}

// A diff is a unified diff that is being searched.
type diff struct {
	scan    *Scan
	ctx     context.Context
	stream  *stream        // for the files
	found   collector      // what stream finds
	outside *io.PipeWriter // what is in no hunk goes there, with its line numbers
	printed printed

	old, path string // as the header has them
	text      []byte // the new side of the hunks that were not searched yet
	lines     []diffLineAt
	hunk      hunk
	added     int64 // lines
	others    int64 // that are context or removed
	patch     binaryPatch
	binaries  int // files that it has, or says that they differ
}

// A diffLineAt is a line of text: where it is in the new file, and whether the diff adds it.
type diffLineAt struct {
	number int
	added  bool
}

// A hunk is the rest of a hunk that is being read.
type hunk struct {
	parents int   // columns of marks
	old     []int // lines of each parent that are to come
	new     int
	number  int // of the next line of the new file
}

// searchDiff searches a diff. Text outside of its hunks has the given name.
func (s *Scan) searchDiff(ctx context.Context, name string, r *bufio.Reader, p printed) error {
	d := &diff{scan: s, ctx: ctx, stream: s.newStream(), printed: p}
	d.stream.out, d.stream.past = &d.found, true
	in, out := io.Pipe()
	d.outside = out
	done := make(chan error, 1)
	go func() {
		text := s.newStream()
		text.enter(s.projectAt("."))
		_, err := text.search(ctx, name, in)
		_ = in.CloseWithError(err) // the other side need not write any more
		done <- err
	}()
	err := d.read(r)
	_ = out.Close() // it never fails
	err = cmpErr(<-done, err)
	s.out.Files.Add(d.found.Files.Load() + 1)
	s.out.Bytes.Add(d.found.Bytes.Load())
	s.out.forward(&d.found)
	switch {
	case d.added == 0 && d.binaries > 0:
	case d.added == 0:
		s.out.notice(name, "it is a diff that adds no lines: only its headers and messages were searched (--no-diff searches all)")
	case d.others > 0:
		s.out.notice(name, fmt.Sprintf("it is a diff: %d added lines were searched, and not %d others that it removes or shows around them (--no-diff searches all)", d.added, d.others))
	}
	return err
}

func cmpErr(a, b error) error {
	if a != nil && !errors.Is(a, io.EOF) {
		return a
	}
	return b
}

// read goes through the lines.
func (d *diff) read(r *bufio.Reader) error {
	if mark, _ := r.Peek(len(bomUTF8)); string(mark) == bomUTF8 {
		_, _ = r.Discard(len(bomUTF8)) // it was read already
	}
	for {
		line, err := readLine(r)
		if len(line) > 0 {
			d.line(line)
		}
		if ctxErr := d.ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		if err != nil {
			d.flush()
			d.endBinary()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// readLine returns the next line, with what ends it.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) && len(long) < diffLine {
		line, err = r.ReadSlice('\n')
		long = append(long, line...)
	}
	if errors.Is(err, bufio.ErrBufferFull) {
		err = nil
	}
	return long, err
}

// line takes one line, with what ends it.
func (d *diff) line(line []byte) {
	plain, ok := d.printed.plain(line)
	if !ok {
		d.hunk = hunk{}
		_, _ = d.outside.Write(line)
		return
	}
	added := d.added
	if d.inHunk(plain) {
		if added == d.added && (d.printed.words(line) || bytes.HasPrefix(plain, []byte(`\`))) { // it may have what is added
			_, _ = d.outside.Write(line)
		} else {
			_, _ = d.outside.Write([]byte("\n")) // so that lines keep their numbers
		}
		return
	}
	_, _ = d.outside.Write(line) // of a binary file as well: it may be text that only looks like one
	text := string(bytes.TrimRight(plain[:min(len(plain), diffHeader)], "\r\n"))
	if !d.binary(text) {
		d.header(text)
	}
}

// header takes a line that is in no hunk, without what ends it.
func (d *diff) header(text string) {
	switch {
	case strings.HasPrefix(text, "Binary files "):
		d.differ(text)
	case strings.HasPrefix(text, "--- "):
		d.old = diffPath(text[4:])
	case strings.HasPrefix(text, "+++ "):
		d.flush()
		d.hunk = hunk{}
		d.path = withoutPrefix(d.old, diffPath(text[4:]))
	case strings.HasPrefix(text, "diff "):
		d.flush()
		d.hunk = hunk{}
		d.old, d.path, d.patch = "", "", binaryPatch{}
		if names, ok := strings.CutPrefix(text, "diff --git "); ok {
			d.path = gitDiffPath(names)
		}
	case strings.HasPrefix(text, "@@"):
		d.begin(text)
	}
}

// begin begins a hunk.
func (d *diff) begin(header string) {
	m := hunkHeader.FindStringSubmatch(header)
	if m == nil || d.path == "" {
		return
	}
	h := hunk{parents: len(m[1]) - 1}
	for _, field := range strings.Fields(m[2]) {
		_, count, some := strings.Cut(field, ",")
		h.old = append(h.old, countOf(count, some))
	}
	if len(h.old) != h.parents {
		return
	}
	h.number, _ = strconv.Atoi(m[3])
	h.new = countOf(m[4], m[4] != "")
	d.hunk = h
}

// countOf reads the number of lines of a hunk, which is 1 where it is left out.
func countOf(count string, given bool) int {
	if !given {
		return 1
	}
	n, _ := strconv.Atoi(count) // one that is too large is as large as can be
	return n
}

// inHunk takes a line of a hunk, and reports whether it is one.
func (d *diff) inHunk(line []byte) bool {
	h := &d.hunk
	if h.new == 0 && !slices.ContainsFunc(h.old, func(n int) bool { return n > 0 }) {
		return len(line) > 0 && line[0] == '\\' && h.parents > 0
	}
	if len(line) > 0 && line[0] == '\\' { // "\ No newline at end of file"
		return true
	}
	if len(bytes.TrimRight(line, "\r\n")) == 0 {
		line = append(bytes.Repeat([]byte(" "), h.parents), '\n') // some mailers strip the space
	}
	if len(line) < h.parents {
		d.hunk = hunk{}
		return false
	}
	marks, text := line[:h.parents], line[h.parents:]
	if len(bytes.Trim(marks, " +-")) > 0 {
		d.hunk = hunk{} // the header did not tell the truth
		return false
	}
	removed := bytes.IndexByte(marks, '-') >= 0
	for i, m := range marks {
		if m == '-' || m == ' ' && !removed {
			h.old[i]--
		}
	}
	if removed {
		d.others++
		return true
	}
	added := bytes.IndexByte(marks, '+') >= 0
	if added {
		d.added++
	} else {
		d.others++
	}
	d.text = append(d.text, text...)
	if !bytes.HasSuffix(text, []byte("\n")) {
		d.text = append(d.text, '\n')
	}
	d.lines = append(d.lines, diffLineAt{h.number, added})
	h.new--
	h.number++
	if len(d.text) > diffPiece {
		d.flush()
	}
	return true
}

// flush searches what there is of a file.
func (d *diff) flush() {
	text, lines := d.text, d.lines
	d.text, d.lines = nil, nil
	if !slices.ContainsFunc(lines, func(l diffLineAt) bool { return l.added }) {
		return
	}
	d.stream.enter(d.scan.projectAt(filepath.Dir(filepath.FromSlash(d.path))))
	if err := d.stream.searchBytes(d.path, text); err != nil {
		d.scan.out.problem(d.path, err)
	}
	d.found.Files.Add(1)
	d.found.Bytes.Add(int64(len(text)))
	d.scan.out.add(d.place(d.found.result.Findings, lines), d.place(d.found.result.Examples, lines))
	d.found.result.Findings, d.found.result.Examples = nil, nil
}

// place returns those findings that are on lines which are added, with the numbers that these have
// in the file.
func (d *diff) place(list []finding.Finding, lines []diffLineAt) []finding.Finding {
	var placed []finding.Finding
	for _, f := range list {
		first, last := f.Line-1, min(f.EndLine, len(lines))
		if first < 0 || first >= last || !slices.ContainsFunc(lines[first:last], func(l diffLineAt) bool { return l.added }) {
			continue
		}
		f.Line, f.EndLine = lines[first].number, lines[last-1].number
		placed = append(placed, f)
	}
	return placed
}

// diffPath returns the name in a header line, without what follows a tab: diff -u puts a time there.
func diffPath(name string) string {
	name, _, _ = strings.Cut(name, "\t")
	if strings.HasPrefix(name, `"`) {
		if plain, err := strconv.Unquote(name); err == nil {
			return plain
		}
	}
	return name
}

// diffPrefixes are the letters that git puts before names: a and b, or, with diff.mnemonicPrefix,
// those of the commit, the index, the worktree and the object.
const diffPrefixes = "abciwo"

// withoutPrefix returns the name of the newer file without the letter that git puts before it, which
// is another than before the older.
func withoutPrefix(old, path string) string {
	if path == "/dev/null" {
		return withoutPrefix("", old)
	}
	if len(path) < 3 || path[1] != '/' || strings.IndexByte(diffPrefixes, path[0]) < 0 {
		return path
	}
	if old != "" && old != "/dev/null" && (len(old) < 3 || old[1] != '/' || old[0] == path[0]) {
		return path
	}
	return path[2:]
}

// forward adds what another collector holds besides findings.
func (c *collector) forward(from *collector) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.result.Problems = append(c.result.Problems, from.result.Problems...)
	c.result.Notices = append(c.result.Notices, from.result.Notices...)
}
