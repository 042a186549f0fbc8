package git

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner/pack"
)

// Range searches what some commits add. For BASE..HEAD these are the commits that can be
// reached from HEAD and not from BASE. BASE...HEAD means the same ones: what only BASE has
// is not what HEAD adds. For a single revision they are all that can be reached from
// it, as in git log. What is left out is HEAD. Zeros stand for no commit, as git gives
// them to its hooks: those for BASE exclude what the other side has already, see
// [search.known]; those for HEAD are a ref's removal, which adds nothing.
//
// There is one finding for each key and path. Its Commit is the first of the range that
// has the key there while no parent has, InHead whether the newer end of the range still
// does, and RemovedIn, if it does not, the last commit of the range that lacks it while
// all its parents have it.
func (r *Repo) Range(ctx context.Context, spec string, o Options) (*finding.Result, error) {
	return r.additions(ctx, o, func(a *addition) error { return a.ends(spec) })
}

// additions searches the commits between the ends that find finds.
func (r *Repo) additions(ctx context.Context, o Options, find func(*addition) error) (*finding.Result, error) {
	s, err := r.search(ctx, o)
	if err != nil {
		return nil, err
	}
	a := &addition{search: s, matches: map[addedKey]*addedMatch{}, latest: map[addedKey]*addedMatch{}, paths: map[string][]*addedMatch{}, firsts: map[string]pack.ID{}}
	if err = find(a); err == nil {
		err = a.run()
	}
	switch {
	case ctx.Err() != nil:
		s.problem("", errInterrupted)
	case err != nil:
		s.objects.Close()
		return nil, err
	}
	a.report()
	if !a.uploads {
		a.absentLFS(len(a.absentPointers))
	} else {
		for id, path := range a.absentPointers {
			a.unsearchedLFS(path, id)
		}
	}
	return s.finish(), nil
}

// An addition is what the commits of a range add.
type addition struct {
	*search
	tips     []*commit
	noteTips []*commit // those of tips that refs of notes lead to
	excluded []pack.ID // commits
	visits   []*visit
	matches  map[addedKey]*addedMatch
	latest   map[addedKey]*addedMatch // by the paths that files were renamed to as well
	paths    map[string][]*addedMatch
	order    []*addedMatch
	// firsts are the commits of the range that first brought each key in.
	firsts map[string]pack.ID
	// absentPointers are new pointers to objects of Git LFS that are not here, with a path.
	absentPointers map[pack.ID]string
	// uploads says that what the range adds is sent from here, objects of Git LFS too.
	uploads bool
}

type addedKey struct {
	path string
	identity
}

// An addedMatch is what became of one match at one path.
type addedMatch struct {
	addedKey
	hit       *hit
	broughtIn pack.ID
	removedIn pack.ID // zero as long as it was not
	// moved is the path that the file was last renamed to; empty if it was not.
	moved string
}

// run goes through the commits of the range.
func (a *addition) run() error {
	if len(a.tips) == 0 {
		return nil
	}
	var tips []pack.ID
	for _, c := range a.tips {
		tips = append(tips, c.id)
	}
	w := &revwalk{s: a.search}
	if a.ExcludeShallow {
		boundary, err := a.repo.shallowBoundary()
		if err != nil {
			return err
		}
		for _, id := range tips {
			if boundary[id] {
				return fmt.Errorf("commit %s is the oldest of its history that is in this shallow clone, so that there is nothing to compare it with; "+
					"fetch more with --depth", id)
			}
		}
		w.boundary = boundary
	}
	visits, err := w.run(tips, a.excluded)
	if err != nil {
		return err
	}
	a.visits = visits
	a.maxSteps = maxSteps + stepsPerCommit*len(visits)
	cut := 0
	for i, v := range visits {
		if a.steps >= a.maxSteps {
			a.problem("", fmt.Errorf("the range has more than %d names of changed files: its last %d commits were not searched", a.maxSteps, len(visits)-i))
			break
		}
		if v.cut {
			cut++
		}
		a.message(v.commit)
		err := a.commit(w, v)
		if a.ctx.Err() != nil {
			return err
		}
		if err != nil {
			a.problem(v.id.String(), err)
		}
		v.text = nil
	}
	if cut > 0 {
		a.problem("", fmt.Errorf("the clone is shallow: the parents of %d of the %d commits are not here, nor is what lies between; "+
			"`git fetch --unshallow`, or fetch more with --depth (in GitHub Actions: fetch-depth: 0)", cut, len(visits)))
	}
	return nil
}

