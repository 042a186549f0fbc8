package verify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
)

const (
	// maxInput is how much text is searched for keys, in bytes.
	maxInput = 1 << 20
	// maxCommand is how long a command may grow by continuation lines.
	maxCommand = 16 << 10
)

// An Input is a key that someone handed over to be asked about, or what was
// given for one.
type Input struct {
	// From says where it stands: "line 3", or the name of a variable.
	From string
	// Key is nil when there is nothing that could be asked about; Advice then
	// says why.
	Key    *finding.Key
	Advice []string // see [Diagnose]
}

// KeysFromEnv reads NEO_API_KEY and NEOAGENT_SECRET_KEY, those of them that are
// set. lookup is [os.LookupEnv].
func KeysFromEnv(lookup func(string) (string, bool)) []Input {
	var inputs []Input
	for _, name := range []string{"NEO_API_KEY", "NEOAGENT_SECRET_KEY"} {
		if value, ok := lookup(name); ok {
			d := &diagnosis{}
			key := d.variable(name, value)
			inputs = append(inputs, Input{name, key, d.advice})
		}
	}
	return inputs
}

// variable diagnoses the value of a variable as a program sees it: there, quotes
// are part of it.
func (d *diagnosis) variable(name, value string) *finding.Key {
	d.unwrap(value)
	if d.name == "" {
		d.name = strings.ToLower(name)
	} else {
		d.say("the name of the variable is part of its value: keep the key alone in it")
	}
	if d.header {
		d.say("the name of the header is part of the value: keep the key alone in it")
	}
	return d.unwrapped()
}

// KeysIn reads keys from r. If every line is one value, it diagnoses each as a key, and
// skips empty lines and those that begin with #. Any other text is searched: for neo_sk_
// keys anywhere, also in base64, and for legacy tokens only where a variable of Neo's has
// one as its value or a request to Neo's hosts sends one, so that another service's secret
// is not mistaken for one.
//
// It fails if r does, or holds more than 1 MiB.
func KeysIn(r io.Reader) ([]Input, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read the keys: %w", err)
	}
	if len(text) > maxInput {
		return nil, errors.New("more than 1 MiB of text: use neokeys scan --verify for that much")
	}
	lines := splitLines(decodeUTF16(text))
	if isList(lines) {
		return keysInList(lines), nil
	}
	return keysInText(lines), nil
}

// decodeUTF16 returns text as UTF-8 if it begins with the byte order mark of UTF-16,
// as what PowerShell writes does, and else as it is.
func decodeUTF16(text []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return string(text)
	}
	text = text[2:]
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return string(utf16.Decode(units))
}

// splitLines splits text into lines. Where several lines all end in CR and LF, that
// is how their file ends lines. Any other CR is left on its line, to be diagnosed:
// $(cat key.txt) takes off the LF and leaves the CR in the value.
func splitLines(text string) []string {
	lines := strings.Split(text, "\n")
	ended := lines[:len(lines)-1]
	notWindows := func(line string) bool { return !strings.HasSuffix(line, "\r") }
	if strings.Count(strings.TrimSpace(text), "\n") == 0 || slices.ContainsFunc(ended, notWindows) {
		return lines
	}
	for i := range ended {
		ended[i] = strings.TrimSuffix(ended[i], "\r")
	}
	return lines
}

func passedOver(line string) bool {
	t := strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
	return t == "" || strings.HasPrefix(t, "#")
}

func isList(lines []string) bool {
	for _, line := range lines {
		if passedOver(line) {
			continue
		}
		if d := single(line); d == nil || d.name != "" && !strings.Contains(d.name, "neo") {
			return false
		}
	}
	return true
}

// single returns the diagnosis, begun, of a line that is one value; nil for any
// other.
func single(line string) *diagnosis {
	d := &diagnosis{}
	if strings.Contains(line, "://") {
		return nil
	}
	d.unwrap(line)
	words := strings.Fields(d.text)
	// One value broken by white space is diagnosed as such.
	if len(words) > 1 && !apiKeyForm.MatchString(strings.Join(words, "")) {
		return nil
	}
	return d
}

func keysInList(lines []string) []Input {
	var inputs []Input
	for i, line := range lines {
		if passedOver(line) {
			continue
		}
		key, advice := Diagnose(line)
		inputs = append(inputs, Input{fmt.Sprintf("line %d", i+1), key, advice})
	}
	return inputs
}

// apiKeyAnywhere asks for more of a key than a mention of its form has.
var apiKeyAnywhere = lazyregexp.New(fmt.Sprintf("%s%s_%s{%d,}", prefix, finding.EnvPattern, finding.SecretPattern, finding.MinSecretLen))

func keysInText(lines []string) []Input {
	var inputs []Input
	for i := 0; i < len(lines); i++ {
		from := fmt.Sprintf("line %d", i+1)
		line := lines[i]
		// A shell command goes on after a backslash.
		for ; i+1 < len(lines) && len(line) < maxCommand; i++ {
			start, goesOn := strings.CutSuffix(strings.TrimSuffix(line, "\r"), "\\")
			if !goesOn {
				break
			}
			line = start + " " + lines[i+1]
		}
		seen := map[string]bool{}
		line = keyRun.ReplaceAllStringFunc(line, func(run string) string {
			d := &diagnosis{}
			if !d.foreign(run) {
				return run
			}
			inputs = append(inputs, Input{From: from, Advice: d.advice})
			return ""
		})
		if key, advice := inStatement(line); key != nil {
			seen[key.ID] = true
			if why := besideNeighbour(strings.Join(around(lines, i), "\n")); why != "" && key.Kind == finding.KindLegacy {
				key, advice = nil, append(advice, why)
			}
			inputs = append(inputs, Input{from, key, advice})
		}
		matches := apiKeyAnywhere.FindAllString(line, -1)
		for _, word := range base64Words.FindAllString(line, -1) {
			matches = append(matches, apiKeyAnywhere.FindAllString(inBase64(word), -1)...)
		}
		for _, match := range matches {
			if key, advice := Diagnose(match); key != nil && !seen[key.ID] {
				seen[key.ID] = true
				inputs = append(inputs, Input{from, key, advice})
			}
		}
	}
	return inputs
}

// around returns the lines near line i, in which a configuration names the host that a
// key is for.
func around(lines []string, i int) []string {
	const near = 5
	return lines[max(i-near, 0):min(i+near+1, len(lines))]
}

// inStatement diagnoses a line of text that, as a whole, gives a key: a request
// to one of Neo's hosts, or a variable of Neo's with its value.
func inStatement(line string) (*finding.Key, []string) {
	if neoHost.MatchString(line) && authHeader.MatchString(line) {
		return Diagnose(line)
	}
	if d := single(line); d != nil && (strings.Contains(d.name, "neo") || strings.HasPrefix(d.text, prefix)) {
		return d.unwrapped(), d.advice
	}
	return nil, nil
}
