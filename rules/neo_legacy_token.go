package rules

import (
	"bytes"
	_ "embed"

	"github.com/neokeys/neokeys/finding"
)

//go:embed neo_legacy_token.md
var neoLegacyTokenDoc string

// NeoLegacyToken finds raw tokens of the older API. They have no form of their own:
// the name that a token is given to, or the host that it is sent to, tells it.
var NeoLegacyToken = &Rule{
	ID:               "neo-legacy-token",
	Title:            "Neo legacy token",
	Severity:         finding.Error,
	CWEs:             []int{798, 312, 540},
	SecuritySeverity: 9.1,
	Doc:              neoLegacyTokenDoc,
	Anchors:          legacyAnchors(),
	Match:            matchLegacyToken,
}

// legacyAnchors returns how the names begin that are believed, those of sections and the
// host. All start alike, so that the search for them stays cheap. Hardly any text has neo
// as a word; where one does, a blank or nothing follows, or another letter.
func legacyAnchors() []string {
	anchors := []string{"neo_", "neo-", "neo.", "neo:", `neo"`, "neo'", "neo]", "neo=", "neo =", "neo {", "neoagent", "neo agent"}
	for _, kind := range []string{"secret", "api", "auth", "webhook"} {
		anchors = append(anchors, "neo"+kind, "neo "+kind)
	}
	for _, word := range []string{"prod", "live", "stag", "dev", "test", "sandbox", "access"} {
		anchors = append(anchors, "neo"+word)
	}
	return anchors
}

func matchLegacyToken(v *View, report func(Match)) {
	r := reader{text: v.Text, code: v.Place.Code}
	found := func(value span, what verdict, confidence finding.Confidence, message string) {
		key := finding.NewLegacyToken(string(value.of(v.Text)))
		var decoded []string
		if plain, ok := r.secretData(value); ok {
			if what = judge(plain); what == notToken {
				return
			}
			key = finding.NewLegacyToken(string(plain))
			message += ", in base64"
			decoded = []string{"base64"}
		}
		report(Match{
			Start:      value.start,
			End:        value.end,
			Severity:   finding.Error,
			Confidence: confidence,
			Message:    message,
			Key:        key,
			Decoded:    decoded,
			Example:    what == isExample,
		})
	}
	if legacyHostAt(v.Text, v.Pos) {
		newRequest(r, v.Pos).tokens(func(value span, what verdict, sure bool) {
			confidence := finding.Medium
			if sure {
				confidence = finding.High
			}
			found(value, what, confidence, "Neo legacy token sent to app.neoagent.co")
		})
		return
	}
	name, value, what := r.tokenAt(v.Pos)
	if what == notToken {
		return
	}
	confidence := finding.Medium
	if name.agent && name.raw {
		confidence = finding.High
	}
	message := "Neo legacy token in " + name.label(v.Text)
	found(value, what, confidence, message)
	r.others(value, func(value span, what verdict) { found(value, what, confidence, message) })
}

// tokenAt returns the value of the name whose product is at text[pos].
func (r *reader) tokenAt(pos int) (keyName, span, verdict) {
	n, ok := keyNameAt(r.text, pos)
	if !ok {
		s, ok := sectionAt(r.text, pos)
		if !ok {
			return n, span{}, notToken
		}
		key, value, what := r.inSection(s)
		return keyName{agent: s.agent, raw: true, core: key.start, coreEnd: key.end}, value, what
	}
	if !n.raw && !n.agent { // NEO_TOKEN may be another Neo's
		return n, span{}, notToken
	}
	name := span{n.start, n.end}
	if bytes.HasSuffix(r.text[:n.start], []byte("${")) { // with ${NAME-value}
		name.end = n.coreEnd + run(r.text[n.coreEnd:n.end], isIdent)
	}
	value, what := r.assigned(name)
	for _, read := range []func(span) (span, verdict){r.paired, r.declared, r.row, r.inside, r.defined, r.turned} {
		if what == notToken {
			value, what = read(name)
		}
	}
	return n, value, what
}
