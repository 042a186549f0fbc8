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
	Title:            "Neo key that has not been rotated",
	Severity:         finding.Warning,
	CWEs:             []int{324, 262},
	SecuritySeverity: 5.0,
	Doc:              staleKeyDoc,
	Review:           reviewStaleKey,
}

func reviewStaleKey(r *Review) {
	if !r.History {
		return
	}
	var found []finding.Finding
	for _, places := range r.keyFindings() {
		var oldest *finding.Finding
		here := false
		for _, f := range places {
			if f.Commit == nil || f.Commit.Date.IsZero() || f.Liveness == finding.Inactive {
				continue
			}
			here = here || f.InHead != nil && *f.InHead
			if oldest == nil || f.Commit.Date.Before(oldest.Commit.Date) {
				oldest = f
			}
		}
		if !here || r.MaxKeyAge <= 0 {
			continue
		}
		if age := r.Now.Sub(oldest.Commit.Date); age > r.MaxKeyAge {
			found = append(found, oldest.About("stale-key", finding.Warning,
				fmt.Sprintf("this key was committed %d days ago and is still in HEAD: rotate it, and do so every %d days", days(age), days(r.MaxKeyAge))))
		}
	}
	r.add(found)
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }
