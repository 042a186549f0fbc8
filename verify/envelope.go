package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"mime"
	"slices"
	"strings"
)

// maxBody is how much of an answer is read, in bytes. A longer one is cut.
const maxBody = 1 << 20

// What a 2xx answer's body can be.
type kind int

const (
	data      kind = iota // JSON that lists something, or anything else
	page                  // HTML
	malformed             // not JSON, or broken JSON
	complaint             // JSON about an error
)

// An envelope is what can be told from a 2xx answer's body, whose shape is not
// documented.
type envelope struct {
	kind    kind
	counted bool // whether agents holds
	agents  int
	more    bool // whether the list goes on elsewhere
}

// String returns the number of agents in words.
func (e envelope) String() string {
	s := fmt.Sprintf("%d agents", e.agents)
	if e.agents == 1 {
		s = "1 agent"
	}
	if e.more {
		return "at least " + s
	}
	return s
}

func startsAsPage(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<"))
}

// readEnvelope reads the first maxBody bytes of body.
func readEnvelope(body []byte, contentType string) envelope {
	if startsAsPage(body) {
		return envelope{kind: page}
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	start := bytes.TrimLeft(body, " \t\r\n")
	composite := len(start) > 0 && (start[0] == '{' || start[0] == '[')
	// A lone word or number is JSON only where it is said to be.
	if !composite && !isJSON(contentType) {
		return envelope{kind: malformed}
	}
	if len(body) > maxBody {
		return cutEnvelope(body[:maxBody])
	}
	var v any
	if json.Unmarshal(body, &v) != nil {
		return envelope{kind: malformed}
	}
	var e envelope
	e.agents, e.more, e.counted = count(v, 0)
	if !e.counted && complains(v) {
		e.kind = complaint
	}
	return e
}

// cutEnvelope judges the start of a body too long to be counted.
func cutEnvelope(start []byte) envelope {
	for d := json.NewDecoder(bytes.NewReader(start)); ; {
		if _, err := d.Token(); err == nil {
			continue
		} else if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return envelope{}
		}
		return envelope{kind: malformed}
	}
}

func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (t == "application/json" || t == "text/json" || strings.HasSuffix(t, "+json"))
}

// Names of members as they are met in the wild, folded.
var (
	listNames  = []string{"agents", "data", "items", "results"}
	pageNames  = []string{"meta", "pagination", "page"}
	totalNames = []string{"total", "totalcount", "totalitems"}
	moreNames  = []string{"hasmore", "hasnext", "hasnextpage"}
	nextNames  = []string{"next", "nextcursor", "nextpage", "nextpagetoken"}
	// sideNames are lists that are not of agents.
	sideNames = map[string]bool{"errors": true, "warnings": true, "messages": true, "links": true}
)

// maxNesting is how many envelopes within envelopes are opened.
const maxNesting = 4

// count returns the number of elements in the list that v is or holds: the
// total, where v tells it, else those that are there, and whether there are
// more. ok is false when v holds no list.
func count(v any, depth int) (n int, more, ok bool) {
	if list, isList := v.([]any); isList {
		return len(list), false, true
	}
	object, isObject := v.(map[string]any)
	if !isObject || depth == maxNesting {
		return 0, false, false
	}
	m := fold(object)
	for _, name := range listNames {
		if n, more, ok = count(m[name], depth+1); ok {
			break
		}
	}
	if !ok {
		n, ok = onlyList(m)
	}
	if !ok {
		return 0, false, false
	}
	total, next := paging(m)
	for _, name := range pageNames {
		if inner, isObject := m[name].(map[string]any); isObject {
			t, x := paging(fold(inner))
			total, next = max(total, t), next || x
		}
	}
	if total >= n {
		return total, false, true
	}
	return n, more || next, true
}

// onlyList returns the length of m's one list, under whatever name.
func onlyList(m map[string]any) (n int, ok bool) {
	for name, v := range m {
		if list, isList := v.([]any); isList && !sideNames[name] {
			if ok {
				return 0, false
			}
			n, ok = len(list), true
		}
	}
	return n, ok
}

// paging returns the total that m tells, -1 when it tells none, and whether it
// points to a next page.
func paging(m map[string]any) (total int, next bool) {
	total = -1
	for _, name := range totalNames {
		if f, ok := m[name].(float64); ok && f >= 0 && f < math.MaxInt32 && f == math.Trunc(f) {
			total = max(total, int(f))
		}
	}
	if pages, ok := m["totalpages"].(float64); ok && pages > 1 {
		next = true
	}
	for _, name := range moreNames {
		next = next || m[name] == true
	}
	for _, name := range nextNames {
		next = next || truthy(m[name])
	}
	return total, next
}

// complains reports whether v is an error dressed as a success.
func complains(v any) bool {
	object, ok := v.(map[string]any)
	if !ok {
		return false
	}
	m := fold(object)
	if truthy(m["error"]) || truthy(m["errors"]) || m["success"] == false || m["ok"] == false {
		return true
	}
	for _, name := range []string{"status", "statuscode", "code"} {
		switch s := m[name].(type) {
		case float64:
			if s >= 400 && s < 600 {
				return true
			}
		case string:
			switch strings.ToLower(s) {
			case "error", "fail", "failed", "failure", "unauthorized", "forbidden", "401", "403":
				return true
			}
		}
	}
	return false
}

// truthy reports whether v is there and not empty, zero or false.
func truthy(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return false
}

var noJoints = strings.NewReplacer("_", "", "-", "")

// fold makes total_count, totalCount and TotalCount one name.
func fold(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out[noJoints.Replace(strings.ToLower(name))] = m[name]
	}
	return out
}
