// Package proof keeps a record of what the API answered about keys: one JSON object a line, each with
// the hash of the one before. The chain shows slips (a line that was changed, left out or put
// elsewhere), not forgery: whoever has the file can make it anew. It holds no key.
//
// Other programs may import this package; before version 1.0 of the module, a minor version
// may change it.
package proof

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// A Record is one answer.
type Record struct {
	N        int              `json:"n"`    // from 1
	Time     time.Time        `json:"time"` // when it came, by the clock here, in UTC
	KeyID    string           `json:"key_id"`
	Host     string           `json:"host"`   // that was asked
	Status   int              `json:"status"` // of HTTP; 0 if there was no answer
	Liveness finding.Liveness `json:"liveness"`
	// RequestID is the one that the API gave, which Neo's support can look up.
	RequestID string `json:"request_id"`
	// Date is the answer's Date header, by the server's clock; nil if there was none.
	Date *time.Time `json:"date"`
	Prev string     `json:"prev"` // the hash of the line before; empty in the first
	// Hash is the SHA-256, in hex, of the line without it: the JSON object that ends after prev.
	Hash string `json:"hash,omitempty"`
}

// line returns r as a line of the file, with its hash.
func (r Record) line() ([]byte, string, error) {
	r.Hash = ""
	text, err := json.Marshal(r)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(text)
	r.Hash = hex.EncodeToString(sum[:])
	text, err = json.Marshal(r)
	return append(text, '\n'), r.Hash, err
}

// maxLine is longer than any line that Append writes.
const maxLine = 16 << 10

// A Broken says where a chain is broken, and how.
type Broken struct {
	Line int
	Why  string
}

func (b *Broken) Error() string { return fmt.Sprintf("line %d: %s", b.Line, b.Why) }

// Read calls each with the records of a chain, in order, and checks it. Its error is a [*Broken] at
// the first line that does not fit, or the reader's.
func Read(r io.Reader, each func(Record)) error {
	lines := bufio.NewReaderSize(r, maxLine)
	prev := ""
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil
		case errors.Is(err, io.EOF):
			return &Broken{n, "it is cut off"}
		case errors.Is(err, bufio.ErrBufferFull):
			return &Broken{n, "it is longer than any that neokeys writes"}
		case err != nil:
			return err
		}
		record, why := check(line, n, prev)
		if why != "" {
			return &Broken{n, why}
		}
		prev = record.Hash
		each(record)
	}
}

// check returns the record on a line, or why it does not fit after the one whose hash is prev.
func check(line []byte, n int, prev string) (r Record, why string) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if d.Decode(&r) != nil {
		return r, "it is no record of an answer"
	}
	whole, hash, err := r.line()
	switch {
	case err != nil || hash != r.Hash:
		return r, "it was changed: its hash is not that of its text"
	case !bytes.Equal(whole, line):
		return r, "it was written anew: it is not as neokeys writes it"
	case r.Prev != prev || r.N != n:
		return r, "it does not follow the line before: a line was left out, added or put elsewhere"
	}
	return r, ""
}

// A File is a chain that is being written.
type File struct {
	f    *os.File
	n    int
	hash string
	size int64
}

// Open opens the chain in a file, to go on with it; a new one if there is no such file. It is an error
// if the chain is broken.
func Open(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	p := &File{f: f}
	if err == nil {
		p.size = info.Size()
		err = Read(f, func(r Record) { p.n, p.hash = r.N, r.Hash })
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s cannot be gone on with: %w", path, err)
	}
	return p, nil
}

// Append writes a record, of which it sets N, Prev and Hash, and has the system keep it.
func (p *File) Append(r Record) error {
	info, err := p.f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != p.size {
		return fmt.Errorf("%s: something else has written to it: give each `neokeys verify` a file of its own", p.f.Name())
	}
	r.N, r.Prev = p.n+1, p.hash
	line, hash, err := r.line()
	if err != nil {
		return err
	}
	if len(line) > maxLine {
		return errors.New("the answer is too long to be recorded")
	}
	if _, err := p.f.Write(line); err != nil {
		return err
	}
	p.n, p.hash, p.size = r.N, hash, p.size+int64(len(line))
	return p.f.Sync()
}

// Close closes the file.
func (p *File) Close() error { return p.f.Close() }
