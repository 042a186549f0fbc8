package codec

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
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
		"6e,0x65,0x6f", "6e, (byte)0x65", "6e,(byte)0x65", "6e,(byte) 0x65", "6e, 0x65, 0x6f", "6e 0x65 0x6f", `6e", "65", "6f`, `6e","65","6f`, `6e', '65', '6f`, "6eh,65h,6fh",
		"&h6e, &h65", "&h6e,&h65", "6e) & chr(&h65", "chr(0x6e)", "code(0x6e)", "[char]0x6e",
		"6e656f5c75", "6e656f2535", "6e656f2623", // of a string with escapes, of a URL, and of HTML
		"3665363536663566", // twice
		"6e|65|6f", "6e.65.6f", "6e/65/6f", "6e_65_6f", "6e}{65}{6f", "6e} {65} {6f", "6e } { 65", "6e},{0x65}", "6e}, {0x65}", "6e][65][6f", "6e><65><6f", "6e\n65\n6f", "6e\r\n65\r\n",
	},
	also: hexOfBase64,
	undo: undoHex,
}

// hexOfBase64 are how the beginnings of keys in base64 are in hexadecimal.
func hexOfBase64() (all []string) {
	for _, s := range startsOf(finding.KeyPrefix, false, 4) {
		all = append(all, hex.EncodeToString([]byte(s.letters)))
	}
	return all
}

// undoHex reads the bytes from the anchor on, and those before it on its line.
func undoHex(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	if !spend(perPlain * maxGap) {
		return
	}
	if hexDigits(src, pos, 2) < 0 { // the anchor begins with a call or a mark
		pos += max(0, bytes.Index(bytes.ToLower(src[pos:min(len(src), pos+maxGap)]), []byte("6e")))
	}
	p := bytesBefore(src, pos)
	p.Key = len(p.Text)
	for i := pos; len(p.Text) < p.Key+2*finding.MaxAPIKeyLen && i < len(src) && spend(perPlain); {
		v := hexDigits(src, i, 2)
		if v < 0 {
			break
		}
		p.add(byte(v), text.Span{Start: i, End: i + 2})
		i += 2
		if hexDigits(src, i, 2) < 0 {
			i += hexGap(src[i:], spend)
		}
	}
	if wide, ok := narrow(p); ok {
		p = wide
	}
	if p.Key < len(p.Text) {
		yield(p)
	}
}

// bytesBefore returns the bytes that are written right before src[pos], so that what stands
// before a key is known, with room for the key.
func bytesBefore(src []byte, pos int) (p Plain) {
	const bytesSeen, room = 8, 8 + 2*finding.MaxAPIKeyLen
	p = Plain{Text: make([]byte, 0, room), spans: make([]text.Span, 0, room)}
	first := pos
	for first > max(1, pos-2*bytesSeen+1) && hexDigits(src, first-2, 2) >= 0 {
		first -= 2
	}
	for ; first < pos; first += 2 {
		p.add(byte(hexDigits(src, first, 2)), text.Span{Start: first, End: first + 2})
	}
	return p
}

// gap is what may stand between two bytes: a separator, marks of a number's base, quotes, the
// end of a line. In a dump, the line ends with its characters and begins with its place.
var (
	gap     = lazyregexp.New(`^(?:h?["']?\)?[ \t]*[}\])>]?[ \t]*[,;:\-+&.|/_]?[ \t]*(?:\\?\r?\n[ \t]*)?["'{\[<]?[ \t]*(?:\(byte\) ?)?(?:(?:String\.)?\[?(?i:from)?(?i:chr|char|charcode)[wW]?\$?[\](])?(?:0x|0X|\\x|&[hH]|\$|x)?)`)
	dumpGap = lazyregexp.New(`^(?:[ \t]+\|?[ -~]{1,17})?\r?\n(?:0x)?[0-9a-fA-F]{6,8}:?[ \t]+`)
)

// maxGap bounds what stands between two bytes.
const maxGap = 64

func hexGap(src []byte, spend Spend) int {
	src = src[:min(len(src), maxGap)]
	if len(src) > 0 && strings.IndexByte(" ,;:-", src[0]) >= 0 && hexDigits(src, 1, 2) >= 0 {
		return 1 // as nearly everywhere
	}
	forms := []*lazyregexp.Regexp{gap, dumpGap}
	if lineEnd(src, 0) > 0 {
		slices.Reverse(forms) // a place in a dump is digits, too
	}
	for _, form := range forms {
		if !spend(2 * perExpression) {
			return 0
		}
		if n := len(form.Find(src)); n > 0 && hexDigits(src, n, 2) >= 0 {
			return n
		}
	}
	return 0
}

// narrow returns a text in UTF-16 from the key on, with a byte a character. It is not ok for
// another text. Whichever byte of a character is first, the zeros follow the key's letters,
// but for the last letter's.
func narrow(p Plain) (wide Plain, ok bool) {
	at := p.Key
	for at < len(p.Text) && p.Text[at] == 0 {
		at++
	}
	if at+4 > len(p.Text) || p.Text[at+1] != 0 || p.Text[at+3] != 0 {
		return p, false
	}
	wide.Names = []string{"utf-16le"}
	for ; at < len(p.Text); at += 2 {
		c, end := p.Text[at], at
		switch {
		case at+1 == len(p.Text):
			wide.Names = []string{"utf-16be"}
		case p.Text[at+1] == 0:
			end++
		default:
			c = 0xff
		}
		wide.add(c, text.Span{Start: p.spans[at].Start, End: p.spans[end].End})
	}
	return wide, true
}
