package rules

import (
	_ "embed"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/place"
)

//go:embed env_mismatch.md
var envMismatchDoc string

// EnvMismatch finds keys in files of another environment.
var EnvMismatch = &Rule{
	ID:               "env-mismatch",
	Title:            "Neo key from another environment",
	Severity:         finding.Warning,
	CWEs:             []int{1125, 489},
	SecuritySeverity: 4.5,
	Doc:              envMismatchDoc,
	Review:           reviewEnvMismatch,
}

func reviewEnvMismatch(r *Review) {
	var found []finding.Finding
	for _, places := range r.keyFindings() {
		for _, f := range places {
			if !f.Counts() || !current(f) || !inUse(f.Exposure) {
				continue
			}
			key, file := place.EnvironmentOfKey(f.Key), place.Environment(r.rel(f.Path))
			if key == "" || file == "" || (key == place.Production) == (file == place.Production) {
				continue
			}
			message := "production key in a file for " + file + ": a mistake there affects real data"
			if file == place.Production {
				message = "key for " + f.Key.Env + " in a file for production"
			}
			found = append(found, f.About("env-mismatch", finding.Warning, message))
		}
	}
	r.add(found)
}
