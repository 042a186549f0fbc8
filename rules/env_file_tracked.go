package rules

import (
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

//go:embed env_file_tracked.md
var envFileTrackedDoc string

// EnvFileTracked finds .env files with a key's variable that are in git, or are about to
// be.
var EnvFileTracked = &Rule{
	ID:               "env-file-tracked",
	Title:            ".env file with a Neo key tracked by git",
	Severity:         finding.Error,
	CWEs:             []int{538, 540},
	SecuritySeverity: 7.0,
	Doc:              envFileTrackedDoc,
	Anchors:          naming.Anchors,
	MatchFile:        matchEnvFile,
	Review:           reviewEnvFile,
}

// matchEnvFile reports each file that it would be a mistake to have in git. Review, which
// knows whether it is, keeps those.
func matchEnvFile(f *File, report func(Match)) {
	base := strings.ToLower(path.Base(f.Place.Path))
	if !formats.IsSecretEnvFile(base) {
		return
	}
	for _, v := range f.Variables() {
		if f.IsKeyName(v.Name) && !isReference(v.Value) && !ofAnotherVendor(v.Value) && (base != ".envrc" || !strings.ContainsAny(v.Value, "$`")) {
			report(Match{
				Start: v.NameStart, End: v.NameEnd, Severity: finding.Error, Confidence: finding.High,
				Message: "this .env file has a Neo key variable and is tracked by git",
			})
			return // once a file
		}
	}
}

// isReference reports whether the value of a variable says where a secret is kept, or is one
// that is encrypted: that may be in git.
func isReference(value string) bool {
	for _, p := range []string{"op://", "vault:", "vault://", "ref+", "encrypted:", "ENC["} {
		if strings.HasPrefix(value, p) {
			return true
		}
	}
	return false
}

// ofAnotherVendor reports whether a value has the form of another vendor's keys.
func ofAnotherVendor(value string) bool {
	_, is := secret.ForeignKeyAt([]byte(value), 0)
	return is || !strings.Contains(value, finding.KeyPrefix) && secret.Foreign([]byte(value))
}

func reviewEnvFile(r *Review) {
	r.Result.Findings = slices.DeleteFunc(r.Result.Findings, func(f finding.Finding) bool {
		return f.Rule == "env-file-tracked" && f.Object == "" && r.tracking(f.Path) != Tracked && r.tracking(f.Path) != Untracked
	})
	for i := range r.Result.Findings {
		f := &r.Result.Findings[i]
		if f.Rule != "env-file-tracked" {
			continue
		}
		if f.Object == "" && r.tracking(f.Path) == Untracked {
			f.Severity = finding.Warning
			f.Message = "this .env file has a Neo key variable and is not ignored by git: add it to .gitignore"
		} else {
			f.Message = "this .env file has a Neo key variable and is tracked by git: run `git rm --cached` on it and add it to .gitignore"
		}
	}
}
