package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/fuzzing"
)

func TestMain(m *testing.M) { fuzzing.Main(m) }

// run has sqlite3 make a database, and returns it and its log, if there is one.
func run(t testing.TB, script string) (database, log []byte) {
	t.Helper()
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("sqlite3 is not installed")
	}
	path := filepath.Join(t.TempDir(), "a.db")
	// Without a last connection that closes it, the log stays.
	cmd := exec.Command(program, path)
	cmd.Stdin = strings.NewReader(script + ".shell cp " + path + " " + path + ".copy\n.shell cp " + path + "-wal " + path + ".log 2>/dev/null || true\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	database, err = os.ReadFile(path + ".copy")
	if err != nil {
		t.Fatal(err)
	}
	log, _ = os.ReadFile(path + ".log")
	return database, log
}

// rows returns the rows of a database by table.
func rows(data []byte) (map[string][]string, error) {
	d, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	tables, err := d.Tables()
	got := map[string][]string{}
	for _, t := range tables {
		rowErr := d.Rows(t, func(cells [][]byte, err error) error {
			got[t.Name] = append(got[t.Name], string(bytes.Join(cells, []byte("|"))))
			return err
		})
		err = errors.Join(err, rowErr)
	}
	return got, err
}

func TestRows(t *testing.T) {
	long := strings.Repeat("long text ", 30_000)
	for _, pragma := range []string{"", "PRAGMA page_size=512;", "PRAGMA page_size=65536;", "PRAGMA encoding='UTF-16le';", "PRAGMA encoding='UTF-16be'; PRAGMA page_size=1024;"} {
		script := pragma + `
begin;
create table kv(k text, v);
create table "w"(k text primary key, v) without rowid;
insert into kv values('a', 1), ('b', -70000), ('c', 1.5), ('d', null), ('e', x'4142'), ('f', 0), ('g', 9007199254740993);
`
		for i := range 300 {
			script += fmt.Sprintf("insert into kv values('n%d', 'value %d'); insert into w values('w%03d', 'value %d');\n", i, i, i, i)
		}
		script += "insert into kv values('long', '" + long + "'); insert into w values('x', '" + long + "');\ncommit;\n"
		data, _ := run(t, script)
		got, err := rows(data)
		if err != nil {
			t.Errorf("%s: %v", pragma, err)
		}
		want := []string{"a|1", "b|-70000", "c|1.5", "d|", "e|AB", "f|0", "g|9007199254740993", "n0|value 0"}
		if len(got["kv"]) != 308 || strings.Join(got["kv"][:8], " ") != strings.Join(want, " ") || got["kv"][307] != "long|"+long {
			t.Errorf("%s: %d rows, %.200q", pragma, len(got["kv"]), got["kv"][:min(8, len(got["kv"]))])
		}
		found := map[string]bool{}
		for _, row := range got["w"] {
			found[row] = true
		}
		if len(found) != 301 || !found["w150|value 150"] || !found["x|"+long] {
			t.Errorf("%s: without rowid: %d rows", pragma, len(found))
		}
	}
}

// What was written to a log is not in the database yet.
func TestLog(t *testing.T) {
	_, log := run(t, "PRAGMA journal_mode=wal; create table kv(k, v); insert into kv values('a', 'in the log'); insert into kv values('b', '"+strings.Repeat("x", 20_000)+"');\n")
	if len(log) == 0 {
		t.Skip("sqlite3 left no log")
	}
	d, err := OpenLog(bytes.NewReader(log), int64(len(log)))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	err = d.Pages(func(_ uint32, cells [][]byte, err error) error {
		found[string(bytes.Join(cells, []byte("|")))] = err == nil
		return nil
	})
	if err != nil || !found["a|in the log"] || !found["b|"+strings.Repeat("x", 20_000)] {
		t.Errorf("%d rows, %v", len(found), err)
	}
}

// seeds are small databases for the fuzzer.
func seeds(f *testing.F) [][]byte {
	var list [][]byte
	database, _ := run(f, "PRAGMA page_size=512; create table kv(k text primary key, v); insert into kv values('a', 'one'), ('b', '"+strings.Repeat("x", 1500)+"'); create table w(k primary key) without rowid; insert into w values('y');\n")
	_, log := run(f, "PRAGMA page_size=512; PRAGMA journal_mode=wal; create table kv(k, v); insert into kv values('a', 'in the log');\n")
	return append(list, database, log)
}

// Whatever a database claims, what comes out of it is bounded.
func FuzzRows(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		add := func(cells [][]byte) {
			for _, c := range cells {
				n += len(c)
			}
		}
		if d, err := Open(bytes.NewReader(data), int64(len(data))); err == nil {
			tables, _ := d.Tables()
			for _, table := range tables {
				_ = d.Rows(table, func(cells [][]byte, _ error) error { add(cells); return nil })
			}
		}
		if d, err := OpenLog(bytes.NewReader(data), int64(len(data))); err == nil {
			_ = d.Pages(func(_ uint32, cells [][]byte, _ error) error { add(cells); return nil })
		}
		if n > 40*len(data)+1<<10 {
			t.Errorf("%d bytes come out of %d", n, len(data))
		}
	})
}
