package report

import (
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// A fileWork is what to do with the files that contain a key now. Which of it a file needs depends on
// what the file is: an .env file may keep its key, and nobody edits a bundle.
type fileWork struct {
	stage Stage
	// files by what to do: edit has those that people write.
	edit, notebooks, images, secrets, ignored, built []string
	all                                              []string
}

// workOf returns what there is to do with the files of a key.
func workOf(g *finding.KeyGroup, stage Stage) *fileWork {
	w := &fileWork{stage: stage}
	for _, f := range g.Findings {
		name := f.File()
		switch {
		case f.Original != nil && f.Original.Variable == "":
			name = f.Original.Path // from which the bundle is made anew
		case f.Head != nil:
			name = f.Head.File()
		}
		if !f.Present() || f.Exposure == finding.Message || f.Exposure == finding.Name || name == stdin || slices.Contains(w.all, name) {
			continue
		}
		w.all = append(w.all, name)
		list := w.listFor(f, name)
		*list = append(*list, name)
		if made := f.File(); made != name && f.Original != nil && !slices.Contains(w.built, made) {
			w.built = append(w.built, made)
		}
	}
	return w
}

// listFor returns the list that a file belongs to.
func (w *fileWork) listFor(f *finding.Finding, name string) *[]string {
	base := strings.ToLower(path.Base(name))
	env := base == ".env" || strings.HasPrefix(base, ".env.") || strings.HasSuffix(base, ".env")
	switch {
	case f.Container != "", f.Exposure.Public() && f.Original == nil && isBuilt(name):
		return &w.built
	case strings.HasSuffix(base, ".ipynb"):
		return &w.notebooks
	case strings.HasPrefix(base, "dockerfile") || strings.HasPrefix(base, "containerfile"):
		return &w.images
	case f.Exposure.Public(): // a build puts it into what it makes, in git or not
		return &w.edit
	case env && !strings.Contains(base, "example") && !strings.Contains(base, "sample") && !strings.Contains(base, "template"):
		if w.stage == Kept && !inHistory(f) {
			return &w.ignored
		}
		return &w.secrets
	}
	return &w.edit
}

// isBuilt reports whether a program made the file from others.
func isBuilt(name string) bool {
	base := path.Base(name)
	for folder := range strings.SplitSeq(path.Dir(name), "/") {
		switch folder {
		case "dist", "build", "out", ".next", ".nuxt", ".output", "_next", "assets", "chunks":
			return true
		}
	}
	return strings.Contains(base, ".min.") || strings.Contains(base, ".bundle.") || strings.Contains(base, ".chunk.") || strings.HasSuffix(base, ".map")
}

// String returns what to do, without a full stop; empty for nothing.
func (w *fileWork) String() string {
	return w.phrase(named, func(command string) string { return "`" + command + "`" })
}

// phrase returns what to do, with files and a command written as named and code do.
func (w *fileWork) phrase(named func([]string) string, code func(string) string) string {
	var parts []string
	add := func(before string, files []string, after string) {
		if len(files) > 0 {
			parts = append(parts, before+named(files)+after)
		}
	}
	add("remove it from ", slices.Concat(w.edit, w.images), "")
	add("clear it from the cells and outputs of ", w.notebooks, "")
	if len(w.images) > 0 {
		parts = append(parts, "build the image again")
	}
	if len(w.secrets) > 0 {
		from := "git"
		if w.stage == Stopped {
			from = "the commit"
		}
		parts = append(parts, "take "+named(w.secrets)+" out of "+from+" ("+code("git rm --cached "+quoted(w.secrets[:min(len(w.secrets), mostNamed)]))+")")
	}
	if len(w.ignored) > 0 {
		parts = append(parts, "keep "+named(w.ignored)+" out of git (.gitignore, and "+code("git rm --cached "+quoted(w.ignored[:min(len(w.ignored), mostNamed)]))+" if it is tracked)")
	}
	add("build ", w.built, " again without it")
	return joinSteps(parts)
}

// joinSteps joins steps that have lists of their own.
func joinSteps(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + ", and " + parts[len(parts)-1]
}

// sentence returns String as a sentence.
func (w *fileWork) sentence() string {
	if s := w.String(); s != "" {
		return capital(s) + "."
	}
	return ""
}

// action returns the word that the sentence begins with.
func (w *fileWork) action() string {
	word, _, _ := strings.Cut(w.sentence(), " ")
	return word
}

// stdin is the path of findings in standard input.
const stdin = "-"

// mostNamed is how many files a sentence names.
const mostNamed = 3

// named returns the names of files for a sentence.
func named(files []string) string {
	var names []string
	for _, name := range files[:min(len(files), mostNamed)] {
		names = append(names, printable(cutEnd(name, maxName, false)))
	}
	if n := len(files) - mostNamed; n > 0 {
		names = append(names, number(n, "more file"))
	}
	return join(names)
}

// maxName is how many characters of a file's name an advice shows.
const maxName = 120
