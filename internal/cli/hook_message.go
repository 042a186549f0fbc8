package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
)

// maxMessage is how much of a commit's message is read, in bytes.
const maxMessage = 64 << 20

// scissors is the line that git commit -v writes below a message; what comes before it, the comment
// character, is configurable (git-commit(1), --cleanup).
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
Everyone with a clone can read messages, and no later commit changes them. The diff that
git commit -v shows below the message is not searched: git cuts it off.`,
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
	t.objects = func(ctx context.Context, p *plan) (*finding.Result, error) {
		text, err := readMessage(ctx, file)
		if err != nil {
			return nil, err
		}
		return p.searchMessage(text)
	}
	return t, nil
}

// readMessage returns the text of a message, without the diff that git may have put below it.
func readMessage(ctx context.Context, file string) ([]byte, error) {
	f, err := infile.Open(ctx, file, maxMessage)
	if err != nil {
		return nil, fmt.Errorf("the message cannot be read: %w", err)
	}
	defer f.Close() // only read from
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("the message cannot be read: %w", err)
	}
	return withoutVerbose(text), nil
}

// withoutVerbose returns a message with empty lines for the hunks of the diff that git commit -v shows
// below it. Git cuts all of that off, but only if it was called so, which a hook cannot see: else a
// message keeps what is below a scissors line, and so everything else there counts.
func withoutVerbose(text []byte) []byte {
	// A message that nobody edits has no such diff. Git gives its hooks, as with -F and -m, an editor
	// that does nothing (githooks(5), commit-msg).
	n := bytes.Index(text, scissors)
	if n < 0 || os.Getenv("GIT_EDITOR") == ":" {
		return text
	}
	comment := text[bytes.LastIndexByte(text[:n], '\n')+1 : n]
	below := n + len(scissors)
	for len(comment) > 0 && bytes.HasPrefix(text[below:], comment) {
		line, _, _ := bytes.Cut(text[below:], []byte("\n"))
		below = min(below+len(line)+1, len(text))
	}
	if !bytes.HasPrefix(text[below:], []byte("diff --")) {
		return text
	}
	return slices.Concat(text[:below], scanner.WithoutHunks(text[below:]))
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
