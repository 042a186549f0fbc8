package git

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A commit is the parts of a commit object that are of use here. Its text is in the
// format that `git cat-file commit` prints.
type commit struct {
	id      pack.ID
	tree    pack.ID
	parents []pack.ID
	when    int64 // the committer's date, in seconds since 1970
	text    []byte
	body    int // offset of the message in text
}

var (
	errCommit = errors.New("damaged: not a commit")
	errTag    = errors.New("damaged: not a tag")
)

// parseCommit takes apart the text of a commit.
func parseCommit(id pack.ID, text []byte, hashSize int) (*commit, error) {
	c := &commit{id: id}
	return c, c.parse(text, hashSize)
}

// parse reads a commit from its text into c. With an error, c has the parts that are not
// damaged; its tree is zero if that cannot be read.
func (c *commit) parse(text []byte, hashSize int) (err error) {
	c.tree, c.parents, c.when, c.text, c.body = pack.ID{}, c.parents[:0], 0, text, len(text)
	if i := bytes.Index(text, []byte("\n\n")); i >= 0 {
		c.body = i + 2
	}
	if bytes.HasPrefix(text, []byte("\n")) {
		c.body = 1 // it has no header
	}
	for rest := text[:c.body]; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte{'\n'})
		rest = after
		key, value, _ := bytes.Cut(line, []byte{' '})
		switch string(key) {
		case "tree", "parent":
			id, ok := parseHexID(value, hashSize)
			switch {
			case !ok:
				err = errCommit
			case key[0] == 't':
				c.tree = id
			default:
				c.parents = append(c.parents, id)
			}
		case "committer":
			c.when, _ = parseWhen(value)
			rest = nil // the rest is not needed, and can be a long signature
		}
	}
	if c.tree.IsZero() {
		err = errCommit
	}
	return err
}

// parseHexID returns the id that text spells in full.
func parseHexID(text []byte, hashSize int) (pack.ID, bool) {
	var raw [64]byte
	if len(text) != 2*hashSize {
		return pack.ID{}, false
	}
	_, err := hex.Decode(raw[:], text)
	return pack.NewID(raw[:hashSize]), err == nil
}

// A tag is the parts of a tag object that are of use here.
type tag struct {
	object pack.ID
	file   bool // the object is said to be a blob
	name   string
}

func parseTag(text []byte) (tag, error) {
	var t tag
	for line := range bytes.Lines(text) {
		key, value, _ := bytes.Cut(bytes.TrimRight(line, "\n"), []byte{' '})
		switch string(key) {
		case "object":
			id, err := pack.ParseID(string(value))
			if err != nil {
				return t, errTag
			}
			t.object = id
		case "type":
			t.file = string(value) == "blob"
		case "tag":
			t.name = string(value)
		case "":
			if t.object.IsZero() {
				return t, errTag
			}
			return t, nil
		}
	}
	if t.object.IsZero() {
		return t, errTag
	}
	return t, nil
}

// A person is an author, committer or tagger.
type person struct {
	name, email string
	seconds     int64 // since 1970
	zone        int   // seconds east of UTC
}

// parsePerson takes apart "Name <email> seconds zone". What is missing is left empty.
func parsePerson(value []byte) person {
	open := bytes.IndexByte(value, '<')
	end := bytes.LastIndexByte(value, '>')
	if open < 0 || end < open {
		return person{name: string(bytes.TrimSpace(value))}
	}
	p := person{name: string(bytes.TrimSpace(value[:open])), email: string(value[open+1 : end])}
	var zone []byte
	p.seconds, zone = parseWhen(value)
	if n, err := strconv.Atoi(string(zone)); err == nil && -9999 <= n && n <= 9999 {
		p.zone = (n/100*60 + n%100) * 60
	}
	return p
}

// parseWhen returns the time that a person's value ends in, and the zone as it is written.
// The time is 0 if there is none.
func parseWhen(value []byte) (seconds int64, zone []byte) {
	end := bytes.LastIndexByte(value, '>')
	if end < 0 {
		return 0, nil
	}
	when, zone, _ := bytes.Cut(bytes.TrimSpace(value[end+1:]), []byte(" "))
	seconds, _ = strconv.ParseInt(string(when), 10, 64) // 0 for what is no number
	return seconds, zone
}

// maxSeconds keeps dates within what RFC 3339 can spell: it is the end of the year 9999.
const maxSeconds = 253402300799

func (p *person) date() time.Time {
	seconds := min(max(p.seconds, 0), maxSeconds-86400)
	return time.Unix(seconds, 0).In(time.FixedZone("", p.zone))
}

// header returns the value of a header line of the commit.
func (c *commit) header(key string) []byte {
	for line := range bytes.Lines(c.text[:c.body]) {
		if value, ok := bytes.CutPrefix(line, []byte(key+" ")); ok {
			return bytes.TrimRight(value, "\n")
		}
	}
	return nil
}

// maxSubject is how many bytes of a subject are of use to a reader.
const maxSubject = 500

// subject returns the first paragraph of the message in one line, as git does, with
// keys in it masked.
func (c *commit) subject() string {
	message := bytes.TrimLeft(c.text[c.body:], "\n")
	message, _, _ = bytes.Cut(message, []byte("\n\n"))
	subject := rules.Mask(strings.Join(strings.Fields(c.words(message)), " "))
	if len(subject) > maxSubject {
		subject = strings.ToValidUTF8(subject[:maxSubject], "") + "..."
	}
	return subject
}

// words returns a part of the commit as UTF-8, up to a NUL, where git, too, takes it to
// end: what is behind it, or is in UTF-16, could be a key that nothing masks.
func (c *commit) words(text []byte) string {
	text, _, _ = bytes.Cut(text, []byte{0})
	if utf8.Valid(text) {
		return string(text)
	}
	name := c.header("encoding")
	for _, e := range charmap.All {
		if cm, ok := e.(*charmap.Charmap); ok && sameCharset(cm.String(), string(name)) {
			if decoded, err := cm.NewDecoder().Bytes(text); err == nil {
				return string(decoded)
			}
		}
	}
	return string(text)
}

// sameCharset reports whether two names of a character set are spelled the same but for
// case and for what is neither letter nor digit.
func sameCharset(a, b string) bool {
	plain := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}
	return strings.Map(plain, a) == strings.Map(plain, b)
}

// finding returns what a report says of the commit.
func (c *commit) finding() *finding.Commit {
	author := parsePerson(c.header("author"))
	return &finding.Commit{
		OID:     c.id.String(),
		Author:  rules.Mask(c.words([]byte(author.name))),
		Email:   rules.Mask(c.words([]byte(author.email))),
		Date:    author.date(),
		Subject: c.subject(),
	}
}
