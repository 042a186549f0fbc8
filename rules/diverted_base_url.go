package rules

import (
	"bytes"
	_ "embed"
	"net/netip"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/place"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed diverted_base_url.md
var divertedBaseURLDoc string

// DivertedBaseURL finds settings that send the key to a host that is not Neo's.
var DivertedBaseURL = &Rule{
	ID:               "diverted-base-url",
	Title:            "Neo key sent to a host that is not Neo's",
	Severity:         finding.Warning,
	CWEs:             []int{522, 201},
	SecuritySeverity: 6.5,
	Doc:              divertedBaseURLDoc,
	Anchors:          naming.Anchors,
	MatchFile:        matchDivertedBaseURL,
}

// baseVariable is the variable that people's own scripts give the client's base address by.
const baseVariable = "NEO_BASE_URL"

var (
	// betweenValue is what may stand between the variable's name and its value: quotes,
	// brackets, a type, an assignment, a default, the value's own label.
	betweenValue = `^["'\])}\s]*(?::\s*[A-Za-z_][\w\[\]]*\s*(=))?(?::=|=>|:-|\?\?=?|\|\|=?|\?:|==?|[:=,>]|or\b)?[\s"'` + "`" + `(]*(?:value\s*[:=>]\s*["']?)?`
	// baseValue matches that and an address.
	baseValue = lazyregexp.New(betweenValue + `((?:https?|wss?)://[^\s"'<>` + "`" + `\\)\]},;]+)`)
	// bareValue matches a quoted host without a scheme, or one in a file of settings.
	bareValue = lazyregexp.New(`^["'\])}]*\s*[:=]\s*["']?((?:[A-Za-z0-9-]+\.)+(?:com|net|org|io|co|dev|app|ai|cloud|xyz|me|us|uk|de|fr|eu|ru|cn|in|jp|nl|ca|au|info|site|online|tech|top)(?::\d+)?(?:/[\w./-]*)?)["']?\s*(?:[,;#\r\n]|$)`)
	addresses = lazyregexp.New(`https?://[^\s"'<>` + "`" + `\\)\]},;]+`)
	// hostOfAddress matches an address's host, after user information.
	hostOfAddress = lazyregexp.New(`^(?:[a-z]+://)?(?:[^/@?#]*@)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d+)?(?:[/?#]|$)`)
	// unset matches hosts that stand for one that is to be filled in.
	unset = lazyregexp.New(`(?:^|[._-])your[a-z]*(?:[._-]|$)|(?:^|[._-])(?:example[a-z]*|placeholder|changeme|x{3,}|host|hostname|domain)\.[a-z]+$`)
)

// reservedNames end hosts that nobody else can own: RFC 2606, RFC 6761 and ICANN's .internal.
var reservedNames = []string{".test", ".example", ".invalid", ".localhost", ".internal", ".local"}

// longestValue is how far behind its name a variable's value is looked for, in bytes.
const longestValue = 512

func matchDivertedBaseURL(f *File, report func(Match)) {
	if f.Place.Exposure == finding.Docs || place.Environment(f.Place.Path) == place.Tests {
		return // prose names addresses, and calls none; tests call what stands in for them
	}
	seen := map[int]bool{}
	say := func(start, end int, what string) {
		host := divertedTo(f, string(f.Text[start:end]))
		if host == "" || seen[start] || f.InComment(start) {
			return
		}
		seen[start] = true
		report(Match{Start: start, End: end, Severity: finding.Warning, Confidence: finding.Medium,
			Message: what + " sends the key to " + host + ", which is not Neo's"})
	}
	divertedByName(f, say)
	if w := f.Flow(); w != nil {
		divertedInCode(w, say)
	}
}

// divertedByName reports the values that the file gives NEO_BASE_URL, in whatever language.
func divertedByName(f *File, say func(start, end int, what string)) {
	for pos := 0; ; {
		n := bytes.Index(f.Text[pos:], []byte(baseVariable))
		if n < 0 {
			return
		}
		start := pos + n
		pos = start + len(baseVariable)
		if pos < len(f.Text) && isNameByte(f.Text[pos]) {
			continue
		}
		if start > 0 && isNameByte(f.Text[start-1]) && !hasClientPrefix(f.Text[:start]) {
			continue
		}
		rest := f.Text[pos:min(len(f.Text), pos+longestValue)]
		m := baseValue.FindSubmatchIndex(rest)
		if m == nil && (!f.HasLanguage() || bytes.ContainsAny(rest[:min(len(rest), 8)], `"'`)) {
			if b := bareValue.FindSubmatchIndex(rest); b != nil {
				m = []int{b[0], b[1], -1, -1, b[2], b[3]}
			}
		}
		if m != nil {
			say(pos+m[4], pos+m[5], baseVariable)
		}
	}
}

func isNameByte(c byte) bool { return text.IsAlnum(c) || c == '_' }

// hasClientPrefix reports whether the text ends in what bundlers put before the name of a
// variable for client code.
func hasClientPrefix(before []byte) bool {
	from := len(before)
	for from > 0 && isNameByte(before[from-1]) {
		from--
	}
	prefix, ok := naming.ClientPrefix(string(before[from:]))
	return ok && prefix == string(before[from:])
}

// maxAddresses is how many addresses of a file are followed.
const maxAddresses = 64

// divertedInCode reports addresses that the code gives a client together with a Neo key.
func divertedInCode(w *facts.Flow, say func(start, end int, what string)) {
	if len(w.File.KeyNames()) == 0 {
		return
	}
	for _, at := range addresses.FindAllIndex(w.File.Text, maxAddresses) {
		i := w.At(at[0])
		if i == syntax.None || !w.IsText(i) || divertedTo(w.File, string(w.File.Text[at[0]:at[1]])) == "" {
			continue
		}
		for _, c := range w.CallsGiven(at[0]) {
			if callsNeo(w, c, i) {
				say(at[0], at[1], "the base address given to "+w.Str(c.Name))
				break
			}
		}
	}
}

// baseLabels are the names of a client's option for its base address, in lower case and
// without underscores.
var baseLabels = text.Set("baseurl", "baseuri", "baseaddress", "base", "apibase", "apiurl", "apihost", "endpoint", "host", "server", "serverurl")

// callsNeo reports whether c is given a Neo key, and the address at token i as Neo's: as a
// client's base address, or before a path of Neo's.
func callsNeo(w *facts.Flow, c *syntax.Call, i int) bool {
	key, base := len(w.KeyUses(c.Lo, c.Hi, 0)) > 0, false
	for _, p := range w.Parts(c) {
		key = key || len(w.KeyUses(p.Lo, p.Hi, 0)) > 0
		for n := p.Lo; n < p.Hi && w.Spend(1); n++ {
			switch {
			case w.IsText(n):
				base = base || strings.Contains(w.Str(n), "/public-api")
			case w.IsWord(n) && w.IsLabel(n):
				name := strings.ToLower(strings.ReplaceAll(w.Str(n), "_", ""))
				base = base || baseLabels[name] && given(w, n+2, i)
			}
		}
	}
	return key && base
}

// given reports whether the value that begins at token lo is the string at token i, or a
// name for it.
func given(w *facts.Flow, lo, i int) bool {
	hi := w.StatementEnd(lo)
	for n := lo; n < hi && w.Spend(1); n++ {
		if n == i {
			return true
		}
		if !w.IsWord(n) {
			continue
		}
		for _, d := range w.Resolve(n) {
			if d.Lo <= i && i < d.Hi {
				return true
			}
		}
	}
	return false
}

// divertedTo returns the host of an address that is neither Neo's nor one that a key may
// be given to; else nothing.
func divertedTo(f *File, address string) string {
	m := hostOfAddress.FindStringSubmatch(address)
	if m == nil {
		return "" // a reference in the host's place, say
	}
	host := strings.ToLower(strings.TrimSuffix(strings.Trim(m[1], "[]"), "."))
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.IsLoopback() || addr.IsUnspecified() {
			return ""
		}
		return host
	}
	if !strings.Contains(host, ".") || unset.MatchString(host) || naming.Neighbour(host) != "" {
		return "" // one label is a name of this machine's or a container's
	}
	for _, neo := range []string{"neoagent.io", "neoagent.co"} {
		if host == neo || strings.HasSuffix(host, "."+neo) {
			return ""
		}
	}
	for _, reserved := range reservedNames {
		if strings.HasSuffix(host, reserved) {
			return ""
		}
	}
	for _, own := range f.Own.Hosts {
		if strings.EqualFold(host, own) {
			return ""
		}
	}
	return host
}
