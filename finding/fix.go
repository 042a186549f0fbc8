package finding

// A Fix is a change of files after which a finding is gone.
type Fix struct {
	// Title says in a few words what the fix does; it never holds a key.
	Title string
	// Safe says that programs behave as before, once Variable is set. Others may not, or
	// the fix assumes something that only a person can know.
	Safe bool
	// Edits do not overlap. They are in the order of paths and places.
	Edits []Edit
	// Untrack is the path of a file that git is to track no longer; empty for none. The file
	// stays on disk.
	Untrack string
	// Variable is what must be set before the files are deployed; empty for nothing.
	Variable string
}

// An Edit replaces a stretch of a file on disk by new text. It never says what the old text is.
type Edit struct {
	// Location is the stretch, with Path as in a [Finding]. Offset is where it begins, in
	// bytes. Line is 0 for a file that is not there yet.
	Location
	// EndOffset is where it ends: Offset, if the edit only inserts.
	EndOffset int64
	New       string
}
