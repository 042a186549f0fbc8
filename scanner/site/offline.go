package site

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/neokeys/neokeys/internal/infile"
)

// load puts what a path holds into the store: a folder that --save wrote, any other folder
// as files of a web server, or a HAR file.
func (s *store) load(ctx context.Context, target string, limits Limits, out *outcome) error {
	info, err := os.Stat(target)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such file or folder; an address begins with http:// or https://", target)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return s.loadHAR(ctx, target, limits, out)
	}
	if found, err := s.readIndex(target); found || err != nil {
		return err
	}
	return filepath.WalkDir(target, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			out.problem(filepath.ToSlash(path), err.Error())
		case d.Type().IsRegular():
			rel, err := filepath.Rel(target, path)
			if err != nil {
				return err
			}
			r := &response{URL: filepath.ToSlash(path), Status: http.StatusOK, Header: http.Header{}, File: filepath.ToSlash(rel), dir: target}
			if info, err := d.Info(); err == nil {
				r.Size = info.Size()
			}
			s.put(r)
		}
		return nil
	})
}

// errHAR is of a file that is none.
var errHAR = errors.New("it is not a HAR file: save one with \"Save all as HAR with content\" in the browser's network panel")

// maxHAR is more than a browser can save, in bytes.
const maxHAR = 64 << 30

// loadHAR puts the responses that a browser recorded into the store, one at a time: such files
// are large. The format is HTTP Archive 1.2, http://www.softwareishard.com/blog/har-12-spec/.
func (s *store) loadHAR(ctx context.Context, name string, limits Limits, out *outcome) error {
	f, err := infile.Open(ctx, name, maxHAR)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	d := json.NewDecoder(f)
	if err := enter(d, "log"); err != nil && ctx.Err() != nil {
		return fmt.Errorf("%s: interrupted before it was read to its end", name)
	} else if err != nil {
		return fmt.Errorf("%s: %w", name, errHAR)
	}
	if err := enter(d, "entries"); err != nil {
		return fmt.Errorf("%s: %w", name, errHAR)
	}
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return fmt.Errorf("%s: %w", name, errHAR)
	}
	for in := (room)(nil); d.More(); {
		var e harEntry
		if err := d.Decode(&e); err != nil {
			return fmt.Errorf("%s: its entries are damaged: %w", name, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		switch err := s.addEntry(&e, &in, limits); {
		case errors.Is(err, errTooBig):
			out.problem(e.Request.URL, fmt.Sprintf("only the first %d bytes are searched: %s", limits.Body, errTooBig))
		case err != nil:
			return err
		}
	}
	return nil
}

// enter reads up to the value of a member of the next object.
func enter(d *json.Decoder, member string) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errHAR
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if name == member {
			return nil
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return errHAR
}

type harEntry struct {
	Request struct {
		Method   string      `json:"method"`
		URL      string      `json:"url"`
		Headers  []harHeader `json:"headers"`
		PostData struct {
			Text string `json:"text"`
		} `json:"postData"`
	} `json:"request"`
	Response struct {
		Status  int         `json:"status"`
		Headers []harHeader `json:"headers"`
		Content struct {
			MimeType string `json:"mimeType"`
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
}

type harHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (s *store) addEntry(e *harEntry, in *room, limits Limits) error {
	r := &response{URL: strings.SplitN(e.Request.URL, "#", 2)[0], Status: e.Response.Status, Header: http.Header{}}
	if known := s.get(r.URL); known != nil && known.Size > 0 && e.Response.Content.Text == "" && len(e.Request.Headers) == 0 {
		return nil
	}
	for _, h := range e.Response.Headers {
		r.Header.Add(h.Name, h.Value)
	}
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", e.Response.Content.MimeType)
	}
	var sent strings.Builder
	for _, h := range e.Request.Headers {
		fmt.Fprintf(&sent, "%s: %s\n", h.Name, h.Value)
	}
	r.Request = sent.String() + "\n" + e.Request.PostData.Text
	body := io.Reader(strings.NewReader(e.Response.Content.Text))
	if e.Response.Content.Encoding == "base64" {
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	*in = (*in)[:0]
	err := s.receive(r, in, body, limits.Body)
	s.put(r)
	return errors.Join(err, s.keep(r, *in, true))
}
