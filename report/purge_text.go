package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// maxCommits is how many ids of commits a text for a host's support lists.
const maxCommits = 50

// Write writes the plan for a person.
func (p *Purge) Write(w io.Writer, o Options) error {
	t := newText(w, o)
	p.where(t)
	p.commands(t)
	p.beyond(t)
	p.collaborators(t)
	p.support(t)
	t.problems("Not everything could be searched: there may be more", "more problem", p.problems)
	return t.Flush()
}

// where says what leads to the keys.
func (p *Purge) where(t *textReport) {
	t.section("What leads to the keys")
	for _, k := range p.keys {
		t.wrap(2, 4, plain(printable(k.Redacted)+", key id "+k.ID))
	}
	for _, kind := range refKinds {
		if list := p.refs[kind.name]; len(list) > 0 {
			t.wrap(2, 4, plain(kind.name+": "+refs(list)))
		}
	}
	if n := len(p.lost); n > 0 {
		t.wrap(2, 4, plain("no ref: "+number(n, "object")+" that only this repository keeps, such as "+p.lost[0]))
	}
	t.wrap(2, 4, plain(number(len(p.commits), "commit")+" brought them in"+p.oldest()+"."))
	if len(p.origin.Remotes) > 0 {
		t.wrap(2, 4, plain("remotes of this repository: "+printable(strings.Join(p.origin.Remotes, ", "))))
	}
	t.wrap(2, 4, plain("Forks cannot be seen from here: the host's page of the repository lists them, and each keeps its own copy."))
	t.printf("\n")
}

func (p *Purge) oldest() string {
	if len(p.commits) == 0 {
		return ""
	}
	return ", the first " + shortOID(p.commits[0]) + " on " + day(p.commits[0])
}

// commands lists what to run, in order.
func (p *Purge) commands(t *textReport) {
	ids := strings.Join(p.ids(), " ")
	gone := "--gone " + strings.Join(p.ids(), " --gone ")
	server := cmp.Or(p.origin.URL, "URL")
	file := "replace.txt"
	t.section("What to do, in this order")
	step := 0
	line := func(what, command string) {
		step++
		t.wrap(2, 5, plain(fmt.Sprintf("%d.", step)), plain(what))
		if command != "" {
			t.printf("       %s\n", t.bold(printable(command)))
		}
	}
	line("Revoke the keys, if that is not done: who has read them can use them, whatever becomes of the history.", "neokeys verify --watch")
	line("Take the keys out of the present files of every branch and commit that: this rewrites history, not your work.", "neokeys scan")
	line("Make a fresh clone of everything, and work in that.", "git clone --mirror "+quoted([]string{server})+" purge.git && cd purge.git")
	if p.origin.File != "" {
		file = p.origin.File
		line("The keys are in "+printable(file)+", which only you can read. Delete it when all is done.", "")
	} else {
		line("Write the keys to a file that only you can read. Delete it when all is done.", "neokeys purge "+ids+" --show-secrets -o "+file)
	}
	line("Rewrite the history (pip install git-filter-repo).",
		"git filter-repo --sensitive-data-removal --replace-text "+quoted([]string{file})+" --replace-message "+quoted([]string{file}))
	line("Prove that no object of it has the keys: status 0.", "neokeys git "+gone)
	line("Push all of it. Refs of pull requests are refused; the host's support deletes those.", "git push --force --mirror origin")
	line("Prove that no ref of the server leads to them, pull requests included: status 0.", "neokeys git "+quoted([]string{server})+" "+gone)
	t.printf("\n")
}

// beyond says what the replacement does not reach.
func (p *Purge) beyond(t *textReport) {
	if p.Complete() {
		return
	}
	t.section("What --replace-text does not reach")
	if len(p.encoded) > 0 {
		t.wrap(2, 4, plain("Here a key is encoded, compressed or in pieces, so that its bytes are not in the file. Take these files out of the history: add"),
			span{text: "--invert-paths --path " + strings.ReplaceAll(quoted(p.encoded), " ", " --path "), style: t.bold},
			plain("in a second run of git filter-repo."))
		p.some(t, p.encoded)
	}
	if len(p.named) > 0 {
		t.wrap(2, 4, plain("Here a key is in a name. Rename files with --path-rename OLD:NEW or --filename-callback; delete and make anew a branch or a tag; "+
			"names and addresses of people are changed with --mailmap."))
		p.some(t, p.named)
	}
	t.printf("\n")
}

