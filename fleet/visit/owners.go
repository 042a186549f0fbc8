package visit

import (
	"bytes"

	"github.com/hmarr/codeowners"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner/git"
)

// ownersFiles are where services look for the file that says who owns what, in their order.
var ownersFiles = []string{".github/CODEOWNERS", ".gitlab/CODEOWNERS", ".bitbucket/CODEOWNERS", ".gitea/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// maxOwnersFile is the size in bytes of the largest that GitHub heeds.
const maxOwnersFile = 3 << 20

// maxOwnersLine is how long a line of it may be, in bytes: each is a pattern to match.
const maxOwnersLine = 4 << 10

// maxOwnersWork is how many rules are compared with paths for one repository. Beyond, nobody owns
// what is left: a hostile file with many rules must not take the time of the search.
const maxOwnersWork = 10_000_000

// maxOwners is how many owners of a path are kept.
const maxOwners = 20

// readOwners returns who owns a path, as HEAD's CODEOWNERS file says.
func readOwners(repo *git.Repo) (owners func(path string) []string) {
	nobody := func(string) []string { return nil }
	head, err := repo.Base("")
	if err != nil {
		return nobody // the search says what is wrong
	}
	defer head.Close()
	for _, path := range ownersFiles {
		text, err := head.ReadFile(path)
		if err != nil || len(text) > maxOwnersFile {
			continue
		}
		return ownersBy(parseOwners(text))
	}
	return nobody
}

// setOwners puts on each finding who owns its file, where that is in HEAD or else where it was.
func setOwners(r *finding.Result, owners func(path string) []string) {
	for i := range r.Findings {
		f := &r.Findings[i]
		at := &f.Location
		if f.Head != nil {
			at = f.Head
		}
		f.Owners = owners(at.File())
	}
}

// parseOwners reads a CODEOWNERS file. A line that is none of a rule, such as the heading of a
// section in GitLab's, is left out, as services do.
func parseOwners(text []byte) (all codeowners.Ruleset) {
	for line := range bytes.Lines(text) {
		if len(line) > maxOwnersLine {
			continue
		}
		rules, err := codeowners.ParseFile(bytes.NewReader(line))
		if err != nil || len(rules) == 1 && rules[0].RawPattern() == "/" { // matches nothing, and the library panics
			continue
		}
		all = append(all, rules...)
	}
	return all
}

// ownersBy returns who owns a path. It is for one goroutine.
func ownersBy(rules codeowners.Ruleset) func(string) []string {
	known, work := map[string][]string{}, 0
	return func(path string) []string {
		owners, ok := known[path]
		if !ok && work <= maxOwnersWork {
			work += len(rules)
			owners = match(rules, path)
			known[path] = owners
		}
		return owners
	}
}

func match(rules codeowners.Ruleset, path string) (owners []string) {
	rule, err := rules.Match(path)
	if err != nil || rule == nil {
		return nil
	}
	for _, o := range rule.Owners[:min(len(rule.Owners), maxOwners)] {
		owners = append(owners, o.String())
	}
	return owners
}
