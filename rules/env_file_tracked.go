package rules

import (
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/naming"
)

//go:embed env_file_tracked.md
var envFileTrackedDoc string

// EnvFileTracked finds .env files with a key's variable that are in git, or are about to
// be.
var EnvFileTracked = &Rule{
	ID:               "env-file-tracked",
	Title:            "An .env file for a Neo key is in git",
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
		if f.IsKeyName(v.Name) && !isReference(v.Value) && (base != ".envrc" || !strings.ContainsAny(v.Value, "$`")) {
			report(Match{
				Start: v.NameStart, End: v.NameEnd, Severity: finding.Error, Confidence: finding.High,
				Message: "this file names a Neo key's variable and is in git",
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
			f.Message = "this file names a Neo key's variable, and no ignore rule keeps git from taking it in: add it to .gitignore"
		} else {
			f.Message = "git tracks this file, which is for a Neo key: git rm --cached it, and add it to .gitignore"
		}
	}
}
