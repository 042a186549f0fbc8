package archive

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
)

// Electron's archives begin with two of Chromium's pickles: the size of the second, and in
// that a directory as JSON, behind which the files lie as they are:
// https://github.com/electron/asar, "Format".
const (
	asarPrefix = 16
	maxAsar    = 16 << 20 // bytes of a directory that are read
)

func isAsar(head []byte) bool {
	if len(head) <= asarPrefix || head[asarPrefix] != '{' {
		return false
	}
	le := binary.LittleEndian
	size, payload, text := le.Uint32(head[4:]), le.Uint32(head[8:]), le.Uint32(head[12:])
	return le.Uint32(head) == 4 && size >= 8 && payload == size-4 && text <= payload-4
}

// An asarNode is a file or folder in the directory.
type asarNode struct {
	Files    map[string]*asarNode `json:"files"`
	Offset   string               `json:"offset"`
	Size     uint64               `json:"size"`
	Unpacked bool                 `json:"unpacked"`
}

// An asarFile is a file with where it lies behind the directory.
type asarFile struct {
	name         string
	offset, size uint64
}

// asar visits the files in an Electron archive, in the order in which they lie there.
func (u *Unpacker) asar(visit func(Member) error) error {
	prefix, err := u.source.Peek(asarPrefix)
	if err != nil {
		return unexpected(err)
	}
	le := binary.LittleEndian
	size, length := int64(le.Uint32(prefix[4:])), int64(le.Uint32(prefix[12:]))
	u.source.skip(asarPrefix)
	if length > maxAsar {
		return errDirectoryTooLong
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(&u.source, text); err != nil {
		return unexpected(err)
	}
	var root asarNode
	if json.Unmarshal(text, &root) != nil {
		return ErrFormat
	}
	if _, err := io.CopyN(io.Discard, &u.source, 8+size-asarPrefix-length); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	files := root.collect("", nil)
	slices.SortStableFunc(files, func(a, b asarFile) int {
		if a.offset < b.offset {
			return -1
		}
		return min(1, int(min(a.offset-b.offset, 1)))
	})
	return u.asarFiles(files, visit)
}

// collect appends the files below a folder.
func (n *asarNode) collect(path string, files []asarFile) []asarFile {
	for name, c := range n.Files {
		switch {
		case c == nil || c.Unpacked: // it lies beside the archive
		case c.Files != nil:
			files = c.collect(path+name+"/", files)
		default:
			if offset, err := strconv.ParseUint(c.Offset, 10, 62); err == nil && c.Size > 0 {
				files = append(files, asarFile{memberName(path + name), offset, c.Size})
			}
		}
	}
	return files
}

// asarFiles visits files in the source from here on.
func (u *Unpacker) asarFiles(files []asarFile, visit func(Member) error) error {
	pos := uint64(0)
	for _, f := range files {
		if f.offset < pos {
			continue // it is another name for what was read
		}
		n, err := io.CopyN(io.Discard, &u.source, int64(f.offset-pos))
		if pos += uint64(n); err != nil {
			return unexpected(err)
		}
		text := &exactly{&u.source, f.size}
		if err := visit(Member{Name: f.name, Reader: text}); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, text); err != nil {
			return err
		}
		pos += f.size
	}
	return nil
}
