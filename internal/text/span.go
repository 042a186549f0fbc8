package text

// A Span is the part of a text from Start up to End, in bytes.
type Span struct{ Start, End int }

// Of returns the part of text that s is.
func (s Span) Of(text []byte) []byte { return text[s.Start:s.End] }

// Len returns the length of the span.
func (s Span) Len() int { return s.End - s.Start }
