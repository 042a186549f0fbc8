package scanner

import "bytes"

// WithoutHunks returns a unified diff with empty lines in place of those of its hunks: the rest of it,
// which may be anything that somebody wrote, keeps its place.
func WithoutHunks(text []byte) []byte {
	var d diff
	rest := make([]byte, 0, len(text))
	for line := range bytes.Lines(text) {
		// What is cut off is of no hunk's marks, and of no header.
		head := line[:min(len(line), diffHeader)]
		if d.inHunk(head) {
			d.text, d.lines = nil, nil
			rest = append(rest, '\n')
			continue
		}
		rest = append(rest, line...)
		if !bytes.HasPrefix(head, []byte("Binary files ")) {
			d.header(string(bytes.TrimRight(head, "\r\n")))
		}
	}
	return rest
}
