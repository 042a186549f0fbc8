package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// writeCSV writes a line for each finding, suppressed ones included, as JSON does.
func writeCSV(w io.Writer, r *finding.Result, o Options) error {
	t := newTable(w, o, "repository", "path", "line", "column", "rule", "severity", "confidence", "message",
		"key_id", "key_kind", "key_env", "key_redacted", "exposure", "liveness", "in_head",
		"commit", "author", "email", "date", "removed_in", "removed_on", "suppressed_by", "reason", "fingerprint", "scanned_at", "owners",
		"head_path", "head_line", "head_column")
	for i := range r.Findings {
		f := &r.Findings[i]
		repository, at := "", ""
		if f.Repository != nil {
			repository, at = f.Repository.Name, timestamp(f.Repository.ScannedAt)
		}
		row := []string{
			repository, f.Path, positive(f.Line), positive(f.Column), f.Rule, f.Severity.String(), string(f.Confidence), f.Message,
		}
		row = append(row, keyCells(f.Key)...)
		row = append(row, string(f.Exposure), string(f.Liveness), stated3(f.InHead))
		row = append(row, commitCells(f.Commit)...)
		removed := commitCells(f.RemovedIn)
		by, reason := "", ""
		if s := f.Suppressed; s != nil {
			by, reason = s.By, s.Reason
		}
		row = append(row, removed[0], removed[3], by, reason, f.Fingerprint, at, listed(f.Owners))
		t.row(f.Key, append(row, headCells(f.Head)...)...)
	}
	return t.end()
}

// writeCSVKeys writes a line for each key that counts, the most urgent first.
func writeCSVKeys(w io.Writer, r *finding.Result, o Options) error {
	t := newTable(w, o, "key_id", "key_kind", "key_env", "key_redacted", "severity", "exposure", "liveness", "in_head",
		"first_seen", "first_author", "first_email", "places", "repositories", "files", "rules", "advice", "owners")
	keys, _ := entries(r, o)
	for i := range keys {
		e := &keys[i]
		row := append(keyCells(e.Key), e.level().String(), string(e.Exposure()), string(e.Liveness()), strconv.FormatBool(e.Present()))
		first := commitCells(e.Oldest())
		repositories, files := whereabouts(&e.KeyGroup)
		row = append(row, first[3], first[1], first[2], strconv.Itoa(len(e.places)),
			listed(repositories), listed(files), strings.Join(e.tags(), "; "), e.advice.Text, listed(e.Owners()))
		t.row(e.Key, row...)
	}
	return t.end()
}

// whereabouts returns the repositories that a key is in, and its paths in them, each once.
func whereabouts(g *finding.KeyGroup) (repositories, paths []string) {
	seen := map[string]bool{}
	add := func(list *[]string, name, kind string) {
		if name != "" && !seen[kind+name] {
			seen[kind+name] = true
			*list = append(*list, name)
		}
	}
	for _, f := range g.Findings {
		path := f.Path
		if f.Repository != nil {
			add(&repositories, f.Repository.Name, "repository ")
			path = joined(f.Repository.Name, path)
		}
		add(&paths, path, "path ")
	}
	return repositories, paths
}

// listed joins names, of which very many do not fit into a cell.
func listed(names []string) string {
	const most = 50
	if len(names) <= most {
		return strings.Join(names, "; ")
	}
	return strings.Join(names[:most], "; ") + "; and " + number(len(names)-most, "more")
}

// keyCells are the id, kind, environment and redacted form of a key; empty for none.
func keyCells(k *finding.Key) []string {
	if k == nil {
		return []string{"", "", "", ""}
	}
	return []string{k.ID, string(k.Kind), k.Env, k.Redacted}
}

// commitCells are the id, author, address and date of a commit; empty for none.
func commitCells(c *finding.Commit) []string {
	if c == nil {
		return []string{"", "", "", ""}
	}
	return []string{c.OID, c.Author, c.Email, timestamp(c.Date)}
}

// headCells are a finding's path, line and column in HEAD; empty if it is not there.
func headCells(l *finding.Location) []string {
	if l == nil {
		return []string{"", "", ""}
	}
	return []string{l.Path, positive(l.Line), positive(l.Column)}
}

// positive returns n as text; empty for 0.
func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// stated3 returns a value that may be unknown.
func stated3(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

// A table is a CSV file that is written.
type table struct {
	*csv.Writer
	secrets bool
}

func newTable(w io.Writer, o Options, columns ...string) *table {
	t := &table{csv.NewWriter(w), o.ShowSecrets}
	if t.secrets {
		columns = append(columns, "secret")
	}
	_ = t.Write(columns) // end says what is wrong
	return t
}

// row writes a line. All cells are what a spreadsheet takes for text.
func (t *table) row(key *finding.Key, cells ...string) {
	if t.secrets {
		secret := ""
		if key != nil {
			secret = key.Secret.Reveal()
		}
		cells = append(cells, secret)
	}
	for i, c := range cells {
		cells[i] = inertCell(c)
	}
	_ = t.Write(cells) // end says what is wrong
}

func (t *table) end() error {
	t.Flush()
	return t.Error()
}

// inertCell returns text that no spreadsheet takes for a formula, and no program for more than one
// line: https://owasp.org/www-community/attacks/CSV_Injection. Spreadsheets skip white space before a
// formula, and take full-width signs for the narrow ones.
func inertCell(s string) string {
	s = printable(s)
	if rest := strings.TrimLeft(s, " \u00a0\u3000"); rest != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(rest)[0]) {
		return "'" + s
	}
	return s
}
