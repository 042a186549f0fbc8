// Package pack reads git object stores in bulk: packs, loose objects and alternates.
// It walks each family of deltas from its root with the parent's text in hand, so that
// no stream is inflated twice, and gives the edits that made each text from its parent's.
//
// What it reads may be damaged or made to do harm. Every object that cannot be read is
// named and the rest read; sizes that a file declares are claims, and memory is taken
// for what was read. Damage is noticed by the checksums that the formats have for each
// object's bytes or text; an object is hashed only where there is none, or where it is
// wrong. So the names of objects are those that an index gives them.
//
// The formats are those of git's own documentation, gitformat-pack(5) and
// gitrepository-layout(5).
package pack

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// An ID names an object. It is comparable; the zero ID names none.
type ID struct {
	raw  [maxHash]byte
	size uint8
}

// maxHash is the size in bytes of the longest hash that git knows, SHA-256.
const maxHash = 32

// NewID returns the ID whose bytes are raw: 20 for SHA-1, 32 for SHA-256.
func NewID(raw []byte) ID {
	var id ID
	id.size = uint8(copy(id.raw[:], raw))
	return id
}

// ParseID returns the ID that s spells in hexadecimal.
func ParseID(s string) (ID, error) {
	if len(s) != 40 && len(s) != 64 {
		return ID{}, fmt.Errorf("%q is not an object id: it has %d characters, not 40 or 64", s, len(s))
	}
	raw, err := hex.DecodeString(s)
	if err != nil {
		return ID{}, fmt.Errorf("%q is not an object id: %w", s, err)
	}
	return NewID(raw), nil
}

// Bytes returns the bytes of id, which the caller must not change.
func (id *ID) Bytes() []byte { return id.raw[:id.size] }

// IsZero reports whether id names no object.
func (id ID) IsZero() bool { return id.size == 0 }

// String returns id in hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id.raw[:id.size]) }

// Kind is what an object is. The values are those of the pack format.
type Kind uint8

// The kinds of objects.
const (
	Commit Kind = 1
	Tree   Kind = 2
	Blob   Kind = 3
	Tag    Kind = 4

	ofsDelta Kind = 6
	refDelta Kind = 7
)

var kindNames = [...]string{Commit: "commit", Tree: "tree", Blob: "blob", Tag: "tag"}

// String returns git's name for k.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "unknown"
}

func parseKind(name string) (Kind, bool) {
	for k, n := range kindNames {
		if n != "" && n == name {
			return Kind(k), true
		}
	}
	return 0, false
}

const (
	// MaxText is the longest text that is ever held in memory, in bytes. Git itself
	// makes no deltas of longer ones (core.bigFileThreshold). A longer object that
	// is no delta is read as a stream.
	MaxText = 512 << 20
	// maxRatio is how many bytes a byte of deflate can at most stand for.
	maxRatio = 1032
)

// A Problem is something in a store that cannot be read.
type Problem struct {
	ID   ID     // the object, if it is one and its name is known
	Path string // the file in which it lies
	Err  error
}

var (
	// ErrNotFound says that a store does not have an object.
	ErrNotFound = errors.New("not in the object store")
	// ErrTooLarge says that an object's text is longer than asked for or than
	// MaxText.
	ErrTooLarge = errors.New("too large to hold in memory")
	// ErrTooMuch says that more would be made of a pack than its [Limits] allow.
	ErrTooMuch = errors.New("more comes out of the pack than can be read in a sensible time")
)

// damage returns an error that says what is wrong with some stored bytes.
func damage(format string, args ...any) error {
	return fmt.Errorf("damaged: "+format, args...)
}