func (p *Purge) some(t *textReport, names []string) {
	for _, name := range names[:min(len(names), maxListed)] {
		t.wrap(4, 6, span{text: printable(name), style: t.path})
	}
	if n := len(names) - maxListed; n > 0 {
		t.printf("    and %s\n", number(n, "more name"))
	}
}

// collaborators is a text for those who have clones.
func (p *Purge) collaborators(t *textReport) {
	t.section("What to tell everyone who has a clone")
	for _, s := range []string{
		"The history of " + printable(cmp.Or(p.origin.URL, "this repository")) + " was rewritten to take out a leaked key. Your clone still has it.",
		"Push nothing from it: that would bring the key back. A merge or a pull mixes old and new history.",
		"Save what you have not pushed as patches (git format-patch), delete the clone and clone again; or, in a clone without work of your own: " +
			"git fetch --all --tags --force && git reset --hard @{upstream} && git reflog expire --expire=now --all && git gc --prune=now",
		"Then run neokeys git --gone " + strings.Join(p.ids(), " --gone ") + ": status 0 is what it should be. Delete or rewrite your fork as well.",
	} {
		t.wrap(2, 2, plain(s))
	}
	t.printf("\n")
}

// support is a text for the host.
func (p *Purge) support(t *textReport) {
	url := cmp.Or(p.origin.URL, "URL of the repository")
	github, gitlab := strings.Contains(url, "github"), strings.Contains(url, "gitlab")
	if github || !gitlab {
		t.section("For GitHub's support, https://support.github.com/contact")
		t.wrap(2, 2, plain("Please remove sensitive data from "+printable(url)+". A credential was committed. It is revoked, and the history was rewritten and force-pushed. Please"))
		t.wrap(2, 4, plain("- dereference or delete these pull requests: "+cmp.Or(p.pulls("pull requests"), "those that hold the commits below")+";"))
		t.wrap(2, 4, plain("- run garbage collection, and clear cached views of these commits, which can still be opened by their ids:"))
		p.ids40(t)
		t.wrap(2, 4, plain("No Git LFS objects are concerned, unless git filter-repo says so at its end: then add its list."))
		t.printf("\n")
	}
	if gitlab || !github {
		t.section("For GitLab")
		t.wrap(2, 2, plain("In the project: Settings > Repository > Repository maintenance, upload filter-repo/commit-map of the rewritten clone, and start housekeeping with pruning of unreachable objects. "+
			"Delete job artifacts and pipelines of these commits. For GitLab's support, https://support.gitlab.com:"))
		t.wrap(2, 2, plain("Please remove from "+printable(url)+" what is kept of these commits, by which a revoked credential can still be read: keep-around refs (refs/keep-around), "+
			"merge request refs ("+cmp.Or(p.pulls("merge requests"), "those that hold them")+"), diffs and caches. The history was rewritten and force-pushed."))
		p.ids40(t)
		t.printf("\n")
	}
}

// pulls lists the refs of pull or merge requests that lead to a key.
func (p *Purge) pulls(kind string) string {
	list := p.refs[kind]
	if n := len(list) - maxCommits; n > 0 {
		list = append(list[:maxCommits:maxCommits], fmt.Sprintf("and %d more", n))
	}
	return printable(strings.Join(list, ", "))
}

// ids40 lists the commits with their whole ids.
func (p *Purge) ids40(t *textReport) {
	for _, c := range p.commits[:min(len(p.commits), maxCommits)] {
		t.printf("      %s\n", c.OID)
	}
	if n := len(p.commits) - maxCommits; n > 0 {
		t.printf("      and %s, which git log lists\n", number(n, "more commit"))
	}
	if len(p.commits) == 0 {
		t.printf("      (none: no commit leads to the key)\n")
	}
}
