package verify

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/rules"
)

const (
	prefix = finding.KeyPrefix
	// minToken is the length of the shortest text that may be a legacy token.
	minToken = 16
)

// Diagnose reads one value as someone pasted it, a key alone or with more around
// it: quotes, a variable's name, an Authorization header, a whole curl command.
// It returns the key in it, nil when there is none that could be asked about,
// and a sentence for each thing that would make the API refuse the value as it
// stands, or that is worth knowing. No sentence repeats any of the value.
func Diagnose(raw string) (key *finding.Key, advice []string) {
	d := &diagnosis{}
	if strings.Contains(raw, "://") {
		key = d.command(raw)
	} else {
		key = d.value(raw)
	}
	return key, d.advice
}

// A diagnosis is the unwrapping of one value.
type diagnosis struct {
	advice []string
	text   string // what is left
	// What was taken off.
	name    string // of a variable, in lower case
	header  bool   // Authorization:
	bearers int
	scheme  string // another scheme's name in place of Bearer
	flag    bool   // curl's -H
}

func (d *diagnosis) say(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if !slices.Contains(d.advice, s) {
		d.advice = append(d.advice, s)
	}
}

// value diagnoses a value without a URL.
func (d *diagnosis) value(raw string) *finding.Key {
	d.unwrap(raw)
	return d.unwrapped()
}

// unwrapped diagnoses the rest after unwrap.
func (d *diagnosis) unwrapped() *finding.Key {
	switch t := d.text; {
	case t == "":
		d.say("the value is empty: is the variable set, and is the secret available to this job?")
	case strings.EqualFold(t, "bearer"):
		d.say("there is nothing after Bearer: is the variable set, and is the secret available to this job?")
	case unexpanded.MatchString(t):
		d.say("the value is a variable or placeholder that was never replaced by the key")
	case len(t) >= len(prefix) && strings.EqualFold(t[:len(prefix)], prefix):
		return d.apiKey()
	case d.encodedKey():
		return d.apiKey()
	case isPrefix(strings.ToLower(t)):
		d.say("the key is cut off in its first part (%s<env>_): copy it again", prefix)
	default:
		return d.legacyToken()
	}
	return nil
}

// unexpanded matches ${NAME}, $NAME, %NAME%, {{ name }}, <name>, and code.
var unexpanded = lazyregexp.New(`^(\$\{[^}]*\}|\$[A-Za-z_:][\w:]*|\$?\{\{.*\}\}|\$\(.*\)|%\w+%|<[^>]*>|process\.env\.\w+|os\.environ.*)$`)

func isPrefix(s string) bool {
	return len(s) >= 4 && strings.HasPrefix(prefix, s)
}

var apiKeyStart = lazyregexp.New("^" + prefix + "(" + finding.EnvPattern + ")_(" + finding.SecretPattern + "+)")

// apiKey diagnoses what begins with neo_sk_.
func (d *diagnosis) apiKey() *finding.Key {
	if !strings.HasPrefix(d.text, prefix) {
		d.say("keys begin with %s in small letters: copy it again", prefix)
		return nil
	}
	if words := strings.Fields(d.text); len(words) > 1 {
		joined := strings.Join(words, "")
		m := apiKeyStart.FindStringSubmatch(joined)
		if m != nil && len(m[0]) == len(joined) && len(m[2]) == finding.SecretLen {
			if strings.ContainsAny(d.text, "\r\n") {
				d.say("there is a line break inside the key: put it on one line")
			} else {
				d.say("there is white space inside the key: take it out")
			}
			d.text = joined
		} else {
			d.say("there is other text after the key: the value must be the key alone")
			d.text = words[0]
		}
	}
	if strings.ContainsAny(d.text, "*…") || strings.Contains(d.text, "..") {
		d.say("this is a shortened form of the key, as logs and dashboards show it: the key itself is needed")
		return nil
	}
	if d.foreign(keyRun.FindString(d.text)) {
		return nil
	}
	m := apiKeyStart.FindStringSubmatch(d.text)
	if m == nil {
		d.say("the key is cut off or not a key: %s, the environment, _ and %d letters and digits are expected", prefix, finding.SecretLen)
		return nil
	}
	if rest := d.text[len(m[0]):]; rest != "" {
		d.say("there are characters after the key that are not part of it: take them out")
	}
	if rules.IsPlaceholder(m[2]) {
		d.say("this is a placeholder, or the sample of the documentation, not a key")
		return nil
	}
	switch n := len(m[2]); {
	case n < finding.SecretLen:
		d.say("the key is cut off: its last part has %d characters, where keys have %d. If it is refused, that says nothing of the whole key: copy it again", n, finding.SecretLen)
	case n > finding.SecretLen:
		d.say("the last part of the key has %d characters, where keys have %d: has something been added to its end, or was it pasted twice?", n, finding.SecretLen)
	}
	switch {
	case d.scheme != "":
		d.say("the scheme in the Authorization header must be Bearer")
	case d.header && d.bearers == 0:
		d.say("Bearer is missing: the header must be Authorization: Bearer <key>")
	case d.bearers > 1:
		d.say("Bearer is there %d times: once is right", d.bearers)
	case d.bearers == 1 && !d.header:
		d.say("Bearer is part of the value: a program that adds it too sends it twice. Keep the key alone in the value")
	}
	if d.name == "neoagent_secret_key" {
		d.say("NEOAGENT_SECRET_KEY is for the raw token of the older API at app.neoagent.co; this is a key for api.neoagent.io")
	}
	return finding.NewAPIKey(m[1], m[2])
}

