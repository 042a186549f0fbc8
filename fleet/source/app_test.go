package source

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
)

// newAppKey returns a private key, and the same in PEM.
func newAppKey(t *testing.T) (*rsa.PrivateKey, []byte) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	gittest.Check(t, err)
	return key, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

// signedBy reports whether a JSON Web Token was signed with key for App 12, and is valid now.
func signedBy(key *rsa.PrivateKey, token string) bool {
	parts := strings.Split(strings.TrimPrefix(token, "Bearer "), ".")
	if len(parts) != 3 {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return false
	}
	var claims struct {
		Iss      string
		Iat, Exp int64
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	now := time.Now().Unix()
	return err == nil && json.Unmarshal(data, &claims) == nil && claims.Iss == "12" && claims.Iat <= now && claims.Exp > now && claims.Exp <= now+600
}

// A fakeApp is a server on which App 12 has installation 34.
type fakeApp struct {
	key    *rsa.PrivateKey
	valid  time.Duration // how long a token is
	issued int
}

// serve answers with tokens, and with repositories to those who have the last of them.
func (a *fakeApp) serve(f *fake, w http.ResponseWriter, r *http.Request, base string) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v3")
	auth := r.Header.Get("Authorization")
	switch {
	case strings.HasPrefix(path, "/app/"):
		switch {
		case !signedBy(a.key, auth):
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method != http.MethodPost || path != "/app/installations/34/access_tokens":
			w.WriteHeader(http.StatusNotFound)
		default:
			a.issued++
			w.WriteHeader(http.StatusCreated)
			write(w, map[string]any{"token": fmt.Sprint("ghs_", a.issued), "expires_at": time.Now().Add(a.valid)})
		}
	case auth != fmt.Sprint("Bearer ghs_", a.issued):
		w.WriteHeader(http.StatusUnauthorized)
	case path == "/installation/repositories": // of a user, besides another's
		write(w, map[string]any{"total_count": 2, "repositories": []map[string]any{
			{"clone_url": base + "/sam/private.git", "private": true, "owner": map[string]string{"login": "Sam"}},
			{"clone_url": base + "/other/x.git", "owner": map[string]string{"login": "other"}},
		}})
	default:
		serveGitHub(f, w, r, base)
	}
}

// A GitHub App signs in with its key, and again before its token expires.
func TestApp(t *testing.T) {
	key, text := newAppKey(t)
	for name, c := range map[string]struct {
		valid  time.Duration
		issued int
	}{"for an hour": {time.Hour, 1}, "nearly expired": {30 * time.Second, 3}} {
		t.Run(name, func(t *testing.T) {
			a := &fakeApp{key: key, valid: c.valid}
			server := (&fake{t: t, count: 230, serve: a.serve}).start()
			app, err := NewApp("12/34", text, server.URL, nil)
			gittest.Check(t, err)
			s := &Service{Kind: GitHub, Server: server.URL, App: app}
			list, err := s.Repositories(t.Context(), "acme")
			if err != nil || len(list) != 230 || a.issued != c.issued {
				t.Errorf("%d repositories, with %d tokens, want 230 and %d: %v", len(list), a.issued, c.issued, err)
			}
			list, err = s.Repositories(t.Context(), "sam")
			if err != nil || len(list) != 1 || list[0].URL != server.URL+"/sam/private.git" {
				t.Errorf("a user's repositories are %v, %v", list, err)
			}
			if token, err := app.Token(t.Context()); err != nil || token != fmt.Sprint("ghs_", a.issued) {
				t.Errorf("the token is %q, %v", token, err)
			}
		})
	}
}

func TestAppFails(t *testing.T) {
	key, text := newAppKey(t)
	_, stranger := newAppKey(t)
	server := (&fake{t: t, serve: (&fakeApp{key: key, valid: time.Hour}).serve}).start()
	broken := (&fake{t: t, serve: func(_ *fake, w http.ResponseWriter, _ *http.Request, _ string) {
		_, _ = w.Write([]byte("<html>secret words</html>"))
	}}).start()
	for name, c := range map[string]struct {
		ids    string
		key    []byte
		server string
		want   string
	}{
		"another key":          {"12/34", stranger, server.URL, "its key is not accepted"},
		"another installation": {"12/35", text, server.URL, "no such installation"},
		"no GitHub":            {"12/34", text, broken.URL, "not that of such a service"},
		"nobody":               {"12/34", text, "http://127.0.0.1:1", "refused"},
		"no numbers":           {"acme/34", text, "", "write 1234/567890"},
		"one number":           {"12", text, "", "write 1234/567890"},
		"no key":               {"12/34", []byte("ghs_token"), "", "no RSA private key"},
		"in clear":             {"12/34", text, "http://git.example.com", "use https"},
		"no address":           {"12/34", text, "git.example.com", "--server"},
	} {
		app, err := NewApp(c.ids, c.key, c.server, nil)
		if err == nil {
			_, err = app.Token(t.Context())
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret words") {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	app, err := NewApp("12/34", text, server.URL, nil)
	gittest.Check(t, err)
	if _, err := app.Token(ctx); err == nil {
		t.Error("it signs in after an interrupt")
	}
}
