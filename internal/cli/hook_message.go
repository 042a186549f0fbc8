package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
)

// maxMessage is how much of a commit's message is read, in bytes.
const maxMessage = 64 << 20

// scissors is the line from which on git cuts a message off, which git commit -v writes; what comes
// before it, the comment character, is configurable (git-commit(1), --cleanup).
var scissors = []byte(" ------------------------ >8 ------------------------\n")

var refusedMessage = refusal{
	what: "This commit is refused. The files are as they were.",
	fix: func([]*finding.Finding) string {
		return "Its message holds a key. Commit again, with a message that names the key by its id or by what it is for.\n" +
			"The message that you wrote is in .git/COMMIT_EDITMSG."
	},
	once:  "git commit --no-verify",
	stage: report.Stopped,
}

func newCommitMsg(env *environment) *cobra.Command {
	h := &hook{env: env, refusal: refusedMessage}
	cmd := &cobra.Command{
		Use:   "commit-msg FILE",
		Short: "Reject a commit whose message holds a key",
		Long: `Reject a commit whose message holds a key. FILE is the argument of git's commit-msg hook.
Everyone with a clone can read messages, and no later commit changes them. The parts that
git cuts off, such as the diff of git commit -v, are not searched.`,
		Example: `  neokeys hook commit-msg .git/COMMIT_EDITMSG`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return h.run(cmd, func() (*target, error) { return messageTarget(args[0]) })
		},
	}
	h.register(cmd)
	return cmd
}

// messageTarget returns the message of the next commit, which is in file.
func messageTarget(file string) (*target, error) {
	repo, err := git.Open("", os.Getenv)
	if err != nil {
		return nil, err
	}
	t, err := changeTarget(repo, "", "the commit's message", git.Options{}, nil)
	if err != nil {
		return nil, err
	}
	t.empty = func(*finding.Result) bool { return false }
	t.objects = func(_ context.Context, p *plan) (*finding.Result, error) {
		text, err := readMessage(file)
		if err != nil {
			return nil, err
		}
		return p.searchMessage(text)
	}
	return t, nil
}

// readMessage returns the text of a message, without what git cuts off.
func readMessage(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("the message cannot be read: %w", err)
	}
	defer f.Close() // only read from
	text, err := io.ReadAll(io.LimitReader(f, maxMessage+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the message cannot be read: %w", err)
	case len(text) > maxMessage:
		return nil, errors.New("the message is longer than 64 MiB: write a shorter one")
	}
	// Of a message that nobody edits, as with -F and -m, git cuts nothing off. It gives its hooks
	// so by an editor that does nothing (githooks(5), commit-msg).
	if n := bytes.Index(text, scissors); n >= 0 && os.Getenv("GIT_EDITOR") != ":" {
		text = text[:bytes.LastIndexByte(text[:n], '\n')+1]
	}
	return text, nil
}

// searchMessage searches a message for keys.
func (p *plan) searchMessage(text []byte) (*finding.Result, error) {
	set, err := p.policies.Set()
	if err != nil {
		return nil, err
	}
	s := scanner.NewSearcher(set.WithoutFileRules(), p.policies.ProjectAt(p.target.root).Places)
	r := &finding.Result{}
	r.Findings, r.Examples, err = s.SearchAs(rules.Place{Path: "commit message", Exposure: finding.Message}, text)
	if err != nil {
		r.Problems = append(r.Problems, finding.Problem{Path: "commit message", Message: err.Error()})
	}
	problems, notices := scanner.Remarks(s)
	r.Problems, r.Notices = append(r.Problems, problems...), append(r.Notices, notices...)
	r.Summary.Files, r.Summary.Bytes = 1, int64(len(text))
	r.Finish()
	return r, nil
}
