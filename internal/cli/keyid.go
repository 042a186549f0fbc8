package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// keyIDs are keys by their ids, which is how a person names a key without giving it away.
type keyIDs []string

var keyIDPattern = lazyregexp.New(`^[0-9a-fA-F]{16}$`)

// isKeyID reports whether an argument is the id of a key.
func isKeyID(arg string) bool { return keyIDPattern.MatchString(arg) }

// errNoKeyID says nothing of the argument, which may be a key.
var errNoKeyID = errors.New("a key is named by its id, the 16 hexadecimal digits in every report; give the key itself on standard input, " +
	"never as an argument: arguments show in the process list and in the shell's history")

// parseKeyIDs reads ids from arguments.
func parseKeyIDs(args []string) (ids keyIDs, err error) {
	for _, arg := range args {
		if !isKeyID(arg) {
			return nil, errNoKeyID
		}
		ids = append(ids, strings.ToLower(arg))
	}
	return ids, nil
}

// has reports whether k, or a way to take it, is one of the keys.
func (ids keyIDs) has(k *finding.Key) bool {
	return slices.Contains(ids, k.ID) || slices.ContainsFunc(k.Readings, func(r *finding.Key) bool { return slices.Contains(ids, r.ID) })
}

// of returns what r says of the keys: findings, suppressed or not, and examples.
func (ids keyIDs) of(r *finding.Result) *finding.Result {
	mine := *r
	mine.Findings, mine.Examples = nil, nil
	for _, f := range slices.Concat(r.Findings, r.Examples) {
		if f.Key != nil && ids.has(f.Key) {
			mine.Findings = append(mine.Findings, f)
		}
	}
	return &mine
}

// readKeyIDs returns the ids of the keys on standard input.
func readKeyIDs(ctx context.Context, env *environment) (keyIDs, error) {
	c := &verifyCommand{env: env}
	given, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	var ids keyIDs
	for _, g := range given {
		if g.key == nil {
			continue
		}
		ids = append(ids, g.key.ID)
		for _, r := range g.key.Readings {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil, errors.New("there is no key on standard input: paste one, or name a key by its id")
	}
	return ids, nil
}
