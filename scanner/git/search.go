package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/archive"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// Options say how to search a repository.
type Options struct {
	Rules *rules.Set
	// Places says which folders ship to browsers besides those with the usual names.
	Places rules.Places
	// ProjectOf returns the project of the file at a path, in place of Rules and Places,
	// where a repository holds several projects. Several goroutines may call it at once. Nil
	// is one project. A search of the whole history uses the anchors of Rules, which then
	// must be those of all projects together.
	ProjectOf func(path string) *scanner.Project
	// Only selects the files and the new folders of a change to search; nil is all. It applies
	// to Staged and to ranges.
	Only func(path string) bool
	// AllNames has [Repo.History] look for keys in the name of every file there ever
	// was, and for files that are missing, for which it has to read all trees. Otherwise
	// it looks, in a long history that holds no key, at those in HEAD only, and says so.
	AllNames bool
	// Trace has [Repo.History] say in each finding's Trace which commits added and removed it, and
	// which refs hold it.
	Trace bool
	// Jobs is how many objects are searched at a time; 0 is one per processor.
	Jobs int
	// ExcludeShallow has a range end at the oldest commits of a shallow clone, as if BASE
	// had them. Whoever sets it answers for that.
	ExcludeShallow bool
	// MaxArchiveDepth is how many archives in one another are opened; 0 opens none.
	MaxArchiveDepth int
	// Progress counts what was done; it may be nil.
	Progress *scanner.Progress
}

// A search is under way in one repository.
type search struct {
	Options
	ctx      context.Context
	repo     *Repo
	objects  *objects
	searcher *scanner.Searcher
	// searchers are all that have something to say of archives.
	searchers []*scanner.Searcher
	// unopenedTold says that what could not be opened is listed already.
	unopenedTold bool
	started      time.Time

	interruptedAt time.Time // when it was first noticed
	ticks         int       // of over
	ended         bool      // what over said last

	steps    int // names that were compared
	maxSteps int // how many may be; 0 is any number

	files   map[fileKey][]hit // the last ones that were asked for
	held    int               // matches in files, and files
	missing int               // objects that a partial clone left out
	index   *gitdir.Index     // of a search of what is staged
	absent  map[pack.ID]bool  // pointers to objects of Git LFS that are not here
	outcome
}

// maxHashed is how many bytes of a history that was fetched are hashed to see whether objects are
// missing: in a second at most. It is a variable for a test.
var maxHashed int64 = 64 << 20

// vouched reports whether nobody looks for missing objects: those of a long history that was
// fetched have no ids before they are hashed, and its server vouches for what it sends.
func (s *search) vouched() bool {
	return s.objects.Unnamed() && !s.AllNames && s.Progress.Bytes.Load() > maxHashed
}

// fileKey is one version of a file: rules may judge the same text otherwise in another
// place.
type fileKey struct {
	id   pack.ID
	path string
}

// A hit is a match in one version of a file.
type hit struct {
	finding.Finding
	identity
	example bool
}

// identity is what makes a match in one version of a file the same as one in another:
// its key, or for a habit the text of its line.
type identity struct{ rule, what string }

func (r *Repo) search(ctx context.Context, o Options) (*search, error) {
	o.Jobs = scanner.Workers(o.Jobs)
	if o.Progress == nil {
		o.Progress = new(scanner.Progress)
	}
	store, err := r.objects(ctx, o.Progress)
	if err != nil {
		return nil, err
	}
	s := &search{Options: o, ctx: ctx, repo: r, objects: store, started: time.Now(), files: map[fileKey][]hit{}, absent: map[pack.ID]bool{}}
	s.searcher = s.newSearcher(o.Rules)
	return s, nil
}

// grace is how long a search may go on after an interrupt to list what it has found. Tests set
// it lower.
var grace = 100 * time.Millisecond

// late reports whether the search was interrupted so long ago that it must end.
func (s *search) late() bool {
	if s.ctx.Err() == nil {
		return false
	}
	if s.interruptedAt.IsZero() {
		s.interruptedAt = time.Now()
	}
	return time.Since(s.interruptedAt) >= grace
}

