package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/verify"
)

func newVerify(env *environment) *cobra.Command {
	c := &verifyCommand{env: env}
	cmd := &cobra.Command{
		Use:   "verify [FILE...]",
		Short: "Ask the API whether keys still work",
		Long: `Ask the API whether keys still work. Keys are read from files or standard input, one per
line, or found in other text; with --env they come from NEO_API_KEY and
NEOAGENT_SECRET_KEY. A key is never an argument: arguments show in the process list and in
the shell's history. A terminal does not show what you paste.

Each key is listed with whatever would make the API reject it as given: white space,
quotation marks, a missing or doubled Bearer, a truncated key, the wrong host.

With --proof, each answer is recorded with its time, its status and its request id, so that you can
show when a key died and since when its successor has worked.

With --watch, ask again at an interval until every key is dead. A rotated key works for
another 24 hours; a revoked key stops at once.

Exit status: 0 every key is inactive; 1 a key works (live or restricted); 2 no key
works, but one is unknown or was not asked, or the command could not be carried out.`,
		Example: `  neokeys verify leaked.txt
  pbpaste | neokeys verify
  neokeys verify --env
  neokeys verify --watch --interval 10m leaked.txt`,
		Args: func(_ *cobra.Command, args []string) error {
			// Nothing is said of what is no file: it may be a key.
			for _, arg := range args {
				if info, err := os.Stat(arg); arg != stdinName && (err != nil || info.IsDir()) {
					return errKeyArgument
				}
			}
			if len(args) > 1 || len(args) == 1 && args[0] != stdinName {
				c.files = args
			}
			return nil
		},
		// A name that shells complete by themselves would invite a key to be typed.
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              c.run,
	}
	f := cmd.Flags()
	f.BoolVar(&c.fromEnv, "env", false, "take the keys from NEO_API_KEY and NEOAGENT_SECRET_KEY")
	f.BoolVar(&c.watch, "watch", false, "ask again and again until every key is dead")
	f.DurationVar(&c.interval, "interval", 5*time.Minute, "with --watch, wait this much `TIME` before asking again")
	f.StringVar(&c.proof, "proof", "", "add each answer to `FILE`: time, status, request id, Date header and key id, never the key; neokeys proof checks and prints it")
	f.StringVarP(&c.format, "format", "f", "text", "print as `FORMAT`: text or json (with --watch, one JSON object per line)")
	f.StringVar(&c.color, "color", "auto", "color the text: `WHEN` is auto, always or never (auto honours NO_COLOR)")
	c.flags.register(cmd)
	cmd.SetFlagErrorFunc(explainKeyFlag)
	completeFlag(cmd, "format", "text", "json")
	completeFlag(cmd, "color", colors...)
	return cmd
}

// errKeyArgument is why a key is not to be typed.
var errKeyArgument = errors.New("keys are not taken as arguments, which show in the process list and in the shell's history: " +
	"give them in a file or on standard input, or in NEO_API_KEY or NEOAGENT_SECRET_KEY with --env. " +
	"A key that was typed here is in that history now")

// keyFlags are what people try who want to type a key.
var keyFlags = []string{"key", "keys", "api-key", "token", "secret", "secret-key", "k", "t"}

// explainKeyFlag says of a flag for a key why there is none. --env takes no value.
func explainKeyFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	if errors.As(err, &unknown) && slices.Contains(keyFlags, unknown.GetSpecifiedName()) ||
		errors.As(err, &value) && value.GetFlag().Name == "env" {
		return errKeyArgument
	}
	return cmd.Root().FlagErrorFunc()(cmd, err)
}

type verifyCommand struct {
	env            *environment
	flags          verifyFlags
	files          []string
	fromEnv, watch bool
	interval       time.Duration
	format, color  string
	proof          string
	recorder       *recorder
}

func (c *verifyCommand) run(cmd *cobra.Command, _ []string) error {
	report, err := c.check(cmd)
	if err != nil {
		return err
	}
	v, err := c.flags.verifier(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	given, err := c.read(ctx)
	if err != nil {
		return err
	}
	if c.recorder, err = newRecorder(c.proof); err != nil {
		return err
	}
	defer c.recorder.close()
	keys := distinctKeys(given)
	if c.watch && len(keys) > 0 {
		err = c.keepAsking(ctx, v, keys, given, report)
	} else {
		err = c.askOnce(ctx, v, keys, given, report)
	}
	if err != nil {
		return err
	}
	if s := verifyStatus(given); s != statusClean {
		return s
	}
	return nil
}

// askOnce asks about the keys, records the answers and writes them.
func (c *verifyCommand) askOnce(ctx context.Context, v *verify.Verifier, keys []*finding.Key, given []givenKey, report verifyReport) error {
	answers := askAll(ctx, c.env, v, keys, false)
	var failed error
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		failed = cmp.Or(failed, c.recorder.record(id, answers[id]))
	}
	for i := range given {
		given[i].learn(answers)
	}
	return errors.Join(failed, writing(report.all(given)))
}

// writing says of an error that standard output has it.
func writing(err error) error {
	if err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	return nil
}

// check looks at the flags, and returns what will write the answers.
func (c *verifyCommand) check(cmd *cobra.Command) (verifyReport, error) {
	look := output{color: c.color}
	switch {
	case !slices.Contains(colors, c.color):
		return nil, fmt.Errorf("--color: unknown value %q: use auto, always or never", c.color)
	case c.interval <= 0:
		return nil, fmt.Errorf("--interval %v: use a time greater than 0, such as 5m", c.interval)
	case c.fromEnv && len(c.files) > 0:
		return nil, errors.New("--env: leave out the file, or the flag")
	case cmd.Flags().Changed("interval") && !c.watch:
		return nil, errors.New("--interval: add --watch, without which the keys are asked about once")
	}
	switch c.format {
	case "text":
		return newVerifyText(wrapping(c.env.out), look.colored(c.env.out)), nil
	case "json":
		return &verifyJSON{c.env.out}, nil
	}
	return nil, fmt.Errorf("--format: unknown format %q: use text or json", c.format)
}

// keepAsking watches the keys until all are dead or ctx ends.
func (c *verifyCommand) keepAsking(ctx context.Context, v *verify.Verifier, keys []*finding.Key, given []givenKey, report verifyReport) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	err := v.Watch(ctx, keys, c.interval, func(round int, events []verify.Event) {
		answers := map[string]verify.Answer{}
		for _, e := range events {
			a := e.Answer
			if failed == nil {
				failed = c.recorder.record(e.Key.ID, a)
			}
			if a.Liveness != finding.Inactive && !a.Liveness.Works() && e.Condition != finding.NotChecked {
				a.Liveness = e.Condition // as it was last known to be
			}
			answers[e.Key.ID] = a
		}
		for i := range given {
			given[i].learn(answers)
		}
		if failed == nil {
			failed = writing(report.round(round, given, events))
		}
		if failed != nil {
			stop()
		}
	})
	if failed == nil && !errors.Is(err, context.Canceled) {
		failed = err
	}
	return failed
}

// verifyStatus is the exit status that the answers lead to.
func verifyStatus(given []givenKey) status {
	ended := statusClean
	for _, g := range given {
		switch {
		case g.answer.Liveness.Works():
			return statusFindings
		case g.answer.Liveness != finding.Inactive:
			ended = statusFailed
		}
	}
	return ended
}
