package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/remote"
)

// fetchFlags say how to reach repositories that are named by their URL, and what to fetch of them.
type fetchFlags struct {
	refs       []string
	depth      int
	tokenFile  string
	sshKey     string
	knownHosts []string
	caBundle   string
	proxy      string
	maxPack    string
	maxTime    time.Duration

	options remote.Options // what the others say, once they were checked
	several bool           // more than one repository is searched
}

// register adds the flags of a command that takes the URL of a repository.
func (f *fetchFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringArrayVar(&f.refs, "ref", nil, "of a repository by URL, fetch only the branch, tag or full ref called `NAME`, in which * stands for anything (repeatable)")
	fs.IntVar(&f.depth, "depth", 0, "of a repository by URL, fetch only the last `N` commits of each ref (default all)")
	fs.StringVar(&f.tokenFile, "token-file", "", "log in to the server of a URL with the token in `FILE` (default: what "+remote.TokenVariable+" says)")
	fs.StringVar(&f.sshKey, "ssh-key", "", "log in by ssh with the private key in `FILE` (default: those of the agent and of ~/.ssh)")
	fs.StringArrayVar(&f.knownHosts, "known-hosts", nil, "take the keys of ssh servers from `FILE` (repeatable; default ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts)")
	fs.StringVar(&f.caBundle, "ca-bundle", "", "also trust the certificates in `FILE`, in PEM format")
	fs.StringVar(&f.proxy, "proxy", "", proxyUsage)
	fs.StringVar(&f.maxPack, "max-pack", "20GiB", "fetch at most `SIZE` of one repository")
	fs.DurationVar(&f.maxTime, "max-time", remote.DefaultLimits.Time, maxTimeUsage)
}

const (
	proxyUsage   = "send requests through the proxy at `URL` (default: what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say)"
	maxTimeUsage = "stop fetching after this much `TIME`"
)

// check looks at the flags, and refuses those that nothing among args heeds. args are all arguments
// of the command.
func (f *fetchFlags) check(cmd *cobra.Command, args []string) (err error) {
	if slices.ContainsFunc(args, remote.IsURL) {
		f.options, err = f.read(cmd.Context(), args)
		return err
	}
	for _, name := range []string{"ref", "depth", "token-file", "ssh-key", "known-hosts", "ca-bundle", "proxy", "max-pack", "max-time"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s goes with the URL of a repository: nothing is fetched for a path", name)
		}
	}
	return nil
}

// read returns what the flags say.
func (f *fetchFlags) read(ctx context.Context, args []string) (remote.Options, error) {
	o := remote.Options{SSHKey: f.sshKey, KnownHosts: f.knownHosts, Getenv: os.Getenv, Agent: "neokeys/" + version()}
	if f.depth < 0 {
		return o, fmt.Errorf("--depth: %d is negative; 0 is all", f.depth)
	}
	if f.maxTime <= 0 {
		return o, fmt.Errorf("--max-time: %s is no time; write 5m or 30s", f.maxTime)
	}
	size, err := humanize.ParseBytes(f.maxPack)
	if err != nil || size == 0 || size > 1<<62 {
		return o, fmt.Errorf("--max-pack: %q is not a size; write 500MB or 20GiB", f.maxPack)
	}
	o.Pack, o.Time = int64(size), f.maxTime
	if f.proxy != "" {
		if o.Proxy, err = url.Parse(f.proxy); err != nil || o.Proxy.Host == "" {
			return o, errors.New("--proxy: write the address of the proxy as in http://proxy.example.com:3128 or socks5://localhost:1080")
		}
	}
	if f.caBundle != "" {
		if o.CABundle, err = infile.Read(ctx, f.caBundle, infile.MaxCertificates); err != nil {
			return o, fmt.Errorf("--ca-bundle: %w", err)
		}
	}
	o.Tokens, err = remote.NewTokens(ctx, os.Getenv, f.tokenFile, serversOf(args))
	return o, err
}

// serversOf returns the servers of the URLs among args.
func serversOf(args []string) (servers []string) {
	for _, arg := range args {
		if !remote.IsURL(arg) {
			continue
		}
		if u, err := remote.Parse(arg); err == nil && u.Scheme != "ssh" && u.Scheme != "git" {
			servers = append(servers, u.Server())
		}
	}
	return servers
}

// A fetched is a repository that was fetched into a temporary folder.
type fetched struct {
	repo   *git.Repo
	head   string // the id that HEAD leads to
	name   string // the URL without credentials
	folder string
}

// fetch fetches the repository at a URL. The caller must call remove.
func (f *fetchFlags) fetch(ctx context.Context, env *environment, arg string, refs []string, quiet bool) (*fetched, error) {
	u, err := remote.Parse(arg)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "neokeys-fetch-")
	if err != nil {
		return nil, fmt.Errorf("there is no room for what is to be fetched: %w; TMPDIR names another place", err)
	}
	got := &fetched{name: u.String(), folder: folder}
	o := f.options
	o.Progress = new(remote.Progress)
	stop := func() {}
	if isTerminal(env.err) && !quiet {
		stop = showFetch(env.err, got.name, o.Progress)
	}
	got.head, err = fetchInto(ctx, u, o, folder, remote.Want{Refs: refs, Depth: f.depth})
	stop()
	if err == nil {
		got.repo, err = git.Open(folder, func(string) string { return "" })
	}
	if err != nil {
		got.remove()
		if ctx.Err() != nil {
			err = fmt.Errorf("%s: interrupted: nothing was searched", got.name)
		}
		return nil, err
	}
	return got, nil
}

