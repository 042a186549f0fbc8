package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/internal/text"
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

// lastKey returns where text last has the key, in YAML or JSON, or -1.
func lastKey(text []byte, key string) int {
	if n := bytes.LastIndex(text, []byte("\n"+key+":")); n >= 0 {
		return n
	}
	if bytes.HasPrefix(text, []byte(key+":")) {
		return 0
	}
	return bytes.LastIndex(text, []byte(`"`+key+`":`))
}
