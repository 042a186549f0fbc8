package cli

import (
	"context"
	"errors"
	"fmt"
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
		Use:   "verify",
		Short: "Ask the API whether keys still work",
		Long: `Ask the API whether keys still work. Keys are read from standard input, one a line,
or are found in any other text; with --env they are taken from NEO_API_KEY and
NEOAGENT_SECRET_KEY. Never as arguments: those show in the process list and in the
shell's history.

Whatever would make the API refuse a value as it stands is told, too: white space,
quotation marks, a missing or doubled Bearer, a key that is cut off, the wrong host.

With --watch, ask again at an interval until every key is dead. A key that has been
rotated goes on working for 24 hours; one that has been revoked stops at once.

Exit status: 0 every key is inactive; 1 a key works (live or restricted); 2 no key
works, but of one it is unknown or was not asked, or the command could not be carried
out.`,
		Example: `  pbpaste | neokeys verify
  neokeys verify --env
  neokeys verify --watch --interval 10m < leaked.txt`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return errKeyArgument
			}
			return nil
		},
		RunE: c.run,
	}
	f := cmd.Flags()
	f.BoolVar(&c.fromEnv, "env", false, "take the keys from NEO_API_KEY and NEOAGENT_SECRET_KEY")
	f.BoolVar(&c.watch, "watch", false, "ask again and again until every key is dead")
	f.DurationVar(&c.interval, "interval", 5*time.Minute, "with --watch, wait this much `TIME` before asking again")
	f.StringVarP(&c.format, "format", "f", "text", "print as `FORMAT`: text or json (with --watch, one JSON object a line)")
	f.StringVar(&c.color, "color", "auto", "color the text: `WHEN` is auto, always or never (auto honours NO_COLOR)")
	c.flags.register(cmd)
	cmd.SetFlagErrorFunc(explainKeyFlag)
	completeFlag(cmd, "format", "text", "json")
	completeFlag(cmd, "color", colors...)
	return cmd
}

// errKeyArgument is why a key is not to be typed.
var errKeyArgument = errors.New("keys are not taken as arguments, which show in the process list and in the shell's history: " +
	"give them on standard input, or in NEO_API_KEY or NEOAGENT_SECRET_KEY with --env. " +
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
	fromEnv, watch bool
	interval       time.Duration
	format, color  string
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
	keys := distinctKeys(given)
	if c.watch && len(keys) > 0 {
		err = c.keepAsking(ctx, v, keys, given, report)
	} else {
		answers := askAll(ctx, c.env, v, keys, false)
		for i := range given {
			given[i].learn(answers)
		}
		err = report.all(given)
	}
	if err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	if s := verifyStatus(given); s != statusClean {
		return s
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
	case cmd.Flags().Changed("interval") && !c.watch:
		return nil, errors.New("--interval: add --watch, without which the keys are asked about once")
	}
	switch c.format {
	case "text":
		return newVerifyText(c.env.out, look.colored(c.env.out)), nil
	case "json":
		return &verifyJSON{c.env.out}, nil
	}
	return nil, fmt.Errorf("--format: unknown format %q: use text or json", c.format)
}

// A givenKey is a key that was handed over, or what was given for one.
type givenKey struct {
	from   []string     // where it stands: "line 3", or the name of a variable
	key    *finding.Key // nil when there is none that could be asked about
	notes  []string     // what would make the API refuse it as it was given
	answer verify.Answer
}

func (g *givenKey) learn(answers map[string]verify.Answer) {
	g.answer = verify.Answer{Liveness: finding.NotChecked, Reason: "not asked: there is no key in it"}
	if g.key != nil {
		g.key, g.answer = verify.Verdict(g.key, answers)
	}
}

// read returns the keys in the order in which they were given, each once.
func (c *verifyCommand) read(ctx context.Context) ([]givenKey, error) {
	var inputs []verify.Input
	if c.fromEnv {
		inputs = verify.KeysFromEnv(os.LookupEnv)
		if len(inputs) == 0 {
			return nil, errors.New("--env: neither NEO_API_KEY nor NEOAGENT_SECRET_KEY is set: is the secret available to this job?")
		}
	} else {
		var err error
		if inputs, err = c.readInput(ctx); err != nil {
			return nil, err
		}
		if len(inputs) == 0 {
			return nil, errors.New("there is no key on standard input: give one a line, or use --env")
		}
	}
	var given []givenKey
	at := map[string]int{}
	for _, in := range inputs {
		if in.Key != nil {
			if i, ok := at[in.Key.ID]; ok {
				given[i].from = append(given[i].from, in.From)
				for _, note := range in.Advice {
					if !slices.Contains(given[i].notes, note) {
						given[i].notes = append(given[i].notes, note)
					}
				}
				continue
			}
			at[in.Key.ID] = len(given)
		}
		given = append(given, givenKey{from: []string{in.From}, key: in.Key, notes: in.Advice})
	}
	return given, nil
}

// readInput reads standard input, until ctx ends.
func (c *verifyCommand) readInput(ctx context.Context) ([]verify.Input, error) {
	if in, ok := c.env.in.(*os.File); ok && isTerminal(in) && isTerminal(c.env.err) {
		_, _ = fmt.Fprintln(c.env.err, "Paste keys, one a line, and end with Ctrl-D:")
	}
	type result struct {
		inputs []verify.Input
		err    error
	}
	done := make(chan result, 1)
	go func() {
		inputs, err := verify.KeysIn(c.env.in)
		done <- result{inputs, err}
	}()
	select {
	case r := <-done:
		return r.inputs, r.err
	case <-ctx.Done():
		return nil, errors.New("interrupted before all keys were read: nothing was asked")
	}
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
			if a.Liveness != finding.Inactive && !a.Liveness.Works() && e.Condition != finding.NotChecked {
				a.Liveness = e.Condition // as it was last known to be
			}
			answers[e.Key.ID] = a
		}
		for i := range given {
			given[i].learn(answers)
		}
		if failed == nil {
			failed = report.round(round, given, events)
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

func distinctKeys(given []givenKey) []*finding.Key {
	var keys []*finding.Key
	for _, g := range given {
		if g.key != nil {
			keys = append(keys, g.key)
		}
	}
	return keys
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
	return status(ended)
}
