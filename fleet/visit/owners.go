package visit

import (
	"bytes"

	"github.com/hmarr/codeowners"

	"github.com/neokeys/neokeys/scanner/git"
)

// ownersFiles are where services look for the file that says who owns what, in their order.
var ownersFiles = []string{".github/CODEOWNERS", ".gitlab/CODEOWNERS", ".bitbucket/CODEOWNERS", ".gitea/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// maxOwnersFile is the size in bytes of the largest that GitHub heeds.
const maxOwnersFile = 3 << 20

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

// parseOwners reads a CODEOWNERS file. A line that is none of a rule, such as the heading of a
// section in GitLab's, is left out, as services do.
func parseOwners(text []byte) (all codeowners.Ruleset) {
	for line := range bytes.Lines(text) {
		if rules, err := codeowners.ParseFile(bytes.NewReader(line)); err == nil {
			all = append(all, rules...)
		}
	}
	return all
}

func ownersBy(rules codeowners.Ruleset) func(string) []string {
	return func(path string) (owners []string) {
		rule, err := rules.Match(path)
		if err != nil || rule == nil {
			return nil
		}
		for _, o := range rule.Owners[:min(len(rule.Owners), maxOwners)] {
			owners = append(owners, o.String())
		}
		return owners
	}
}