// wholeSecret matches a secret of the documented length.
var wholeSecret = fmt.Sprintf("%s{%d}", finding.SecretPattern, finding.SecretLen)

var (
	lostStart = lazyregexp.New(`^(?:(?:(?:e?o)?_)?s?k_` + finding.EnvPattern + `|_?(?:prod|production|live|test|dev|staging|stage|sandbox))_` + wholeSecret + `$`)
	sample    = lazyregexp.New(`(?i)^(your|my|the|insert|replace|enter|changeme|example|sample|dummy|placeholder)[-_. ]|x{8}|secret[-_]?key`)
)

// foreign reports, and says, whose key the value probably is, if it is not Neo's.
func (d *diagnosis) foreign(value string) bool {
	who := owner(value)
	if who != "" {
		d.say("this has the form of another service's key, probably of %s: nothing is asked about it", who)
	}
	return who != ""
}

// legacyToken diagnoses what may be a raw token of the older API.
func (d *diagnosis) legacyToken() *finding.Key {
	if d.name != "" && !strings.Contains(d.name, "neo") {
		d.say("this is the value of a variable that is not Neo's: nothing is asked about it")
		return nil
	}
	if d.header {
		if words := strings.Fields(d.text); len(words) > 0 {
			d.text = words[0]
		}
	}
	switch t := d.text; {
	case strings.ContainsFunc(t, unicode.IsSpace):
		d.say("this is no key: there is white space inside")
	case lostStart.MatchString(t):
		d.say("the start of the key is missing: it begins with %s", prefix)
	case d.foreign(t):
	case sample.MatchString(t):
		d.say("this is a placeholder, not a key")
	case len(t) < minToken:
		d.say("this is no key, or one that is cut off: it has only %d characters", len(t))
	case len(t) > maxKey:
		d.say("this is no key: it has more than %d characters", maxKey)
	case !legacyTokenForm.MatchString(t) || !strings.ContainsFunc(t, alphanumeric):
		d.say("this is no key: it holds characters that no key has")
	case rules.IsPlaceholder(t):
		d.say("this is a placeholder, not a key")
	default:
		if d.bearers > 0 || d.scheme != "" {
			d.say("the older API takes the raw token in the Authorization header, without Bearer or another word before it. A key for api.neoagent.io would begin with %s", prefix)
		}
		if d.name == "neo_api_key" {
			d.say("NEO_API_KEY is for keys that begin with %s; this one does not, so it is treated as a raw token of the older API at app.neoagent.co", prefix)
		}
		return finding.NewLegacyToken(t)
	}
	return nil
}

func alphanumeric(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

var (
	neoHost    = lazyregexp.New(`(?i)https?://(?:[^\s/@"']*@)?(api\.neoagent\.io|app\.neoagent\.co)(?:[/:?"'\s]|$)`)
	authHeader = lazyregexp.New("(?i)authorization[\"'`]?\\s*[:,=]\\s*[\"'`]?([^\"'`\r\n]*)")
)

// command diagnoses a curl command, or any line of code that names a URL.
func (d *diagnosis) command(raw string) *finding.Key {
	host := ""
	if m := neoHost.FindStringSubmatch(raw); m != nil {
		host = strings.ToLower(m[1])
	}
	var key *finding.Key
	if m := authHeader.FindStringSubmatch(raw); m != nil {
		// A header for some other host is none of our business.
		if host != "" || strings.Contains(m[1], prefix) {
			key = d.value("Authorization: " + m[1])
		}
	} else if at := strings.Index(raw, prefix); at >= 0 {
		d.text = strings.FieldsFunc(raw[at:], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'`", r) })[0]
		key = d.apiKey()
		d.say("the key is not in an Authorization header, where the API looks for it: send Authorization: Bearer <key>")
	} else {
		d.say("there is no key in this")
	}
	switch {
	case key == nil:
	case host == "":
		d.say("this request goes to none of Neo's hosts (api.neoagent.io, app.neoagent.co): is it a gateway of your own?")
	case host == "app.neoagent.co" && key.Kind != finding.KindLegacy:
		d.say("the wrong host: keys that begin with %s are for api.neoagent.io, not app.neoagent.co", prefix)
	case host == "api.neoagent.io" && key.Kind == finding.KindLegacy:
		d.say("the wrong host: api.neoagent.io takes keys that begin with %s; a raw token is for app.neoagent.co", prefix)
	}
	return key
}
