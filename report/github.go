package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// maxAnnotations is how many errors, warnings and notices each GitHub shows of one step.
const maxAnnotations = 10

// githubLevels are the names that severities have there, in the order in which they are
// written.
var githubLevels = []struct {
	severity finding.Severity
	command  string
}{{finding.Error, "error"}, {finding.Warning, "warning"}, {finding.Note, "notice"}}

// writeGitHub writes workflow commands, which GitHub shows beside the lines of a change:
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
func writeGitHub(w io.Writer, r *finding.Result, o Options) error {
	b := bufio.NewWriter(w)
	left, room := map[string]int{}, map[string]int{}
	for _, l := range githubLevels {
		room[l.command] = maxAnnotations
	}
	// What could not be read and what is not shown each take one of them.
	if len(r.Problems) > 0 || nothingScanned(r.Summary) {
		room["warning"]--
		fmt.Fprint(b, githubCommand("warning", "neokeys", incomplete(r), nil))
	}
	room["notice"]--
	keys, rest := groups(r)
	for _, l := range githubLevels {
		show := func(f *finding.Finding, text string) {
			if f.Severity != l.severity {
				return
			}
			if room[l.command]--; room[l.command] < 0 {
				left[l.command]++
				return
			}
			fmt.Fprint(b, githubCommand(l.command, f.Message, text, githubPlace(f, o)))
		}
		for i := range keys {
			advice := newAdvice(&keys[i])
			for _, f := range keys[i].Findings {
				show(f, githubText(f, advice))
			}
		}
		for _, f := range rest {
			show(f, place(f)+": "+f.Message+" ["+f.Rule+"]")
		}
	}
	var words []string
	for _, l := range githubLevels {
		if n := left[l.command]; n > 0 {
			words = append(words, number(n, l.command))
		}
	}
	if len(words) > 0 {
		fmt.Fprint(b, githubCommand("notice", "neokeys", fmt.Sprintf(
			"%s more are not shown here: GitHub shows %d of a kind for each step. The other reports have them all.",
			join(words), maxAnnotations), nil))
	}
	if what := found(keys, rest); what != "" {
		fmt.Fprintf(b, "neokeys found %s: %s.\n", what, levels(counting(r)))
	} else if !nothingScanned(r.Summary) {
		fmt.Fprint(b, foundNothing(r)+".\n")
	}
	fmt.Fprintln(b, strings.TrimSpace("Searched "+searched(r.Summary)+". "+notCounted(r)))
	return b.Flush()
}

// writeOutputs writes the counts that later steps of a job may go by: findings that are not
// suppressed, keys in them, how many of these keys are known to work, and what is suppressed.
func writeOutputs(w io.Writer, r *finding.Result, _ Options) error {
	keys, _ := groups(r)
	live := 0
	for i := range keys {
		live += btoi(keys[i].Liveness().Works())
	}
	_, err := fmt.Fprintf(w, "findings=%d\nkeys=%d\nlive-keys=%d\nsuppressed=%d\n", len(counting(r)), len(keys), live, r.Suppressed())
	return err
}

// foundNothing is the heading of a result without findings, in which something was
// scanned.
func foundNothing(r *finding.Result) string {
	if len(r.Problems) > 0 {
		return "neokeys found nothing in what could be read or checked"
	}
	return "neokeys found nothing"
}

// incomplete says why a result is no all-clear.
func incomplete(r *finding.Result) string {
	if len(r.Problems) == 0 {
		return "Nothing was scanned: this is not an all-clear."
	}
	p := r.Problems[0]
	first := p.Message
	if p.Path != "" {
		first = p.Path + ": " + p.Message
	}
	text := "The scan is incomplete: " + first
	if n := len(r.Problems) - 1; n > 0 {
		text += " (and " + number(n, "more problem") + ")"
	}
	return text
}

func githubText(f *finding.Finding, a advice) string {
	text := fmt.Sprintf("%s at %s", f.Key.Redacted, place(f))
	if l := verdict(f); l != "" {
		text += ", " + l
	}
	if f.RemovedIn != nil {
		text += ", in the history only"
	}
	text += " (key id " + f.Key.ID + "). " + a.Text
	if a.Where != "" {
		text += " " + a.Where
	}
	return text
}

// githubPlace returns the properties that tie an annotation to a line. What is not, or no
// longer, in the files has none.
func githubPlace(f *finding.Finding, o Options) [][2]string {
	if f.RemovedIn != nil || f.InHead != nil && !*f.InHead || f.Exposure == finding.Message {
		return nil
	}
	properties := [][2]string{{"file", f.File()}}
	if uri, relative := pathURI(f.File(), o.Root); relative {
		properties[0][1] = unescape(uri)
	}
	if f.Line > 0 && f.Container == "" {
		properties = append(properties, [2]string{"line", fmt.Sprint(f.Line)}, [2]string{"col", fmt.Sprint(f.Column)})
		if f.EndLine == f.Line {
			properties = append(properties, [2]string{"endColumn", fmt.Sprint(f.EndColumn)})
		}
	}
	return properties
}

// githubCommand returns a workflow command, on a line of its own.
func githubCommand(name, title, text string, properties [][2]string) string {
	// The order and names of the escapes are those of actions/toolkit.
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var b strings.Builder
	b.WriteString("::" + name + " ")
	for _, p := range append(properties, [2]string{"title", title}) {
		b.WriteString(p[0] + "=" + property.Replace(printable(p[1])) + ",")
	}
	return strings.TrimSuffix(b.String(), ",") + "::" + data.Replace(printable(text)) + "\n"
}
