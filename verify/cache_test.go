package verify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// A cacheServer answers as it is told to, and counts.
type cacheServer struct {
	status atomic.Int32
	asked  atomic.Int32
	o      Options
	warned []string
}

func newCacheServer(t *testing.T) *cacheServer {
	c := &cacheServer{}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		c.asked.Add(1)
		neo(int(c.status.Load()))(w, r)
	})
	c.o = options(s)
	c.o.CachePath = filepath.Join(t.TempDir(), "cache.json")
	c.o.Warn = func(m string) { c.warned = append(c.warned, m) }
	return c
}

// ask is a run of its own.
func (c *cacheServer) ask(t *testing.T, status int32, k *finding.Key) Answer {
	t.Helper()
	c.status.Store(status)
	c.asked.Store(0)
	return check(t, newVerifier(t, c.o), k)
}

// age makes all answers in the file older.
func (c *cacheServer) age(t *testing.T, by time.Duration) {
	t.Helper()
	var f cacheFile
	text, err := os.ReadFile(c.o.CachePath)
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Answers {
		f.Answers[i].Checked = f.Answers[i].Checked.Add(-by)
	}
	text, _ = json.Marshal(f)
	if err := os.WriteFile(c.o.CachePath, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCache(t *testing.T) {
	for _, c := range []struct {
		status  int32
		want    finding.Liveness
		age     time.Duration
		asksNew bool
	}{
		{200, finding.Live, 0, false},
		{200, finding.Live, 59 * time.Minute, false},
		{200, finding.Live, 61 * time.Minute, true},
		{403, finding.Restricted, 59 * time.Minute, false},
		{403, finding.Restricted, 61 * time.Minute, true},
		{401, finding.Inactive, 0, false},
		{401, finding.Inactive, 20 * 365 * 24 * time.Hour, false},
		{401, finding.Inactive, -time.Hour, true}, // from the future
		{404, finding.Unknown, 0, true},
	} {
		t.Run(fmt.Sprint(c.want, c.age), func(t *testing.T) {
			s := newCacheServer(t)
			for _, k := range []*finding.Key{newKey(), newToken()} {
				first := s.ask(t, c.status, k)
				if first.Liveness != c.want || first.FromCache {
					t.Fatalf("at first %+v", first)
				}
				if c.want != finding.Unknown {
					s.age(t, c.age)
				}
				second := s.ask(t, 418, k)
				if asked := s.asked.Load() == 1; asked != c.asksNew || second.FromCache == c.asksNew {
					t.Errorf("asked anew: %v, then %+v", asked, second)
				}
				if !c.asksNew {
					if second.Liveness != c.want || second.HTTPStatus != 0 || !strings.HasPrefix(second.Reason, "remembered from 2") {
						t.Errorf("remembered %+v", second)
					}
					lists := c.want == finding.Live && k.Kind != finding.KindLegacy
					if said := strings.Contains(second.Reason, "without the number of its agents"); said != lists {
						t.Errorf("remembered %+v", second)
					}
				}
				_ = os.Remove(s.o.CachePath)
			}
			if len(s.warned) > 0 {
				t.Errorf("warned of %q", s.warned)
			}
		})
	}
}

func TestCacheFile(t *testing.T) {
	s := newCacheServer(t)
	k := newKey()
	s.ask(t, 200, k)
	s.ask(t, 401, newToken())
	text, err := os.ReadFile(s.o.CachePath)
	if err != nil {
		t.Fatal(err)
	}
	assertNoKey(t, "the cache", string(text))
	if strings.Contains(string(text), k.Redacted) || !strings.Contains(string(text), k.ID) {
		t.Errorf("the cache does not hold just ids:\n%s", text)
	}
	info, err := os.Stat(s.o.CachePath)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(s.o.CachePath)); len(left) != 1 {
		t.Errorf("files left behind: %v", left)
	}
}

// The answer of one endpoint is not another's.
func TestCacheKeepsEndpointsApart(t *testing.T) {
	s := newCacheServer(t)
	k := newKey()
	s.ask(t, 401, k)
	s.o.APIURL += "/other"
	if a := s.ask(t, 200, k); a.Liveness != finding.Live || a.FromCache {
		t.Errorf("another endpoint's answer is used: %+v", a)
	}
	s.o.APIURL = strings.TrimSuffix(s.o.APIURL, "/other") + "?token=hunter2"
	if a := s.ask(t, 200, k); a.Liveness != finding.Inactive {
		t.Errorf("the first endpoint's answer is lost: %+v", a)
	}
	s.ask(t, 200, newKey())
	if text, _ := os.ReadFile(s.o.CachePath); strings.Contains(string(text), "hunter2") {
		t.Error("the cache holds the URL's query")
	}
}

func TestBrokenCache(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":      "{",
		"other JSON":    `{"name":"left-pad"}`,
		"other version": `{"version":99,"answers":[]}`,
		"binary":        "\x00\xff",
	} {
		t.Run(name, func(t *testing.T) {
			s := newCacheServer(t)
			if err := os.WriteFile(s.o.CachePath, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			k := newKey()
			s.ask(t, 401, k)
			if len(s.warned) != 1 || !strings.Contains(s.warned[0], s.o.CachePath+".bad") {
				t.Errorf("warned of %q", s.warned)
			}
			if kept, _ := os.ReadFile(s.o.CachePath + ".bad"); string(kept) != text {
				t.Errorf("what was there is now %q", kept)
			}
			if a := s.ask(t, 200, k); !a.FromCache {
				t.Error("the new cache does not work")
			}
		})
	}
	// What mktemp makes is not broken.
	s := newCacheServer(t)
	if err := os.WriteFile(s.o.CachePath, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.ask(t, 401, newKey())
	if len(s.warned) != 0 {
		t.Errorf("warned of %q", s.warned)
	}
}

// Answers that no run of ours has written are passed over.
func TestForgedCache(t *testing.T) {
	s := newCacheServer(t)
	k := newKey()
	for _, forged := range []cacheRecord{
		{k.ID, s.o.APIURL, "unknown", time.Now()},
		{k.ID, s.o.APIURL, "dead", time.Now()},
		{"../" + k.ID, s.o.APIURL, "inactive", time.Now()},
		{k.ID, "", "inactive", time.Now()},
	} {
		text, _ := json.Marshal(cacheFile{cacheVersion, []cacheRecord{forged}})
		if err := os.WriteFile(s.o.CachePath, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if a := s.ask(t, 404, k); a.FromCache {
			t.Errorf("%+v is believed", forged)
		}
	}
}

func TestCacheOpenToOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // it has no such modes
	}
	for mode, believed := range map[os.FileMode]bool{0o644: true, 0o640: true, 0o620: false, 0o666: false} {
		s := newCacheServer(t)
		k := newKey()
		s.ask(t, 401, k)
		if err := os.Chmod(s.o.CachePath, mode); err != nil {
			t.Fatal(err)
		}
		if a := s.ask(t, 200, k); a.FromCache != believed {
			t.Errorf("mode %#o: believed %v", mode, a.FromCache)
		}
		if len(s.warned) != 1 {
			t.Errorf("mode %#o: warned of %q", mode, s.warned)
		}
		if info, err := os.Stat(s.o.CachePath); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %#o is now %v, %v", mode, info.Mode(), err)
		}
	}
}

// In a folder that anyone may write to, anyone may have put the file there.
func TestCacheInAnOpenFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // it has no such modes
	}
	s := newCacheServer(t)
	k := newKey()
	s.ask(t, 401, k)
	if err := os.Chmod(filepath.Dir(s.o.CachePath), 0o777); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(s.o.CachePath)
	if a := s.ask(t, 200, k); a.FromCache || a.Liveness != finding.Live {
		t.Errorf("believed: %+v", a)
	}
	if len(s.warned) != 1 || !strings.Contains(s.warned[0], "anyone may replace it") {
		t.Errorf("warned of %q", s.warned)
	}
	if after, _ := os.ReadFile(s.o.CachePath); string(after) != string(before) {
		t.Error("the file was changed")
	}
	if err := os.Chmod(filepath.Dir(s.o.CachePath), 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if a := s.ask(t, 200, k); !a.FromCache {
		t.Error("a folder such as /tmp is not good enough")
	}
}

