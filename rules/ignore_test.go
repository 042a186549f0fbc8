package rules

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
)

func TestParseIgnore(t *testing.T) {
	for text, want := range map[string]*Ignore{
		"x = 1 # neokeys:ignore":                                     {},
		"x = 1 // neokeys:ignore[neo-api-key] revoked last year":     {Rules: []string{"neo-api-key"}, Reason: "revoked last year"},
		"  // neokeys:ignore[neo-api-key, stale-key]: in the old CI": {Rules: []string{"neo-api-key", "stale-key"}, Reason: "in the old CI", Alone: true},
		"<!-- neokeys:ignore a test page -->":                        {Reason: "a test page", Alone: true},
		"a; /* neokeys:ignore why */":                                {Reason: "why"},
		" * neokeys:ignore - within a block comment":                 {Reason: "within a block comment", Alone: true},
		"SELECT 1 -- neokeys:ignore":                                 {},
		"; neokeys:ignore":                                           {Alone: true},
		`"//": "neokeys:ignore in JSON",`:                            {Reason: "in JSON", Alone: true},
		"REM neokeys:ignore batch":                                   {Reason: "batch", Alone: true},
		"# neokeys:ignore[neo-api-key]\nx = 2":                       {Rules: []string{"neo-api-key"}, Alone: true},
		"# neokeys:ignore\r\nx":                                      {Alone: true},
		"# neokeys:ignore " + strings.Repeat("long ", 100):           {Reason: strings.TrimSpace(strings.Repeat("long ", 100)[:maxReason-1]), Alone: true},
		"# neokeys:ignore neo_sk_prod_" + strings.Repeat("Ab1", 8):   {Reason: "neo_sk_prod_Ab1A...1Ab1", Alone: true},
		`{/* neokeys:ignore jsx */}`:                                 {Reason: "jsx", Alone: true},
		"{{!-- neokeys:ignore a template --}}":                       {Reason: "a template", Alone: true},
		"{{! neokeys:ignore }}":                                      {Alone: true},
		"{# neokeys:ignore jinja #}":                                 {Reason: "jinja", Alone: true},
		"<%# neokeys:ignore erb %>":                                  {Reason: "erb", Alone: true},
		"<# neokeys:ignore PowerShell #>":                            {Reason: "PowerShell", Alone: true},
		"--[[ neokeys:ignore Lua ]]":                                 {Reason: "Lua", Alone: true},
		"@rem neokeys:ignore":                                        {Alone: true},
		":: neokeys:ignore":                                          {Alone: true},
		"! neokeys:ignore":                                           {Alone: true},
		`k = "x" ' neokeys:ignore Basic`:                             {Reason: "Basic"},
		"# neokeys:ignore [neo-api-key] why":                         {Rules: []string{"neo-api-key"}, Reason: "why", Alone: true},
		"# Neokeys:Ignore[NEO-API-KEY, Stale-Key] Why":               {Rules: []string{"neo-api-key", "stale-key"}, Reason: "Why", Alone: true},
		"x = 'neokeys:ignore'":                                       nil,
		"neokeys:ignore":                                             nil,
		"x = neokeys:ignore":                                         nil,
		"# neokeys:ignored":                                          nil,
		"# xneokeys:ignore":                                          nil,
		"# my_neokeys:ignore":                                        nil,
		"--neokeys:ignore":                                           {Alone: true},
		"# neokeys:ignore-next-line":                                 nil,
		"# neokeys:ignore[]":                                         nil,
		"# neokeys:ignore[ , ]":                                      nil,
		"# neokeys:ignore[neo-api-key":                               nil,
		"# a comment\nx = neokeys:ignore":                            nil,
	} {
		pos := strings.Index(strings.ToLower(text), IgnoreMark)
		got, ok := ParseIgnore([]byte(text), pos)
		got.start = ""
		if (want != nil) != ok {
			t.Errorf("%q: %v", text, ok)
		} else if ok && !reflect.DeepEqual(got, *want) {
			t.Errorf("%q: %+v, want %+v", text, got, *want)
		}
	}
}

