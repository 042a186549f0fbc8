package archive

import "bytes"

// PlainHead is how much of a text's beginning IsPlain wants to see.
const PlainHead = erofsAt + 4

// Every format that [Holds] recognises has zero bytes in what it holds, if not already in its mark:
// flags, sizes, the ends of names. So a text without any is no archive unless it begins like
// one of the formats that are text, or as the markup of a document, which may stand behind comments of any length.

// IsPlain reports whether [Holds] is false for each text that has no zero byte and begins with head, its
// first PlainHead bytes or all there are. It may be false for others, too.
func IsPlain(head []byte) bool {
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
	return Detect(head) == None && MayCarry(head, head, int64(len(head))) == None
}
