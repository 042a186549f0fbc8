// Package web shows a fleet's keys as pages for a browser on the same machine. It only reads, and
// works without JavaScript.
package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/fleet/view"
)

//go:embed templates
var files embed.FS

// A Server serves the pages.
type Server struct {
	db    *store.DB
	token string
	pages *template.Template
	port  string

	mu     sync.Mutex
	seen   *view.View
	seenAt time.Time
}

// New returns a server with a new token.
func New(db *store.DB) (*Server, error) {
	pages, err := template.New("").Funcs(functions).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	return &Server{db: db, token: rand.Text(), pages: pages}, nil
}

// Token is what the browser must give once.
func (s *Server) Token() string { return s.token }

// Listen listens on a loopback address; any other is an error.
func Listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen: %q is no address: write 127.0.0.1:8080", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--listen: %s is not on this machine alone: write 127.0.0.1:8080, and use a tunnel from elsewhere", host)
	}
	return net.Listen("tcp", address)
}

// Serve serves until ctx ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	_, s.port, _ = net.SplitHostPort(l.Addr().String()) // a listener has a port
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(last) // what is not answered then is cut off
	})
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Handler answers requests.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.keys)
	mux.HandleFunc("GET /keys/{id}", s.key)
	mux.HandleFunc("GET /keys.csv", s.csv)
	mux.HandleFunc("GET /repositories", s.repositories)
	open := http.NewServeMux()
	open.HandleFunc("GET /style.css", style)
	open.Handle("/", s.admitted(mux))
	return s.guarded(open)
}

// guarded sets what keeps a page from being used by others, and refuses requests that another
// site's name led here.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "This page is for browsers on the same machine.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

const tokenName = "token"

// admitted lets those in that have the token: in a cookie or, the first time, in the address.
func (s *Server) admitted(next http.Handler) http.Handler {
	cookieName := "neokeys-fleet-" + s.port // cookies are the same for all ports
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if given := r.URL.Query().Get(tokenName); given != "" {
			if !s.is(given) {
				refuse(w)
				return
			}
			http.SetCookie(w, &http.Cookie{Name: cookieName, Value: given, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			rest := *r.URL
			q := rest.Query()
			q.Del(tokenName)
			rest.RawQuery = q.Encode()
			http.Redirect(w, r, rest.RequestURI(), http.StatusSeeOther)
			return
		}
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		cookie, err := r.Cookie(cookieName)
		if !s.is(bearer) && (err != nil || !s.is(cookie.Value)) {
			refuse(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) is(given string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(s.token)) == 1
}

func refuse(w http.ResponseWriter) {
	http.Error(w, "Open the address that neokeys-fleet serve printed: it has the token.", http.StatusUnauthorized)
}

// fresh is how long a view of the database is shown before it is read again.
const fresh = 5 * time.Second

// view returns what the database holds.
func (s *Server) view(ctx context.Context) (*view.View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen != nil && time.Since(s.seenAt) < fresh {
		return s.seen, nil
	}
	v, err := view.Load(ctx, s.db)
	if err != nil {
		return nil, err
	}
	s.seen, s.seenAt = v, time.Now()
	return v, nil
}

func style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "templates/style.css")
}

// show writes a page.
func (s *Server) show(w http.ResponseWriter, name string, data any) {
	var page strings.Builder
	if err := s.pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, "The page cannot be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(page.String())) // the browser has gone, then
}
