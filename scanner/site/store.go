package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// indexName is the file in a saved folder that says what the others are.
const indexName = "neokeys-site.json"

// A store keeps responses in a folder: a temporary one, or one that the user named.
type store struct {
	dir       string
	temporary bool
	// spool is a file of the temporary folder that holds all bodies that are not large, one
	// behind the other: to make a file of each takes longer than to fetch them. It ends at end.
	spool *os.File
	end   int64

	mu        sync.Mutex
	responses []*response
	byURL     map[string]*response
	files     map[string]bool // lower case, as some file systems do not tell them apart
}

// A response is what a server answered, or what a file says that it did.
type response struct {
	URL    string      `json:"url"`
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	// File is its body, slash-separated, from the folder; empty where it has none.
	File string `json:"file"`
	Size int64  `json:"size"`
	// Request is what a recorded request sent, in a HAR file: its header and its body.
	Request string `json:"request,omitempty"`

	dir      string            // that File is in
	spool    *io.SectionReader // the body, if it is in the spool
	searched bool
}

// A body is that of a response, open.
type body struct {
	*io.SectionReader
	io.Closer
}

// open opens the body of a response that has one.
func (r *response) open() (body, error) {
	if r.spool != nil {
		return body{io.NewSectionReader(r.spool, 0, r.Size), io.NopCloser(nil)}, nil
	}
	name := filepath.Join(r.dir, filepath.FromSlash(r.File))
	if r.File == "" || !isFile(name) {
		return body{}, fs.ErrNotExist
	}
	f, err := infile.Regular(name)
	if err != nil {
		return body{}, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return body{}, err
	}
	return body{io.NewSectionReader(f, 0, info.Size()), f}, nil
}

func open(save string) (*store, error) {
	s := &store{dir: save, byURL: map[string]*response{}, files: map[string]bool{}}
	if save != "" {
		if entries, err := os.ReadDir(save); err == nil && len(entries) > 0 {
			return nil, fmt.Errorf("--save: %s is not empty: name a new folder", save)
		}
		return s, os.MkdirAll(save, 0o777)
	}
	dir, err := os.MkdirTemp("", "neokeys-site-")
	if err != nil {
		return nil, err
	}
	s.dir, s.temporary = dir, true
	s.spool, err = os.Create(filepath.Join(dir, "spool"))
	return s, err
}

func (s *store) close() {
	if s.temporary {
		_ = s.spool.Close()
		_ = os.RemoveAll(s.dir)
	}
}

// maxSpooled is the size up to which a body is held in memory and then spooled.
const maxSpooled = 1 << 20

// A room holds a body while it is looked at, and then the next one.
type room []byte

// fill reads from r until there are n bytes in the room; an io.EOF is that there are fewer.
func (m *room) fill(r io.Reader, n int) error {
	const least = 64 << 10
	for empty := 0; len(*m) < n; {
		if len(*m) == cap(*m) {
			*m = slices.Grow(*m, min(max(least, len(*m)), n-len(*m)))
		}
		read, err := r.Read((*m)[len(*m):min(cap(*m), n)])
		*m = (*m)[:len(*m)+read]
		if err != nil {
			return err
		}
		if empty++; read > 0 {
			empty = 0
		} else if empty > 100 {
			return io.ErrNoProgress
		}
	}
	return nil
}

// receive reads a body of up to most bytes, of which some are in the room. It stays there
// and is to be kept, unless it is too large: then it has a file.
func (s *store) receive(resp *response, in *room, r io.Reader, most int64) error {
	err := in.fill(r, int(min(most, maxSpooled))+1)
	switch {
	case int64(len(*in)) > most:
		*in, err = (*in)[:most], errTooBig
	case err == nil:
		return s.addFile(resp, io.MultiReader(bytes.NewReader(*in), r), most)
	case errors.Is(err, io.EOF):
		err = nil
	}
	resp.Size = int64(len(*in))
	return err
}

