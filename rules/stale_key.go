package rules

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/neokeys/neokeys/finding"
)

//go:embed stale_key.md
var staleKeyDoc string

// StaleKey finds keys that have been in use for long.
var StaleKey = &Rule{
	ID:               "stale-key",
	Title:            "Neo key not rotated",
	Severity:         finding.Warning,
	CWEs:             []int{324, 262},
	SecuritySeverity: 5.0,
	Doc:              staleKeyDoc,
	Review:           reviewStaleKey,
}

func reviewStaleKey(r *Review) {
	var found []finding.Finding
	for _, places := range r.keyFindings() {
		var oldest, here *finding.Finding // here is the oldest that counts and is still in HEAD
		for _, f := range places {
			if f.Commit == nil || f.Commit.Date.IsZero() || f.Liveness == finding.Inactive {
				continue
			}
			if f.Counts() && f.InHead != nil && *f.InHead && (here == nil || f.Commit.Date.Before(here.Commit.Date)) {
				here = f
			}
			if oldest == nil || f.Commit.Date.Before(oldest.Commit.Date) {
				oldest = f
			}
		}
		if here == nil {
			continue
		}
		most := r.maxKeyAge(here.File())
		if age := r.Now.Sub(oldest.Commit.Date); most > 0 && age > most {
			found = append(found, here.AboutKey("stale-key", finding.Warning,
				fmt.Sprintf("this key was committed %d days ago and is still in HEAD: rotate keys every %d days", days(age), days(most))))
		}
	}
	r.add(found)
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }
