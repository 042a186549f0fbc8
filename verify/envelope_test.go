package verify

import (
	"strings"
	"testing"
)

func TestForms(t *testing.T) {
	for _, c := range []struct {
		body string
		want envelope
	}{
		{`{"data":[],"meta":{"request_id":"r"}}`, envelope{form: success, requestID: "r", counted: true}},
		{`{"data":[{},{}],"meta":{"request_id":"r"}}`, envelope{form: success, requestID: "r", counted: true, items: 2}},
		{`{"data":[1],"meta":{"request_id":"r","pagination":{"has_more":true}}}`, envelope{form: success, requestID: "r", counted: true, items: 1, more: true}},
		{`{"data":[1],"meta":{"request_id":"r","pagination":{"has_more":false,"next_cursor":"c"}}}`, envelope{form: success, requestID: "r", counted: true, items: 1, more: true}},
		{`{"data":[1],"meta":{"request_id":"r","pagination":{"has_more":"yes","next_cursor":null}}}`, envelope{form: success, requestID: "r", counted: true, items: 1}},
		{`{"data":{},"meta":{"request_id":"r"}}`, envelope{form: success, requestID: "r"}},
		{`{"data":[],"error":null,"meta":{"request_id":"r"}}`, envelope{form: success, requestID: "r", counted: true}},
		// Members may be added at any time.
		{`{"data":[],"ok":true,"status":200,"meta":{"request_id":"r","trace":{"a":[1]}}}`, envelope{form: success, requestID: "r", counted: true}},
		{"\ufeff\n {\"data\":[],\"meta\":{\"request_id\":\"r\"}}\n", envelope{form: success, requestID: "r", counted: true}},

		{`{"error":{"code":"FORBIDDEN"},"meta":{"request_id":"r"}}`, envelope{form: failure, code: "FORBIDDEN", requestID: "r", complains: true}},
		{`{"error":{"code":"FORBIDDEN"}}`, envelope{form: failure, code: "FORBIDDEN", complains: true}},

		// Other services, and other names.
		{`{"data":[]}`, envelope{form: otherJSON}},
		{`{"data":[],"meta":{}}`, envelope{form: otherJSON}},
		{`{"data":[],"meta":{"request_id":""}}`, envelope{form: otherJSON}},
		{`{"data":[],"meta":{"request_id":7}}`, envelope{form: otherJSON}},
		{`{"Data":[],"Meta":{"request_id":"r"}}`, envelope{form: otherJSON}},
		{`{"data":[],"meta":[{"request_id":"r"}]}`, envelope{form: otherJSON}},
		{`{"meta":{"request_id":"r"}}`, envelope{form: otherJSON, requestID: "r"}},
		{`{"data":[],"error":"no","meta":{"request_id":"r"}}`, envelope{form: otherJSON, requestID: "r", complains: true}},
		{`{"error":"Unauthorized"}`, envelope{form: otherJSON, complains: true}},
		{`{"error":{"code":403}}`, envelope{form: otherJSON, complains: true}},
		{`{"error":{"code":""}}`, envelope{form: otherJSON, complains: true}},
		{`{"errors":[{}],"data":null}`, envelope{form: otherJSON, complains: true}},
		{`{"success":false}`, envelope{form: otherJSON, complains: true}},
		{`{"ok":true,"error":"","errors":[]}`, envelope{form: otherJSON}},
		{`[]`, envelope{form: otherJSON}},
		{`null`, envelope{form: otherJSON}},
		{`"word"`, envelope{form: otherJSON}},

		{"<html>", envelope{form: page}},
		{" \r\n<!DOCTYPE html>", envelope{form: page}},
		{"\ufeff<?xml version='1.0'?>", envelope{form: page}},
		{"", envelope{form: empty}},
		{" \r\n", envelope{form: empty}},
		{"OK", envelope{form: text}},
		{`{"data":[}`, envelope{form: text}},
		{`{} {}`, envelope{form: text}},
		{strings.Repeat("[", 20000), envelope{form: text}},
		{"[" + strings.Repeat(" ", maxBody) + "]", envelope{form: tooLong}},
	} {
		if got := readEnvelope([]byte(c.body)); got != c.want {
			t.Errorf("%.200s: %+v, want %+v", c.body, got, c.want)
		}
	}
}

// What a server sends as an id is shown to a person, so it must look like one and must
// not be the key.
func TestRepeatable(t *testing.T) {
	secret := prefix + "prod_" + "a4Qz81KpWm2sXv7Lr0Bt9NyC"
	for id, want := range map[string]bool{
		"a1b2c3d4-5e6f-7a8b-9c0d-1e2f3a4b5c6d": true, "FORBIDDEN": true, "req_01": true, "a.b:c": true,
		"": false, "::error": false, "two words": false, "\x1b[31m": false, "<b>": false,
		secret: false, "x" + secret[14:22]: false, strings.Repeat("a", 129): false,
	} {
		if got := repeatable(id, secret); got != "" != want || want && got != id {
			t.Errorf("%q is repeated as %q", id, got)
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, s := range []string{
		`{"data":[1],"meta":{"request_id":"r","pagination":{"has_more":true}}}`, `{"error":{"code":"A"},"meta":{"request_id":"r"}}`,
		`[[[`, "<html>", "\ufeff[]", `{"A":1,"a":[2]}`, "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e := readEnvelope(body)
		if e != readEnvelope(body) {
			t.Fatal("two readings of one body differ")
		}
		if e.form == success && (e.requestID == "" || e.code != "") || e.form == failure && e.code == "" || e.items > 0 && !e.counted {
			t.Fatalf("%+v", e)
		}
	})
}
