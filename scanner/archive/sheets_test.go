package archive

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

const (
	sheetXML  = `<?xml version="1.0"?><worksheet><sheetData>%s</sheetData></worksheet>`
	stringXML = `<?xml version="1.0"?><sst>%s</sst>`
)

// cellsOf returns what the rows of a workbook's only sheet are visited as.
func cellsOf(t testing.TB, parts ...string) (text string) {
	s := sheets{left: maxSheets}
	for i := 0; i < len(parts); i += 2 {
		_, err := io.Copy(io.Discard, s.keep(Member{Name: parts[i], Reader: strings.NewReader(parts[i+1])}))
		check(t, err)
	}
	check(t, s.visit(func(m Member) error {
		b, err := io.ReadAll(m)
		text += string(b)
		return err
	}))
	return text
}

// A name and its value are beside or under each other in a sheet, wherever their texts are kept.
func TestSheets(t *testing.T) {
	const value = "a-value-that-is-long"
	texts := fmt.Sprintf(stringXML, `<si><t>`+value+`</t></si><si><t>acme</t></si><si><r><t>NEO_</t></r><r><t>API_KEY</t></r></si><si><t>client</t></si>`)
	for want, rows := range map[string]string{
		"NEO_API_KEY=" + value + "\n":       `<row r="1"><c r="A1" t="s"><v>2</v></c><c r="B1" t="s"><v>0</v></c></row>`,
		"\n\nNEO_API_KEY=" + value + "\n":   `<row r="3"><c r="A3" t="s"><v>2</v></c><c r="D3" t="inlineStr"><is><t>` + value + `</t></is></c></row>`,
		"acme\tNEO_API_KEY=" + value + "\n": `<row><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="str"><v>` + value + `</v></c></row>`,
		"client\tNEO_API_KEY\nacme\tNEO_API_KEY=" + value + "\n": `<row r="1"><c r="A1" t="s"><v>3</v></c><c r="B1" t="s"><v>2</v></c></row>` +
			`<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>0</v></c></row>`,
		"": `<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c><c r="C1" t="s"><v>99</v></c></row>`,
	} {
		sheet := fmt.Sprintf(sheetXML, rows)
		for _, parts := range [][]string{
			{sheetFolder + "sheet1.xml", sheet, sharedStrings, texts}, {sharedStrings, texts, sheetFolder + "sheet1.xml", sheet},
		} {
			if got := cellsOf(t, parts...); got != want {
				t.Errorf("%s: got %q, want %q", rows, got, want)
			}
		}
	}
}

// A long text that all cells refer to, and rows that claim to be far apart, stay small.
func TestSheetsOfABomb(t *testing.T) {
	texts := fmt.Sprintf(stringXML, `<si><t>neo`+strings.Repeat("x", 1<<20)+`</t></si>`)
	var rows strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&rows, `<row r="%d"><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>`, 10*i)
	}
	began := time.Now()
	if got := cellsOf(t, sharedStrings, texts, sheetFolder+"sheet1.xml", fmt.Sprintf(sheetXML, rows.String())); len(got) > maxSheetText+maxSheetRow+4*maxSheetCell {
		t.Errorf("%d bytes of rows", len(got))
	}
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("it took %v", d)
	}
}

func FuzzSheets(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>`, `<si><t>neo</t></si><si><t>b</t></si>`)
	f.Fuzz(func(t *testing.T, rows, texts string) {
		got := cellsOf(t, sheetFolder+"a.xml", fmt.Sprintf(sheetXML, rows), sharedStrings, fmt.Sprintf(stringXML, texts))
		if len(got) > maxSheetText+maxSheetRow+maxSheetColumn*maxSheetCell {
			t.Errorf("%d bytes of rows", len(got))
		}
	})
}
