package rules

import (
	"slices"
	"testing"

	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/place"
)

// The names that a project has of its own are as good as those that everyone has.
func TestOwn(t *testing.T) {
	own := naming.Own{Variables: []string{"CRM_SECRET"}, Hosts: []string{"gateway.example.com"}}
	for _, c := range []struct {
		path, text string
		want       []string
	}{
		{"a.js", "console.log(process.env.CRM_SECRET)", []string{"key-logged"}},
		{"a.js", "fetch(`https://example.com?k=${process.env.CRM_SECRET}`)", []string{"key-in-url"}},
		{"a.js", "fetch('http://gateway.example.com/agents')", []string{"plaintext-transport"}},
		{"a.js", "fetch('https://gateway.example.com', { headers: { Authorization: process.env.CRM_SECRET } })", []string{"missing-bearer"}},
		{"a.sh", "curl -k https://gateway.example.com\n", []string{"tls-verification-off"}},
		{"a.sh", "./sync \"$CRM_SECRET\"\n", []string{"key-on-command-line"}},
		{"Dockerfile", "FROM a\nARG CRM_SECRET\n", []string{"baked-into-image"}},
		{".github/workflows/a.yml", "env:\n  CRM_SECRET: %token%\n", []string{"plaintext-ci-secret"}},
		{"a.yml", "CRM_SECRET: ' %token%'\n", []string{"padded-key"}},
		{".env", "VITE_CRM_SECRET=x\n", []string{"client-exposed-env", "env-file-tracked"}},
		{"page.tsx", "'use client'\nfetch('https://gateway.example.com', { headers: { Authorization: `Bearer ${key}` } })", []string{"client-side-call"}},

		{"page.tsx", "'use client'\nfetch('https://gateway.example.com')", nil},
		{"a.js", "console.log(process.env.OTHER_CRM_SECRET, process.env.CRM_SECRET_ID)", nil},
		{"a.js", "fetch('http://my-gateway.example.com')\nfetch('http://gateway.example.com.au')", nil},
	} {
		text := []byte(fill(c.text))
		f := &File{Text: text, Place: place.Of(c.path, text), Own: own}
		var got []string
		for _, r := range All() {
			if r.MatchFile != nil {
				r.MatchFile(f, func(Match) { got = append(got, r.ID) })
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n%s\n  got %q\n want %q", c.path, c.text, got, c.want)
		}
	}
}