// over is late for a loop of many short steps, which asks seldom, and for the loops around it: once it
// is true it stays so.
func (s *search) over() bool {
	if s.ticks++; !s.ended && s.ticks%checkEvery == 0 {
		s.ended = s.late()
	}
	return s.ended
}

// finish returns what was found.
func (s *search) finish() *finding.Result {
	if s.ctx.Err() != nil {
		s.keepOnly(maxInterrupted)
	}
	s.originals()
	s.objects.Close()
	for _, p := range s.objects.Problems() {
		if s.repo.partial && errors.Is(p.Err, pack.ErrNotFound) {
			s.missing++
			continue
		}
		name := p.Path
		if !p.ID.IsZero() {
			name = p.ID.String()
		}
		s.problem(name, p.Err)
	}
	if incomplete := s.repo.incomplete(); s.missing > 0 && incomplete != nil {
		s.problem("", incomplete)
	} else if s.missing > 0 {
		what := "one object is not in this partial clone and was not searched"
		if s.missing > 1 {
			what = fmt.Sprintf("%d objects are not in this partial clone and were not searched", s.missing)
		}
		s.problem("", fmt.Errorf("%s; `git fetch --refetch --no-filter` brings what is missing", what))
	}
	s.remarksOf(s.searchers)
	r := s.outcome.finish()
	// They are of several passes over the objects, and of several versions of a file.
	r.Problems, r.Notices = slices.Compact(r.Problems), slices.Compact(r.Notices)
	r.Summary.Objects = s.Progress.Objects.Load()
	r.Summary.Files = s.Progress.Files.Load()
	r.Summary.Bytes = s.Progress.Bytes.Load()
	r.Summary.Duration = time.Since(s.started)
	return r
}

// unreadable notes an object that could not be read.
func (s *search) unreadable(path string, err error) {
	if s.repo.partial && errors.Is(err, pack.ErrNotFound) {
		s.missing++
		return
	}
	if errors.Is(err, pack.ErrNotFound) && !errors.Is(err, errMissing) {
		err = fmt.Errorf("%w: the repository is damaged; fetch it again from where it came", err)
	}
	s.problem(path, err)
}

// hits returns the matches in one version of a file.
func (s *search) hits(path string, id pack.ID) []hit {
	key := fileKey{id, path}
	hits, ok := s.files[key]
	if !ok {
		hits = s.look(path, id)
		if s.held += len(hits) + 1; s.held > maxHeld {
			clear(s.files)
			s.held = len(hits) + 1
		}
		s.files[key] = hits
	}
	return hits
}

// isClean reports whether a file is known to hold no anchor, so that it has no match at any
// path.
func (s *search) isClean(id pack.ID) bool {
	_, ok := s.files[fileKey{id: id}]
	return ok
}

// stepsLeft returns how many more names may be compared in one go; at least 1.
func (s *search) stepsLeft() int {
	if s.maxSteps == 0 {
		return maxSteps
	}
	return max(1, min(maxSteps, s.maxSteps-s.steps))
}

// look looks for the matches in one version of a file.
func (s *search) look(path string, id pack.ID) []hit {
	text, r, absent, err := s.content(id)
	if err != nil {
		s.unreadable(path, err)
		return nil
	}
	if absent {
		s.absent[id] = true
	}
	var found, examples []finding.Finding
	if r != nil {
		found, examples, err = s.searcher.SearchReader(s.ctx, path, r)
		_ = r.Close() // only read from
	} else {
		found, examples, err = s.searchText(s.searcher, path, text)
		s.Progress.Bytes.Add(int64(len(text)))
		if _, any := s.Rules.Anchors().Next(text, 0); !any && !absent && !archive.Holds(path, text) {
			s.files[fileKey{id: id}] = nil
			s.held++
		}
	}
	if err != nil && s.ctx.Err() == nil {
		s.problem(path, err)
	}
	return newHits(id, found, examples)
}

