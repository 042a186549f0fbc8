package fleet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/engine"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/fleet/visit"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/history"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/internal/version"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/remote"
)

// workFlags say how to work on the fleet.
type workFlags struct {
	jobs, perHost, attempts int
	timeout, grace          time.Duration
	deadAfter               time.Duration
	disk, maxPack           string
	temp, keep              string
	force, allNames         bool
	quiet, verify           bool
	ask                     askFlags
	sshKey, caFile          string
	knownHosts              []string
	app                     appFlags
}

func (w *workFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.IntVarP(&w.jobs, "jobs", "j", 0, "search `N` repositories at a time (default one per processor)")
	f.IntVar(&w.perHost, "per-host", 4, "search at most `N` repositories of one host at a time, all workers of a database together")
	f.IntVar(&w.attempts, "attempts", 3, "try a repository `N` times before it counts as failed")
	f.DurationVar(&w.timeout, "timeout", time.Hour, "give each repository this much `TIME`")
	f.DurationVar(&w.grace, "grace", 5*time.Second, "at an interrupt, give running searches this much `TIME` to finish before they are handed back")
	f.DurationVar(&w.deadAfter, "dead-after", engine.DeadAfter, "take over the repositories of a worker that is silent for this `TIME`")
	f.BoolVar(&w.force, "force", false, "search repositories again whose refs have not changed")
	f.BoolVar(&w.allNames, "all-names", false, "search the names of files in all versions, and check that no file is missing")
	f.BoolVarP(&w.quiet, "quiet", "q", false, "show no progress")
	f.BoolVar(&w.verify, "verify", false, "ask the API whether each key still works; nothing is sent anywhere without this")
	w.registerFetch(cmd)
	w.ask.register(cmd)
}

// registerFetch adds the flags that say how to reach repositories.
func (w *workFlags) registerFetch(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.disk, "disk", "", "let fetched repositories take at most `SIZE` at a time, such as 50GB, in equal shares (default no limit but --max-pack for each)")
	f.StringVar(&w.maxPack, "max-pack", "", "fetch at most `SIZE` of one repository (default "+humanize.IBytes(uint64(remote.DefaultLimits.Pack))+")")
	f.StringVar(&w.keep, "keep", "", "keep a mirror of each fetched repository in `FOLDER`, and fetch only what is new")
	f.StringVar(&w.temp, "temp", "", "fetch into `FOLDER` (default the system's folder for temporary files)")
	f.StringVar(&w.sshKey, "ssh-key", "", "use the private key in `FILE` for ssh in place of an agent's and those in ~/.ssh")
	f.StringArrayVar(&w.knownHosts, "known-hosts", nil, "take the keys of ssh servers from `FILE` (repeatable; default ~/.ssh/known_hosts and the system's)")
	w.app.register(cmd, true)
	f.StringVar(&w.caFile, "ca-bundle", "", "trust the certificates in `FILE` (PEM) besides the system's")
}

// asked has a visitor ask about the keys that it finds, if the flags say so.
func (w *workFlags) asked(cmd *cobra.Command, v *visit.Visitor) error {
	if !w.verify {
		for _, name := range []string{"verify-rate", "verify-timeout", "verify-control", "api-url", "legacy-api-url"} {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s: add --verify, without which no key is asked about", name)
			}
		}
		return nil
	}
	ask, err := w.ask.asker(cmd)
	if err != nil {
		return err
	}
	v.Search.Ask = ask.ask
	return nil
}