// stepsPerCommit is how many names the commits of a range may change on average.
const stepsPerCommit = 20_000

// ends finds the commits at the ends of the range. Without a tip there is nothing to
// search.
func (a *addition) ends(spec string) error {
	base, head, isRange := strings.Cut(spec, "..")
	head = strings.TrimPrefix(head, ".")
	if !isRange {
		base, head = "", spec
		if spec == "" {
			return errors.New("--range is empty; write BASE..HEAD")
		}
	}
	if IsZeroID(head) {
		return nil
	}
	tip, err := a.revision(head)
	if err != nil {
		return err
	}
	a.tips = []*commit{tip}
	if strings.HasPrefix(head, notesRefs) {
		a.noteTips = a.tips
	}
	switch {
	case !isRange:
	case IsZeroID(base):
		a.excluded = a.known(tip)
	default:
		var c *commit
		if c, err = a.revision(base); err == nil {
			a.excluded = []pack.ID{c.id}
		}
	}
	return err
}

// known returns the commits that the other side of a push has, as far as that can be
// given here: in a bare repository, where the push arrives, those of all refs, and
// elsewhere those of the remote-tracking branches. One that is at the range's own end
// does not count, because the pushed branch may be there already.
func (a *addition) known(tip *commit) []pack.ID {
	prefix := "refs/remotes/"
	if a.repo.Worktree == "" {
		prefix = "refs/"
	}
	var commits []pack.ID
	refs, _ := a.repo.allRefs(a.ctx, a.problem)
	for _, r := range refs {
		if !strings.HasPrefix(r.name, prefix) || r.id == tip.id {
			continue
		}
		if id, ok, err := a.objects.peel(r.id); err == nil && ok && id != tip.id {
			commits = append(commits, id)
		}
	}
	return commits
}

// commit searches what one commit adds.
func (a *addition) commit(w *revwalk, v *visit) error {
	var trees []pack.ID
	for _, p := range v.parents {
		if parent := w.seen[p]; parent != nil {
			trees = append(trees, parent.tree)
		}
	}
	if v.cut {
		// What the base has is not news, whatever happened between.
		for _, id := range a.excluded {
			if c, err := a.objects.commit(id); err == nil {
				trees = append(trees, c.tree)
			}
		}
	}
	if containsTree(trees, v.tree) {
		return nil
	}
	n := news{s: a.search}
	n.each = func(path string, h *hit) { a.bring(path, h, v.id) }
	n.touched = func(c change) { a.remove(c, v.id) }
	n.moved = a.move
	n.absentLFS = func(path string, id pack.ID) {
		if a.absentPointers == nil {
			a.absentPointers = map[pack.ID]string{}
		}
		a.absentPointers[id] = path
	}
	return n.of(side{id: v.tree}, trees)
}

// bring notes that a commit brings in a match.
func (a *addition) bring(path string, h *hit, commit pack.ID) {
	key := addedKey{path, h.identity}
	if s, ok := a.matches[key]; ok {
		s.removedIn = pack.ID{}
		return
	}
	if len(a.order) == maxFindings {
		a.dropped++
		return
	}
	a.first(h, commit)
	first := *h // and not the others in the file
	s := &addedMatch{addedKey: key, hit: &first, broughtIn: commit}
	a.matches[key], a.latest[key] = s, s
	a.paths[path] = append(a.paths[path], s)
	a.order = append(a.order, s)
}

// first returns the commit that first brought in what h is about, which is the given one if
// none has yet; nil if that is no key.
func (a *addition) first(h *hit, commit pack.ID) *finding.Commit {
	if h.Key == nil {
		return nil
	}
	first, ok := a.firsts[h.Key.ID]
	if !ok {
		first, a.firsts[h.Key.ID] = commit, commit
	}
	c, err := a.objects.commit(first)
	if err != nil {
		return nil // it was read before: the repository is changing
	}
	return c.finding()
}

