package rules

import (
	"bytes"
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed plaintext_ci_secret.md
var plaintextCISecretDoc string

// PlaintextCISecret finds keys written into what runs programs, where a reference to a
// secret belongs.
var PlaintextCISecret = &Rule{
	ID:               "plaintext-ci-secret",
	Title:            "Neo key written where a secret reference belongs",
	Severity:         finding.Error,
	CWEs:             []int{260, 312, 798},
	SecuritySeverity: 8.0,
	Doc:              plaintextCISecretDoc,
	Anchors:          naming.Anchors,
	MatchFile:        matchPlaintextCISecret,
}

func matchPlaintextCISecret(f *File, report func(Match)) {
	in := platformOf(f)
	if in == nil {
		return
	}
	done := map[int]bool{} // by where a key begins
	say := func(name, value text.Span) {
		at := value.Start + max(0, bytes.Index(f.Text[value.Start:value.End], []byte(finding.KeyPrefix)))
		if done[at] {
			return
		}
		done[at] = true
		report(Match{
			Start: name.Start, End: name.End, Severity: finding.Error, Confidence: finding.High,
			Message: "the key is written in " + in.what + "; refer to a secret instead: " + in.reference,
		})
	}
	for _, v := range f.Variables() {
		if secret.IsLiteral(v.Value) && namesKey(f, v) && !slices.Contains(v.In, "encryptedData") { // of a SealedSecret
			say(text.Span{Start: v.NameStart, End: v.NameEnd}, text.Span{Start: v.Start, End: v.End})
		}
	}
	if w := f.Flow(); w != nil {
		literals(w, say)
	}
	f.KeysGiven(say)
	for _, c := range f.APICalls() {
		for _, h := range c.Headers {
			for _, v := range h.Values {
				if secret.Judge(v.Of(f.Text)) == secret.Token {
					say(text.Span{Start: h.Start, End: h.End}, v)
				}
			}
		}
	}
}

// namesKey reports whether v is a key's variable: by its name, or by that and the name of
// what is around it, as neo: { apiKey: ... } is.
func namesKey(f *File, v formats.EnvVariable) bool {
	if f.IsKeyName(v.Name) {
		return true
	}
	if len(v.In) == 0 {
		return false
	}
	around := v.In[len(v.In)-1]
	return f.IsKeyName(around+"."+v.Name) || (v.Name == "value" || v.Name == "default") && f.IsKeyName(around)
}

// A platform is something that runs programs and keeps secrets for them.
type platform struct {
	what      string
	reference string // how a file refers to a secret
}

// platformOf returns the platform that the file configures, nil if it is none.
func platformOf(f *File) *platform {
	base := strings.ToLower(path.Base(f.Place.Path))
	name := "/" + f.Place.Path
	switch {
	case formats.IsTOML(base):
		return &platform{"the deployment", "the platform's secret store, such as wrangler secret put or fly secrets set"}
	case syntax.Of(base, nil) == syntax.HCL:
		return &platform{"Terraform's configuration", "a sensitive variable without a default, set by TF_VAR_... or read from a secrets manager"}
	case base == "vercel.json", strings.HasSuffix(base, ".json") && f.Place.Exposure == finding.Container:
		return &platform{"the deployment", "the platform's secret store"}
	case !formats.IsYAML(base) && f.Place.Exposure == finding.CI: // Jenkins' files, scripts of workflows
		return &platform{"the pipeline", "the platform's secret store"}
	case !formats.IsYAML(base):
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

// literals reports the literals that Terraform's language or JSON gives to a key's variable:
// as the default of a variable, in a .tfvars file, in a list of variables.
func literals(w *facts.Flow, say func(name, value text.Span)) {
	for i := range w.Defs {
		d := &w.Defs[i]
		if d.Hi != d.Lo+1 || !w.IsText(d.Lo) || !secret.IsLiteral(w.Str(d.Lo)) {
			continue
		}
		switch up := w.Tokens[d.Token].Up; {
		case w.File.IsKeyName(d.Name):
		case d.Name == "default" && up > 1 && w.IsText(up-1) && w.File.IsKeyName(w.Str(up-1)) && w.Str(up-2) == "variable":
		case d.Name == "value" && up != syntax.None && namedInBlock(w, up):
		default:
			continue
		}
		name, value := w.Tokens[d.Token], w.Tokens[d.Lo]
		say(text.Span{Start: name.Start, End: name.End}, text.Span{Start: value.Start, End: value.End})
	}
}

// namedInBlock reports whether the block that begins with token up says that its name is
// that of a key's variable.
func namedInBlock(w *facts.Flow, up int) bool {
	for _, name := range []string{"name", "key"} {
		for _, n := range w.DefsOf(name) {
			if !w.Spend(1) {
				return false
			}
			if d := w.Defs[n]; w.Tokens[d.Token].Up == up && w.File.IsKeyName(w.Str(d.Lo)) {
				return true
			}
		}
	}
	return false
}
