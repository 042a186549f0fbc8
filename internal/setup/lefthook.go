package setup

import (
	"os"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// lefthookRuns are the commands for lefthook, by hook. Those of a push read the refs.
var lefthookRuns = []struct {
	hook, run string
	stdin     bool
}{
	{"pre-commit", "neokeys hook pre-commit", false},
	{"commit-msg", "neokeys hook commit-msg {1}", false},
	{"pre-push", "neokeys hook pre-push {1} {2}", true},
}

// lefthook plans the jobs of a repository whose hooks lefthook manages. A configuration of
// another form than lines of YAML is left to the person.
func (p *Plan) lefthook(project *Project) {
	old, err := os.ReadFile(project.path(project.Config))
	text, added := string(old), []string(nil)
	ok := err == nil && slices.Contains([]string{".yml", ".yaml"}, path.Ext(project.Config))
	for _, r := range lefthookRuns {
		if ok && !strings.Contains(text, "neokeys hook "+r.hook) {
			var lines string
			text, lines, ok = withJob(text, r.hook, r.run, r.stdin)
			added = append(added, lines)
		}
	}
	switch {
	case !ok:
		p.block("lefthook runs this repository's hooks. Add this to " + project.Config + ":\n\n" + indent(lefthookEntry))
	case len(added) == 0:
		p.note("lefthook runs neokeys already.")
	default:
		p.edit(project, project.Config, string(old), text, "lefthook has neokeys refuse commits and pushes of keys; run `lefthook install` once in each clone", added...)
	}
}

// withJob returns a configuration of lefthook's with one more job, and the lines that were added;
// false if it is not of a form to which lines can be added. What was there stays as it is, also
// for a reader of YAML.
func withJob(text, hook, run string, stdin bool) (_, lines string, _ bool) {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil {
		return text, "", false
	}
	at, lines, ok := place(&doc, text, hook, run, stdin)
	if !ok {
		return text, "", false
	}
	begin := 0
	for range at {
		if n := strings.IndexByte(text[begin:], '\n'); n >= 0 {
			begin += n + 1
			continue
		}
		begin = len(text)
		lines = "\n" + lines
	}
	after := text[:begin] + lines + text[begin:]
	return after, lines, sameBut(text, after, hook)
}

// place returns the number of lines before those that add a job, and these.
func place(doc *yaml.Node, text, hook, run string, stdin bool) (at int, lines string, ok bool) {
	if len(doc.Content) == 0 || doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].Tag == "!!null" {
		return strings.Count(text, "\n") + unfinished(text), hook + ":\n  jobs:\n" + job("    ", run, stdin), true
	}
	key, value := entry(doc.Content[0], hook)
	if key == nil {
		if doc.Content[0].Kind != yaml.MappingNode || doc.Content[0].Style&yaml.FlowStyle != 0 {
			return 0, "", false
		}
		return strings.Count(text, "\n") + unfinished(text), hook + ":\n  jobs:\n" + job("    ", run, stdin), true
	}
	if value.Kind != yaml.MappingNode || value.Style&yaml.FlowStyle != 0 || len(value.Content) == 0 {
		return 0, "", false
	}
	if jobsKey, jobs := entry(value, "jobs"); jobsKey != nil {
		if jobs.Kind != yaml.SequenceNode || jobs.Style&yaml.FlowStyle != 0 || len(jobs.Content) == 0 {
			return 0, "", false
		}
		return jobs.Content[0].Line - 1, job(strings.Repeat(" ", jobs.Column-1), run, stdin), true
	}
	if commandsKey, commands := entry(value, "commands"); commandsKey != nil {
		if commands.Kind != yaml.MappingNode || commands.Style&yaml.FlowStyle != 0 || len(commands.Content) == 0 {
			return 0, "", false
		}
		first := commands.Content[0]
		space := strings.Repeat(" ", first.Column-1)
		lines = space + "neokeys:\n" + space + "  run: " + run + "\n"
		if stdin {
			lines += space + "  use_stdin: true\n"
		}
		return first.Line - 1, lines, true
	}
	first := value.Content[0]
	space := strings.Repeat(" ", first.Column-1)
	return first.Line - 1, space + "jobs:\n" + job(space+"  ", run, stdin), true
}

// job writes an item of jobs.
func job(space, run string, stdin bool) string {
	lines := space + "- run: " + run + "\n"
	if stdin {
		lines += space + "  use_stdin: true\n"
	}
	return lines
}

// unfinished returns 1 for a text whose last line has no end.
func unfinished(text string) int {
	if text == "" || strings.HasSuffix(text, "\n") {
		return 0
	}
	return 1
}

// entry returns a key of a mapping, and its value.
func entry(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	if mapping.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(mapping.Content); i += 2 {
			if mapping.Content[i].Value == name {
				return mapping.Content[i], mapping.Content[i+1]
			}
		}
	}
	return nil, nil
}

// sameBut reports whether two configurations are the same for a reader of YAML, except that
// the second has something more in one hook.
func sameBut(before, after, hook string) bool {
	var was, is map[string]any
	if yaml.Unmarshal([]byte(before), &was) != nil || yaml.Unmarshal([]byte(after), &is) != nil {
		return false
	}
	old, _ := was[hook].(map[string]any)
	now, _ := is[hook].(map[string]any)
	delete(was, hook)
	delete(is, hook)
	if !reflect.DeepEqual(was, is) && len(was)+len(is) > 0 || now == nil {
		return false
	}
	more := 0
	for _, name := range []string{"jobs", "commands"} {
		more += size(now[name]) - size(old[name])
		delete(old, name)
		delete(now, name)
	}
	return more == 1 && (reflect.DeepEqual(old, now) || len(old)+len(now) == 0)
}

func size(list any) int {
	switch list := list.(type) {
	case []any:
		return len(list)
	case map[string]any:
		return len(list)
	}
	return 0
}
