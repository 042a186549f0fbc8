package rules

import (
	"bytes"
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed plaintext_ci_secret.md
var plaintextCISecretDoc string

// PlaintextCISecret finds keys written into what runs programs, where a reference to a
// secret belongs.
var PlaintextCISecret = &Rule{
	ID:               "plaintext-ci-secret",
	Title:            "Neo key as a literal where a secret reference belongs",
	Severity:         finding.Error,
	CWEs:             []int{260, 312, 798},
	SecuritySeverity: 8.0,
	Doc:              plaintextCISecretDoc,
	Anchors:          habitAnchors,
	MatchFile:        matchPlaintextCISecret,
}

func matchPlaintextCISecret(f *File, report func(Match)) {
	platform := f.platform()
	if platform == nil {
		return
	}
	done := map[int]bool{} // by where a key begins
	say := func(name, value Span) {
		at := value.Start + max(0, bytes.Index(f.Text[value.Start:value.End], []byte(finding.KeyPrefix)))
		if done[at] {
			return
		}
		done[at] = true
		report(Match{
			Start: name.Start, End: name.End, Severity: finding.Error, Confidence: finding.High,
			Message: "the key is written into " + platform.what + "; refer to a secret instead: " + platform.reference,
		})
	}
	for _, v := range f.variables() {
		if isLiteralKey(v.value) && f.namesKey(v) && !slices.Contains(v.in, "encryptedData") { // of a SealedSecret
			say(Span{v.nameStart, v.nameEnd}, Span{v.start, v.end})
		}
	}
	if w := f.flowing(); w != nil {
		w.literals(say)
	}
	f.keysGiven(say)
}

// namesKey reports whether v is a key's variable: by its name, or by that and the name of
// what is around it, as neo: { apiKey: ... } is.
func (f *File) namesKey(v envVariable) bool {
	if f.isKeyName(v.name) {
		return true
	}
	if len(v.in) == 0 {
		return false
	}
	around := v.in[len(v.in)-1]
	return f.isKeyName(around+"."+v.name) || (v.name == "value" || v.name == "default") && f.isKeyName(around)
}

// keysGiven reports keys of the current API that are given to a name, whatever that is:
// then it is a key's variable.
func (f *File) keysGiven(say func(name, value Span)) {
	for pos := 0; ; pos += len(finding.KeyPrefix) {
		n := bytes.Index(f.Text[pos:], []byte(finding.KeyPrefix))
		if n < 0 {
			return
		}
		pos += n
		if name, ok := givenTo(f.Text, pos); ok && !f.inComment(pos) && credible(f.Text, pos) {
			say(name, Span{pos, pos})
		}
	}
}

// givenTo returns the name that the value at text[pos] is given to on its line: as in
// NAME=value, name: "value" and Authorization: Bearer value.
func givenTo(text []byte, pos int) (name Span, ok bool) {
	i := len(bytes.TrimSuffix(text[:pos], []byte("Bearer ")))
	back := func(class string) {
		for from := i; i > 0 && from-i < maxPadding && strings.IndexByte(class, text[i-1]) >= 0; {
			i--
		}
	}
	back(`"'`)
	back(" \t")
	if i == 0 || text[i-1] != '=' && text[i-1] != ':' {
		return name, false
	}
	i--
	back("\"' \t")
	name = Span{i, i}
	for name.Start > 0 && name.End-name.Start < maxAffix && (isURLSafe(text[name.Start-1]) || text[name.Start-1] == '.') {
		name.Start--
	}
	return name, name.Start < name.End
}

// A platform is something that runs programs and keeps secrets for them.
type platform struct {
	what      string
	reference string // how a file refers to a secret
}

// platform returns the platform that the file configures, nil if it is none.
func (f *File) platform() *platform {
	base := strings.ToLower(path.Base(f.Place.Path))
	name := "/" + f.Place.Path
	switch {
	case isTOML(base):
		return &platform{"the deployment", "the platform's secret store, such as wrangler secret put or fly secrets set"}
	case syntax.Of(base, nil) == syntax.HCL:
		return &platform{"Terraform's configuration", "a sensitive variable without a default, set by TF_VAR_... or read from a secrets manager"}
	case base == "vercel.json", strings.HasSuffix(base, ".json") && f.Place.Exposure == finding.Container:
		return &platform{"the deployment", "the platform's secret store"}
	case !isYAML(base) && f.Place.Exposure == finding.CI: // Jenkins' files, scripts of workflows
		return &platform{"the pipeline", "the platform's secret store"}
	case !isYAML(base):
		return nil
	case strings.Contains(name, "/.github/"), strings.Contains(name, "/.gitea/"), strings.Contains(name, "/.forgejo/"), base == "action.yml", base == "action.yaml":
		return &platform{"the workflow", "${{ secrets.NEO_API_KEY }}"}
	case strings.Contains(base, "gitlab-ci"), strings.Contains(name, "/.gitlab"):
		return &platform{"the pipeline", "a masked variable in the project's CI/CD settings"}
	case strings.Contains(name, "/.circleci/"):
		return &platform{"the pipeline", "an environment variable of the project or a context"}
	case f.Place.Exposure == finding.CI:
		return &platform{"the pipeline", "the platform's secret store"}
	case strings.Contains(base, "compose"), strings.Contains(base, "docker-stack"):
		return &platform{"the compose file", "${NEO_API_KEY:?}, an env_file that is not in git, or secrets:"}
	case strings.HasPrefix(base, "values"), strings.Contains(name, "/charts/"), strings.Contains(name, "/helm/"):
		return &platform{"the chart", "an existing Secret, by name and key"}
	case f.Place.Exposure == finding.Container:
		return &platform{"the manifest", "secretKeyRef, with a Secret that is not in git or is sealed"}
	case slices.Contains([]string{"app.yaml", "serverless.yml", "serverless.yaml", "render.yaml", "template.yaml", "template.yml", "cloudbuild.yaml", "fly.yaml"}, base):
		return &platform{"the deployment", "the platform's secret store"}
	}
	return nil
}

// isLiteralKey reports whether a value is a key or token itself.
func isLiteralKey(value string) bool {
	value = strings.TrimSpace(value)
	value = strings.TrimPrefix(value, "Bearer ")
	if strings.HasPrefix(value, finding.KeyPrefix) {
		return credible([]byte(value), 0)
	}
	return judge([]byte(value)) == isToken
}

// literals reports the literals that Terraform's language or JSON gives to a key's variable:
// as the default of a variable, in a .tfvars file, in a list of variables.
func (w *flow) literals(say func(name, value Span)) {
	for i := range w.Defs {
		d := &w.Defs[i]
		if d.Hi != d.Lo+1 || !w.IsText(d.Lo) || !isLiteralKey(w.Str(d.Lo)) {
			continue
		}
		switch up := w.Tokens[d.Token].Up; {
		case w.file.isKeyName(d.Name):
		case d.Name == "default" && up > 1 && w.IsText(up-1) && w.file.isKeyName(w.Str(up-1)) && w.Str(up-2) == "variable":
		case d.Name == "value" && up != syntax.None && w.namedInBlock(up):
		default:
			continue
		}
		name, value := w.Tokens[d.Token], w.Tokens[d.Lo]
		say(Span{name.Start, name.End}, Span{value.Start, value.End})
	}
}

// namedInBlock reports whether the block that begins with token up says that its name is
// that of a key's variable.
func (w *flow) namedInBlock(up int) bool {
	for _, name := range []string{"name", "key"} {
		for _, n := range w.DefsOf(name) {
			if !w.Spend(1) {
				return false
			}
			if d := w.Defs[n]; w.Tokens[d.Token].Up == up && w.file.isKeyName(w.Str(d.Lo)) {
				return true
			}
		}
	}
	return false
}
