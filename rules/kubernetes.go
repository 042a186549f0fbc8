package rules

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/codec"
)

// secretData returns what the value at value stands for if it is base64 in the data of
// a Kubernetes Secret's manifest.
func (r *reader) secretData(value span) ([]byte, bool) {
	t := r.text
	near := t[max(0, value.start-maxSection):min(len(t), value.end+maxSection)]
	if r.code || !bytes.Contains(near, []byte("kind: Secret")) && !bytes.Contains(near, []byte(`"kind": "Secret"`)) && !bytes.Contains(near, []byte(`"kind":"Secret"`)) {
		return nil, false
	}
	before := t[max(0, value.start-maxSection):value.start]
	data, plain := lastKey(before, "data"), lastKey(before, "stringData")
	if data < 0 || plain > data {
		return nil, false
	}
	decoded, ok := codec.Base64(string(value.of(t)))
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
