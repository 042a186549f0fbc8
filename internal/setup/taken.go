package setup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// taken reports whether there is something at path, where a file is to be. What is no file, and
// leads to none, makes the plan impossible.
func (p *Plan) taken(path string) bool {
	if _, err := os.Lstat(path); err != nil {
		return false
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		p.impossible(path + " is a link that leads nowhere: remove it, and run neokeys init again.")
	case !info.Mode().IsRegular():
		p.impossible(path + " is " + kindOf(info) + ", not a file: remove it, and run neokeys init again.")
	}
	return true
}

// folder reports whether the place where git looks for hooks is a folder, or can become one. What it is
// otherwise makes the plan impossible.
func (p *Plan) folder(project *Project) bool {
	problem := project.hooksProblem()
	if problem.What == "" {
		return true
	}
	p.Blocked = true
	p.impossible(problem.What + ". Run `" + problem.Mend + "`, and then neokeys init again.")
	return false
}

// hooksProblem says what is in the place of the folder where git looks for hooks, and what mends it;
// nothing if it is a folder, or can become one.
func (p *Project) hooksProblem() Problem {
	at, what := notFolder(p.HooksDir)
	if at == "" {
		return Problem{}
	}
	problem := Problem{"git looks for hooks in " + p.HooksDir + ", and " + at + " is " + what + ", not a folder: no hook runs", "rm " + shellWord(at)}
	dir := p.Root
	if dir == "" {
		dir = p.Dir
	}
	for _, scope := range []string{"--local", "--global"} {
		if set, _ := askGit(dir, "config", scope, "--get", "core.hooksPath"); set != "" { // it fails where there is none
			problem.Mend = "git config " + scope + " --unset core.hooksPath"
			break
		}
	}
	return problem
}

// notFolder returns what there is on the way to a folder that is none, and what it is; nothing if the
// folder is there or can be made.
func notFolder(folder string) (at, what string) {
	for at = folder; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err == nil && info.IsDir() || at == filepath.Dir(at) {
			return "", ""
		}
		if err == nil {
			return at, kindOf(info)
		}
		if info, err := os.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return at, "a link that leads nowhere"
		}
	}
}

// kindOf names what a path leads to.
func kindOf(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "a folder"
	case mode.IsRegular():
		return "a file"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

// describe says what happened at a path that is named already.
func describe(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return err.Error()
}

// impossible notes that something cannot be written.
func (p *Plan) impossible(text string) {
	p.Blocked, p.Impossible = true, true
	p.note(text)
}
