package git

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/neokeys/neokeys/scanner/pack"
)

// revision returns the commit that spec names, in the parts of gitrevisions(7) that need
// no reflog and no search through messages: an object id, a ref in full or in short,
// @, and behind them ^, ^N, ~N, ^0, ^{} and ^{commit}.
func (s *search) revision(spec string) (*commit, error) {
	base, suffix := spec, ""
	if i := strings.IndexAny(spec, "^~"); i >= 0 {
		base, suffix = spec[:i], spec[i:]
	}
	if strings.Contains(base, "@{") {
		return nil, fmt.Errorf("%q: reflogs are not looked at; give the commit's id, as `git rev-parse` prints it", spec)
	}
	id, err := s.named(base)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", spec, err)
	}
	at, ok, err := s.objects.peel(id)
	if errors.Is(err, pack.ErrNotFound) {
		return nil, fmt.Errorf("%q: %w", spec, errNoCommit)
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", spec, err)
	}
	if !ok {
		return nil, fmt.Errorf("%q is no commit", spec)
	}
	c, err := s.objects.commit(at)
	for err == nil && suffix != "" {
		var n int
		var op byte
		if op, n, suffix, err = takeSuffix(suffix); err != nil {
			break
		}
		if op == '^' && n > 0 {
			c, err = s.parent(c, n)
			continue
		}
		for ; op == '~' && n > 0 && err == nil; n-- {
			c, err = s.parent(c, 1)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", spec, err)
	}
	return c, nil
}

var (
	errNoCommit = errors.New("no such commit is here; if the clone is shallow or the branch was not fetched, " +
		"`git fetch` it first (in GitHub Actions: fetch-depth: 0)")
	errSuffix = errors.New("only ^, ^N, ~N, ^{} and ^{commit} are understood behind a name")
)

// takeSuffix takes the first step off what stands behind a name.
func takeSuffix(suffix string) (op byte, n int, rest string, err error) {
	op, rest = suffix[0], suffix[1:]
	for _, peel := range []string{"{}", "{commit}", "{commit^{}}"} {
		if after, ok := strings.CutPrefix(rest, peel); ok && op == '^' {
			return op, 0, after, nil // it is a commit already
		}
	}
	digits := 0
	for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
		digits++
	}
	n = 1
	if digits > 0 {
		if n, err = strconv.Atoi(rest[:digits]); err != nil {
			return 0, 0, "", errSuffix
		}
	}
	rest = rest[digits:]
	if op != '^' && op != '~' || rest != "" && rest[0] != '^' && rest[0] != '~' {
		return 0, 0, "", errSuffix
	}
	return op, n, rest, nil
}

// parent returns the nth parent of c, counted from 1.
func (s *search) parent(c *commit, n int) (*commit, error) {
	if n > len(c.parents) {
		return nil, fmt.Errorf("%s has no parent number %d", c.id, n)
	}
	p, err := s.objects.commit(c.parents[n-1])
	if errors.Is(err, pack.ErrNotFound) {
		return nil, errNoCommit
	}
	return p, err
}

// IsZeroID reports whether name is the object id of zeros alone, which git gives its hooks where
// there is no object: before a ref is made, and after it is deleted.
func IsZeroID(name string) bool {
	return (len(name) == 40 || len(name) == 64) && strings.Trim(name, "0") == ""
}

// named returns the object that a name without a suffix stands for.
func (s *search) named(name string) (pack.ID, error) {
	if name == "" || name == "@" {
		name = "HEAD"
	}
	if id, ok := s.repo.parseID(name); ok {
		return id, nil
	}
	for _, form := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"} {
		full := fmt.Sprintf(form, name)
		if form == "%s" && !strings.HasPrefix(name, "refs/") && name != strings.ToUpper(name) {
			continue // a file of the repository's that is no ref
		}
		at, err := s.repo.resolve(full)
		switch {
		case err == nil:
			return at.id, nil
		case errors.Is(err, errNoRef) && at.name != full:
			return pack.ID{}, fmt.Errorf("%s leads to %s, where nothing was committed yet", full, at.name)
		case !errors.Is(err, errNoRef):
			return pack.ID{}, err
		}
	}
	return s.abbreviated(name)
}

// minAbbreviation is the shortest beginning of an id that git takes for one.
const minAbbreviation = 4

// abbreviated returns the commit whose id begins with what name says, as it is or, as in
// the names that git describe gives, behind "-g".
func (s *search) abbreviated(name string) (pack.ID, error) {
	prefix := name
	if i := strings.LastIndex(name, "-g"); i >= 0 {
		prefix = name[i+2:]
	}
	prefix = strings.ToLower(prefix)
	if len(prefix) < minAbbreviation || strings.Trim(prefix, "0123456789abcdef") != "" {
		return pack.ID{}, errNoCommit
	}
	var commits []pack.ID
	for _, id := range s.objects.WithPrefix(prefix) {
		if commit, ok, err := s.objects.peel(id); err == nil && ok {
			commits = append(commits, commit)
		}
	}
	switch len(commits) {
	case 0:
		return pack.ID{}, errNoCommit
	case 1:
		return commits[0], nil
	}
	return pack.ID{}, fmt.Errorf("%d commits' ids begin like that; give more of it", len(commits))
}
