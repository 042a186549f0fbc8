package verify

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// maxBody is how much of an answer is read, in bytes, after decompression.
const maxBody = 1 << 20

// A form is the shape of an answer's body.
type form int

const (
	empty     form = iota
	success        // Neo's envelope: data and meta.request_id
	failure        // Neo's error envelope: error.code
	otherJSON      // JSON that is not Neo's envelope
	page           // HTML or XML
	text           // none of these: broken JSON, other text, bytes
	tooLong        // more than maxBody
)

// An envelope is an answer's body as https://docs.neoagent.io/developers/errors and
// /developers/introduction describe it:
//
//	{"data": ..., "meta": {"request_id": "...", "pagination": {"has_more": false, "next_cursor": null}}}
//	{"error": {"code": "FORBIDDEN", "message": "..."}, "meta": {"request_id": "..."}}
//
// Members that are not documented are ignored: the API may add some at any time.
type envelope struct {
	form      form
	code      string // error.code
	requestID string // meta.request_id
	counted   bool   // data is a list
	items     int    // the length of that list
	more      bool   // the list has further pages
	complains bool   // JSON that speaks of an error, in whatever words
}

// readBody reads a response's body. It fails only if the body does.
func readBody(resp *http.Response) (envelope, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return envelope{}, err
	}
	return readEnvelope(body), nil
}

func readEnvelope(body []byte) envelope {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	start := bytes.TrimLeft(body, " \t\r\n")
	switch {
	case len(start) > 0 && start[0] == '<':
		return envelope{form: page}
	case len(body) > maxBody:
		return envelope{form: tooLong}
	case len(start) == 0:
		return envelope{form: empty}
	}
	var v any
	if json.Unmarshal(body, &v) != nil {
		return envelope{form: text}
	}
	return newEnvelope(v)
}

// newEnvelope compares names exactly, as the API's clients do.
func newEnvelope(v any) envelope {
	e := envelope{form: otherJSON, complains: complains(v)}
	object, _ := v.(map[string]any)
	meta, _ := object["meta"].(map[string]any)
	e.requestID, _ = meta["request_id"].(string)
	if failed, ok := object["error"].(map[string]any); ok {
		if e.code, _ = failed["code"].(string); e.code != "" {
			e.form = failure
		}
		return e
	}
	data, ok := object["data"]
	if !ok || object["error"] != nil || e.requestID == "" {
		return e
	}
	e.form = success
	var list []any
	if list, e.counted = data.([]any); e.counted {
		e.items = len(list)
		pagination, _ := meta["pagination"].(map[string]any)
		cursor, _ := pagination["next_cursor"].(string)
		e.more = pagination["has_more"] == true || cursor != ""
	}
	return e
}

// complains reports whether v is an error dressed as a success. The older API documents
// no form of answer, so these are the words that services use.
func complains(v any) bool {
	object, _ := v.(map[string]any)
	for _, name := range []string{"error", "errors"} {
		switch v := object[name].(type) {
		case nil:
		case []any:
			if len(v) > 0 {
				return true
			}
		default:
			if v != false && v != "" {
				return true
			}
		}
	}
	return object["success"] == false || object["ok"] == false || object["status"] == "error"
}

// idForm is what an error code or a request id may look like to be repeated in a report.
var idForm = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)

// repeatable returns id, or nothing if it has not the form of one, or repeats a part of
// secret: a server could send the key back in it.
func repeatable(id, secret string) string {
	const part = 8
	if !idForm.MatchString(id) {
		return ""
	}
	for i := len(prefix); i+part <= len(secret); i++ {
		if strings.Contains(id, secret[i:i+part]) {
			return ""
		}
	}
	return id
}
