package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/verify"
)

// stdinName stands for standard input among files.
const stdinName = scanner.Stdin

// pastePrompt is what a terminal shows in place of the keys.
const pastePrompt = "Paste keys, one a line; they are not shown. End with Enter, then Ctrl-D (on Windows Ctrl-Z, Enter):"

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
		if len(inputs) == 0 && len(c.files) > 0 {
			return nil, errors.New("there is no key in the file: give one a line")
		}
		if len(inputs) == 0 {
			return nil, errors.New("there is no key on standard input: give one a line, name a file, or use --env")
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

// readInput reads the files, or standard input where there are none, until ctx ends.
func (c *verifyCommand) readInput(ctx context.Context) ([]verify.Input, error) {
	if len(c.files) > 0 {
		return readKeyFiles(ctx, c.files)
	}
	if in, ok := c.env.in.(*os.File); ok && isTerminal(in) {
		show, err := hideInput(in)
		if err != nil {
			return nil, fmt.Errorf("the terminal would show the keys (%w): give them in a file, as in `neokeys verify keys.txt`", err)
		}
		defer show()
		if isTerminal(c.env.err) {
			_, _ = fmt.Fprintln(wrapping(c.env.err), pastePrompt)
		}
	}
	inputs, err := verify.KeysIn(infile.Interruptible(ctx, c.env.in))
	return inputs, interruptedKeys(err)
}

// interruptedKeys returns why reading keys ended, in words for the user.
func interruptedKeys(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted before all keys were read: nothing was asked")
	}
	return err
}

// maxKeys is more than [verify.KeysIn] takes, in bytes.
const maxKeys = 2 << 20

// readKeyFiles reads keys from files. Of several files, each key is said to be from its own.
func readKeyFiles(ctx context.Context, files []string) (all []verify.Input, err error) {
	for _, name := range files {
		if name == stdinName {
			return nil, errors.New("- is standard input, which is read where no file is named: leave it out")
		}
		f, err := infile.Open(ctx, name, maxKeys)
		if err != nil {
			return nil, fmt.Errorf("cannot read the keys: %w", err)
		}
		inputs, err := verify.KeysIn(f)
		if err := errors.Join(interruptedKeys(err), f.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, in := range inputs {
			if len(files) > 1 {
				in.From = name + ", " + in.From
			}
			all = append(all, in)
		}
	}
	return all, nil
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
