package rules

import (
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
	say := func(start, end int) {
		report(Match{
			Start: start, End: end, Severity: finding.Error, Confidence: finding.High,
			Message: "the key is written into " + platform.what + "; refer to a secret instead: " + platform.reference,
		})
	}
	for _, v := range f.variables() {
		name, start, end := v.name, v.nameStart, v.nameEnd
		if last := len(v.in) - 1; last >= 0 && (v.name == "value" || v.name == "default") && f.isKeyName(v.in[last]) {
			name = v.in[last]
		}
		if f.isKeyName(name) && isLiteralKey(v.value) {
			say(start, end)
		}
	}
	if w := f.flowing(); w != nil && w.Lang == syntax.HCL {
		w.terraform(say)
	}
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
	case syntax.Of(base, nil) == syntax.HCL:
		return &platform{"Terraform's configuration", "a sensitive variable without a default, set by TF_VAR_... or read from a secrets manager"}
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
	if strings.HasPrefix(value, keyPrefix) {
		return credible([]byte(value), 0)
	}
	return judge([]byte(value)) == isToken
}

// terraform reports the literals that Terraform's language gives to a key's variable: as
// the default of a variable, in a .tfvars file, in a list of variables.
func (w *flow) terraform(say func(start, end int)) {
	for i := range w.Defs {
		d := &w.Defs[i]
		if d.Hi != d.Lo+1 || !w.IsText(d.Lo) || !isLiteralKey(w.Str(d.Lo)) {
			continue
		}
		at := d.Token
		switch up := w.Tokens[d.Token].Up; {
		case w.file.isKeyName(d.Name):
		case d.Name == "default" && up > 1 && w.IsText(up-1) && w.file.isKeyName(w.Str(up-1)) && w.Str(up-2) == "variable":
		case d.Name == "value" && up != syntax.None && w.namedInBlock(up):
		default:
			continue
		}
		say(w.Tokens[at].Start, w.Tokens[at].End)
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
