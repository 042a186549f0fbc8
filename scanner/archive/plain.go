package archive

import (
	"bytes"
	"encoding/binary"
)

// PlainHead is how much of a text's beginning IsPlain wants to see.
const PlainHead = erofsAt + 4

// What [Holds] recognises behind something else is recognised by bytes that are in no text: even what is encrypted, of
// which the mark is a word, goes on with such. So a text is no archive unless it begins like
// one of the formats that are text, or as the markup of a document, which may stand behind comments of any length.

// IsText reports whether text is in UTF-8 without control characters before the tab. Its last character may be cut.
func IsText(text []byte) bool {
	const step = 32
	n := 0
	for ; len(text)-n >= step; n += step {
		b := text[n:][:step]
		if !isASCIIText(binary.LittleEndian.Uint64(b)) || !isASCIIText(binary.LittleEndian.Uint64(b[8:])) ||
			!isASCIIText(binary.LittleEndian.Uint64(b[16:])) || !isASCIIText(binary.LittleEndian.Uint64(b[24:])) {
			break
		}
	}
	return isText(text[n:])
}

// IsPlain reports whether [Holds] is false for each text, as [IsText] knows it, that begins with head, its
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
	return Detect(head) == None && MayCarry(head, nil, int64(len(head))) == None
}
