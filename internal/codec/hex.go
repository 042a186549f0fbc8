package codec

import (
	"bytes"
	"regexp"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// hexForm is bytes in hexadecimal: together (6e656f5f), apart as editors of bytes, dumps and
// languages write them (6e 65, 6e:65, 0x6e, 0x65), or in UTF-16 as in a .reg file's hex(2):.
var hexForm = &form{
	names: []string{"hex"},
	anchors: []string{
		"6e656f5f", "6e65 6f5f", "6e 656f", "6e0065006f00", "006e0065006f",
		"6e 65 6f 5f", "6e,65,6f,5f", "6e, 65, 6f", "6e:65:6f:5f", "6e-65-6f-5f", "6e;65;6f;5f",
		"6e,00,65,00", "6e 00 65 00", "6e00 6500 6f", "00 6e 00 65",
		"6e,0x65,0x6f", "6e, 0x65, 0x6f", "6e 0x65 0x6f", `6e", "65", "6f`, `6e","65","6f`, `6e', '65', '6f`, "6eh,65h,6fh",
		"&h6e, &h65", "&h6e,&h65", "6e) & chr(&h65",
	},
	undo: undoHex,
}

// undoHex reads the bytes from the anchor on, and those before it on its line.
func undoHex(src []byte, pos int, yield func(Plain) bool) {
	var p Plain
	for i := pos; len(p.Text) < 2*finding.MaxAPIKeyLen && i < len(src); {
		v := hexDigits(src, i, 2)
		if v < 0 {
			break
		}
		p.add(byte(v), text.Span{Start: i, End: i + 2})
		i += 2
		if hexDigits(src, i, 2) < 0 {
			i += hexGap(src[i:])
		}
	}
	before := bytesBefore(src, pos)
	p.Text = append(before.Text, p.Text...)
	p.spans = append(before.spans, p.spans...)
	p.Key = len(before.Text)
	if wide, ok := narrow(p); ok {
		wide.Names = []string{"utf-16le"}
		p = wide
	}
	if p.Key < len(p.Text) {
		yield(p)
	}
}

// bytesBefore returns the bytes that are written right before src[pos], so that what stands
// before a key is known.
func bytesBefore(src []byte, pos int) (p Plain) {
	const bytesSeen = 2
	for len(p.Text) < bytesSeen && pos >= 2 {
		v := hexDigits(src, pos-2, 2)
		if v < 0 {
			break
		}
		pos -= 2
		p.Text = append([]byte{byte(v)}, p.Text...)
		p.spans = append([]text.Span{{Start: pos, End: pos + 2}}, p.spans...)
	}
	return p
}

// gap is what may stand between two bytes: a separator, marks of a number's base, quotes, the
// end of a line. In a dump, the line ends with its characters and begins with its place.
var (
	gap     = regexp.MustCompile(`^(?:h?["']?[ \t]*[,;:\-+&)]?[ \t]*(?:\\?\r?\n[ \t]*)?["']?(?:chr\(|CHR\(|Chr\()?(?:0x|0X|\\x|&[hH]|\$|x)?)`)
	dumpGap = regexp.MustCompile(`^[ \t]+\|?[ -~]{1,17}\r?\n(?:0x)?[0-9a-fA-F]{6,8}:?[ \t]+`)
)

// maxGap bounds what stands between two bytes.
const maxGap = 64

func hexGap(src []byte) int {
	src = src[:min(len(src), maxGap)]
	for _, form := range []*regexp.Regexp{gap, dumpGap} {
		if n := len(form.Find(src)); n > 0 && hexDigits(src, n, 2) >= 0 {
			return n
		}
	}
	return 0
}

// narrow returns a text in UTF-16, its low bytes first, with a byte a character. It is not ok
// for another text.
func narrow(p Plain) (wide Plain, ok bool) {
	for first := range 2 {
		n := (len(p.Text) - p.Key + first) / 2
		if at := p.Key - first; at < 0 || n < len(finding.KeyPrefix) || !bytes.Equal(p.Text[at+1:at+4:at+4], []byte{0, p.Text[at+2], 0}) {
			continue
		}
		wide = Plain{Key: 0}
		for i := p.Key - first; i+1 < len(p.Text); i += 2 {
			c := p.Text[i]
			if p.Text[i+1] != 0 {
				c = 0xff
			}
			wide.add(c, text.Span{Start: p.spans[i].Start, End: p.spans[i+1].End})
		}
		return wide, true
	}
	return p, false
}