// nameHits returns the matches in the name of something in a folder, of which the top one's
// path is empty.
func (s *search) nameHits(searcher *scanner.Searcher, folder, name string) []hit {
	if folder == "" {
		folder = "."
	}
	found, examples := searcher.SearchName(folder, name)
	hits := newHits(pack.ID{}, found, examples)
	for i := range hits {
		hits[i].what = nameOf(hits[i].what)
	}
	return hits
}

// newHits makes hits of the matches in an object; the zero id is none.
func newHits(id pack.ID, found, examples []finding.Finding) []hit {
	var hits []hit
	for i, list := range [][]finding.Finding{found, examples} {
		for _, f := range list {
			if !id.IsZero() {
				f.Object = id.String()
			}
			hits = append(hits, hit{f, identityOf(&f), i == 1})
		}
	}
	return hits
}

func identityOf(f *finding.Finding) identity {
	if f.Key != nil {
		return identity{f.Rule, f.Key.ID}
	}
	return identity{f.Rule, "line " + strings.Join(strings.Fields(f.Snippet.Text), " ")}
}

// key returns the id of the key that a match is about. The identity of a habit never equals a
// key's id.
func (s *identity) key() string { return strings.TrimPrefix(s.what, nameOf("")) }

// nameOf makes a match in a name another than the same in a text.
func nameOf(what string) string { return "name " + what }

// find returns the first of hits that is the same as what.
func find(hits []hit, what identity) *hit {
	for i := range hits {
		if hits[i].identity == what {
			return &hits[i]
		}
	}
	return nil
}

// identities returns what there is in hits.
func identities(hits []hit) map[identity]bool {
	set := make(map[identity]bool, len(hits))
	for i := range hits {
		set[hits[i].identity] = true
	}
	return set
}

const (
	// maxFindings and maxProblems bound what a repository can make a scan remember.
	maxFindings = 100_000
	maxProblems = 10_000
	// maxInterrupted is how many findings an interrupted search lists: what comes after it, as
	// sorting and reports, has to end as soon.
	maxInterrupted = 10_000
)

// An outcome gathers what a search has to say.
type outcome struct {
	result   finding.Result
	dropped  int // findings beyond maxFindings
	unlisted int // problems beyond maxProblems
}

func (o *outcome) add(h *hit) {
	switch {
	case len(o.result.Findings)+len(o.result.Examples) >= maxFindings:
		o.dropped++
	case h.example:
		o.result.Examples = append(o.result.Examples, h.Finding)
	default:
		o.result.Findings = append(o.result.Findings, h.Finding)
	}
}

// keepOnly drops the findings beyond the first n.
func (o *outcome) keepOnly(n int) {
	for _, list := range []*[]finding.Finding{&o.result.Findings, &o.result.Examples} {
		if over := len(*list) - n; over > 0 {
			o.dropped += over
			*list = (*list)[:n]
		}
	}
}

func (o *outcome) problem(path string, err error) {
	if len(o.result.Problems) >= maxProblems {
		o.unlisted++
		return
	}
	message := err.Error()
	var inFile *fs.PathError
	if errors.As(err, &inFile) && inFile.Path == path { // the path is reported separately
		message = strings.Replace(message, inFile.Error(), inFile.Err.Error(), 1)
	}
	o.result.Problems = append(o.result.Problems, finding.Problem{Path: rules.Mask(path), Message: rules.Mask(message)})
}

// notice adds a remark that does not make the search incomplete.
func (o *outcome) notice(message string) {
	o.result.Notices = append(o.result.Notices, finding.Problem{Message: message})
}

func (o *outcome) finish() *finding.Result {
	r := &o.result
	if o.dropped > 0 {
		r.Problems = append(r.Problems, finding.Problem{
			Message: fmt.Sprintf("%d more findings are not listed: deal with these first, or search a range of commits", o.dropped)})
	}
	if o.unlisted > 0 {
		r.Problems = append(r.Problems, finding.Problem{Message: fmt.Sprintf("%d more problems are not listed", o.unlisted)})
	}
	r.Finish()
	return r
}

var errInterrupted = errors.New("the scan was interrupted: what is listed is what was found until then")
