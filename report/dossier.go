package report

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/neokeys/neokeys/finding"
)

// A Dossier is everything that a search says about one key.
type Dossier struct {
	entry
	story *finding.Story
	// public are the ways in which others than the repository's readers may have got it.
	public []publicPlace
	// neighbours are other keys in the files that had this one.
	neighbours []neighbour
	problems   []finding.Problem
	// Remaining are the steps that are still to be taken, in their order.
	Remaining []Task
}

// A Task is a step that remains to be taken about a key.
type Task struct {
	What     string // a whole sentence
	Command  string // proves that it is done; may be empty
	Proof    string // what the command shows then
	Optional bool
}

// A publicPlace is a kind of thing that is handed to others.
type publicPlace struct {
	Kind  string
	Paths []string
	Now   bool // it is in the present files
}

// A neighbour is another key in a file that had the key.
type neighbour struct {
	Key    *finding.Key
	Path   string
	Commit *finding.Commit // that brought it in; nil if that is not known
}

// NewDossier returns what r says of the key that wanted picks; nil if it has no such key. asked are
// earlier answers of the API, as steps of its story.
func NewDossier(r *finding.Result, wanted func(*finding.Key) bool, asked []finding.Step, o Options) *Dossier {
	shown := Mask(r)
	all := append(slices.Clone(shown.Findings), shown.Examples...)
	groups, _ := finding.Groups(all)
	n := slices.IndexFunc(groups, func(g finding.KeyGroup) bool { return wanted(g.Key) })
	if n < 0 {
		return nil
	}
	g := &groups[n]
	d := &Dossier{entry: newEntry(g, o), story: finding.Tell(g, finding.Replacements(all), o.Started), problems: shown.Problems}
	d.story.Add(asked)
	d.public = publicPlaces(g)
	d.neighbours = neighbours(g, groups)
	d.Remaining = d.tasks()
	return d
}

// WriteDossier writes what is known of a key as text or JSON.
func WriteDossier(w io.Writer, f Format, d *Dossier, o Options) error {
	switch f {
	case Text:
		return d.writeText(w, o)
	case JSON:
		return d.writeJSON(w, o)
	}
	return fmt.Errorf("unknown format %q: use text or json", f)
}

// packages are the extensions of what package registries hand out.
var packages = []string{".tgz", ".whl", ".jar", ".war", ".aar", ".nupkg", ".gem", ".crate", ".deb", ".rpm", ".vsix"}

// publicKind says how a place reaches people who have no access to the repository; empty if it
// does not, as far as its path tells.
func publicKind(f *finding.Finding) string {
	switch f.Exposure {
	case finding.Browser:
		return "browser bundle"
	case finding.Mobile:
		return "app"
	case finding.Container:
		return "container image"
	case finding.Docs:
		return "documentation"
	}
	if slices.Contains(packages, strings.ToLower(path.Ext(f.Container))) {
		return "package"
	}
	return ""
}

func publicPlaces(g *finding.KeyGroup) (list []publicPlace) {
	for _, f := range g.Findings {
		kind := publicKind(f)
		if kind == "" {
			continue
		}
		n := slices.IndexFunc(list, func(p publicPlace) bool { return p.Kind == kind })
		if n < 0 {
			n = len(list)
			list = append(list, publicPlace{Kind: kind})
		}
		if p := &list[n]; !slices.Contains(p.Paths, f.File()) {
			p.Paths = append(p.Paths, f.File())
		}
		list[n].Now = list[n].Now || f.Present()
	}
	return list
}

// neighbours returns the other keys in the files that had g's.
func neighbours(g *finding.KeyGroup, groups []finding.KeyGroup) (list []neighbour) {
	has := map[string]bool{}
	for _, f := range g.Findings {
		if f.Exposure != finding.Message && f.Exposure != finding.Name && f.File() != stdin {
			has[f.File()] = true
		}
	}
	for i := range groups {
		other := &groups[i]
		if other.Key.ID == g.Key.ID {
			continue
		}
		if n := slices.IndexFunc(other.Findings, func(f *finding.Finding) bool { return has[f.File()] }); n >= 0 {
			list = append(list, neighbour{other.Key, other.Findings[n].File(), other.Findings[n].Commit})
		}
	}
	return list
}

