package codec

import (
	"bytes"
	"strconv"

	"github.com/neokeys/neokeys/internal/text"
)

// htmlForm is the character references of HTML and XML: &#95;, &#x5F;, &lowbar;. (HTML,
// section 13.5.)
var htmlForm = &form{
	names: []string{"html"},
	anchors: []string{
		"5fsk", ";sk&", ";sk_", "95;sk", "5f;sk", "&#95sk", "&#110;&#101;", "&#0110;&#0101;", "&#x6e;&#x65;", "&#x006e;&#x0065;", "&#x06e;&#x065;",
		"&#00110;&#00101;", "&#000110;&#000101;", "&#0000110;&#0000101;", "&#110&#101", "&#x6e&#x65",
		"amp;#110;&amp;#101", "amp;#x6e;&amp;#x65",
	},
	also:   splitAnchors,
	undo:   undoUnits(htmlUnit),
	breaks: "&",
}

// maxReference is longer than a reference to any ASCII character.
const maxReference = 14

func htmlUnit(src []byte, i int) (c, n int) {
	if src[i] != '&' || i+2 >= len(src) {
		return 0, 0
	}
	part := src[i:min(len(src), i+maxReference)]
	if part[1] != '#' {
		for _, r := range references {
			if bytes.HasPrefix(part, []byte(r.name)) {
				return int(r.c), len(r.name)
			}
		}
		return 0, 0
	}
	at, base, class := 2, 10, text.IsDigit
	if part[2]|0x20 == 'x' {
		at, base, class = 3, 16, text.IsHex
	}
	digits := text.Run(part[at:], class)
	v, err := strconv.ParseUint(string(part[at:at+digits]), base, 32)
	if err != nil {
		return 0, 0
	}
	n = at + digits
	if n < len(part) && part[n] == ';' { // which may be left out
		n++
	}
	return character(int(v)), n
}

// references are those by name to what may stand in and around a key.
var references = []struct {
	name string
	c    byte
}{{"&lowbar;", '_'}, {"&UnderBar;", '_'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&lt;", '<'}, {"&gt;", '>'}, {"&num;", '#'}, {"&bsol;", '\\'}, {"&percnt;", '%'}, {"&equals;", '='}, {"&colon;", ':'}, {"&nbsp;", 0xff}}