// keep keeps the body of a response that was received, for later look-ups; text is the body
// unless it has a file. In a temporary folder that is only done if it is needed.
func (s *store) keep(resp *response, text []byte, needed bool) error {
	switch {
	case !s.temporary && resp.File == "":
		return s.addFile(resp, bytes.NewReader(text), resp.Size)
	case !s.temporary || needed && resp.File != "":
		return nil
	case resp.File != "":
		name := resp.File
		resp.File = ""
		return os.Remove(filepath.Join(s.dir, filepath.FromSlash(name)))
	case !needed:
		return nil
	}
	s.mu.Lock()
	at := s.end
	s.end += resp.Size
	s.mu.Unlock()
	_, err := s.spool.WriteAt(text, at)
	resp.spool = io.NewSectionReader(s.spool, at, resp.Size)
	return err
}

// addFile gives a response a file of its own for its body.
func (s *store) addFile(resp *response, r io.Reader, most int64) error {
	name := s.claim(resp.URL, resp.Header.Get("Content-Type"))
	full := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	resp.File, resp.dir = name, s.dir
	resp.Size, err = io.Copy(f, io.LimitReader(r, most))
	if err == nil && resp.Size == most {
		if n, _ := io.ReadFull(r, make([]byte, 1)); n > 0 {
			err = errTooBig
		}
	}
	return errors.Join(err, f.Close())
}

// put adds a response, as what is at its address and at others that redirect there.
func (s *store) put(resp *response, from ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.responses = append(s.responses, resp)
	for _, u := range append(from, resp.URL) {
		if s.byURL[u] == nil {
			s.byURL[u] = resp
		}
	}
}

// get returns the response to an address.
func (s *store) get(u string) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byURL[u]
}

// plain matches a segment of an address that can be the name of a file everywhere.
var plain = lazyregexp.New(`^[A-Za-z0-9_@][A-Za-z0-9_.@+=~-]{0,99}$`)

// claim returns a new name for the body of what is at an address: its host and path if
// they can be one, and otherwise a hash.
func (s *store) claim(u, contentType string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := sha256.Sum256([]byte(u))
	hashed := "_/" + hex.EncodeToString(sum[:8]) + path.Ext(strings.SplitN(u, "?", 2)[0])
	if !plain.MatchString(path.Base(hashed)) {
		hashed = "_/" + hex.EncodeToString(sum[:8])
	}
	_, name, _ := strings.Cut(u, "://")
	name = strings.Replace(name, ":", "+", 1)
	if strings.HasSuffix(name, "/") {
		name += "index.html"
	} else if strings.Contains(contentType, "html") && path.Ext(name) == "" {
		name += ".html"
	}
	for segment := range strings.SplitSeq(name, "/") {
		if !plain.MatchString(segment) || strings.HasSuffix(segment, ".") {
			name = hashed
			break
		}
	}
	for n := 0; s.taken(name); n++ {
		name = fmt.Sprintf("%s.%d", hashed, n)
	}
	for at := strings.ToLower(name); at != "." && at != "/"; at = path.Dir(at) {
		s.files[at] = s.files[at] || at == strings.ToLower(name)
	}
	return name
}

// taken reports whether a file cannot have a name: it is that of another, or of a folder, or
// one of its folders is a file.
func (s *store) taken(name string) bool {
	name = strings.ToLower(name)
	if _, known := s.files[name]; known || name == indexName {
		return true
	}
	for at := path.Dir(name); at != "." && at != "/"; at = path.Dir(at) {
		if s.files[at] {
			return true
		}
	}
	return false
}

// An index says what the files of a saved folder are.
type index struct {
	Version   int         `json:"version"`
	Responses []*response `json:"responses"`
}

func (s *store) writeIndex() error {
	text, err := json.MarshalIndent(index{1, s.responses}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.dir, indexName), append(text, '\n'), 0o666)
}

// readIndex puts the responses of a saved folder into the store.
func (s *store) readIndex(dir string) (found bool, err error) {
	const most = 256 << 20
	f, err := infile.Regular(filepath.Join(dir, indexName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	var x index
	if err := json.NewDecoder(io.LimitReader(f, most)).Decode(&x); err != nil || x.Version != 1 {
		return true, fmt.Errorf("%s is not what neokeys site --save writes, or is of another version", filepath.Join(dir, indexName))
	}
	for _, r := range x.Responses {
		if r == nil || r.File != "" && !filepath.IsLocal(filepath.FromSlash(r.File)) {
			return true, fmt.Errorf("%s names a file outside of its folder", filepath.Join(dir, indexName))
		}
		r.dir = dir
		s.put(r)
	}
	return true, nil
}
