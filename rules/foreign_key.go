package rules

import (
	"bytes"
	_ "embed"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

//go:embed foreign_key.md
var foreignKeyDoc string

// ForeignKey finds keys of another vendor that are sent to Neo.
var ForeignKey = &Rule{
	ID:               "foreign-key",
	Title:            "Another vendor's key sent to Neo",
	Severity:         finding.Error,
	CWEs:             []int{201, 522},
	SecuritySeverity: 6.5,
	Doc:              foreignKeyDoc,
	Anchors:          []string{finding.KeyPrefix},
	MatchFile:        matchForeignKey,
}

func matchForeignKey(f *File, report func(Match)) {
	sends := slices.ContainsFunc(f.NeoHosts(), func(h naming.Host) bool { return !h.Legacy && !h.Own && !f.InComment(h.Start) })
	if !sends || f.Place.Exposure == finding.Docs || naming.Neighbour(string(f.Text)) != "" {
		return
	}
	for pos := 0; ; pos += len(finding.KeyPrefix) {
		n := bytes.Index(f.Text[pos:], []byte(finding.KeyPrefix))
		if n < 0 {
			return
		}
		pos += n
		if end, ok := foreignKeyAt(f.Text, pos); ok && !f.InComment(pos) {
			report(Match{
				Start: pos, End: end, Severity: finding.Error, Confidence: finding.Medium,
				Message: "another vendor's key is sent to api.neoagent.io: revoke it at that vendor, and use a key of Neo's",
			})
		}
	}
}

// foreignKeyAt returns where the key of another vendor ends that begins at src[pos]: neo_sk_ and
// 32 letters and digits, without an environment, or 43 or 48 URL-safe characters, which are 32 and
// 36 bytes in base64.
func foreignKeyAt(src []byte, pos int) (end int, ok bool) {
	if !bytes.HasPrefix(src[pos:], []byte(finding.KeyPrefix)) || !secret.LeftEdge(src[:pos]) || secret.Credible(src, pos) {
		return 0, false
	}
	start := pos + len(finding.KeyPrefix)
	n := text.Run(src[start:min(len(src), start+49)], text.IsURLSafe)
	value := src[start : start+n]
	letters := text.Run(value, text.IsAlnum) == n
	if n != 43 && n != 48 && (n != 32 || !letters) || secret.Judge(value) != secret.Token {
		return 0, false
	}
	return start + n, true
}
