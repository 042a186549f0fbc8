package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/worktree"
)

func newPrePush(env *environment) *cobra.Command {
	h := &hook{env: env, refusal: refusedPush}
	cmd := &cobra.Command{
		Use:   "pre-push [REMOTE [URL]]",
		Short: "Reject a push of commits that hold a key",
		Long: `Reject a push of commits that hold a key, even if a later commit removes it: whoever gets
the one gets the other. Standard input lists the refs, as for git's pre-push hook. Commits
that REMOTE already has, according to its remote-tracking branches, do not count.

Under the pre-commit framework, PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF name the range.`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return h.run(cmd, func() (*target, error) {
				if preCommitFramework() {
					to := destination{os.Getenv("PRE_COMMIT_REMOTE_NAME"), os.Getenv("PRE_COMMIT_REMOTE_URL")}
					return h.pushTarget(frameworkPush(os.Getenv), to)
				}
				updates, err := h.readUpdates(cmd.Context(), parsePrePush)
				if err != nil {
					return nil, err
				}
				to := destination{remote: argument(args, "")}
				if len(args) == 2 {
					to.url = args[1]
				}
				return h.pushTarget(newOutgoing(updates, to.remote), to)
			})
		},
	}
	h.register(cmd)
	return cmd
}

func newPreReceive(env *environment) *cobra.Command {
	h := &hook{env: env, refusal: refusedReceive}
	cmd := &cobra.Command{
		Use:   "pre-receive",
		Short: "Reject pushes of commits that hold a key, on the server",
		Long: `Reject pushes of commits that hold a key, on the server. Standard input lists the refs, as
for git's pre-receive hook; the new objects are read from the folder in which git keeps
them until the hook ends. Commits that any ref already has do not count.

The configuration, baseline and .neokeysignore of the default branch (HEAD), as they were
before the push, apply to all its refs. The setting neokeys.policyRef in git's configuration
names another ref. Without such a ref, the defaults apply.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Git's client puts "remote: " before each line.
			h.width = 72
			return h.run(cmd, func() (*target, error) {
				updates, err := h.readUpdates(cmd.Context(), parsePreReceive)
				switch {
				case err != nil:
					return nil, err
				case len(updates) == 0 && h.search.allowEmpty:
					return nil, nothing("no ref is pushed")
				case len(updates) == 0:
					return nil, errors.New("standard input is empty, where git names the refs that are pushed; add --allow-empty if that is no mistake")
				}
				p := newIncoming(updates)
				if len(p.Tips) == 0 {
					return nil, nothing("") // refs are removed
				}
				return h.pushTarget(p, destination{})
			})
		},
	}
	h.register(cmd)
	h.search.registerEmpty(cmd)
	return cmd
}

// An update is what a push does to one ref. Zeros stand for none.
type update struct {
	ref      string // full name, of the side that is pushed to
	old, new string // object ids
}

var (
	errUpdate   = errors.New("this is not what git writes to the hook")
	errTerminal = errors.New("standard input is a terminal: git runs this as a hook, and writes what is pushed to it; " +
		"`neokeys git --range BASE..HEAD` searches a range of commits")
)

// parsePrePush reads a line of a pre-push hook's input: the local ref, which may be an
// expression with spaces, its id, the remote ref and its id.
func parsePrePush(line string) (update, error) {
	fields := strings.Split(line, " ")
	n := len(fields)
	if n < 4 || !objectID.MatchString(fields[n-3]) || !objectID.MatchString(fields[n-1]) {
		return update{}, errUpdate
	}
	return update{ref: fields[n-2], old: fields[n-1], new: fields[n-3]}, nil
}

// parsePreReceive reads a line of a pre-receive hook's input: old id, new id, ref.
func parsePreReceive(line string) (update, error) {
	fields := strings.SplitN(line, " ", 3)
	if len(fields) != 3 || !objectID.MatchString(fields[0]) || !objectID.MatchString(fields[1]) {
		return update{}, errUpdate
	}
	return update{ref: fields[2], old: fields[0], new: fields[1]}, nil
}

// maxUpdate is more than the names of two refs take.
const maxUpdate = 1 << 20

// readUpdates reads what git writes to the hook.
func (h *hook) readUpdates(ctx context.Context, parse func(string) (update, error)) ([]update, error) {
	if f, ok := h.env.in.(*os.File); ok && isTerminal(f) {
		return nil, errTerminal
	}
	return parseUpdates(infile.Interruptible(ctx, h.env.in), parse)
}

func parseUpdates(r io.Reader, parse func(string) (update, error)) ([]update, error) {
	var updates []update
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxUpdate)
	for lines.Scan() {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" {
			continue
		}
		u, err := parse(line)
		if err != nil {
			return nil, fmt.Errorf("standard input: %q: %w", line, err)
		}
		updates = append(updates, u)
	}
	return updates, lines.Err()
}

// A pushed is a push, with the revisions, the best first, one of which tells what the
// project said before it.
type pushed struct {
	git.Push
	bases    []string
	refs     map[string]string // of the other side, by what they are at before the push
	incoming bool              // it arrives here
	scanned  string
}

func (p *pushed) add(updates []update) {
	p.refs = map[string]string{}
	for _, u := range updates {
		switch {
		case git.IsZeroID(u.new):
			continue
		case git.IsZeroID(u.old):
			p.NewRefs = append(p.NewRefs, u.ref)
		default:
			p.Known = append(p.Known, u.old)
			p.bases = append(p.bases, u.old)
			p.refs[u.old] = u.ref
		}
		p.Tips = append(p.Tips, u.new)
		if strings.HasPrefix(u.ref, "refs/notes/") {
			p.Notes = append(p.Notes, u.new)
		}
	}
	p.scanned = "what is pushed"
}

// newIncoming returns the push that arrives in this repository.
func newIncoming(updates []update) pushed {
	var p pushed
	p.add(updates)
	p.KnownRefs, p.incoming = "refs/", true
	return p
}

// policyRef returns the ref whose files say how pushes to a repository are judged: what git's
// configuration names as neokeys.policyRef, else HEAD, the default branch. A push to any other ref
// could bring its own excuses.
func policyRef(repo *git.Repo) string {
	ref := "HEAD"
	for _, file := range append(worktree.Configs(), filepath.Join(repo.Common, "config"), filepath.Join(repo.Dir, "config.worktree")) {
		settings, _ := gitdir.ReadConfig(file) // what comes before a mistake counts
		for _, s := range settings {
			if s.Name() == "neokeys.policyref" && s.Value != "" {
				ref = s.Value
			}
		}
	}
	return ref
}

// newOutgoing returns the push from this repository to a remote.
func newOutgoing(updates []update, remote string) pushed {
	var p pushed
	p.add(updates)
	p.from(remote)
	return p
}

// from takes as known what was fetched from a remote, or from any remote if the name is empty.
func (p *pushed) from(remote string) {
	p.KnownRefs = "refs/remotes/"
	if remote == "" {
		remote = "origin"
	} else {
		p.KnownRefs += remote + "/"
	}
	for _, branch := range []string{"HEAD", "main", "master"} {
		p.bases = append(p.bases, "refs/remotes/"+remote+"/"+branch)
	}
}

// frameworkPush returns the push that the pre-commit framework describes in variables. For
// a branch that the remote has nothing of it gives no range, only the branch; and when it
// is run by hand, nothing.
func frameworkPush(getenv func(string) string) pushed {
	var p pushed
	from, to := getenv("PRE_COMMIT_FROM_REF"), getenv("PRE_COMMIT_TO_REF")
	remote, local := getenv("PRE_COMMIT_REMOTE_NAME"), getenv("PRE_COMMIT_LOCAL_BRANCH")
	switch {
	case from != "" && to != "":
		p.Tips, p.Known, p.bases = []string{to}, []string{from}, []string{from}
		p.refs = map[string]string{from: getenv("PRE_COMMIT_REMOTE_BRANCH")}
		p.scanned = from + ".." + to
	case local != "":
		p.Tips, p.NewRefs = []string{local}, []string{getenv("PRE_COMMIT_REMOTE_BRANCH")}
		p.scanned = local
	default:
		p.Tips = []string{"HEAD"}
		p.scanned = "the commits that no remote has"
	}
	if strings.HasPrefix(getenv("PRE_COMMIT_REMOTE_BRANCH"), "refs/notes/") {
		p.Notes = p.Tips
	}
	if remote != "" || from == "" {
		p.from(remote)
	}
	return p
}

// pushTarget returns what a push adds.
func (h *hook) pushTarget(p pushed, to destination) (*target, error) {
	if len(p.Tips) == 0 {
		return nil, nothing("no commits are pushed")
	}
	repo, err := git.Open("", os.Getenv)
	if err != nil {
		return nil, err
	}
	exists := func(rev string) bool {
		s, err := repo.Snapshot(rev)
		if err == nil {
			s.Close()
		}
		return err == nil
	}
	if p.incoming {
		p.bases = []string{policyRef(repo)}
	} else {
		h.aim(&p, to, repo)
		if h.hint == "" {
			h.known = p.known(repo, exists)
		}
	}
	h.fix = func(findings []*finding.Finding) string { return rewrite(findings, exists) }
	t, err := changeTarget(repo, p.spec(exists), p.scanned, git.Options{}, func(ctx context.Context, o git.Options) (*finding.Result, error) {
		r, err := repo.Push(ctx, p.Push, o)
		if err == nil && !p.incoming {
			h.published = published(ctx, repo, r, o)
		}
		return r, err
	})
	if err == nil {
		// A push may make a ref of commits that are there already.
		t.empty = func(*finding.Result) bool { return false }
	}
	return t, err
}

// published returns the ids of the keys in commits that a remote has, as far as it was fetched from.
func published(ctx context.Context, repo *git.Repo, r *finding.Result, o git.Options) map[string]bool {
	var commits []string
	for i := range r.Findings {
		if c := r.Findings[i].Commit; c != nil && !slices.Contains(commits, c.OID) {
			commits = append(commits, c.OID)
		}
	}
	if len(commits) == 0 || !repo.HasRefs("refs/remotes/") {
		return nil
	}
	has, err := repo.Published(ctx, commits, "refs/remotes/", o)
	if err != nil {
		return nil // the search has said what is wrong, or is being interrupted
	}
	keys := map[string]bool{}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Key != nil && f.Commit != nil && has[f.Commit.OID] {
			keys[f.Key.ID] = true
		}
	}
	return keys
}

// aim has p know what the destination has. Of one that nothing was fetched from that is not known, and
// the user's own HEAD says how it is judged: there is no other base.
func (h *hook) aim(p *pushed, to destination, repo *git.Repo) {
	switch from := to.tracked(repo); {
	case to.remote == "":
	case from == "":
		p.bases = append(p.bases, "HEAD")
		h.known, h.hint = " --history, committed", to.fetchFirst()
	case from != to.remote:
		p.bases = nil
		p.from(from)
	}
}

// known says how a baseline comes to count: on the branch of the remote whose files say how the push is
// judged. That is the one that is pushed to, if it is there. It is empty if there is no such branch.
func (p *pushed) known(repo *git.Repo, exists func(rev string) bool) string {
	i := slices.IndexFunc(p.bases, exists)
	if i < 0 {
		return ""
	}
	remote, after := strings.TrimSuffix(strings.TrimPrefix(p.KnownRefs, "refs/remotes/"), "/"), "git switch -"
	if remote == "" {
		remote = "origin"
	}
	branch, ok := strings.CutPrefix(p.refs[p.bases[i]], "refs/heads/")
	if ok {
		after += fmt.Sprintf(" && git rebase %s/%s", remote, branch)
	} else if branch, ok = strings.CutPrefix(p.bases[i], "refs/remotes/"+remote+"/"); branch == "HEAD" {
		branch, ok = strings.CutPrefix(repo.RefName(p.bases[i]), "refs/remotes/"+remote+"/")
	}
	if !ok || !plainName.MatchString(remote+branch) {
		return " --history, pushed by itself first"
	}
	return fmt.Sprintf(` --history, committed, and pushed by itself first:
                 git add .neokeys-baseline.json
                 git commit -m "Known findings" .neokeys-baseline.json
                 git switch --detach %[1]s/%[2]s
                 git checkout @{-1} -- .neokeys-baseline.json
                 git commit -m "Known findings" && git push %[1]s HEAD:%[2]s
                 %[3]s`, remote, branch, after)
}

// plainName matches what a shell takes as it is.
var plainName = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9._/@+-]*$`)

// spec returns the change, as in [git.Repo.Base], that the push is to what the project
// says of its scans.
func (p *pushed) spec(exists func(rev string) bool) string {
	first := func(names []string) string {
		if i := slices.IndexFunc(names, exists); i >= 0 {
			return names[i]
		}
		return noCommit
	}
	return first(p.bases) + ".." + first(p.Tips)
}

// noCommit is what git gives its hooks where there is no commit.
const noCommit = "0000000000000000000000000000000000000000"
