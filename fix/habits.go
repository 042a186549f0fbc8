package fix

import (
	"strings"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/rules/syntax"
)

// habits mend what rules find besides keys, by rule. Each gets the place of the finding.
var habits = map[string]func(w *work, f *finding.Finding, start, end int) (*change, string){
	"plaintext-transport":  (*work).plaintextTransport,
	"missing-bearer":       (*work).missingBearer,
	"tls-verification-off": (*work).verificationOff,
	"key-logged":           (*work).keyLogged,
	"key-in-url":           (*work).keyInURL,
	"key-on-command-line":  (*work).commandLine,
	"baked-into-image":     (*work).bakedIntoImage,
	"client-exposed-env":   (*work).clientExposed,
}

// span returns the place of a finding.
func (w *work) span(f *finding.Finding) (start, end int, ok bool) {
	start = int(f.Offset)
	if start < 0 || start >= len(w.Text) || f.EndLine != f.Line {
		return 0, 0, false
	}
	end = start
	for n := f.EndColumn - f.Column; n > 0 && end < len(w.Text); n-- {
		_, size := utf8.DecodeRune(w.Text[end:])
		end += size
	}
	return start, end, end > start
}

// habit returns what to edit for a finding that is about no key.
func (w *work) habit(f *finding.Finding) (*change, string) {
	mend := habits[f.Rule]
	start, end, ok := w.span(f)
	if mend == nil || !ok {
		return no(instead(f))
	}
	return mend(w, f, start, end)
}

// plaintextTransport has the address begin with https.
func (w *work) plaintextTransport(f *finding.Finding, start, _ int) (*change, string) {
	const scheme = "http"
	if !text.HasPrefixFold(w.Text[start:], scheme+"://") {
		return no(instead(f))
	}
	at := start + len(scheme)
	return &change{title: "use https", safe: true, edits: []edit{{at, at, "s"}}}, ""
}

var authorization = lazyregexp.New(`(?i)authorization["']?\s*:\s*`)

// missingBearer writes Bearer before the key in a header.
func (w *work) missingBearer(f *finding.Finding, start, end int) (*change, string) {
	ch := &change{title: "send the key as a Bearer token", safe: true}
	d := dialectOf(w.Path, w.Text)
	if d == nil {
		m := authorization.FindIndex(w.Text[start:text.LineEnd(w.Text, start)])
		if m == nil || m[0] > end-start {
			return no(instead(f))
		}
		at := start + m[1]
		ch.edits = []edit{{at, at, "Bearer "}}
		return ch, ""
	}
	c := w.program(d)
	i := c.At(start)
	if i == syntax.None {
		return no(instead(f))
	}
	if c.IsText(i) {
		if m := authorization.FindIndex(c.Text[start:c.Tokens[i].End]); m != nil && m[0] == 0 {
			at, word := start+m[1], "Bearer "
			if c.Text[at-1] == ':' {
				word = " Bearer "
			}
			ch.edits = []edit{{at, at, word}}
			return ch, ""
		}
	}
	v := i + 1
	if c.Str(v) == "]" || c.Str(v) == ")" {
		v++
	}
	switch c.Str(v) {
	case ":", "=>", ",", "=", "to":
		v++
	default:
		return no(instead(f))
	}
	if v >= len(c.Tokens) {
		return no(instead(f))
	}
	if c.IsText(v) && !c.Tokens[v].Part {
		at := c.Tokens[v].Start
		ch.edits = []edit{{at, at, "Bearer "}}
		return ch, ""
	}
	return c.bearerBefore(ch, v)
}

// bearerBefore joins Bearer to the expression that begins with token v.
func (c *code) bearerBefore(ch *change, v int) (*change, string) {
	last := c.StatementEnd(v) - 1
	if last < v {
		return no("the value of the header cannot be read with certainty: write Bearer before the key")
	}
	from, to := c.Tokens[v].Start, c.Tokens[last].End
	if c.IsText(last) {
		if l, ok := c.literal(c.Tokens[last].Start, c.Tokens[last].Start); ok {
			to = l.close
		}
	}
	left, right := "", ""
	for i := v; i <= last; i++ {
		switch c.Str(i) {
		case "||", "??", "?", "or", "if", "?:", "and", "&&":
			if c.Tokens[i].Up == c.Tokens[v].Up {
				left, right = "(", ")"
			}
		}
	}
	quote := `"`
	if c.dialect == phpDialect {
		quote = "'"
	}
	before := quote + "Bearer " + quote + " " + c.dialect.concat + " " + left
	if c.dialect == rustDialect {
		before, right = `format!("Bearer {}", `, ")"
	} else if c.dialect.concat == "" {
		return no("write Bearer before the key in the header")
	}
	ch.edits = []edit{{from, from, before}}
	if right != "" {
		ch.edits = append(ch.edits, edit{to, to, right})
	}
	return ch, ""
}

