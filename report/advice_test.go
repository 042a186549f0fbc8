package report

import (
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

func TestAdviceFitsTheCase(t *testing.T) {
	yes, no := true, false
	commit := author("1a", 10, "s")
	plain := at(prodKey, "src/a.js", 1, "", "")
	legacy := at(legacyKey, "src/a.py", 1, "", "")
	bundle := at(prodKey, "dist/a.js", 1, "", "")
	bundle.Exposure = finding.Browser
	inHead := at(prodKey, "src/a.js", 1, "", "")
	inHead.Commit, inHead.InHead = commit, &yes
	gone := at(prodKey, "src/a.js", 1, "", "")
	gone.Commit, gone.RemovedIn, gone.InHead = commit, author("2b", 5, "t"), &no
	moved := inHead
	moved.Head = &finding.Location{Path: "lib/b.js", Line: 3, Column: 1}
	message := at(prodKey, "commit 1a", 1, "", "")
	message.Commit, message.InHead, message.Exposure = commit, &yes, finding.Message
	archive := at(prodKey, "app.zip!/a.js", 1, "", "")
	archive.Container = "app.zip"
	dotenv, local, example := inHead, at(prodKey, ".env.local", 1, "", ""), at(prodKey, ".env.example", 1, "", "")
	dotenv.Path = "web/.env"
	notebook, image, onlyMap := at(prodKey, "a.ipynb", 1, "", ""), at(prodKey, "app/Dockerfile", 1, "", ""), at(prodKey, "dist/a.js.map", 1, "", "")
	onlyMap.Exposure = finding.Browser
	as := func(l finding.Liveness, fs ...finding.Finding) []finding.Finding {
		for i := range fs {
			fs[i].Liveness = l
		}
		return fs
	}
	const every = "every clone has it"
	for _, test := range []struct {
		name     string
		findings []finding.Finding
		stage    Stage
		text     string
		keeps    bool
	}{
		{"in a file", as("", plain), Kept, "Rotate it. Then remove it from src/a.js.", false},
		{"of the older API", as("", legacy), Kept, "Regenerate it. Then remove it from src/a.py.", false},
		{"in a bundle, too", as("", plain, bundle), Kept, "Revoke it now: anyone who loads the page can read it. Then remove it from src/a.js, and build dist/a.js again without it.", false},
		{"in an archive", as("", archive), Kept, "Rotate it. Then build app.zip again without it.", false},
		{"in a tracked .env file", as("", dotenv), Kept, "Revoke it now: " + every + ". Then take web/.env out of git (`git rm --cached web/.env`).", true},
		{"in an .env file on disk", as("", local), Kept, "Rotate it. Then keep .env.local out of git (.gitignore, and `git rm --cached .env.local` if it is tracked).", false},
		{"in a staged .env file", as("", local), Stopped, "Take .env.local out of the commit (`git rm --cached .env.local`). It has not left this machine: rotate it only if it was shown elsewhere.", false},
		{"dead in an .env file", as(finding.Inactive, dotenv), Kept, "Take web/.env out of git (`git rm --cached web/.env`): it no longer works, and there is nothing left to revoke.", false},
		{"in an example of one", as("", example), Kept, "Rotate it. Then remove it from .env.example.", false},
		{"in a notebook and an image", as("", notebook, image), Kept, "Rotate it. Then remove it from app/Dockerfile, clear it from the cells and outputs of a.ipynb, and build the image again.", false},
		{"only in a map", as("", onlyMap), Kept, "Revoke it now: anyone who loads the page can read it. Then build dist/a.js.map again without it.", false},
		{"in HEAD", as("", inHead), Kept, "Revoke it now: " + every + ". Then remove it from src/a.js.", true},
		{"in HEAD elsewhere", as("", moved), Kept, "Revoke it now: " + every + ". Then remove it from lib/b.js.", true},
		{"in the history alone", as("", gone), Kept, "Revoke it now: " + every + ".", true},
		{"in a message", as("", message), Kept, "Revoke it now: " + every + ".", true},
		{"live", as(finding.Live, plain), Kept, "Revoke it now: it works. Then remove it from src/a.js.", false},
		{"live in a bundle", as(finding.Restricted, bundle), Kept, "Revoke it now: it works, and anyone who loads the page can read it. Then build dist/a.js again without it.", false},
		{"dead", as(finding.Inactive, plain), Kept, "Remove it from src/a.js: it no longer works, and there is nothing left to revoke.", false},
		{"dead in the history alone", as(finding.Inactive, gone), Kept, "Nothing to do: it no longer works, and there is nothing left to revoke.", false},
		{"stopped", as("", plain), Stopped, "Remove it from src/a.js. It has not left this machine: rotate it only if it was shown elsewhere.", false},
		{"stopped in commits", as("", gone, inHead), Stopped, "Remove it from src/a.js. It has not left this machine: rotate it only if it was shown elsewhere.", false},
		{"stopped in a message", as("", message), Stopped, "Remove it from the message. It has not left this machine: rotate it only if it was shown elsewhere.", false},
		{"stopped in an earlier commit", as("", gone), Stopped, "Remove it from the commit that brought it in. It has not left this machine: rotate it only if it was shown elsewhere.", false},
		{"refused", as("", inHead), Refused, "Rotate it if anyone else could have seen it: the server kept nothing of it. Then remove it from src/a.js.", false},
	} {
		keys, _ := finding.Groups(test.findings)
		a := newAdvice(&keys[0], test.stage)
		if a.Text != test.text || a.Keeps != test.keeps {
			t.Errorf("%s:\n%s %v, want\n%s %v", test.name, a.Text, a.Keeps, test.text, test.keeps)
		}
		if !strings.HasPrefix(a.Text, a.Action) || strings.Contains(a.full(), keepsHistory) != test.keeps {
			t.Errorf("%s: %s: %s", test.name, a.Action, a.full())
		}
	}
	var many []finding.Finding
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		many = append(many, at(prodKey, name, 1, "", ""), at(prodKey, name, 2, "", ""))
	}
	keys, _ := finding.Groups(many)
	if a := newAdvice(&keys[0], Kept); !strings.HasSuffix(a.Text, "from a, b, c and 2 more files.") {
		t.Error(a.Text)
	}
}