// visitor returns what visits repositories.
func (w *workFlags) visitor(ctx context.Context, db *store.DB) (*visit.Visitor, error) {
	v := &visit.Visitor{
		Search: history.Search{MaxArchiveDepth: scanner.ArchiveDepth, AllNames: w.allNames},
		How:    fmt.Sprintf("neokeys-fleet %s all-names=%v", version.Of().Version, w.allNames),
		Force:  w.force,
		Temp:   w.temp,
		Keep:   w.keep,
		Remote: remote.Options{SSHKey: w.sshKey, KnownHosts: w.knownHosts, Agent: "neokeys-fleet/" + version.Of().Version, Getenv: os.Getenv},
	}
	// Several repositories are searched at a time, each with its part of the processors.
	v.Search.Jobs = max(runtime.NumCPU()/w.jobs, 1)
	v.Remote.Time = w.timeout
	if w.maxPack != "" {
		n, err := size("--max-pack", w.maxPack)
		if err != nil {
			return nil, err
		}
		v.Remote.Pack = n
	}
	if w.disk != "" {
		n, err := size("--disk", w.disk)
		if err != nil {
			return nil, err
		}
		v.Disk = visit.NewDisk(n, w.jobs)
	}
	if w.caFile != "" {
		pem, err := infile.Read(ctx, w.caFile, infile.MaxCertificates)
		if err != nil {
			return nil, fmt.Errorf("--ca-bundle: %w", err)
		}
		v.Remote.CABundle = pem
	}
	hosts, err := db.Hosts(ctx)
	if err != nil {
		return nil, err
	}
	v.Remote.Tokens, err = w.tokens(ctx, hosts)
	return v, err
}

