package web

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/fleet/view"
	"github.com/neokeys/neokeys/internal/version"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
)

var functions = template.FuncMap{
	"date": func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.DateOnly)
	},
	"days":      func(d time.Duration) int { return int(d / (24 * time.Hour)) },
	"printable": report.Printable,
	"comma":     func(n int) string { return humanize.Comma(int64(n)) },
	"line": func(n int) string {
		if n == 0 {
			return ""
		}
		return ":" + strconv.Itoa(n)
	},
}

// perPage is how many keys or repositories a page lists.
const perPage = 100

// A filter says which keys a list has.
type filter struct {
	Text, Liveness, Severity, Exposure string
	Suppressed                         bool
	Page                               int
}

func filterOf(q url.Values) filter {
	page, err := strconv.Atoi(q.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	return filter{
		Text: strings.TrimSpace(q.Get("q")), Liveness: q.Get("liveness"), Severity: q.Get("severity"), Exposure: q.Get("exposure"),
		Suppressed: q.Get("suppressed") == "1", Page: page,
	}
}

// Query returns the filter for an address, with another page.
func (f filter) Query(page int) template.URL {
	q := url.Values{}
	for name, value := range map[string]string{"q": f.Text, "liveness": f.Liveness, "severity": f.Severity, "exposure": f.Exposure} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Suppressed {
		q.Set("suppressed", "1")
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return template.URL(q.Encode()) // encoded
}

func (f filter) wants(k *view.Key) bool {
	switch {
	case k.Suppressed() && !f.Suppressed,
		f.Liveness != "" && string(k.Liveness()) != f.Liveness,
		f.Severity != "" && k.Severity().String() != f.Severity,
		f.Exposure != "" && string(k.Exposure()) != f.Exposure:
		return false
	case f.Text == "":
		return true
	}
	text := strings.ToLower(f.Text)
	for _, list := range [][]string{{k.Key.ID, k.Key.Redacted, k.Key.Env}, k.Repositories, k.Owners(), k.Authors} {
		if slices.ContainsFunc(list, func(s string) bool { return strings.Contains(strings.ToLower(s), text) }) {
			return true
		}
	}
	return false
}

// selected returns the keys that a filter wants.
func (f filter) selected(v *view.View) (keys []*view.Key) {
	for _, k := range v.Keys {
		if f.wants(k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// A head is what all pages have.
type head struct {
	Title                      string
	Repositories, Failed, Keys int
	Version                    string
}

func headOf(v *view.View, title string) head {
	return head{title, len(v.Repositories), len(v.Failed()), len(v.Counting()), version.Of().Version}
}

// A listPage is the page with the keys.
type listPage struct {
	head
	Filter       filter
	Found        int
	Rows         []*view.Key
	Now          time.Time
	Before, Next int // pages; 0 where there is none
	Livenesses   []finding.Liveness
	Severities   []string
	Exposures    []string
}

// keys shows the list of keys.
func (s *Server) keys(w http.ResponseWriter, r *http.Request) {
	v, err := s.view(r.Context())
	if err != nil {
		failed(w, err)
		return
	}
	p := listPage{
		head: headOf(v, "Keys"), Filter: filterOf(r.URL.Query()), Now: v.Now,
		Livenesses: []finding.Liveness{finding.Live, finding.Restricted, finding.Unknown, finding.Inactive, finding.NotChecked},
		Severities: []string{"error", "warning", "note"}, Exposures: exposures(v),
	}
	keys := p.Filter.selected(v)
	p.Found = len(keys)
	p.Rows, p.Before, p.Next = pageOf(keys, p.Filter.Page)
	s.show(w, "keys.html", p)
}

// pageOf returns one page of a list, and the numbers of those beside it.
func pageOf[T any](list []T, page int) (rows []T, before, next int) {
	begin := min((page-1)*perPage, len(list))
	end := min(begin+perPage, len(list))
	if page > 1 {
		before = page - 1
	}
	if end < len(list) {
		next = page + 1
	}
	return list[begin:end], before, next
}

func exposures(v *view.View) []string {
	found := map[string]bool{}
	for _, k := range v.Keys {
		found[string(k.Exposure())] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// csv gives the keys of the list to a spreadsheet.
func (s *Server) csv(w http.ResponseWriter, r *http.Request) {
	v, err := s.view(r.Context())
	if err != nil {
		failed(w, err)
		return
	}
	result := &finding.Result{}
	for _, k := range filterOf(r.URL.Query()).selected(v) {
		for _, f := range k.Places {
			result.Findings = append(result.Findings, f.Finding)
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="neokeys-fleet.csv"`)
	_ = report.Write(w, report.CSV, result, report.Options{Rules: rules.All(), Started: v.Now}) // the browser has gone, then
}

// A keyPage is the page of one key.
type keyPage struct {
	head
	Key    *view.Key
	Now    time.Time
	Ignore *store.Ignore
	Bars   []bar
	Places []*store.Finding
}

// A bar is the time in which a repository had the key, as searches saw it, with the commits that
// brought it in and took it out. Its ends are percentages of the timeline.
type bar struct {
	Repository   string
	Since, Until time.Time // committed, and removed from HEAD; Until is zero while it is there
	Seen, Gone   time.Time // by searches; Gone is zero while it is found
	X, Width     int
	Open         bool
}

// key shows the page of a key.
func (s *Server) key(w http.ResponseWriter, r *http.Request) {
	v, err := s.view(r.Context())
	if err != nil {
		failed(w, err)
		return
	}
	k := v.Key(r.PathValue("id"))
	if k == nil {
		http.Error(w, "No repository has such a key.", http.StatusNotFound)
		return
	}
	s.show(w, "key.html", keyPage{head: headOf(v, "Key "+k.Key.ID), Key: k, Now: v.Now, Ignore: k.Ignored, Bars: barsOf(v, k), Places: k.Places})
}

// barsOf makes the timeline of a key, a bar a repository, the oldest first.
func barsOf(v *view.View, k *view.Key) (bars []bar) {
	at := map[int64]*bar{}
	for _, f := range k.Places {
		b := at[f.RepositoryID]
		if b == nil {
			b = &bar{Repository: v.Repository(f.RepositoryID).Name}
			at[f.RepositoryID] = b
		}
		for _, c := range []*finding.Commit{f.Commit, f.First} {
			if c != nil && (b.Since.IsZero() || c.Date.Before(b.Since)) {
				b.Since = c.Date
			}
		}
		if f.RemovedIn != nil && f.RemovedIn.Date.After(b.Until) {
			b.Until = f.RemovedIn.Date
		}
		b.Open = b.Open || f.Present()
	}
	for _, s := range v.Spans {
		if b := at[s.RepositoryID]; b != nil && s.KeyID == k.Key.ID {
			if b.Seen.IsZero() {
				b.Seen = s.OpenedAt
			}
			b.Gone = s.ClosedAt
		}
	}
	for _, b := range at {
		if b.Open {
			b.Until = time.Time{}
		}
		if b.Since.IsZero() {
			b.Since = b.Seen
		}
		bars = append(bars, *b)
	}
	slices.SortFunc(bars, func(a, b bar) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Repository, b.Repository))
	})
	scale(bars, v.Now)
	return bars
}

// scale places the bars between the first commit and now.
func scale(bars []bar, now time.Time) {
	if len(bars) == 0 {
		return
	}
	begin := bars[0].Since
	whole := max(now.Sub(begin), time.Hour)
	for i := range bars {
		b := &bars[i]
		end := b.Until
		if end.IsZero() {
			end = now
		}
		// Not in integers: a hundred times eleven years is more than they hold.
		part := func(d time.Duration) int { return int(100*d.Hours()/whole.Hours() + 0.5) }
		b.X = min(max(part(b.Since.Sub(begin)), 0), 99)
		b.Width = min(max(part(end.Sub(b.Since)), 1), 100-b.X)
	}
}

// A repositoriesPage is the page with the repositories.
type repositoriesPage struct {
	head
	Text         string
	Found        int
	Rows         []*store.Repository
	Before, Next int
}

// repositories shows what was searched, those that failed first.
func (s *Server) repositories(w http.ResponseWriter, r *http.Request) {
	v, err := s.view(r.Context())
	if err != nil {
		failed(w, err)
		return
	}
	f := filterOf(r.URL.Query())
	var list []*store.Repository
	for _, repo := range v.Repositories {
		if strings.Contains(strings.ToLower(repo.Name), strings.ToLower(f.Text)) {
			list = append(list, repo)
		}
	}
	slices.SortStableFunc(list, func(a, b *store.Repository) int { return cmp.Compare(b2i(a.Error == ""), b2i(b.Error == "")) })
	p := repositoriesPage{head: headOf(v, "Repositories"), Text: f.Text, Found: len(list)}
	p.Rows, p.Before, p.Next = pageOf(list, f.Page)
	s.show(w, "repositories.html", p)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func failed(w http.ResponseWriter, err error) {
	http.Error(w, fmt.Sprintf("The database cannot be read: %s", report.Printable(rules.Mask(err.Error()))), http.StatusInternalServerError)
}
