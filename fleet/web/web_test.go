package web

import (
	"context"
	"database/sql"
	"encoding/csv"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/internal/gittest"
)

// served returns a server of a fleet with two repositories that have a key of a hostile path.
func served(t *testing.T) (*httptest.Server, *Server, *http.Client) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "fleet.db"), true)
	gittest.Check(t, err)
	t.Cleanup(func() { _ = db.Close() })
	gittest.Check(t, db.Migrate(ctx))
	_, err = db.Add(ctx, []store.Repository{{URL: "/a", Name: "=cmd|a"}, {URL: "/b", Name: "b<script>alert(1)</script>"}})
	gittest.Check(t, err)
	list, err := db.Repositories(ctx)
	gittest.Check(t, err)
	yes := true
	commit := &finding.Commit{OID: strings.Repeat("ab", 20), Author: "<b>Eve</b>", Email: "e@example.com", Date: time.Now().Add(-100 * 24 * time.Hour)}
	old := &finding.Commit{OID: strings.Repeat("cd", 20), Author: "Old", Date: time.Now().Add(-20 * 365 * 24 * time.Hour)}
	for i, r := range list {
		first := []*finding.Commit{old, commit}[i]
		result := &finding.Result{Findings: []finding.Finding{{
			Rule: "neo-api-key", Severity: finding.Error, Confidence: finding.High, Key: key, Exposure: finding.Browser, Liveness: finding.NotChecked,
			Location: finding.Location{Path: "a\x1b[31m<i>", Line: 3}, Commit: commit, First: first, InHead: &yes, Fingerprint: "f", Owners: []string{"@team"},
		}}}
		_, err := db.Lease(ctx, r.ID, "x")
		gittest.Check(t, err)
		o := &store.Outcome{Refs: "r", Head: commit.OID, Started: time.Now(), Result: result}
		gittest.Check(t, db.Tx(ctx, func(tx *sql.Tx) error { return db.Replace(ctx, tx, r.ID, "x", o) }))
	}
	s, err := New(db)
	gittest.Check(t, err)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	gittest.Check(t, err)
	return server, s, &http.Client{Jar: jar}
}

var key = finding.NewAPIKey("prod", "Zk4Tq9"+"Lw2Xv7"+"Rb1Ns8"+"Hd5Mf3")

func get(t *testing.T, c *http.Client, url string, want int) (string, http.Header) {
	t.Helper()
	resp, err := c.Get(url)
	gittest.Check(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	gittest.Check(t, err)
	if resp.StatusCode != want {
		t.Fatalf("%s answers %d, want %d: %s", url, resp.StatusCode, want, body)
	}
	return string(body), resp.Header
}

func TestPages(t *testing.T) {
	server, s, client := served(t)
	list, header := get(t, client, server.URL+"/?token="+s.Token(), http.StatusOK)
	for _, want := range []string{"1 keys", key.ID, "2: ", "@team", "browser", "7300 so far"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list has no %q:\n%s", want, list)
		}
	}
	if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("the policy is %q", csp)
	}
	page, _ := get(t, client, server.URL+"/keys/"+key.ID, http.StatusOK) // by the cookie
	for _, want := range []string{"Timeline", `x="0" y="0" width="100"`, `x="99" y="0" width="1"`, `a\x1b[31m&lt;i&gt;:3`, "&lt;b&gt;Eve&lt;/b&gt;", "has it"} {
		if !strings.Contains(page, want) {
			t.Errorf("the key's page has no %q:\n%s", want, page)
		}
	}
	repositories, _ := get(t, client, server.URL+"/repositories", http.StatusOK)
	for name, text := range map[string]string{"list": list, "page": page, "repositories": repositories} {
		if strings.Contains(text, "<script") || strings.Contains(text, "\x1b") || strings.Contains(text, "ZgotmplZ") {
			t.Errorf("the %s is not escaped:\n%s", name, text)
		}
	}
	get(t, client, server.URL+"/keys/0000000000000000", http.StatusNotFound)
	get(t, client, server.URL+"/style.css", http.StatusOK)
}

func TestFilters(t *testing.T) {
	server, s, client := served(t)
	for query, want := range map[string]string{
		"q=" + key.ID: "1 keys", "q=@TEAM": "1 keys", "q=nothing": "0 keys", "exposure=browser&severity=error": "1 keys",
		"exposure=ci": "0 keys", "liveness=live": "0 keys", "liveness=not-checked": "1 keys", "page=7": "1 keys", "page=x": "1 keys",
	} {
		if text, _ := get(t, client, server.URL+"/?token="+s.Token()+"&"+query, http.StatusOK); !strings.Contains(text, "<p>"+want) {
			t.Errorf("%s does not give %s:\n%s", query, want, text)
		}
	}
	text, header := get(t, client, server.URL+"/keys.csv", http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 3 || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") {
		t.Fatalf("the CSV is %q, %v", text, err)
	}
	if strings.HasPrefix(rows[1][0], "=") {
		t.Errorf("a cell is a formula: %q", rows[1][0])
	}
}

// Only those with the token, on this machine, are let in, and only to read.
func TestAdmission(t *testing.T) {
	server, s, _ := served(t)
	stranger := &http.Client{}
	for _, path := range []string{"/", "/keys/" + key.ID, "/keys.csv", "/repositories", "/?token=wrong"} {
		if text, _ := get(t, stranger, server.URL+path, http.StatusUnauthorized); strings.Contains(text, key.ID) {
			t.Errorf("%s shows a key to a stranger", path)
		}
	}
	for _, c := range []struct {
		method, host string
		want         int
	}{
		{http.MethodGet, "evil.example.com", http.StatusForbidden},
		{http.MethodGet, "localhost:1", http.StatusOK},
		{http.MethodGet, "[::1]:80", http.StatusOK},
		{http.MethodPost, "", http.StatusMethodNotAllowed},
		{http.MethodDelete, "", http.StatusMethodNotAllowed},
	} {
		req, err := http.NewRequest(c.method, server.URL+"/", nil)
		gittest.Check(t, err)
		req.Host = c.host
		req.Header.Set("Authorization", "Bearer "+s.Token())
		resp, err := stranger.Do(req)
		gittest.Check(t, err)
		if resp.Body.Close(); resp.StatusCode != c.want {
			t.Errorf("%s of host %q is answered with %d, want %d", c.method, c.host, resp.StatusCode, c.want)
		}
	}
}

func TestListen(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":8080", "192.0.2.1:80", "example.com:80", "8080"} {
		if l, err := Listen(address); err == nil || !strings.Contains(err.Error(), "--listen") {
			t.Errorf("%s: %v, %v", address, l, err)
		}
	}
	l, err := Listen("127.0.0.1:0")
	gittest.Check(t, err)
	gittest.Check(t, l.Close())
}
