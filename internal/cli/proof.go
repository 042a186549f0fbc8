package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/internal/infile"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/verify"
	"github.com/neokeys/neokeys/verify/proof"
)

// proofLimits is what a chain of hashes is worth.
const proofLimits = "The chain shows slips (a line changed, left out or put elsewhere), not forgery: whoever has the file can make it anew, or cut off its end. " +
	"Note the last hash elsewhere to see later that nothing before it was changed. Neo's support can look up the request ids."

func newProof(env *environment) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "proof FILE",
		Short: "Check and print what neokeys verify --proof has recorded",
		Long: `Check the chain in a file that ` + "`neokeys verify --proof`" + ` wrote, and print for each key,
by its id, until when it worked and since when it has been refused.

` + proofLimits + `

Exit status: 0 the chain is whole; 1 it is broken, and the output names the line; 2 the file
cannot be read, or has no answer in it.`,
		Example: `  neokeys verify --watch --proof leak.jsonl old.txt
  neokeys proof leak.jsonl`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--format: unknown format %q: use text or json", format)
			}
			return printProof(cmd.Context(), env, args[0], format)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "print as `FORMAT`: text or json")
	completeFlag(cmd, "format", "text", "json")
	return cmd
}

// maxProof is the size of several million answers, in bytes.
const maxProof = 1 << 30

// printProof checks and prints a chain.
func printProof(ctx context.Context, env *environment, file, format string) error {
	f, err := infile.Open(ctx, file, maxProof)
	if err != nil {
		return fmt.Errorf("the proof cannot be read: %w", err)
	}
	defer f.Close() // only read from
	s, err := proof.Summarise(f)
	var broken *proof.Broken
	switch {
	case err != nil && !errors.As(err, &broken):
		return fmt.Errorf("the proof cannot be read: %w", err)
	case err == nil && s.Answers == 0:
		return fmt.Errorf("%s has no answer in it", file)
	}
	write := writeProofText
	if format == "json" {
		write = writeProofJSON
	}
	b := bufio.NewWriter(env.out)
	err = write(b, rules.Mask(file), s, broken)
	if err := errors.Join(err, b.Flush()); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	if broken != nil {
		return statusFindings
	}
	return nil
}

func writeProofText(w io.Writer, file string, s *proof.Summary, broken *proof.Broken) error {
	t := newWrapped(w)
	if broken != nil {
		t.printf("%q: the chain is broken in line %d: %s.", file, broken.Line, broken.Why)
		t.printf("What is said below is of the %s before it.", english.Plural(s.Answers, "answer", ""))
	} else {
		t.printf("%q: %s, %s to %s; the chain is whole.", file, english.Plural(s.Answers, "answer", ""), stamp(s.First), stamp(s.Last))
	}
	for i := range s.Keys {
		t.printf("")
		writeProofKey(t, &s.Keys[i])
	}
	t.printf("")
	if s.Dates > 0 {
		t.printf("The servers' Date headers (%d) and this machine's clock differ by %v at most.", s.Dates, s.Skew)
	}
	if s.Backwards > 0 {
		t.printf("In line %d the clock went back.", s.Backwards)
	}
	t.printf("Last hash: %s", s.Hash)
	t.printf("%s", proofLimits)
	return t.err
}

func writeProofKey(t *wrapped, k *proof.Key) {
	var words []string
	for i := range k.Phases {
		p := &k.Phases[i]
		text := fmt.Sprintf("%d since %s", p.Status, stamp(p.From))
		if i < len(k.Phases)-1 {
			text = fmt.Sprintf("%d until %s", p.Status, stamp(p.To))
		}
		words = append(words, text)
	}
	said := "no clear answer"
	if len(words) > 0 {
		said = "answered " + strings.Join(words, ", ")
	}
	t.printf("key id %s: %s", k.ID, said)
	for i := range k.Phases {
		p := &k.Phases[i]
		t.printf("    %d (%s): %s of %s, %s to %s%s", p.Status, p.Liveness, english.Plural(p.Answers, "answer", ""), p.Host, stamp(p.From), stamp(p.To), requestIDs(p))
	}
	if k.Unclear > 0 {
		t.printf("    %d answers say nothing of the key", k.Unclear)
	}
}