// tasks returns the steps that remain, each with the command that proves it done.
func (d *Dossier) tasks() (list []Task) {
	if d.Liveness() != finding.Inactive {
		list = append(list, d.stop())
	}
	if todo := workOf(&d.KeyGroup, Kept); len(todo.all) > 0 {
		list = append(list, Task{
			What:    todo.sentence() + " `neokeys fix` shows how.",
			Command: "neokeys scan " + quoted(todo.all), Proof: "the key is no longer listed",
		})
	}
	list = append(list, d.onBranches()...)
	for _, p := range d.public {
		list = append(list, publicTask(p))
	}
	if len(list) > 0 && inClones(&d.KeyGroup) {
		list = append(list, Task{
			What:    "Take it out of the history: `neokeys purge " + d.Key.ID + "` says how. A key that is dead opens nothing there.",
			Command: "neokeys git --gone " + d.Key.ID, Proof: "status 0", Optional: true,
		})
	}
	return list
}

// stop is the task of ending the key.
func (d *Dossier) stop() Task {
	what := "Find out whether it works."
	switch a := d.advice; a.Action {
	case revoke, rotate, regenerate:
		what = a.Action + " it: " + a.Where + "."
	}
	return Task{
		What: what, Command: "neokeys verify --watch --proof key-" + d.Key.ID + ".jsonl",
		Proof: "paste the key; it ends with status 0 when the key is dead",
	}
}

// onBranches are the tasks for branches and releases other than HEAD whose files have the key.
func (d *Dossier) onBranches() (list []Task) {
	var releases []string
	for _, r := range d.story.Refs {
		if tag, ok := strings.CutPrefix(r.Name, "refs/tags/"); ok && r.Holds {
			releases = append(releases, tag)
		}
		branch, ok := strings.CutPrefix(r.Name, "refs/heads/")
		if !ok || !r.Holds || len(workOf(&d.KeyGroup, Kept).all) > 0 && d.story.Head.Open {
			continue // what is taken out of HEAD reaches other branches by a merge
		}
		list = append(list, Task{
			What:    "Remove it from the files of the branch " + printable(branch) + ".",
			Command: "git switch " + quoted([]string{branch}) + " && neokeys scan", Proof: "the key is no longer listed",
		})
	}
	if len(releases) > 0 {
		list = append(list, Task{
			What:    "Withdraw what was published of " + named(releases) + ", whose files have it, or publish it again without the key.",
			Command: "neokeys scan ARTIFACT", Proof: "status 0 for each file that can still be downloaded",
		})
	}
	return list
}

// publicTask is what to do about a kind of thing that is handed to others.
func publicTask(p publicPlace) Task {
	switch p.Kind {
	case "browser bundle", "documentation":
		return Task{What: "Deploy the site again without it (" + p.Kind + ").", Command: "neokeys site https://...", Proof: "status 0"}
	case "container image":
		return Task{What: "Build the image again without it, and delete the tags that have it.", Command: "docker save -o image.tar IMAGE && neokeys scan image.tar", Proof: "status 0"}
	case "app":
		return Task{What: "Release the app again without it; the copies that people have keep it.", Command: "neokeys scan app.apk", Proof: "status 0"}
	}
	return Task{What: "Publish the package again without it, and withdraw the version that has it.", Command: "neokeys scan PACKAGE", Proof: "status 0"}
}

// quoted returns names as a shell takes them, so that what a repository calls its files runs
// nothing when a command is pasted.
func quoted(names []string) string {
	const most = 5
	var words []string
	for _, name := range names[:min(len(names), most)] {
		word, err := syntax.Quote(name, syntax.LangBash)
		if err != nil { // it has a NUL, which no file's name can have
			word = "..."
		}
		if strings.HasPrefix(name, "-") {
			word = "./" + word
		}
		words = append(words, printable(word))
	}
	if len(names) > most {
		words = append(words, "...")
	}
	return strings.Join(words, " ")
}
