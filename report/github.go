package report

import (
	"bufio"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// maxAnnotations is how many errors, warnings and notices GitHub shows for one step.
const maxAnnotations = 10

// githubLevels are GitHub's names for severities.
var githubLevels = map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning", finding.Note: "notice"}

// severities lists all severities, the worst first.
var severities = []finding.Severity{finding.Error, finding.Warning, finding.Note}

// writeGitHub writes workflow commands, which GitHub shows beside the lines of a change:
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
func writeGitHub(w io.Writer, r *finding.Result, o Options) error {
	b := bufio.NewWriter(w)
	left, room := map[string]int{}, map[string]int{}
	for _, command := range githubLevels {
		room[command] = maxAnnotations
	}
	// The notes about unread files and about omitted findings take one each.
	if len(r.Problems) > 0 || nothingScanned(r.Summary) {
		room["warning"]--
		fmt.Fprint(b, githubCommand("warning", "neokeys", incomplete(r), nil))
	}
	room["notice"]--
	for _, a := range annotations(r, o) {
		command := githubLevels[a.severity]
		if room[command]--; room[command] < 0 {
			left[command]++
			continue
		}
		fmt.Fprint(b, githubCommand(command, a.title, a.text, a.place))
	}
	var words []string
	for _, s := range severities {
		if n := left[githubLevels[s]]; n > 0 {
			words = append(words, number(n, "more "+githubLevels[s]))
		}
	}
	if len(words) > 0 {
		fmt.Fprint(b, githubCommand("notice", "neokeys", fmt.Sprintf(
			"Not shown here: %s. GitHub shows %d of a kind for each step; the other reports have them all.",
			join(words), maxAnnotations), nil))
	}
	if what := found(r); what != "" {
		fmt.Fprintf(b, "neokeys found %s: %s.\n", what, levels(counting(r)))
	} else if !nothingScanned(r.Summary) {
		fmt.Fprint(b, foundNothing(r)+".\n")
	}
	fmt.Fprintln(b, strings.TrimSpace("Searched "+searched(r.Summary)+". "+notCounted(r)))
	return b.Flush()
}

// writeOutputs writes counts for later steps of a job: findings that are not suppressed, keys
// in them, keys among these that are known to work, and suppressed findings.
func writeOutputs(w io.Writer, r *finding.Result, _ Options) error {
	keys, _ := finding.Groups(counting(r))
	live := 0
	for i := range keys {
		live += btoi(keys[i].Liveness().Works())
	}
	_, err := fmt.Fprintf(w, "findings=%d\nkeys=%d\nlive-keys=%d\nsuppressed=%d\n", len(counting(r)), len(keys), live, r.Suppressed())
	return err
}

// foundNothing is the heading of a result without findings, if something was scanned.
func foundNothing(r *finding.Result) string {
	switch {
	case r.Summary.Filtered > 0:
		return "neokeys found nothing in a state that --only names"
	case len(r.Problems) > 0:
		return "neokeys found nothing in what could be read or checked"
	}
	if known := known(r); known != "" {
		return "neokeys found nothing new: " + known + " in the baseline"
	}
	return "neokeys found nothing"
}

// incomplete explains why a result is not an all-clear.
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

// A githubNote is an annotation: what GitHub shows beside a line.
type githubNote struct {
	severity    finding.Severity
	title, text string
	place       [][2]string
}

// annotations returns the annotations, by severity: one per key, with its habits; findings that
// are not about a key; then the keys' other places.
func annotations(r *finding.Result, o Options) []githubNote {
	keys, rest := entries(r, o)
	var list, others []githubNote
	for i := range keys {
		e := &keys[i]
		for n, f := range e.places {
			a := githubNote{f.Severity, f.Message, githubText(f, e), githubPlace(f, o)}
			if n == 0 {
				a.severity = e.level()
				list = append(list, a)
			} else {
				others = append(others, a)
			}
		}
	}
	for _, f := range rest {
		text := f.Message + " [" + f.Rule + "]"
		if l, there := now(f); there {
			text = sourced(f) + placeOf(&l) + ": " + text
		}
		list = append(list, githubNote{f.Severity, f.Message, strings.TrimSpace(text + " " + then(f)), githubPlace(f, o)})
	}
	list = append(list, others...)
	sort.SliceStable(list, func(i, j int) bool { return list[i].severity > list[j].severity })
	return list
}

func githubText(f *finding.Finding, e *entry) string {
	text := f.Key.Redacted
	if l, there := now(f); there || f.Exposure == finding.Message {
		text += " at " + sourced(f) + placeOf(&l)
	}
	if l := verdict(f); l != "" {
		text += ", " + l
	}
	if !f.Present() {
		text += ", not in HEAD"
	}
	text += " (key id " + f.Key.ID + ")."
	for _, more := range []string{then(f), also(e), e.advice.full(), e.advice.Where} {
		text = strings.TrimSpace(text + " " + more)
	}
	return text
}

// also names the rules of the key's habits.
func also(e *entry) string {
	if tags := e.tags(); len(tags) > 0 {
		return "See also " + join(tags) + "."
	}
	return ""
}

// githubPlace returns the properties that attach an annotation to a file and, if the current
// file contains the key, to the line.
func githubPlace(f *finding.Finding, o Options) [][2]string {
	if f.Exposure == finding.Message {
		return nil
	}
	l, there := now(f)
	if source, ok := inSource(f); ok && there {
		l = source
	} else if isURL(l.File()) {
		return nil
	}
	properties := [][2]string{{"file", l.File()}}
	if uri, relative := pathURI(l.File(), o.Root); relative {
		properties[0][1] = unescape(uri)
	}
	if there && l.Line > 0 && l.Container == "" {
		properties = append(properties, [2]string{"line", fmt.Sprint(l.Line)}, [2]string{"col", fmt.Sprint(l.Column)})
		if l.EndLine == l.Line {
			properties = append(properties, [2]string{"endColumn", fmt.Sprint(l.EndColumn)})
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
