package setup

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// PlanRemoval plans to take back what init wrote to the repository: what the record says, and the
// hooks and lines that bear its mark, which an older neokeys or somebody else's init wrote.
// What was changed since stays, and a note says so.
func (p *Project) PlanRemoval() (Plan, error) {
	plan, err := removal(p.Common, p.Root)
	if err != nil {
		return plan, err
	}
	plan.unrecorded(p)
	return plan, nil
}

// Forget removes the record of what was taken back.
func (p *Project) Forget() error { return (&record{}).write(p.Common) }

// removal plans to take back what the record in folder says.
func removal(folder, root string) (Plan, error) {
	var plan Plan
	r, err := readRecord(folder)
	if err != nil {
		return plan, err
	}
	for _, e := range slices.Backward(r.Written) {
		if err := plan.takeBack(e, root); err != nil {
			return plan, err
		}
	}
	return plan, nil
}

// takeBack plans to undo one entry.
func (p *Plan) takeBack(e entryOf, root string) error {
	if e.Setting != "" {
		if globalSetting(e.Path) == e.Setting {
			p.Changes = append(p.Changes, Change{Path: e.Path, Text: e.Setting, Setting: true, Remove: true, Why: "init set it"})
		}
		return nil
	}
	text, err := os.ReadFile(e.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // somebody removed it
	case err != nil:
		return err
	case e.SHA256 != "" && sum(text) == e.SHA256:
		p.remove(e)
	case len(e.Added) == 0 && e.SHA256 != "":
		p.note(e.Path + " has changed since init wrote it, and is left alone.")
	default:
		p.cut(e.Path, string(text), e.Added, root)
	}
	return nil
}

// remove plans to remove a file that is as init wrote it.
func (p *Plan) remove(e entryOf) {
	c := Change{Path: e.Path, Remove: true, Why: "init wrote it", folders: e.Folders}
	if e.Moved != "" {
		if _, err := os.Lstat(e.Moved); err == nil {
			c.MoveTo, c.Why = e.Moved, "init wrote it; "+e.Moved+" takes its place again"
		}
	}
	p.Changes = append(p.Changes, c)
}

// cut plans to remove lines from a file, if each run of them is there once.
func (p *Plan) cut(path, text string, added []string, root string) {
	rest := text
	for _, lines := range added {
		if strings.Count(rest, lines) != 1 {
			p.note(path + " has changed where init wrote to it, and is left alone.")
			return
		}
		rest = strings.Replace(rest, lines, "", 1)
	}
	p.Changes = append(p.Changes, Change{Path: path, Old: text, Text: rest, Edit: true, root: root, Why: "init added these lines"})
}

// unrecorded plans to remove the hooks that bear init's mark, of which there is no record.
func (p *Plan) unrecorded(project *Project) {
	for _, name := range []string{"pre-commit", "commit-msg", "pre-push", "pre-receive"} {
		path := filepath.Join(project.HooksDir, name)
		text, err := os.ReadFile(path)
		if err != nil || p.has(path) || !bytes.HasPrefix(text, []byte("#!/bin/sh\n# Written by `neokeys init")) {
			continue
		}
		e := entryOf{Path: path}
		if before := path + ".before-neokeys"; exists(before) {
			e.Moved = before
		}
		p.remove(e)
	}
	if project.Manager != "husky" {
		return
	}
	for _, h := range clientHooks {
		path := project.path(".husky/" + h.name)
		text, err := os.ReadFile(path)
		if err != nil || p.has(path) {
			continue
		}
		for _, alone := range []bool{false, true} {
			lines := huskyLines(h.name, h.arguments, alone)
			if string(text) == "#!/bin/sh\n"+lines {
				p.remove(entryOf{Path: path})
			} else if strings.Count(string(text), lines) == 1 {
				p.cut(path, string(text), []string{lines}, project.Root)
				break
			}
		}
	}
}

func (p *Plan) has(path string) bool {
	return slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Path == path })
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