// flipped are the values that turn verification on, by those that turn it off.
var flipped = map[string]string{"false": "true", "False": "True", "true": "false", "0": "1", "no": "yes"}

var (
	offOption = lazyregexp.New(`^(?:-k|--insecure|--no-check-certificate|--no-verify)$`)
	offWord   = map[string]string{"VERIFY_NONE": "VERIFY_PEER", "CERT_NONE": "CERT_REQUIRED"}
	valueOf   = lazyregexp.New(`^["']?\]?\)?\s*(?::=|=>|==|=|:|,)?\s*["']?(false|False|true|0|no)\b`)
)

// verificationOff turns verification on again.
func (w *work) verificationOff(f *finding.Finding, start, end int) (*change, string) {
	ch := &change{title: "verify the server's certificate"}
	word := string(w.Text[start:end])
	if offOption.MatchString(word) {
		ch.edits = []edit{w.withoutWord(start, end)}
		return ch, ""
	}
	if on := offWord[word]; on != "" {
		ch.edits = []edit{{start, end, on}}
		return ch, ""
	}
	m := valueOf.FindSubmatchIndex(w.Text[end:text.LineEnd(w.Text, end)])
	if m == nil {
		return no(instead(f))
	}
	on := flipped[string(w.Text[end+m[2]:end+m[3]])]
	if strings.Contains(word, "VERIFYHOST") {
		on = "2"
	}
	ch.edits = []edit{{end + m[2], end + m[3], on}}
	return ch, ""
}

// withoutWord removes a word with the white space before it.
func (w *work) withoutWord(start, end int) edit {
	for start > 0 && text.IsBlank(w.Text[start-1]) {
		start--
	}
	return edit{start, end, ""}
}

// clientExposed takes the prefix away by which bundlers write the variable into client code.
func (w *work) clientExposed(f *finding.Finding, start, end int) (*change, string) {
	name := string(w.Text[start:end])
	if f.Exposure.Public() || strings.Contains(f.Message, " is read at ") {
		return no(instead(f))
	}
	p, ok := rules.ClientPrefix(name)
	if !ok {
		return no(instead(f))
	}
	rest := name[len(p):]
	return &change{title: "name the variable " + rest + ", which stays on the server", variable: rest, edits: []edit{{start, start + len(p), ""}}}, ""
}

// inClient says what mends code that runs where users can read it.
const inClient = "users can read this code, and any variable that is built into it: have your server call Neo, and this code your server"

// instead says of a finding without a fix what to do.
func instead(f *finding.Finding) string {
	if by := byHand[f.Rule]; by != "" {
		return by
	}
	return "no edit mends it; `neokeys rules " + f.Rule + "` says what to do"
}

// byHand says of a rule's findings what to do where no edit mends them.
var byHand = map[string]string{
	"client-side-call":     inClient,
	"client-exposed-env":   inClient,
	"diverted-base-url":    "only you know where the key is to go: name the host in .neokeys.toml, or use Neo's",
	"foreign-key":          "the key is another vendor's: revoke it there, and use a key of Neo's",
	"legacy-auth":          "move to api.neoagent.io, with a key for each service",
	"key-on-command-line":  "others on the machine can read the arguments of a program: pass the key in the environment, in a file or on standard input",
	"key-logged":           "take the key out of what is logged; where a shell shows the commands that it runs, turn that off around this one (set +x)",
	"padded-key":           "take the white space off the value where it is written or read",
	"missing-bearer":       "write Bearer and a space before the key in the header",
	"tls-verification-off": "verify the server's certificate; trust the certificate of an authority of your own instead",
	"baked-into-image":     "mount the key as a secret of the build, or set it when the container runs",
	"shared-key":           "create a key for each service",
	"env-mismatch":         "use a key of the environment that the file is for",
}