// tokens returns the credentials for hosts. An App signs in at once, so that a mistake shows before
// thousands of repositories fail of it.
func (w *workFlags) tokens(ctx context.Context, hosts []string) (*remote.Tokens, error) {
	app, err := w.app.app(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := remote.NewTokens(ctx, os.Getenv, "", hosts)
	if err != nil || app == nil {
		return tokens, err
	}
	tokens.Renew(app.Host(), app.Token)
	_, err = app.Token(ctx)
	return tokens, err
}

// size reads the value of a flag.
func size(flag, s string) (int64, error) {
	n, err := humanize.ParseBytes(s)
	if err != nil || n == 0 || n > 1<<62 {
		return 0, fmt.Errorf("%s: %q is not a size: write 500MB, 10GB or 1TiB", flag, s)
	}
	return int64(n), nil
}

// check looks at the flags, and puts in what depends on the machine.
func (w *workFlags) check() error {
	switch {
	case w.jobs < 0:
		return fmt.Errorf("--jobs %d is negative; 0 is one per processor", w.jobs)
	case w.perHost < 1:
		return fmt.Errorf("--per-host %d: use 1 or more", w.perHost)
	case w.attempts < 1:
		return fmt.Errorf("--attempts %d: use 1 or more", w.attempts)
	case w.timeout <= 0:
		return fmt.Errorf("--timeout %v: use a time greater than 0, such as 1h", w.timeout)
	case w.deadAfter < time.Second:
		return fmt.Errorf("--dead-after %v: use a time of a second or more, such as 1m", w.deadAfter)
	case w.grace < 0:
		return fmt.Errorf("--grace %v: use a time such as 5s", w.grace)
	}
	if w.jobs == 0 {
		w.jobs = runtime.NumCPU()
	}
	return nil
}

func newRun(env *environment) *cobra.Command {
	var w workFlags
	var within string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Search all repositories, in this process",
		Long: `Search all repositories whose refs have changed since they were searched last, and wait for
the end. A repository that has not changed costs one question to its server.

An interrupt hands back what is not finished. The next run goes on there, also after the
program was killed.

Exit status: 0 all repositories were searched; 2 one failed, or the command could not be
carried out. neokeys-fleet report says what was found.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := w.check(); err != nil {
				return err
			}
			var since time.Time
			if within != "" {
				age, err := config.ParseAge(within)
				if err != nil {
					return fmt.Errorf("--older-than: %w", err)
				}
				since = time.Now().Add(-age)
			} else {
				since = time.Now()
			}
			return env.with(cmd, true, func(ctx context.Context, db *store.DB) error {
				return env.run(ctx, cmd, db, &w, since)
			})
		},
	}
	w.register(cmd)
	cmd.Flags().StringVar(&within, "older-than", "", "leave alone what was looked at within this `AGE`, such as 12h or 7d")
	return cmd
}

// run makes a job for each repository that was not looked at since then, and works until none is
// left.
func (env *environment) run(ctx context.Context, cmd *cobra.Command, db *store.DB, w *workFlags, since time.Time) error {
	unlock, err := lock(ctx, db)
	if err != nil {
		return err
	}
	defer unlock()
	v, err := w.visitor(ctx, db)
	if err != nil {
		return err
	}
	if err := w.asked(cmd, v); err != nil {
		return err
	}
	if !db.Postgres() { // on Postgres, another worker may be at it
		for _, folder := range []string{w.temp, w.keep} {
			visit.Sweep(folder)
		}
	}
	e, err := engine.New(db, w.options(), v.Visit)
	if err != nil {
		return err
	}
	if _, err := e.Enqueue(ctx, since); err != nil {
		return fmt.Errorf("the jobs cannot be made: %w", err)
	}
	started := time.Now()
	total, err := db.JobsLeft(ctx)
	if err != nil {
		return err
	}
	e.Progress().Left.Store(total)
	stop := env.showProgress(e.Progress(), w.quiet)
	err = e.Run(ctx, true)
	stop()
	if errors.Is(err, context.Canceled) {
		left, _ := db.JobsLeft(context.WithoutCancel(ctx)) // without, it is only said that some are left
		return fmt.Errorf("interrupted with %s left: `neokeys-fleet run` goes on there", repositories(left))
	}
	if err != nil {
		return err
	}
	return env.concludeRun(ctx, db, e.Progress(), started)
}

func (w *workFlags) options() engine.Options {
	return engine.Options{Jobs: w.jobs, PerHost: w.perHost, Timeout: w.timeout, Attempts: w.attempts, Grace: w.grace, DeadAfter: w.deadAfter}
}

// lock makes sure that nobody else works on a SQLite file, and that what was left by a program
// that was killed is taken over. The caller must unlock it.
func lock(ctx context.Context, db *store.DB) (unlock func(), err error) {
	if db.Postgres() {
		return func() {}, nil
	}
	l := flock.New(db.File() + ".lock")
	switch locked, err := l.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("%s cannot be locked: %w", db.Name(), err)
	case !locked:
		return nil, fmt.Errorf("another neokeys-fleet works on %s: wait for it, or use a Postgres database for several", db.Name())
	}
	if err := db.Forget(ctx); err != nil {
		_ = l.Unlock() // the other error says more
		return nil, err
	}
	return func() { _ = l.Unlock() }, nil // the end of the program unlocks it too
}

// concludeRun says what a run did. Its error is how the command ends.
func (env *environment) concludeRun(ctx context.Context, db *store.DB, p *engine.Progress, started time.Time) error {
	failed, err := db.Failures(ctx)
	if err != nil {
		return err
	}
	counts, err := db.Counts(ctx)
	if err != nil {
		return err
	}
	if counts.Repositories == 0 {
		_, err := fmt.Fprintln(env.err, "neokeys-fleet: there are no repositories yet: `neokeys-fleet add` adds them")
		return err
	}
	said := fmt.Sprintf("%s searched, %s unchanged, %s failed, in %s.\n", repositories(p.Scanned.Load()), humanize.Comma(p.Unchanged.Load()),
		humanize.Comma(int64(len(failed))), time.Since(started).Round(100*time.Millisecond))
	said += fmt.Sprintf("The fleet: %s, %s keys, %s findings. `neokeys-fleet report` lists them.\n",
		repositories(counts.Repositories), humanize.Comma(counts.Keys), humanize.Comma(counts.Findings))
	if _, err := fmt.Fprint(env.out, said); err != nil {
		return err
	}
	const most = 10
	for i, r := range failed {
		if i == most {
			_, _ = fmt.Fprintf(env.err, "neokeys-fleet: %d more failed: `neokeys-fleet status` lists them\n", len(failed)-most)
			break
		}
		_, _ = fmt.Fprintf(env.err, "neokeys-fleet: %s: %s\n", report.Printable(r.Name), report.Printable(firstLine(r.Error)))
	}
	if len(failed) > 0 {
		return statusFailed
	}
	return nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
