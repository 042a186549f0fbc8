package codec

import "testing"

// FuzzSpellings checks that what is read is written where it is said to be, in order.
func FuzzSpellings(f *testing.F) {
	for _, s := range []string{`\x41\u0042\103`, "%41%2542=43", "&#65;&#x42;&amp;#67;", "[65, 0x42, 0103]", "41:42:43", "QUJDREVG", "IFBEGRCFIZDQ====", "\xff\\", `\u{110000000}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		Spellings(src, func(p Plain) {
			last := 0
			for i := range p.Text {
				s := p.Source(i, i+1)
				if s.Start < 0 || s.End > len(src) || s.Start >= s.End || s.End < last {
					t.Fatalf("character %d of %q is at %+v of %q", i, p.Text, s, src)
				}
				last = s.End
			}
		})
	})
}

func TestSpellings(t *testing.T) {
	for _, src := range []string{
		`\x41\x62\u0043\u{64}\U00000045\146\107`, "%41%62%43%64%45%66%47", "%2541b%2543d%2545f%2547", "=41b=43d=45f=47", "&#65;&#x62;&#67;&amp;#100;EfG",
		"65, 98, 67, 100, 69, 102, 71", "0x41,0x62,0x43,0x64,0x45,0x66,0x47", "41:62:43:64:45:66:47", "101 142 103 144 105 146 107", "41624364456647", "QWJDZEVmRw==", "IFREGZCFMZDQ====", "AbCdEfG",
	} {
		found := false
		Spellings([]byte(src), func(p Plain) { found = found || string(p.Text) == "AbCdEfG" })
		if !found {
			t.Errorf("%s is not read", src)
		}
	}
}