func TestIgnoreMeant(t *testing.T) {
	for text, want := range map[string]bool{
		"x = 1 # neokeys:ignore":                           true,
		"# neokeys:ignore[neo-api-key] why":                true,
		"x = 'a' + \"b\" // neokeys:ignore":                true,
		"x = 'it\\'s' //neokeys:ignore":                    true,
		"get('https://example.com')  // neokeys:ignore":    true,
		"run --flag  # neokeys:ignore":                     true,
		"/** neokeys:ignore */":                            true,
		"<p>  <!-- neokeys:ignore -->":                     true,
		"# put neokeys:ignore behind it":                   false,
		"// IgnoreMark is neokeys:ignore":                  false,
		"printf 'x = 1 # neokeys:ignore' > file":           false,
		"\"x = 'y' // neokeys:ignore\": true,":             false,
		"Write `x = 1  # neokeys:ignore` in the file.":     false,
		"want := `<!-- neokeys:ignore --> with \"quotes\"": false,
	} {
		ig, ok := ParseIgnore([]byte(text), strings.Index(text, IgnoreMark))
		if got := ok && ig.Meant(finding.Source); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	// In a document, a comment of a program is an example.
	for text, want := range map[string]bool{
		"    x = 1  # neokeys:ignore":           false,
		"<!-- neokeys:ignore -->":               true,
		"Write `<!-- neokeys:ignore -->` there": false,
	} {
		ig, ok := ParseIgnore([]byte(text), strings.Index(text, IgnoreMark))
		if got := ok && ig.Meant(finding.Docs); got != want {
			t.Errorf("in a document, %q: %v, want %v", text, got, want)
		}
	}
}

func TestIgnoreCovers(t *testing.T) {
	if all := (Ignore{}); !all.Covers("neo-api-key") {
		t.Error("an ignore without names does not cover every rule")
	}
	one := Ignore{Rules: []string{"neo-api-key"}}
	if !one.Covers("neo-api-key") || one.Covers("stale-key") {
		t.Error("an ignore with a name covers another, or not its own")
	}
}

func FuzzParseIgnore(f *testing.F) {
	f.Add([]byte("# neokeys:ignore[a] b"), 2)
	f.Fuzz(func(t *testing.T, text []byte, pos int) {
		if pos < 0 || pos > len(text) {
			return
		}
		if ig, ok := ParseIgnore(text, pos); ok && !utf8.ValidString(ig.Reason) {
			t.Fatalf("%q has the reason %q", text, ig.Reason)
		}
	})
}

// The mark may be written with capitals and a space, and inside a comment of several lines.
func TestIgnoreSpellings(t *testing.T) {
	for src, want := range map[string]struct{ honoured, alone bool }{
		"x # neokeys:ignore":             {true, false},
		"x # NEOKEYS:IGNORE":             {true, false},
		"x # NeoKeys: Ignore":            {true, false},
		"# neokeys: ignore[neo-api-key]": {true, true},
		"x # neokeys:  ignore":           {false, false},
		"x # neokeys: ignored":           {false, false},
		"x # neokeys :ignore":            {false, false},
		"/*\n  neokeys:ignore\n":         {true, true},
		"/*\n  see neokeys:ignore\n":     {true, false},
		"<!--\nkey neokeys:ignore\n-->":  {true, false},
		"{-\nneokeys:ignore":             {true, true},
		"/* x */\nneokeys:ignore":        {false, false},
		"<!-- x -->\n y neokeys:ignore":  {false, false},
		"/* x */ /*\nneokeys:ignore":     {false, false},
		"=begin\nneokeys:ignore\n=end":   {true, true},
		"neokeys:ignore":                 {false, false},
	} {
		pos := strings.Index(strings.ToLower(src), "neokeys")
		ig, ok := ParseIgnore([]byte(src), pos)
		if ok != want.honoured || ok && ig.Alone != want.alone {
			t.Errorf("%q: %+v, %v", src, ig, ok)
		}
	}
}
