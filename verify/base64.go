package verify

import (
	"strings"

	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// base64Words are what may be base64 of a key: of either alphabet, padded or not.
var base64Words = lazyregexp.New(`[A-Za-z0-9+/_-]{40,}`)

// inBase64 returns what text, which is base64, stands for from the beginning of a key on; ""
// if that holds none.
func inBase64(text string) string {
	plain, _ := codec.LooseBase64(text) // nil if it is something else
	at := strings.Index(string(plain), prefix)
	if at < 0 {
		return ""
	}
	return string(plain[at:])
}

// encodedKey diagnoses what holds a key in base64, as the data of a Kubernetes Secret does. It
// returns false for what does not.
func (d *diagnosis) encodedKey() bool {
	plain := inBase64(d.text)
	if plain == "" {
		return false
	}
	d.say("the value is the key in base64, as the data of a Kubernetes Secret has it: the API wants the key itself")
	d.text = strings.TrimRight(plain, "\r\n")
	if d.text != plain {
		d.say("the base64 has a line break after the key, as echo adds one: use printf %%s or echo -n to make it")
	}
	return true
}
