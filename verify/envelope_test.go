package verify

import (
	"strings"
	"testing"
)

func TestCountingAgents(t *testing.T) {
	for body, want := range map[string]string{
		`[]`:                                               "0 agents",
		`[1,2,3]`:                                          "3 agents",
		`[[1,2],[3]]`:                                      "2 agents",
		`{"data":[{},{}]}`:                                 "2 agents",
		`{"agents":[{}]}`:                                  "1 agent",
		`{"Items":[1,2]}`:                                  "2 agents",
		`{"results":[1],"errors":[1,2]}`:                   "1 agent",
		`{"data":{"agents":[1,2]}}`:                        "2 agents",
		`{"data":{"items":[1],"total":9}}`:                 "9 agents",
		`{"data":[1],"total":9}`:                           "9 agents",
		`{"data":[1],"meta":{"total":9}}`:                  "9 agents",
		`{"data":[1],"total_count":9}`:                     "9 agents",
		`{"data":[1,2],"total":2,"next":"/"}`:              "2 agents",
		`{"data":[1,2],"total":1}`:                         "2 agents",
		`{"data":[1,2],"total":-1}`:                        "2 agents",
		`{"data":[1,2],"total":1e300}`:                     "2 agents",
		`{"data":[1,2],"total":2.5}`:                       "2 agents",
		`{"data":[1,2],"total":"9"}`:                       "2 agents",
		`{"data":[1,2],"nextCursor":"x"}`:                  "at least 2 agents",
		`{"data":[1,2],"next_cursor":null}`:                "2 agents",
		`{"data":[1,2],"pagination":{"hasNext":true}}`:     "at least 2 agents",
		`{"data":[1,2],"page":{"total_pages":3}}`:          "at least 2 agents",
		`{"data":{"items":[1],"has_more":true},"ok":true}`: "at least 1 agent",
		`{"bots":[1,2]}`:                                   "2 agents",
		`{"bots":[1,2],"tools":[1]}`:                       "",
		`{"success":false,"data":[]}`:                      "0 agents",
		`{"data":{"a":{"b":{"c":{"d":[1]}}}}}`:             "",
		`{"total":5}`:                                      "",
		`{}`:                                               "",
		"\ufeff" + `[1]`:                                   "1 agent",
		"\n\t [1]\n":                                       "1 agent",
		`null`:                                             "",
		`"word"`:                                           "",
	} {
		e := readEnvelope([]byte(body), "application/json")
		got := ""
		if e.counted {
			got = e.String()
		}
		if e.kind != data || got != want {
			t.Errorf("%s: kind %d, %q, want %q", body, e.kind, got, want)
		}
	}
}

func TestKindsOfBody(t *testing.T) {
	for _, c := range []struct {
		body, contentType string
		want              kind
	}{
		{`{"data":[]}`, "text/html; charset=utf-8", data},
		{`{"data":[]}`, "", data},
		{`{"data":[]}`, "application/vnd.api+json", data},
		{`true`, "application/problem+json", data},
		{`true`, "text/plain", malformed},
		{``, "application/json", malformed},
		{`[1] [2]`, "application/json", malformed},
		{`{"data":[}`, "", malformed},
		{"<html>", "application/json", page},
		{" \r\n<!DOCTYPE html>", "text/plain", page},
		{"\ufeff<?xml version='1.0'?>", "", page},
		{`{"error":"Unauthorized"}`, "application/json", complaint},
		{`{"error":{"code":1}}`, "application/json", complaint},
		{`{"errors":[{}],"data":null}`, "application/json", complaint},
		{`{"ok":false}`, "application/json", complaint},
		{`{"status":"error"}`, "application/json", complaint},
		{`{"statusCode":401}`, "application/json", complaint},
		{`{"status":200,"error":null,"errors":[]}`, "application/json", data},
		{`{"status":"ok","error":"","code":0}`, "application/json", data},
	} {
		if got := readEnvelope([]byte(c.body), c.contentType).kind; got != c.want {
			t.Errorf("%s as %q: kind %d, want %d", c.body, c.contentType, got, c.want)
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, s := range []string{`{"data":[1],"meta":{"total":9}}`, `[[[`, `{"a":{"data":{"items":[]}}}`, "<html>", "\ufeff[]", `{"A":1,"a":[2]}`} {
		f.Add([]byte(s), "application/json", uint8(1))
		f.Add([]byte(s), "", uint8(200))
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string, times uint8) {
		e := readEnvelope(body, contentType)
		if e.agents < 0 || e.counted && e.kind != data || e.more && !e.counted {
			t.Fatalf("%+v", e)
		}
		if e != readEnvelope(body, contentType) {
			t.Fatal("two readings of one body differ")
		}
		long := strings.Repeat(string(body), int(times))
		readEnvelope([]byte(long), contentType)
		cutEnvelope([]byte(long))
	})
}
