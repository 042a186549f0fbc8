package rules

import (
	_ "embed"
	"path"
	"strings"

	"github.com/neokeys/neokeys/finding"
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
	Anchors:          habitAnchors,
	MatchFile:        matchBakedIntoImage,
}

func matchBakedIntoImage(f *File, report func(Match)) {
	if !isDockerfile(strings.ToLower(path.Base(f.Place.Path))) {
		return
	}
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Error, Confidence: finding.High, Message: message})
	}
	for _, in := range instructions(f.Text) {
		switch in.name {
		case "ARG", "ENV":
			for _, v := range in.pairs() {
				if !f.isKeyName(v.name) || in.name == "ENV" && (v.value == "" || judge([]byte(v.value)) == isExample) {
					continue
				}
				message := "ENV puts the key into the image, for everyone who can pull it"
				if in.name == "ARG" {
					message = "a build argument stays in the image's history; mount the key as a secret for the step that needs it"
				}
				say(v.nameStart, v.nameEnd, message)
			}
		case "COPY", "ADD":
			if len(f.keyNames()) == 0 && len(f.neoHosts()) == 0 {
				continue
			}
			for _, m := range in.sources() {
				if isSecretEnvFile(m.what) {
					say(m.start, m.end, in.name+" "+m.what+" puts the keys in it into the image, for everyone who can pull it")
				}
			}
		}
	}
}

// sources returns what a COPY or ADD instruction copies from the folder it builds in.
func (in *instruction) sources() (all []mark) {
	for i := 0; i < len(in.text); {
		i += run(in.text[i:], func(c byte) bool { return c <= ' ' || strings.IndexByte(`[],"\`, c) >= 0 })
		n := i + run(in.text[i:], func(c byte) bool { return c > ' ' && strings.IndexByte(`[],"`, c) < 0 })
		if n == i {
			break
		}
		word := string(in.text[i:n])
		if strings.HasPrefix(word, "--from") {
			return nil // from another image
		}
		if !strings.HasPrefix(word, "--") {
			all = append(all, mark{in.start + i, in.start + n, word})
		}
		i = n
	}
	return all[:max(0, len(all)-1)] // the last is where to
}

// isSecretEnvFile reports whether a path names a .env file that is not an example.
func isSecretEnvFile(name string) bool {
	base := strings.TrimSuffix(strings.ToLower(path.Base(name)), "*")
	if !strings.HasPrefix(base, ".env") && base != ".dev.vars" || !isDotEnv(base) {
		return false
	}
	for _, s := range []string{"example", "sample", "template", "dist", "defaults", "schema"} {
		if strings.HasSuffix(base, "."+s) || strings.Contains(base, "."+s+".") {
			return false
		}
	}
	return true
}
