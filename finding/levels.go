package finding

import "fmt"

// Severity says how bad a finding is. Greater is worse.
type Severity uint8

// The severities. The zero value is none of them.
const (
	Note Severity = 1 + iota
	Warning
	Error
)

var severityNames = map[Severity]string{Note: "note", Warning: "warning", Error: "error"}

// String returns the word used in every report: note, warning or error.
func (s Severity) String() string {
	if n, ok := severityNames[s]; ok {
		return n
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// ParseSeverity is the reverse of String.
func ParseSeverity(s string) (Severity, error) {
	for sev, name := range severityNames {
		if name == s {
			return sev, nil
		}
	}
	return 0, fmt.Errorf("unknown level %q: use error, warning or note", s)
}

// Confidence says how sure a rule is of a match.
type Confidence string

// The confidences.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Exposure says who can read the place of a finding.
type Exposure string

// The exposures.
const (
	Source    Exposure = "source"    // program text, and whatever is nothing else
	Config    Exposure = "config"    // .env, YAML, properties, ...
	CI        Exposure = "ci"        // build pipelines
	Container Exposure = "container" // Dockerfile, compose, Kubernetes
	Browser   Exposure = "browser"   // what a web server hands to anyone who asks
	Mobile    Exposure = "mobile"    // what ships in an app
	Notebook  Exposure = "notebook"  // Jupyter and the like, with their outputs
	Log       Exposure = "log"
	Docs      Exposure = "docs"
	Message   Exposure = "message" // a commit or tag message, a note
	Name      Exposure = "name"    // a path or ref name, an author field
)

// rank orders exposures by how many people can read such a place.
var rank = map[Exposure]int{
	Browser: 11, Mobile: 10, Message: 9, Name: 8, CI: 7, Container: 6,
	Log: 5, Notebook: 4, Docs: 3, Config: 2, Source: 1,
}

// WiderThan reports whether more people can read e than o.
func (e Exposure) WiderThan(o Exposure) bool { return rank[e] > rank[o] }

// Public reports whether the place is handed to a program's users, where the
// API's guide forbids keys altogether.
func (e Exposure) Public() bool { return e == Browser || e == Mobile }

// Liveness says whether a key still works.
type Liveness string

// The states of a key. Unknown is never to be shown as Inactive.
const (
	NotChecked Liveness = "not-checked"
	Live       Liveness = "live"
	Restricted Liveness = "restricted" // recognised, but may not do what was asked
	Inactive   Liveness = "inactive"
	Unknown    Liveness = "unknown"
)

// Works reports whether anyone who has the key can use it.
func (l Liveness) Works() bool { return l == Live || l == Restricted }
