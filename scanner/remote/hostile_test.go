package remote

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
)

const someID = "1234567890123456789012345678901234567890"

// pkt is a line of git's protocol.
func pkt(text string) string { return fmt.Sprintf("%04x%s", len(text)+4, text) }

// advertise answers with a list of one ref.
func advertise(w io.Writer) {
	_, _ = io.WriteString(w, pkt("# service=git-upload-pack\n")+"0000"+
		pkt(someID+" refs/heads/main\x00side-band-64k ofs-delta agent=hostile\n")+"0000")
}

// band is a packet of the pack.
func band(b []byte) string { return pkt("\x01" + string(b)) }

// packHead is the beginning of a pack that claims n objects.
func packHead(n uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), n)
}

// attempt fetches from a server that answers as handler does, and returns the error. Nothing may be
// left in the folder.
func attempt(t *testing.T, o Options, handler http.HandlerFunc) error {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	return attemptAt(t, server.URL+"/a.git", o)
}

func attemptAt(t *testing.T, address string, o Options) error {
	t.Helper()
	u, err := Parse(address)
	gittest.Check(t, err)
	s, err := Open(context.Background(), u, o)
	gittest.Check(t, err)
	defer s.Close()
	folder := t.TempDir()
	_, err = s.Fetch(filepath.Join(folder, "f"), Want{})
	left, _ := filepath.Glob(filepath.Join(folder, "f", "objects", "pack", "*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return err
}

// patient are limits for a server that is not silent: on a busy machine it may need long for an answer.
var patient = Limits{Pack: 2 << 20, Refs: 1000, Connect: time.Minute, Silence: time.Minute, Time: 2 * time.Minute}

// impatient are limits for a server that is silent.
var impatient = Limits{Pack: 256 << 10, Refs: 1000, Connect: time.Minute, Silence: 300 * time.Millisecond, Time: time.Minute}

// TestSilentServers fetches from servers that never end an answer, in each phase of the conversation.
func TestSilentServers(t *testing.T) {
	for name, silentAt := range map[string]string{"at once": "", "after the refs": http.MethodPost, "in the pack": "pack"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connect := impatient
			connect.Connect = 100 * time.Millisecond // the first byte may take that much longer
			err := attempt(t, Options{Limits: connect}, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet && silentAt != "" {
					advertise(w)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				if silentAt == "pack" {
					_, _ = io.WriteString(w, pkt("NAK\n")+band(packHead(3)))
					w.(http.Flusher).Flush()
				}
				<-r.Context().Done()
			})
			if !errors.Is(err, ErrSilent) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestHostileServers fetches from servers that are broken or mean harm. Each ends with an error that
// says what is wrong, soon and without much memory or disk.
func TestHostileServers(t *testing.T) {
	post := func(answer func(w io.Writer)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				advertise(w)
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, pkt("NAK\n"))
			answer(w)
		}
	}
	get := func(answer func(w http.ResponseWriter)) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { answer(w) }
	}
	zeros := make([]byte, 60_000)
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    error
		says    string
	}{
		"no page":     {get(func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }), ErrNotFound, "NEOKEYS_GIT_TOKEN"},
		"login":       {get(func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }), ErrRefused, "NEOKEYS_GIT_TOKEN"},
		"forbidden":   {get(func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) }), ErrRefused, ""},
		"broken":      {get(func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }), nil, "status 500"},
		"a web page":  {get(func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>hello, what a page</html>") }), ErrNotGit, ""},
		"nothing":     {get(func(http.ResponseWriter) {}), ErrCutOff, ""},
		"half a list": {get(func(w http.ResponseWriter) { _, _ = io.WriteString(w, pkt("# service=git-upload-pack\n")+"00000099") }), ErrCutOff, ""},
		"SHA-256": {get(func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, pkt("# service=git-upload-pack\n")+"0000"+pkt(someID+someID[:24]+" refs/heads/main\x00object-format=sha256\n")+"0000")
		}), ErrNotSupported, "git clone --mirror"},
		"its own error": {get(func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, pkt("# service=git-upload-pack\n")+"0000"+pkt("ERR \x1b[2J secret words"))
		}), nil, "error of its own"},
		"endless refs": {get(func(w http.ResponseWriter) {
			advertiseMany(w, 10_000_000)
		}), ErrTooMuch, "limit of 1000 refs"},
		"endless error page": {get(func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusInternalServerError)
			for range 200 {
				_, _ = w.Write(zeros)
			}
		}), nil, "status 500"},
		"no pack":      {post(func(w io.Writer) { _, _ = io.WriteString(w, "0000") }), ErrCutOff, ""},
		"not a pack":   {post(func(w io.Writer) { _, _ = io.WriteString(w, band([]byte("this is no pack at all"))+"0000") }), nil, "not a pack"},
		"half a pack":  {post(func(w io.Writer) { _, _ = io.WriteString(w, band(packHead(3))+band([]byte("\x33x\x9c"))) }), ErrCutOff, ""},
		"many objects": {post(func(w io.Writer) { _, _ = io.WriteString(w, band(packHead(1<<32-1))+"0000") }), ErrCutOff, ""},
		"endless pack": {post(func(w io.Writer) {
			_, _ = io.WriteString(w, band(packHead(1<<32-1)))
			object := append([]byte{0x30}, "x\x9c\x03\x00\x00\x00\x00\x01"...) // an empty blob
			many := strings.Repeat(string(object), 6000)
			for range 4000 {
				if _, err := io.WriteString(w, band([]byte(many))); err != nil {
					return
				}
			}
		}), ErrTooMuch, "--max-pack"},
		"a lie about a size": {post(func(w io.Writer) {
			head := []byte{0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f} // a blob of many terabytes
			_, _ = io.WriteString(w, band(packHead(1))+band(append(head, "x\x9c\x03\x00\x00\x00\x00\x01"...))+"0000")
		}), nil, "shorter than declared"},
		"endless stream": {post(func(w io.Writer) {
			_, _ = io.WriteString(w, band(packHead(1))+band([]byte{0xb0, 0x01, 'x', 0x9c}))
			for range 4000 {
				if _, err := io.WriteString(w, band(zeros)); err != nil {
					return
				}
			}
		}), nil, "byte 12"},
		"endless answer": {post(func(w io.Writer) {
			ack := strings.Repeat(pkt("ACK "+someID+" continue\n"), 1000)
			for range 4000 {
				if _, err := io.WriteString(w, ack); err != nil {
					return
				}
			}
		}), ErrTooMuch, ""},
		"an error in the middle": {post(func(w io.Writer) {
			_, _ = io.WriteString(w, band(packHead(3))+pkt("\x03\x1b[31mfatal: secret words"))
		}), nil, "error of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			err := attempt(t, Options{Limits: patient}, test.handler)
			switch {
			case err == nil:
				t.Fatal("no error")
			case test.want != nil && !errors.Is(err, test.want):
				t.Errorf("%v; want %v", err, test.want)
			case !strings.Contains(err.Error(), test.says), !strings.Contains(err.Error(), "/a.git: "):
				t.Errorf("%v does not say %q", err, test.says)
			case strings.Contains(err.Error(), "secret words"), strings.Contains(err.Error(), "\x1b"):
				t.Errorf("%q repeats what the server says", err)
			case time.Since(start) > patient.Silence:
				t.Errorf("it took %s", time.Since(start))
			}
		})
	}
}

// advertiseMany writes a list of n refs, until nobody reads it.
func advertiseMany(w io.Writer, n int) {
	_, _ = io.WriteString(w, pkt("# service=git-upload-pack\n")+"0000"+pkt(someID+" refs/heads/main\x00ofs-delta\n"))
	var b strings.Builder
	for i := range n {
		b.WriteString(pkt(fmt.Sprintf("%s refs/heads/branch-with-a-long-name-number-%d\n", someID, i)))
		if b.Len() > 1<<16 {
			if _, err := io.WriteString(w, b.String()); err != nil {
				return
			}
			b.Reset()
		}
	}
	_, _ = io.WriteString(w, b.String()+"0000")
}

// TestRedirects follows a redirect on the same server, and none to another. Credentials go to no
// other server.
func TestRedirects(t *testing.T) {
	_, root := newRepo(t)
	backend := gittest.Backend(t, root)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other server is asked for %s, with %q", r.URL, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, secret, _ := r.BasicAuth(); secret != "of-mine" {
			t.Errorf("%s comes with the secret %q", r.URL, secret)
		}
		switch {
		case strings.HasPrefix(r.URL.Path, "/renamed.git"):
			http.Redirect(w, r, "/shop.git"+strings.TrimPrefix(r.URL.Path, "/renamed.git")+"?"+r.URL.RawQuery, http.StatusMovedPermanently)
		case strings.HasPrefix(r.URL.Path, "/gone.git"):
			http.Redirect(w, r, elsewhere.URL+"/shop.git/info/refs?service=git-upload-pack", http.StatusFound)
		default:
			backend.ServeHTTP(w, r)
		}
	}))
	defer server.Close()
	address := strings.Replace(server.URL, "http://", "http://user:of-mine@", 1)
	got, _ := fetched(t, address+"/renamed.git", Options{})
	verified(t, got)
	err := attemptAt(t, address+"/gone.git", Options{})
	if err == nil || !strings.Contains(err.Error(), "redirects to another server") || !strings.Contains(err.Error(), elsewhere.URL+"/shop.git") || strings.Contains(err.Error(), "of-mine") {
		t.Errorf("error %v", err)
	}
}

// TestInterrupted ends a session in the middle.
func TestInterrupted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			advertise(w)
			return
		}
		_, _ = io.WriteString(w, pkt("NAK\n")+band(packHead(5)))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	u, err := Parse(server.URL + "/a.git")
	gittest.Check(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Open(ctx, u, Options{})
	gittest.Check(t, err)
	defer s.Close()
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	folder := filepath.Join(t.TempDir(), "f")
	if _, err := s.Fetch(folder, Want{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it went on for %s", took)
	}
	if left, err := os.ReadDir(filepath.Join(folder, "objects", "pack")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestHostileDaemon is TestHostileServers for git's own protocol.
func TestHostileDaemon(t *testing.T) {
	for name, test := range map[string]struct {
		limits Limits
		answer func(net.Conn)
		want   error
	}{
		"silence": {impatient, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, ErrSilent},
		"nothing": {patient, func(net.Conn) {}, ErrCutOff},
		"no such": {patient, func(c net.Conn) {
			_, _ = io.WriteString(c, pkt("ERR access denied or repository not exported: /a.git"))
		}, ErrNotFound},
		"garbage":      {patient, func(c net.Conn) { _, _ = io.WriteString(c, strings.Repeat("x", 100)) }, ErrNotGit},
		"endless refs": {patient, func(c net.Conn) { advertiseMany(c, 10_000_000) }, ErrTooMuch},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			gittest.Check(t, err)
			defer listener.Close()
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					go func() {
						defer conn.Close()
						test.answer(conn)
					}()
				}
			}()
			if err := attemptAt(t, "git://"+listener.Addr().String()+"/a.git", Options{Limits: test.limits}); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}
