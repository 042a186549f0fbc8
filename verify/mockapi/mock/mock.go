// Package mock is a stand-in for Neo's API, for tests and for trying neokeys out. It
// answers as https://docs.neoagent.io describes: the envelope (developers/introduction),
// the error codes (developers/errors), the rate limit and its headers
// (developers/rate-limits), pages of lists (api-reference), and the raw tokens of the
// older API.
package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// A State is what the API makes of a key. A key without one is refused with 401, as
// revoked, expired and unknown ones are.
type State string

// The states.
const (
	Live       State = "live"
	Restricted State = "restricted" // 403 on every list
)

// The documented paths that the mock serves, and that of the older API's sample.
const (
	AgentsPath = "/public-api/agents"
	LegacyPath = "/api/endpoint"
)

// Limit is the documented number of requests in 60 seconds.
const Limit = 1200

// lists are the lists of a tenant and their lengths.
var lists = map[string]int{
	AgentsPath:                   3,
	"/public-api/executions":     250,
	"/public-api/til-requests":   0,
	"/public-api/scheduled-work": 12,
	"/public-api/phone/numbers":  2,
}

// A Server is the API of one tenant. The zero value knows no key and is ready for use.
type Server struct {
	mu     sync.Mutex
	keys   map[string]State
	recent []time.Time // requests in the last 60 seconds
	spent  int         // requests that the tenant's people are said to have made
}

// Set makes the API take key for one in that state; an empty state is no state.
func (s *Server) Set(key string, state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = map[string]State{}
	}
	s.keys[key] = state
}

// Spend uses up n requests of the tenant's limit, as its people at the dashboard do.
func (s *Server) Spend(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spent += n
}

// ServeHTTP answers as the API does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	credential := r.Header.Get("Authorization")
	if !strings.HasPrefix(r.URL.Path, "/public-api/") {
		s.serveLegacy(w, r, credential)
		return
	}
	within := s.spend(w.Header())
	key, bearer := strings.CutPrefix(credential, "Bearer ")
	items, known := lists[r.URL.Path]
	switch state := s.state(key); {
	case !within:
		w.Header().Set("Retry-After", "12")
		Fail(w, http.StatusTooManyRequests, "RATE_LIMITED", "Too many requests.")
	case !bearer || state == "":
		Fail(w, http.StatusUnauthorized, "UNAUTHORIZED", "Missing, malformed, expired or revoked credential.")
	case r.Method != http.MethodGet:
		Fail(w, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "The mock serves GET only.")
	case !known:
		Fail(w, http.StatusNotFound, "NOT_FOUND", "There is no such resource.")
	case state == Restricted:
		Fail(w, http.StatusForbidden, "FORBIDDEN", "The key lacks access to this resource.")
	default:
		servePage(w, r, items)
	}
}

// serveLegacy answers as the older API, of whose answers only the status is documented.
func (s *Server) serveLegacy(w http.ResponseWriter, r *http.Request, credential string) {
	switch state := s.state(credential); {
	case r.URL.Path != LegacyPath:
		write(w, http.StatusNotFound, map[string]any{"message": "Not found"})
	case state == "":
		write(w, http.StatusUnauthorized, map[string]any{"message": "Unauthorized"})
	case state == Restricted:
		write(w, http.StatusForbidden, map[string]any{"message": "Forbidden"})
	default:
		write(w, http.StatusOK, map[string]any{"ok": true})
	}
}

func (s *Server) state(key string) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[key]
}

// spend counts a request against the limit and writes the headers about it.
func (s *Server) spend(h http.Header) (within bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.recent) > 0 && now.Sub(s.recent[0]) > time.Minute {
		s.recent = s.recent[1:]
	}
	s.recent = append(s.recent, now)
	left := Limit - len(s.recent) - s.spent
	h.Set("X-RateLimit-Limit", strconv.Itoa(Limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(left, 0)))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(s.recent[0].Add(time.Minute).Unix(), 10))
	return left >= 0
}

// servePage writes one page of a list of n items, of which the cursor is an index.
func servePage(w http.ResponseWriter, r *http.Request, n int) {
	size := 50
	if v := r.URL.Query().Get("page_size"); v != "" {
		var err error
		if size, err = strconv.Atoi(v); err != nil || size < 1 || size > 200 {
			Fail(w, http.StatusBadRequest, "VALIDATION_ERROR", "page_size is 1 to 200.")
			return
		}
	}
	first, err := strconv.Atoi(r.URL.Query().Get("cursor"))
	if err != nil || first < 0 || first > n {
		first = 0
	}
	data := []any{}
	for i := first; i < min(first+size, n); i++ {
		data = append(data, map[string]any{"id": strconv.Itoa(i + 1), "name": fmt.Sprintf("Item %d", i+1)})
	}
	pagination := map[string]any{"has_more": false, "next_cursor": nil}
	if next := first + size; next < n {
		pagination = map[string]any{"has_more": true, "next_cursor": strconv.Itoa(next)}
	}
	write(w, http.StatusOK, map[string]any{"data": data, "meta": map[string]any{
		"request_id": uuid.NewString(), "pagination": pagination, "timings_ms": map[string]any{}, "warnings": []string{},
	}})
}

// Fail writes an error in the documented envelope.
func Fail(w http.ResponseWriter, status int, code, message string) {
	write(w, status, map[string]any{
		"error": map[string]any{"code": code, "message": message},
		"meta":  map[string]any{"request_id": uuid.NewString()},
	})
}

func write(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone away
}
