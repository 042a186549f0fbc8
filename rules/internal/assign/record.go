package assign

import (
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// A record is a form in which programs and people keep a token near an address or a name: a field of
// the same object, an element, a line of a sheet.
type record struct {
	// word begins the form, and with is near it, both in lower case.
	word, with string
	// form has the token as its group.
	form *lazyregexp.Regexp
}

const (
	// credential are the names of fields for passwords and keys.
	credential = `(?i:password|passwd|pwd|api[ _-]?key(?:[ _]?value)?|(?:access|auth|bearer)?[ _-]?token|secret(?:[ _-]?key)?|credential|basicAuthPassword|httpHeaderValue\d{1,2})`
	// tokenIn is a token in a field.
	tokenIn = `([A-Za-z0-9._~+/=-]+)`
)

// recordOf returns a record that begins with a word and goes on as an expression says.
func recordOf(word, rest string) record {
	return record{word: word, form: lazyregexp.New(`^(?i:` + word + `)` + rest)}
}

// serializedAs is what stands between the name and the token in a field of JSON or of PHP's serialize, in a literal.
const serializedAs = `\w{0,8}\\?"(?::|;s:\d+:)\s*\\?"` + tokenIn + `\\?"`

var (
	// elements are of XML: Salesforce's named and external credentials, Maven's servers.
	elements = []record{
		recordOf("<password>", `\s*`+tokenIn+`\s*</password>`),
		recordOf("authorization</", `\w+>\s*(?:<parameterType>\w+</parameterType>\s*)?<(?:value|parameterValue)>\s*`+tokenIn+`\s*</`),
	}
	// headerLine is a header in YAML. Traefik has it in a document of its own, and Istio beside a destination.
	headerLine = lazyregexp.New(`^(?i:authorization):\s*["']?` + tokenIn + `["']?\s*(?:\n|$)`)
	traefik    = record{"authorization:", "customrequestheaders:", headerLine}
	istio      = record{"authorization:", "request:", headerLine}
	// recordsAfter are records that are looked for behind an address, before those before it.
	recordsAfter = append([]record{
		{"apikeyvalue", "securejsondata", lazyregexp.New(`^\w+["']?\s*:\s*["']?` + tokenIn)}, // of Grafana's Infinity
		{"bearertoken\"", "securejsondata", lazyregexp.New(`^\w+["']?\s*:\s*["']?` + tokenIn)},
		{"basicauthpassword", "securejsondata", lazyregexp.New(`^\w+["']?\s*:\s*["']?` + tokenIn)},
		recordOf(`"value"`, `\s*:\s*"`+tokenIn+`"\s*,\s*"designation"\s*:\s*"password"`), // of 1Password
		recordOf("\n", "[-*|: \\t]*"+credential+"[*` \\t]*[:|=]+[*`\"' \\t]*"+tokenIn+"(?:\",|[*`\"' |\\t,]*(?:[\\r\\n]|$))"),
		traefik, istio,
	}, elements...)
	recordsBefore = []record{
		traefik,
		recordOf(`"concealed"`, `\s*:\s*"`+tokenIn+`"`),
		recordOf(`"name"`, `\s*:\s*"`+credential+`"\s*,\s*"value"\s*:\s*"`+tokenIn+`"`), // of Bitwarden
	}
	// settings are fields of what a row of a table has as text.
	settings = []record{recordOf("api_?key", serializedAs), recordOf("token", serializedAs), recordOf("secret", serializedAs), recordOf("password", serializedAs)}
)

func init() { settings[0].word = "api" }

const (
	// maxPlaces bounds the places at which a record is tried, and perRecord is what each costs, in bytes.
	maxPlaces, perRecord = 6, 48
	// perFold is how many bytes are searched for a word in the time that others take for one.
	perFold = 16
)

// recorded returns the token of the first of some records in near.
func (r *Reader) recorded(records []record, near text.Span) (v text.Span, what secret.Verdict) {
	for i := range records {
		f := &records[i]
		if !r.Spend((near.End - near.Start) / perFold) {
			break
		}
		if f.with != "" && text.IndexFold(near.Of(r.Text), f.with) < 0 {
			continue
		}
		places := 0
		for at := range text.Fold(near.Of(r.Text), f.word) {
			if places++; places > maxPlaces || !r.Spend(perRecord) {
				break
			}
			m := f.form.FindSubmatchIndex(r.Text[near.Start+at : near.End])
			if m == nil {
				continue
			}
			v = text.Span{Start: near.Start + at + m[2], End: near.Start + at + m[3]}
			if what := secret.Judge(v.Of(r.Text)); secret.TokenRun(r.Text, v.Start) == v.End && what != secret.NotToken {
				return v, what
			}
		}
	}
	return text.Span{}, secret.NotToken
}

var (
	// textCell is the end of a name in a row, and the beginning of the cell behind it, which is a text.
	textCell = lazyregexp.New(`^[\w-]{0,24}'\s*,\s*'`)
	// cellAfter is a token in the cell behind a name, and columnsOf are the columns of the table that the row is in.
	cellAfter = lazyregexp.New(`^(?:'\s*,\s*'` + tokenIn + `'|\t` + tokenIn + `(?:[\t\r\n]|$))`)
	columnsOf = lazyregexp.New(`(?i:insert into|copy)\s[^(;]{1,40}\([^()]*\b` + credential + `\b[^()]*\)`)
)

// owned returns the token that is kept in a record or a row of what is called neoagent at name.
func (r *Reader) owned(name text.Span) (value text.Span, what secret.Verdict) {
	t := r.Text
	near := text.Span{Start: name.End, End: min(len(t), name.End+maxStored)}
	if name.Start == 0 || name.End == len(t) {
		return text.Span{}, secret.NotToken
	}
	switch before := t[name.Start-1]; before {
	case '>':
		if t[name.End] == '<' {
			return r.recorded(elements, near)
		}
	case '\'', '\t':
		if n := len(textCell.Find(near.Of(t))); n > 0 && r.Spend(perRecord) {
			cell := text.Span{Start: near.Start + n, End: text.LineEnd(t[:near.End], near.Start+n)}
			if value, what = r.recorded(settings, cell); what != secret.NotToken {
				return value, what
			}
		}
		m := cellAfter.FindSubmatchIndex(near.Of(t))
		if m == nil || !r.Spend(8*perRecord) || !columnsOf.Match(t[max(0, name.Start-maxStored):name.Start]) {
			break
		}
		group := 2
		if m[2] < 0 {
			group = 4
		}
		value = text.Span{Start: near.Start + m[group], End: near.Start + m[group+1]}
		return value, secret.Judge(value.Of(t))
	}
	return text.Span{}, secret.NotToken
}