func requestIDs(p *proof.Phase) string {
	switch {
	case p.FromID == "" && p.ToID == "":
		return ""
	case p.FromID == p.ToID:
		return ", request id " + printableID(p.FromID)
	}
	return ", request ids " + printableID(p.FromID) + " to " + printableID(p.ToID)
}

// printableID is an id that the file has, which may be anybody's.
func printableID(id string) string { return strings.Trim(fmt.Sprintf("%+q", id), `"`) }

// stamp is a moment as people read it, to the second, in UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

type jsonProof struct {
	SchemaVersion int            `json:"schema_version"`
	Tool          verifyJSONTool `json:"tool"`
	Whole         bool           `json:"whole"`
	BrokenLine    *int           `json:"broken_line"`
	Why           string         `json:"why"`
	Answers       int            `json:"answers"`
	Hash          string         `json:"hash"`
	SkewSeconds   int            `json:"clock_skew_seconds"`
	Keys          []jsonProofKey `json:"keys"`
}

type jsonProofKey struct {
	ID      string           `json:"id"`
	Answers int              `json:"answers"`
	Unclear int              `json:"unclear"`
	Phases  []jsonProofPhase `json:"phases"`
}

type jsonProofPhase struct {
	Status         int        `json:"status"`
	Liveness       string     `json:"liveness"`
	From           time.Time  `json:"from"`
	To             time.Time  `json:"to"`
	Answers        int        `json:"answers"`
	Host           string     `json:"host"`
	FirstRequestID string     `json:"first_request_id"`
	LastRequestID  string     `json:"last_request_id"`
	FirstDate      *time.Time `json:"first_date"`
	LastDate       *time.Time `json:"last_date"`
}

func writeProofJSON(w io.Writer, _ string, s *proof.Summary, broken *proof.Broken) error {
	j := jsonProof{SchemaVersion: 1, Tool: verifyJSONTool{"neokeys", version()}, Whole: broken == nil, Answers: s.Answers, Hash: s.Hash, SkewSeconds: int(s.Skew.Seconds()), Keys: []jsonProofKey{}}
	if broken != nil {
		j.BrokenLine, j.Why = &broken.Line, broken.Why
	}
	for _, k := range s.Keys {
		key := jsonProofKey{ID: k.ID, Answers: k.Answers, Unclear: k.Unclear, Phases: []jsonProofPhase{}}
		for _, p := range k.Phases {
			key.Phases = append(key.Phases, jsonProofPhase{p.Status, string(p.Liveness), p.From, p.To, p.Answers, p.Host, p.FromID, p.ToID, p.FromDate, p.Date})
		}
		j.Keys = append(j.Keys, key)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(j)
}

// A recorder writes answers to a proof as they come, each once.
type recorder struct {
	file *proof.File
	last map[string]time.Time // when the last answer about each key came
}

// newRecorder opens the proof; without a name, it records nothing.
func newRecorder(name string) (*recorder, error) {
	if name == "" {
		return &recorder{}, nil
	}
	f, err := proof.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--proof: %w", err)
	}
	return &recorder{f, map[string]time.Time{}}, nil
}

// record records an answer about the key with that id, unless it is an old one.
func (r *recorder) record(id string, a verify.Answer) error {
	if r.file == nil || a.FromCache || a.CheckedAt.IsZero() || a.CheckedAt.Equal(r.last[id]) {
		return nil
	}
	r.last[id] = a.CheckedAt
	p := proof.Record{Time: a.CheckedAt.UTC().Truncate(time.Millisecond), KeyID: id, Host: a.Host, Status: a.HTTPStatus, Liveness: a.Liveness, RequestID: a.RequestID}
	if !a.Date.IsZero() {
		p.Date = &a.Date
	}
	if err := r.file.Append(p); err != nil {
		return fmt.Errorf("--proof: the answer about the key with the id %s is not recorded: %w", id, err)
	}
	return nil
}

func (r *recorder) close() {
	if r.file != nil {
		_ = r.file.Close() // each record is on the disk already
	}
}
