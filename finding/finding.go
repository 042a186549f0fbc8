// Package finding is neokeys' vocabulary: what a scan says about the places where
// it found a key or a bad habit. It imports nothing of neokeys, so that every
// other package can speak in its words.
//
// Other programs may import this package; before version 1.0 of the module, a minor version
// may change it.
package finding

import (
	"cmp"
	"time"
)

// A Finding is a rule's match with its place.
type Finding struct {
	// Repository is where the place is, in a result about several repositories; nil in others.
	Repository *Repository
	Rule       string     // rule id, such as "neo-api-key"
	Severity   Severity   // after exposure has been taken into account
	Confidence Confidence // how sure the rule is that this is what it says
	Message    string     // one sentence for a person; never holds a key
	Location
	// Original is the place in the source that a place in a bundle was made from; nil where
	// it is not known, and for what is in no bundle.
	Original *Original
	// Places are other places of the same key, listed with this one; see [Result.Fold].
	Places []Location

	// Commit brought the finding in, RemovedIn took it out again. Both are nil
	// outside a history scan, RemovedIn also while the key is still there.
	Commit    *Commit
	RemovedIn *Commit
	// First brought the finding's key into the repository, at whatever path or in
	// whatever message; in a range, into what the range adds. It is Commit unless the key was
	// elsewhere before, as in a file that was renamed. Nil for a habit, and where Commit is.
	First *Commit
	// InHead says whether HEAD still holds it; nil outside a history scan.
	InHead *bool
	// Head is the place in HEAD, or in the files of an audit, of a finding with a Commit,
	// whose own place may be that in the commit. It is nil where HEAD does not hold the
	// finding, and where there is no Commit: the finding's own place is then the one now.
	Head *Location
	// Object is the full hex id of the git object that was searched; empty
	// outside a repository. One that no ref leads to has no Refs.
	Object string
	// Refs are the full names of the refs that lead to the finding, sorted; of very
	// many, the first thousand. They are empty but not nil where it is known that none
	// does.
	Refs []string
	// Owners own the file, as the CODEOWNERS file of HEAD says; empty but in a result about a
	// fleet of repositories.
	Owners []string
	// Trace has all commits and refs, not only the first and the last; nil unless a search of
	// a history was to keep it.
	Trace *Trace

	Key         *Key     // nil for a finding about a habit rather than a key
	Exposure    Exposure // who can read the place
	DecodedFrom []string // encodings undone to see it, outermost first
	Liveness    Liveness // NotChecked unless verification was asked for
	// Verification gives details of the Liveness; nil without verification.
	Verification *Verification
	// Fingerprint identifies the finding from one scan to the next; see [Result.Finish].
	Fingerprint string
	identity    identity
	Suppressed  *Suppression // nil for a finding that counts
	// Fix is what mends the finding in the files on disk; nil where nothing does, or where
	// nobody asked.
	Fix     *Fix
	Snippet Snippet
}

// A Repository is one of several that a result is about.
type Repository struct {
	// Name is its URL, without credentials, or its path as the user gave it.
	Name string
	// Head is the full hex id of the commit that its HEAD led to; empty where it led to none.
	Head string
	// ScannedAt is when its search began.
	ScannedAt time.Time
}

// Counts reports whether the finding counts for the exit status.
func (f *Finding) Counts() bool { return f.Suppressed == nil }

// File returns the file on disk, or in a commit, that the place is in.
func (l *Location) File() string { return cmp.Or(l.Container, l.Path) }

// A Location is a stretch of text in a file. Lines and columns start at 1;
// columns count Unicode code points (a byte that is not part of valid UTF-8
// counts as one); EndColumn is the column after the last character.
type Location struct {
	// Path is slash-separated and relative to the folder the scan was started
	// in, or as the user named it. Any key in it is masked. It may hold any
	// byte but NUL: reports escape it for their readers.
	//
	// A member of an archive has the path of the archive, "!/", and its name there, as in
	// "app.apk!/assets/index.android.bundle".
	Path string
	// Container is the file that was unpacked to see the place; empty where none was.
	// Lines, columns and the offset are then those of what came out of it.
	Container string
	// Line is 0 when the finding is about the file as a whole (its name, say).
	Line, Column       int
	EndLine, EndColumn int
	// Offset is the byte offset of the match in the file, or in the git object.
	Offset int64
}

// A Commit is what a report needs to know of a git commit.
type Commit struct {
	OID           string // full hex object id
	Author, Email string
	Date          time.Time // author date
	Subject       string    // first line of the message, keys masked
}

// A Snippet is the line of a finding, cut around the match when it is long,
// with every key in it masked.
type Snippet struct {
	Text string
	// Start and End delimit, in bytes of Text, the masked form of this
	// finding's own key (or the matched text, where there is no key).
	Start, End int
	// CutLeft and CutRight report whether the line continues beyond Text.
	CutLeft, CutRight bool
}

// A Verification is the answer to whether a key works, besides the Liveness.
type Verification struct {
	// Code is the error.code of the API's answer, such as "insufficient_permissions";
	// empty where the answer had none.
	Code string
	// RequestID is the meta.request_id of the API's answer, which Neo's support asks for;
	// empty where the answer had none.
	RequestID string
	// Reason says in words how the liveness is known, or why it is not.
	Reason string
	// Advice says what to do about the key: what ends it, and what does not.
	Advice string
	// Agents is the number of agents that the key can list; nil when that is not known.
	Agents *int
	// MoreAgents means that Agents counts the first page of several.
	MoreAgents bool
	// CheckedAt is when the answer came, in UTC; zero when none did.
	CheckedAt time.Time
	// Reach is what was asked to see what a working key gives access to; empty unless
	// that was wanted.
	Reach []Reach
}

// A Reach is a list of the API that was asked for with a working key.
type Reach struct {
	Scope     string // what it lists, in the singular: "agent"
	URL       string // what was asked for, by GET
	Reference string // the page of Neo's reference that documents it
	// Status is 200 where the key may read the list and 403 where it may not; 0 without a
	// clear answer.
	Status int
	// Count is the length of the list's first page; nil when that is not known. More
	// means that there are further pages.
	Count *int
	More  bool
}

// String returns the reason, followed by the code and the request id where there are any.
func (v *Verification) String() string {
	s := v.Reason
	for _, part := range []struct{ name, value string }{{"code", v.Code}, {"request id", v.RequestID}} {
		if part.value != "" {
			s += ", " + part.name + " " + part.value
		}
	}
	return s
}

// A Suppression says why a finding does not count.
type Suppression struct {
	By     string // "inline", "baseline", "config" or "fleet"
	Reason string // the user's words; may be empty
}
