// Forms writes files with hidden keys into a folder, and compares what scanners found in them:
//
//	forms DIR                        writes the files, and DIR.json, which says what is in them
//	forms -compare DIR NAME=REPORT   prints the page docs/forms.md
//
// A REPORT has a line for each finding, PATH<tab>KEY, with the path under DIR. bench/forms.sh
// runs it all.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"strings"

	"github.com/neokeys/neokeys/internal/hidden"
)

func main() {
	compare := flag.Bool("compare", false, "print the page that compares reports")
	flag.Parse()
	var err error
	if *compare {
		err = page(flag.Arg(0), flag.Args()[1:])
	} else {
		err = write(flag.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A form is a file that was written.
type form struct{ Set, Name, Key string }

// path is where the file is in the folder.
func (f *form) path() string { return path.Join(f.Set, f.Name) }

// write makes the files of all sets but those of tokens and formats of theirs, which others have no rule for.
func write(dir string) error {
	random := rand.New(rand.NewPCG(uint64(os.Getpid()), rand.Uint64()))
	sets := map[string][]hidden.File{"binaries": hidden.Binaries(random), "containers": hidden.Containers(random)}
	for _, set := range []string{"edges", "pieces", "joins", "templates", "constants", "escapes"} {
		files, err := hidden.Templates("testdata/hidden", set, random)
		if err != nil {
			return err
		}
		sets[set] = files
	}
	var all []form
	for _, set := range order {
		if _, err := hidden.Write(path.Join(dir, set.name), sets[set.name]); err != nil {
			return err
		}
		for _, f := range sets[set.name] {
			all = append(all, form{set.name, f.Name, f.Key})
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(dir+".json", text, 0o600)
}

// order is the sets in the order of the page.
var order = []struct{ name, title string }{
	{"edges", "What stands beside the key, in text"},
	{"binaries", "What stands beside the key, in data"},
	{"escapes", "Escapes and encodings"},
	{"pieces", "Keys in pieces"},
	{"joins", "Keys in pieces, in further languages"},
	{"templates", "Keys in formats and templates"},
	{"constants", "Keys in constants"},
	{"containers", "Containers"},
}

// A report is what one scanner found: by path, the keys.
type report struct {
	name  string
	found map[string][]string
}

func read(argument, dir string) (r report, err error) {
	name, file, _ := strings.Cut(argument, "=")
	r = report{name, map[string][]string{}}
	f, err := os.Open(file)
	if err != nil {
		return r, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		at, key, _ := strings.Cut(lines.Text(), "\t")
		at = strings.TrimPrefix(strings.TrimPrefix(at, dir), "/")
		for _, member := range []string{"!/", "!"} { // of an archive
			at, _, _ = strings.Cut(at, member)
		}
		r.found[at] = append(r.found[at], key)
	}
	return r, nil
}

// Verdicts on what a scanner found in a file.
const (
	missed = "–"
	once   = "yes"
	more   = "more than once"
	wrong  = "wrong key"
)

// verdict compares what was found in a file with its key.
func (r *report) verdict(f *form) string {
	right := 0
	for _, key := range r.found[f.path()] {
		if key == f.Key {
			right++
		}
	}
	switch n := len(r.found[f.path()]); {
	case n == 0:
		return missed
	case right == 0:
		return wrong
	case n > 1:
		return more
	}
	return once
}

func page(dir string, arguments []string) error {
	text, err := os.ReadFile(dir + ".json")
	if err != nil {
		return err
	}
	var forms []form
	if err := json.Unmarshal(text, &forms); err != nil {
		return err
	}
	var reports []report
	for _, a := range arguments {
		r, err := read(a, dir)
		if err != nil {
			return err
		}
		reports = append(reports, r)
	}
	fmt.Print(intro)
	summary(forms, reports)
	for _, set := range order {
		fmt.Printf("\n## %s\n\n", set.title)
		header("form", reports)
		for i := range forms {
			if f := &forms[i]; f.Set == set.name {
				row(f.Name, reports, func(r *report) string { return r.verdict(f) })
			}
		}
	}
	return nil
}

const intro = `# Forms of a key, and who finds them

A key is easy to find on a line of its own. In these files it is not so plain: it is glued to other text, encoded, split or packed. Each has one
random key. The table says whether a scanner finds it: **yes** is once, with the right characters; **wrong key** is worse than
a miss, since the id, the redaction and a check against the API are wrong, too.

The others have the best rule that they allow: the pattern of a key without edges, no threshold of entropy, the deepest
decoding and all archives. ` + "`bench/forms.sh`" + ` makes the files from [testdata/hidden](../testdata/hidden), runs the scanners and writes
this page.

`

func header(first string, reports []report) {
	fmt.Printf("| %s |", first)
	for _, r := range reports {
		fmt.Printf(" %s |", r.name)
	}
	fmt.Printf("\n|%s\n", strings.Repeat(" --- |", 1+len(reports)))
}

func row(first string, reports []report, cell func(*report) string) {
	fmt.Printf("| `%s` |", first)
	for i := range reports {
		fmt.Printf(" %s |", cell(&reports[i]))
	}
	fmt.Println()
}

// summary prints how many files of each set are right.
func summary(forms []form, reports []report) {
	header("found once, with the right key", reports)
	for _, set := range order {
		total := 0
		for _, f := range forms {
			total += b2i(f.Set == set.name)
		}
		fmt.Printf("| %s (%d) |", set.title, total)
		for i := range reports {
			n := 0
			for j := range forms {
				n += b2i(forms[j].Set == set.name && reports[i].verdict(&forms[j]) == once)
			}
			fmt.Printf(" %d |", n)
		}
		fmt.Println()
	}
	fmt.Print("| wrong keys |")
	for i := range reports {
		n := 0
		for j := range forms {
			n += b2i(reports[i].verdict(&forms[j]) == wrong)
		}
		fmt.Printf(" %d |", n)
	}
	fmt.Println()
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
