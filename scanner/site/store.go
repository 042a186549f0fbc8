package site

import (
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
	"regexp"
	"strings"
	"sync"
)

// indexName is the file in a saved folder that says what the others are.
const indexName = "neokeys-site.json"

// A store keeps responses in a folder: a temporary one, or one that the user named.
type store struct {
	dir       string
	temporary bool

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

	dir string // that File is in
}

// path is where its body is.
func (r *response) path() string { return filepath.Join(r.dir, filepath.FromSlash(r.File)) }

func open(save string) (*store, error) {
	s := &store{dir: save, byURL: map[string]*response{}, files: map[string]bool{}}
	if save != "" {
		if entries, err := os.ReadDir(save); err == nil && len(entries) > 0 {
			return nil, fmt.Errorf("--save: %s is not empty: name a new folder", save)
		}
		return s, os.MkdirAll(save, 0o777)
	}
	dir, err := os.MkdirTemp("", "neokeys-site-")
	s.dir, s.temporary = dir, true
	return s, err
}

func (s *store) close() {
	if s.temporary {
		_ = os.RemoveAll(s.dir)
	}
}

// add keeps a response whose body is read from r, up to most bytes.
func (s *store) add(resp *response, r io.Reader, most int64) error {
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
	s.put(resp)
	return errors.Join(err, f.Close())
}

func (s *store) put(resp *response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.responses = append(s.responses, resp)
	if s.byURL[resp.URL] == nil {
		s.byURL[resp.URL] = resp
	}
}

// get returns the response to an address.
func (s *store) get(u string) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byURL[u]
}

// plain matches a segment of an address that can be the name of a file everywhere.
var plain = regexp.MustCompile(`^[A-Za-z0-9_@][A-Za-z0-9_.@+=~-]{0,99}$`)

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
	f, err := os.Open(filepath.Join(dir, indexName))
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