// move notes that a commit renames the file that a match is in.
func (a *addition) move(from, to string, h *hit) {
	if s := a.latest[addedKey{from, h.identity}]; s != nil {
		s.moved = to
		a.latest[addedKey{to, h.identity}] = s
	}
}

// remove notes which matches a commit takes out of a file.
func (a *addition) remove(c change, commit pack.ID) {
	matches := a.paths[c.path]
	if len(matches) == 0 {
		return
	}
	var now map[identity]bool
	if c.now.mode != 0 {
		now = identities(a.hits(c.path, c.now.id))
	}
	left := slices.DeleteFunc(slices.Clone(matches), func(s *addedMatch) bool { return now[s.identity] })
	for i := range c.before {
		var then map[identity]bool
		if c.before[i].isFile() {
			then = identities(a.hits(c.path, c.before[i].id))
		}
		left = slices.DeleteFunc(left, func(s *addedMatch) bool { return !then[s.identity] })
	}
	for _, s := range left {
		s.removedIn = commit
	}
}

// report makes findings of the added matches.
func (a *addition) report() {
	notes := a.ofNotes()
	for _, s := range a.order {
		f := *s.hit
		c, err := a.objects.commit(s.broughtIn)
		if err != nil {
			a.problem(s.broughtIn.String(), err)
			continue
		}
		f.Commit, f.First = c.finding(), a.first(s.hit, s.broughtIn)
		path := s.path
		now := a.inTip(s, path)
		in := now != nil
		f.InHead = &in
		if !in && s.moved != "" {
			path = s.moved
			now = a.inTip(s, path)
		}
		if now != nil {
			place := now.Location
			f.Head, f.Suppressed = &place, a.suppression(s, path)
			expose(&f, now.Exposure)
		}
		if f.Exposure == finding.Name && !in {
			s.removedIn = a.renamedIn(s.path)
		}
		if !in && !s.removedIn.IsZero() {
			if c, err := a.objects.commit(s.removedIn); err == nil {
				f.RemovedIn = c.finding()
			}
		}
		if notes[s.broughtIn] && f.Exposure != finding.Name {
			f.Path, f.Exposure = notePath(f.Path), finding.Message
			if f.Head != nil {
				f.Head.Path = notePath(f.Head.Path)
			}
		}
		a.add(&f)
	}
}

// suppression returns what suppresses a match that newer ends of the range have at path: a
// comment may have come, or gone, after the match. Nothing does unless all of it is suppressed
// there, on every line and at every end.
func (a *addition) suppression(s *addedMatch, path string) (found *finding.Suppression) {
	if s.hit.Exposure == finding.Name {
		return s.hit.Suppressed
	}
	for _, tip := range a.tips {
		e, err := a.objects.lookUp(tip.tree, path)
		if err != nil || !e.isFile() {
			continue
		}
		for _, h := range a.hits(path, e.id) {
			if h.identity != s.identity {
				continue
			}
			if h.Suppressed == nil {
				return nil
			}
			found = h.Suppressed
		}
	}
	return found
}

// renamedIn returns the last commit that has no file or folder called path while all its
// parents have one; zero if there is none.
func (a *addition) renamedIn(path string) pack.ID {
	for _, v := range slices.Backward(a.visits) {
		gone := len(v.parents) > 0 && !a.has(v.commit, path)
		for _, p := range v.parents {
			c, err := a.objects.commit(p)
			gone = gone && err == nil && a.has(c, path)
		}
		if gone {
			return v.id
		}
	}
	return pack.ID{}
}

// has reports whether a commit has a file or folder called path.
func (a *addition) has(c *commit, path string) bool {
	_, err := a.objects.lookUp(c.tree, path)
	return err == nil
}

// inTip returns the match as a newer end of the range has it at path; nil if none does.
func (a *addition) inTip(s *addedMatch, path string) *hit {
	for _, tip := range a.tips {
		e, err := a.objects.lookUp(tip.tree, path)
		switch {
		case err != nil:
			continue
		case s.hit.Exposure == finding.Name:
			return s.hit
		case !e.isFile():
			continue
		}
		if h := find(a.hits(path, e.id), s.identity); h != nil {
			return h
		}
	}
	return nil
}
