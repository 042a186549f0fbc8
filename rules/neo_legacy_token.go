package rules

import (
	_ "embed"
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/assign"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

//go:embed neo_legacy_token.md
var neoLegacyTokenDoc string

// NeoLegacyToken finds raw tokens of the older API. They have no form of their own:
// it is recognised by the name it is given to, or the host it is sent to.
var NeoLegacyToken = &Rule{
	ID:               legacyTokenRule,
	Title:            "Neo legacy token",
	Severity:         finding.Error,
	CWEs:             []int{798, 312, 540},
	SecuritySeverity: 9.1,
	Doc:              neoLegacyTokenDoc,
	Anchors:          append(naming.LegacyAnchors(), encodedNames.Anchors()...),
	FileAnchors:      naming.LegacyAnchors(), // what is encoded as a whole is for Match
	Match:            matchLegacyToken,
	MatchFile:        matchSentToken,
	MatchPacked:      matchPackedTokens,
}

// matchSentToken reports the tokens that calls to the older API send, wherever in the file
// they stand.
func matchSentToken(f *File, report func(Match)) {
	report = once(report)
	if !f.Place.Code {
		matchTable(f, report)
	}
	r := assign.Reader{Text: f.Text, Code: f.Place.Code}
	for _, c := range f.APICalls() {
		for _, h := range c.Headers {
			for _, value := range h.Values {
				if secret.Judge(value.Of(f.Text)) != secret.NotToken {
					reportToken(r.Read(value), finding.High, sentMessage, report)
				}
			}
		}
	}
	if f.GaveUp() && len(f.NeoHosts()) > 0 { // else there are no calls
		f.LeaveOut(tooIntricate)
	}
}

// matchTable reports the tokens in a table whose first row says what the columns are.
func matchTable(f *File, report func(Match)) {
	r := assign.Reader{Text: f.Text}
	elsewhere := naming.Elsewhere(f.Text)
	assign.Table(f.Text, func(value text.Span, what secret.Verdict, agent bool) {
		if what != secret.NotToken && (agent || !elsewhere) {
			reportToken(r.Read(value), finding.Medium, storedMessage, report)
		}
	})
}

// reportToken reports the token at, if it is one.
func reportToken(at assign.Reading, confidence finding.Confidence, message string, report func(Match)) {
	if at.Verdict == secret.NotToken {
		return
	}
	report(Match{
		Start: at.Start, End: at.End, Severity: finding.Error, Confidence: confidence, Message: message,
		Key: at.Key, Decoded: at.Decoded, Example: at.Verdict == secret.Example,
	})
}

// tooIntricate is what to say of a file in which not every value could be followed to a header.
const tooIntricate = "searched in part: it is too intricate to follow every value in, and tokens that calls to the older API send (neo-legacy-token) may have been missed"

const (
	sentMessage   = "Neo legacy token sent to app.neoagent.co"
	storedMessage = "Neo legacy token stored for app.neoagent.co"
)

// encodedNames are how the names of tokens begin in texts that are encoded as a whole.
var encodedNames = codec.NewWords(
	"NEO_API_KEY", "NEO_API_TOKEN", "NEO_API_SECRET", "NEO_SECRET", "NEO_AUTH_", "NEOAGENT_",
	"neo_api_key", "neo_api_token", "neo_api_secret", "neo_secret", "neo_auth_", "neoagent_", "neo-api-key", "neoApiKey",
)

// matchEncoded reports the tokens in the text that stands encoded at the anchor.
func matchEncoded(v *View, report func(Match)) {
	encodedNames.Undo(v.Text, v.Pos, v.Work.Spend, func(p codec.Plain) { matchPlain(&p, v.Work, report) })
}

func matchPackedTokens(u *Unpacked, work *Work, report func(Match)) {
	p := u.Plain()
	if work.Spend(len(p.Text)) {
		matchPlain(&p, work, once(report))
	}
}

// perName is what a name costs, whatever it is given.
const perName = 96

// matchPlain reports the tokens in a text that was encoded.
func matchPlain(p *codec.Plain, work *Work, report func(Match)) {
	inner := View{Text: p.Text, Pos: p.Key, Work: work}
	found := func(m Match) {
		at := p.Source(m.Start, m.End)
		m.Start, m.End, m.Decoded = at.Start, at.End, slices.Concat(p.Names, m.Decoded)
		m.Message += ", in " + p.Names[0]
		report(m)
	}
	if !p.Several {
		matchNamedToken(&inner, found)
		return
	}
	for {
		at := text.IndexFold(p.Text[inner.Pos:], "neo")
		if at < 0 || !work.Spend(at+perName) {
			return
		}
		inner.Pos += at
		matchNamedToken(&inner, found)
		inner.Pos++
	}
}

func matchLegacyToken(v *View, report func(Match)) {
	if text.HasPrefixFold(v.Text[v.Pos:], "neo") {
		matchNamedToken(v, report)
	} else {
		matchEncoded(v, report)
	}
}

// matchNamedToken reports the tokens that belong to the name or the host at the anchor.
func matchNamedToken(v *View, report func(Match)) {
	r := assign.Reader{Text: v.Text, Code: v.Code, Budget: v.Work}
	found := func(value text.Span, what secret.Verdict, confidence finding.Confidence, message string) {
		if what == secret.NotToken {
			return
		}
		at := r.Read(value)
		if plain, ok := r.SecretData(value); ok {
			at = assign.Reading{Span: value, Key: finding.NewLegacyToken(string(plain)), Decoded: []string{"base64"}, Verdict: secret.Judge(plain)}
			message += ", in base64"
		}
		reportToken(at, confidence, message, report)
	}
	if assign.LegacyHostAt(v.Text, v.Pos) {
		q := assign.NewRequest(r, v.Pos)
		q.Stored(func(value text.Span, what secret.Verdict) { found(value, what, finding.Medium, storedMessage) })
		q.Tokens(func(value text.Span, what secret.Verdict, sure bool) {
			confidence := finding.Medium
			if sure {
				confidence = finding.High
			}
			found(value, what, confidence, sentMessage)
		})
		return
	}
	name, value, what := r.TokenAt(v.Pos)
	if what == secret.NotToken {
		return
	}
	if !name.Agent && naming.Elsewhere(v.Text) {
		return
	}
	confidence := finding.Medium
	if name.Agent && name.Qualified {
		confidence = finding.High
	}
	message := "Neo legacy token in " + name.Label(v.Text)
	if plain, ok := r.NamedBase64(name, value); ok {
		at := assign.Reading{Span: value, Key: finding.NewLegacyToken(plain), Decoded: []string{"base64"}, Verdict: secret.Judge([]byte(plain))}
		reportToken(at, confidence, message+", in base64", report)
		return
	}
	found(value, what, confidence, message)
	r.Others(value, func(value text.Span, what secret.Verdict) { found(value, what, confidence, message) })
}