// fetchInto fetches a repository and returns the id that its HEAD leads to.
func fetchInto(ctx context.Context, u *remote.URL, o remote.Options, folder string, w remote.Want) (head string, err error) {
	session, err := remote.Open(ctx, u, o)
	if err != nil {
		return "", err
	}
	defer session.Close()
	refs, err := session.Fetch(folder, w)
	if err != nil {
		return "", err
	}
	return refs.HeadID, nil
}

// showFetch says on a terminal how much has arrived.
func showFetch(terminal *os.File, name string, p *remote.Progress) (stop func()) {
	start := time.Now()
	return showLine(terminal, func() string {
		bytes := p.Bytes.Load()
		rate := float64(bytes) / time.Since(start).Seconds()
		return fmt.Sprintf("fetching %s: %s, %s/s", name, humanize.Bytes(uint64(bytes)), humanize.Bytes(uint64(rate)))
	})
}

// remove deletes what was fetched.
func (g *fetched) remove() {
	if g.repo != nil {
		g.repo.Close()
	}
	_ = os.RemoveAll(g.folder) // it is the system's to clean up what stays
}

// open opens a repository for a command: the one at a path, or the one at a URL, of which needed are
// the refs that the search is about; none is all.
func (f *fetchFlags) open(ctx context.Context, env *environment, arg string, needed []string, quiet bool, open func(*git.Repo, string) (*target, error)) (*target, error) {
	if !remote.IsURL(arg) {
		path, err := remote.LocalPath(arg)
		if err != nil {
			return nil, err
		}
		repo, err := openRepo(path)
		if err != nil {
			return nil, err
		}
		t, err := open(repo, path)
		if err == nil && f.several {
			t.head, _, _ = repo.HeadCommit() // none before the first commit
		}
		return t, err
	}
	if len(f.refs) > 0 {
		needed = f.refs
	}
	got, err := f.fetch(ctx, env, arg, needed, quiet)
	if err != nil {
		return nil, err
	}
	t, err := open(got.repo, got.name)
	if err != nil {
		got.remove()
		return nil, errors.New(strings.ReplaceAll(err.Error(), got.folder, got.name))
	}
	return got.target(t, f.depth), nil
}

// target makes t the search of a repository that was fetched: it ends with the folder, and what
// it says has the repository's address and not the folder's.
func (g *fetched) target(t *target, depth int) *target {
	t.repository, t.head = g.name, g.head
	search := t.objects
	t.objects = func(ctx context.Context, p *plan) (*finding.Result, error) {
		r, err := search(ctx, p)
		if r != nil {
			g.rename(r)
			r.Problems = leaveBoundary(r, depth)
		}
		return r, err
	}
	t.end = g.remove
	return t
}

// rename puts the repository's address in the place of the folder.
func (g *fetched) rename(r *finding.Result) {
	for _, list := range [][]finding.Problem{r.Problems, r.Notices, r.LeftOut} {
		for i := range list {
			p := &list[i]
			p.Path = strings.ReplaceAll(p.Path, g.folder, g.name)
			p.Message = strings.ReplaceAll(p.Message, g.folder, g.name)
		}
	}
}

// leaveBoundary returns the problems of r without the one that a history is shallow: with --depth,
// that was wanted, and a note says so.
func leaveBoundary(r *finding.Result, depth int) (problems []finding.Problem) {
	for _, p := range r.Problems {
		if depth > 0 && strings.HasPrefix(p.Message, "the clone is shallow") {
			p.Message = fmt.Sprintf("the last %d commits of each ref were searched (--depth): what was committed before is not known", depth)
			r.Notices = append(r.Notices, p)
			continue
		}
		problems = append(problems, p)
	}
	return problems
}

// refsOf returns the refs that a range of commits needs, if both ends of it are names of refs, and
// else none, which is all.
func refsOf(spec string) (refs []string) {
	base, tip, ok := strings.Cut(spec, "..")
	if !ok {
		base, tip = "", spec
	}
	tip = cmp.Or(strings.TrimPrefix(tip, "."), "HEAD")
	for _, name := range []string{cmp.Or(base, tip), tip} {
		if git.IsZeroID(name) || strings.ContainsAny(name, "~^@{:") || isHex(name) {
			return nil
		}
		refs = append(refs, name)
	}
	return refs
}

// isHex reports whether a name may be that of an object.
func isHex(name string) bool {
	return len(name) >= 4 && strings.Trim(name, "0123456789abcdefABCDEF") == ""
}

// shown returns an argument without credentials.
func shown(arg string) string {
	if !remote.IsURL(arg) {
		return arg
	}
	u, err := remote.Parse(arg)
	if err != nil {
		return "a URL"
	}
	return u.String()
}
