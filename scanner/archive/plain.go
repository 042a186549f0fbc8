package archive

import "bytes"

// PlainHead is how much of a text's beginning IsPlainHead wants to see.
const PlainHead = erofsAt + 4

// What [Holds] recognises has zero bytes: flags, sizes, the ends of names. Behind a script, a short bzip2 or what is
// encrypted may have none; there it is looked for only in what turns from text into data. So a text is no archive unless it
// begins like one of the formats that are text, or as the markup of a document, which may stand behind comments of any length.

// IsPlainHead reports whether [Holds] is false for each text that has no zero byte, begins with head, its first PlainHead
// bytes or all there are, and has [TextQuarters]. It may be false for others, too.
func IsPlainHead(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	if office, decided := officeRoot(head); office || !decided {
		return false
	}
	for _, m := range marksOf[head[0]] {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return false
		}
	}
	return Detect(head) == None && MayCarry(head, nil, int64(len(head))) == None
}

// QuarterEnd is how much of the end of a quarter TextQuarters wants to see.
const QuarterEnd = windowSize

// TextQuarters reports whether the ends of the four quarters of a text are text.
func TextQuarters(ends [4][]byte) bool {
	for _, q := range ends {
		if !endsAsText(q) {
			return false
		}
	}
	return true
}