func TestCacheThatIsALink(t *testing.T) {
	s := newCacheServer(t)
	target := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(target, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, s.o.CachePath); err != nil {
		return // not everyone may make links on Windows
	}
	if _, err := New(s.o); err == nil || !strings.Contains(err.Error(), "links are not followed") {
		t.Errorf("error %v", err)
	}
	// Nor one that is put there during the run.
	_ = os.Remove(s.o.CachePath)
	v := newVerifier(t, s.o)
	s.status.Store(401)
	if err := os.Symlink(target, s.o.CachePath); err != nil {
		t.Fatal(err)
	}
	check(t, v, newKey())
	if len(s.warned) != 1 || !strings.Contains(s.warned[0], "is not saved") {
		t.Errorf("warned of %q", s.warned)
	}
	if err := replaceFile(s.o.CachePath, []byte("new")); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(target); string(text) != "precious" {
		t.Errorf("the link was followed: %q", text)
	}
}

// Runs that overlap keep each other's answers, and leave a whole file.
func TestCacheSharedByRuns(t *testing.T) {
	s := newCacheServer(t)
	s.status.Store(401)
	first, second := newVerifier(t, s.o), newVerifier(t, s.o)
	a, b := newKey(), newKey()
	check(t, first, a)
	check(t, second, b)
	for _, k := range []*finding.Key{a, b} {
		if !s.ask(t, 200, k).FromCache {
			t.Error("one run's answer was lost")
		}
	}

	s.status.Store(401)
	var runs sync.WaitGroup
	for range 8 {
		v := newVerifier(t, s.o)
		runs.Go(func() { v.Check(t.Context(), newKeys(3), nil) })
	}
	runs.Wait()
	newVerifier(t, s.o)
	if len(s.warned) > 0 {
		t.Errorf("warned of %q", s.warned)
	}
}

func FuzzCache(f *testing.F) {
	f.Add([]byte(`{"version":1,"answers":[{"key_id":"0123456789abcdef","endpoint":"https://x/","state":"inactive","checked":"2020-01-01T00:00:00Z"}]}`))
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "cache")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := openCache(path, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		c.put("0123456789abcdef", "https://y/", answered(finding.Live, 200, ""))
		if err := c.save(); err != nil {
			t.Fatal(err)
		}
		again, err := openCache(path, func(m string) { t.Fatal(m) })
		if err != nil || len(again.entries) != len(c.entries) {
			t.Fatalf("%d entries were saved, %d read; %v", len(c.entries), len(again.entries), err)
		}
	})
}
