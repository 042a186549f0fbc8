package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// SecretData returns what the value at value stands for if it is base64 in the data of
// a Kubernetes Secret's manifest.
func (r *Reader) SecretData(value text.Span) ([]byte, bool) {
	t := r.Text
	near := t[max(0, value.Start-maxSection):min(len(t), value.End+maxSection)]
	if r.Code || !bytes.Contains(near, []byte("kind: Secret")) && !bytes.Contains(near, []byte(`"kind": "Secret"`)) && !bytes.Contains(near, []byte(`"kind":"Secret"`)) {
		return nil, false
	}
	before := t[max(0, value.Start-maxSection):value.Start]
	data, plain := lastKey(before, "data"), lastKey(before, "stringData")
	if data < 0 || plain > data {
		return nil, false
	}
	decoded, ok := codec.Base64(string(value.Of(t)))
	return bytes.TrimSpace(decoded), ok
}

// lastKey returns where text last has the key, in YAML, also within a string, or in JSON, or -1.
func lastKey(text []byte, key string) int {
	for _, end := range []string{"\n", `\n`} {
		if n := bytes.LastIndex(text, []byte(end+key+":")); n >= 0 {
			return n
		}
	}
	if bytes.HasPrefix(text, []byte(key+":")) {
		return 0
	}
	return bytes.LastIndex(text, []byte(`"`+key+`":`))
}

// NamedBase64 returns the token that the value at value stands for in base64, if its name says so:
// NEO_API_KEY_B64.
func (r *Reader) NamedBase64(name naming.KeyName, value text.Span) (token string, ok bool) {
	said := bytes.ToLower(r.Text[name.Start:max(name.Start, name.End)])
	if !bytes.Contains(said, []byte("b64")) && !bytes.Contains(said, []byte("base64")) {
		return "", false
	}
	plain, ok := codec.LooseBase64(string(value.Of(r.Text)))
	plain = bytes.TrimSpace(plain)
	return string(plain), ok && secret.Judge(plain) != secret.NotToken
}
