package rules

import (
	_ "embed"
	"path"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

//go:embed baked_into_image.md
var bakedIntoImageDoc string

// BakedIntoImage finds keys that become part of a container image.
var BakedIntoImage = &Rule{
	ID:               "baked-into-image",
	Title:            "Neo key baked into a container image",
	Severity:         finding.Error,
	CWEs:             []int{522, 538},
	SecuritySeverity: 7.7,
	Doc:              bakedIntoImageDoc,
	Anchors:          naming.Anchors,
	MatchFile:        matchBakedIntoImage,
}

func matchBakedIntoImage(f *File, report func(Match)) {
	if !formats.IsDockerfile(strings.ToLower(path.Base(f.Place.Path))) {
		return
	}
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Error, Confidence: finding.High, Message: message})
	}
	for _, in := range f.Instructions() {
		switch in.Name {
		case "ARG", "ENV":
			for _, v := range in.Pairs() {
				if !f.IsKeyName(v.Name) || in.Name == "ENV" && (v.Value == "" || secret.Judge([]byte(v.Value)) == secret.Example) {
					continue
				}
				message := "ENV stores the key in the image: anyone who can pull the image can read it"
				if in.Name == "ARG" {
					message = "the image history keeps build arguments: mount the key as a secret for the step that needs it"
				}
				say(v.NameStart, v.NameEnd, message)
			}
		case "COPY", "ADD":
			if len(f.KeyNames()) == 0 && len(f.NeoHosts()) == 0 {
				continue
			}
			for _, m := range sources(&in) {
				if formats.IsSecretEnvFile(m.What) {
					say(m.Start, m.End, in.Name+" "+m.What+" copies its keys into the image: anyone who can pull the image can read them")
				}
			}
		}
	}
}

// sources returns what a COPY or ADD instruction copies from the folder it builds in.
func sources(in *formats.Instruction) (all []facts.Mark) {
	for i := 0; i < len(in.Text); {
		i += text.Run(in.Text[i:], func(c byte) bool { return c <= ' ' || strings.IndexByte(`[],"\`, c) >= 0 })
		n := i + text.Run(in.Text[i:], func(c byte) bool { return c > ' ' && strings.IndexByte(`[],"`, c) < 0 })
		if n == i {
			break
		}
		word := string(in.Text[i:n])
		if strings.HasPrefix(word, "--from") {
			return nil // from another image
		}
		if !strings.HasPrefix(word, "--") {
			all = append(all, facts.Mark{Start: in.Start + i, End: in.Start + n, What: word})
		}
		i = n
	}
	return all[:max(0, len(all)-1)] // the last is where to
}
