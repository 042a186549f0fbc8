package verify

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

func jsonBody(status int, body string) http.HandlerFunc {
	return typed(status, "application/json; charset=utf-8", body)
}

func typed(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp breaks the connection off after sending text.
func hangUp(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(c, text)
		_ = c.Close()
	}
}

const html = "<!doctype html>\n<html><title>Sign in</title></html>"

func TestWhatAnswersMean(t *testing.T) {
	deep := strings.Repeat("[", 20000)
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    finding.Liveness
		status  int
		reason  string
	}{
		"200":                    {neo(200), finding.Live, 200, "lists 2 agents"},
		"201":                    {neo(201), finding.Live, 201, "accepts"},
		"200 list":               {jsonBody(200, `[{}]`), finding.Unknown, 200, "not in Neo's form"},
		"200 next page":          {jsonBody(200, `{"data":[1,2],"meta":{"request_id":"r","pagination":{"has_more":true}}}`), finding.Live, 200, "at least 2 agents"},
		"200 null":               {jsonBody(200, `null`), finding.Unknown, 200, "not in Neo's form"},
		"200 JSON as text":       {typed(200, "text/plain", `{"data":[],"meta":{"request_id":"r"}}`), finding.Live, 200, "lists 0 agents"},
		"200 HTML":               {typed(200, "text/html", html), finding.Unknown, 200, "web page"},
		"200 HTML said JSON":     {jsonBody(200, html), finding.Unknown, 200, "web page"},
		"200 text":               {typed(200, "text/plain", "OK"), finding.Unknown, 200, "well-formed JSON"},
		"200 empty":              {jsonBody(200, ""), finding.Unknown, 200, "well-formed JSON"},
		"204":                    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, finding.Unknown, 204, "well-formed JSON"},
		"200 broken JSON":        {jsonBody(200, `{"data":[{]}`), finding.Unknown, 200, "well-formed JSON"},
		"200 deep JSON":          {jsonBody(200, deep), finding.Unknown, 200, "well-formed JSON"},
		"200 error envelope":     {jsonBody(200, `{"success":false,"message":"no"}`), finding.Unknown, 200, "speaks of an error"},
		"401":                    {neo(401), finding.Inactive, 401, "refuses it"},
		"401 empty":              {typed(401, "text/html", ""), finding.Unknown, 401, "an empty body"},
		"401 elsewhere":          {jsonBody(401, `{"error":"no"}`), finding.Unknown, 401, "not in Neo's form"},
		"401 without id":         {jsonBody(401, `{"error":{"code":"UNAUTHORIZED"}}`), finding.Unknown, 401, "not in Neo's form"},
		"401 with data":          {jsonBody(401, `{"data":[],"meta":{"request_id":"r"}}`), finding.Unknown, 401, "data where Neo sends an error"},
		"401 text":               {typed(401, "text/plain", "Unauthorized"), finding.Unknown, 401, "well-formed JSON"},
		"403 elsewhere":          {jsonBody(403, `{}`), finding.Unknown, 403, "not in Neo's form"},
		"403 empty":              {jsonBody(403, ``), finding.Unknown, 403, "empty body"},
		"403 number":             {jsonBody(403, `{"error":{"code":403},"meta":{"request_id":"r"}}`), finding.Unknown, 403, "not in Neo's form"},
		"401 page":               {typed(401, "text/html", html), finding.Unknown, 401, "web page"},
		"403":                    {neo(403), finding.Restricted, 403, "plan"},
		"403 page":               {typed(403, "text/html", html), finding.Unknown, 403, "web page"},
		"300":                    {jsonBody(300, `{}`), finding.Unknown, 300, "redirects"},
		"304":                    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, finding.Unknown, 304, "redirects"},
		"400":                    {jsonBody(400, `{}`), finding.Unknown, 400, "says nothing"},
		"402":                    {jsonBody(402, `{}`), finding.Unknown, 402, "says nothing"},
		"404":                    {jsonBody(404, `{}`), finding.Unknown, 404, "at this path"},
		"405":                    {jsonBody(405, `{}`), finding.Unknown, 405, "at this path"},
		"407":                    {jsonBody(407, `{}`), finding.Unknown, 407, "says nothing"},
		"418":                    {jsonBody(418, `{}`), finding.Unknown, 418, "says nothing"},
		"429":                    {jsonBody(429, `{}`), finding.Unknown, 429, "fewer requests (429), also after 5 tries"},
		"500":                    {jsonBody(500, `{}`), finding.Unknown, 500, "in trouble (500), also after 5 tries"},
		"501":                    {jsonBody(501, `{}`), finding.Unknown, 501, "5 tries"},
		"503":                    {jsonBody(503, html), finding.Unknown, 503, "5 tries"},
		"599":                    {jsonBody(599, ``), finding.Unknown, 599, "5 tries"},
		"hangs up":               {hangUp(""), finding.Unknown, 0, "broke off"},
		"hangs up in the header": {hangUp("HTTP/1.1 200 OK\r\nContent-Ty"), finding.Unknown, 0, "broke off in the middle"},
		"hangs up in the body":   {hangUp("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"data\":["), finding.Unknown, 200, "broke off"},
		"not HTTP":               {hangUp("220 smtp ready\r\n\r\n"), finding.Unknown, 0, "not an HTTP answer"},
		"endless header":         {hangUp("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20)), finding.Unknown, 0, ""},
		"broken gzip": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "{}")
		}, finding.Unknown, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.handler)
			a := check(t, newVerifier(t, options(s)), newKey())
			wantAnswer(t, a, c.want, c.reason)
			if a.HTTPStatus != c.status {
				t.Errorf("status %d, want %d", a.HTTPStatus, c.status)
			}
			if since := time.Since(a.CheckedAt); since < 0 || since > time.Minute {
				t.Errorf("checked at %v", a.CheckedAt)
			}
		})
	}
}

