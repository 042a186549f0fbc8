package rules

import (
	"slices"
	"testing"

	"github.com/neokeys/neokeys/rules/place"
)

// The code in a notebook is judged like a program, where it stands in the notebook.
func TestNotebooks(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{`{"cells": [{"cell_type": "code", "source": ["import os, requests\n", "key = os.environ[\"NEO_API_KEY\"]\n", "print(key)\n", "requests.get(\"https://api.neoagent.io/x\", headers={\"Authorization\": key}, verify=False)"]}]}`,
			[]string{"key-logged key", "missing-bearer Authorization", "tls-verification-off verify"}},
		{`{"cells": [{"cell_type": "code", "source": "key = os.environ['NEO_API_KEY']"}, {"cell_type": "code", "source": "%time\nprint(key)"}]}`, []string{"key-logged key"}},
		{`{"cells": [{"cell_type": "markdown", "source": ["key = os.environ['NEO_API_KEY']\n", "print(key)"]}]}`, nil},
		{`{"worksheets": [{"cells": [{"cell_type": "code", "input": ["key = os.environ['NEO_API_KEY']\n", "print(key)"]}]}]}`, []string{"key-logged key"}},
		{`{"cells": [{"cell_type": "code", "source": ["!deploy --neo-api-key $NEO_API_KEY"]}]}`, []string{"key-on-command-line $NEO_API_KEY"}},
		{`{"cells": [{"cell_type": "code", "source": ["print(1`, nil},
	} {
		set, text := NewSet(All()), []byte(c.text)
		f := &File{Text: text, Place: place.Of("a.ipynb", text)}
		var got []string
		for _, r := range set.Rules {
			for _, in := range f.Inners() {
				if r.MatchFile != nil {
					r.MatchFile(in.File, func(m Match) {
						at := in.Joined.Source(Span{Start: m.Start, End: m.End})
						got = append(got, r.ID+" "+string(at.Of(text)))
					})
				}
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n  got %q\n want %q", c.text, got, c.want)
		}
	}
}