func TestHugeBodies(t *testing.T) {
	huge := func(w io.Writer) {
		_, _ = io.WriteString(w, `{"meta":{"request_id":"r"},"data":[{"name":"a"}`)
		for range 200_000 {
			if _, err := io.WriteString(w, `,{"name":"another agent"}`); err != nil {
				return // the client has read enough
			}
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    finding.Liveness
	}{
		"list": {func(w http.ResponseWriter, _ *http.Request) { huge(w) }, finding.Unknown},
		"gzip": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "application/json")
			z := gzip.NewWriter(w)
			huge(z)
			_ = z.Close()
		}, finding.Unknown},
		"page":   {typed(200, "text/html", html+strings.Repeat(" ", 2<<20)), finding.Unknown},
		"broken": {jsonBody(200, `[1,,`+strings.Repeat("1,", 1<<20)), finding.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := check(t, newVerifier(t, options(serve(t, c.handler))), newKey())
			wantAnswer(t, a, c.want, "")
			if a.Agents != nil {
				t.Errorf("counted %d agents in part of a body", *a.Agents)
			}
		})
	}
}

// An endless body is cut, not waited for.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, err := io.WriteString(w, "[1")
		for err == nil {
			_, err = io.WriteString(w, strings.Repeat(",1", 1000))
		}
	})
	wantAnswer(t, check(t, newVerifier(t, options(s)), newKey()), finding.Unknown, "more than 1 MiB")
}

func TestSlowServer(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]string{"header": "", "body": "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				c, _, _ := w.(http.Hijacker).Hijack()
				_, _ = io.WriteString(c, start)
				<-release
				_ = c.Close()
			})
			defer close(release)
			v := newVerifier(t, options(s))
			v.client.HTTPClient.Timeout = 300 * time.Millisecond
			wantAnswer(t, check(t, v, newKey()), finding.Unknown, "in good time")
		})
	}
}

// A byte now and then keeps no key waiting for longer than one that stalls.
func TestSlowDrip(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]string{"header": "HTTP/1.1 200 OK\r\nX-Drip: ", "body": "HTTP/1.1 200 OK\r\n\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				c, _, _ := w.(http.Hijacker).Hijack()
				_, err := io.WriteString(c, start)
				for err == nil {
					time.Sleep(20 * time.Millisecond)
					_, err = io.WriteString(c, " ")
				}
				_ = c.Close()
			})
			v := newVerifier(t, options(s))
			v.client.HTTPClient.Timeout = 300 * time.Millisecond
			wantAnswer(t, check(t, v, newKey()), finding.Unknown, "in good time")
		})
	}
}

// A small answer that would unpack to a gigabyte is cut.
func TestGzipBomb(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := bytes.Repeat([]byte(" "), 1<<20)
	for range 256 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	for _, status := range []int{200, 401, 403} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(status)
			_, _ = w.Write(bomb.Bytes())
		})
		a := check(t, newVerifier(t, options(s)), newKey())
		wantAnswer(t, a, finding.Unknown, "")
	}
}

// Every way in which a server could repeat the key is tried at once.
func TestServerThatEchoesTheKey(t *testing.T) {
	for _, status := range []string{"200", "302", "401", "403", "404", "500", "x"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				key := r.Header.Get("Authorization")
				hangUp(fmt.Sprintf("HTTP/1.1 %s %s\r\nLocation: %%zz%s\r\nRetry-After: 0\r\nX-%s\r\n\r\n%s", status, key, key, key, key))(w, r)
			})
			for _, k := range []*finding.Key{newKey(), newToken()} {
				check(t, newVerifier(t, options(s)), k) // which looks for the key
			}
		})
	}
}

// The API refuses a part of a key as it does a dead one, and the key may live.
func TestRefusedPartOfAKey(t *testing.T) {
	s := newCacheServer(t)
	for _, n := range []int{18, 23, 25, 48} {
		k := finding.NewAPIKey("prod", random(n))
		for range 2 {
			a := s.ask(t, 401, k)
			wantAnswer(t, a, finding.Unknown, "may not be the whole key")
			if a.HTTPStatus != 401 || a.FromCache || s.asked.Load() != 1 {
				t.Errorf("%d characters: %d requests, then %+v", n, s.asked.Load(), a)
			}
			if advice := a.Advice(k); !strings.Contains(advice, "look for the whole key") {
				t.Errorf("advice %q", advice)
			}
		}
		// Should the guide be wrong about the length, the API is right.
		wantAnswer(t, s.ask(t, 200, k), finding.Live, "accepts it")
	}
	wantAnswer(t, s.ask(t, 401, newToken()), finding.Inactive, "refuses it")
}
