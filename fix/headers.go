package fix

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

// byHeader says how a program of the language sends a header.
func byHeader(d *dialect) string {
	const by = "take the key out of the URL, and send it in a header: "
	switch d {
	case javaScriptDialect:
		return by + "headers: { Authorization: `Bearer ${key}` }"
	case pythonDialect:
		return by + `headers={"Authorization": "Bearer " + key}`
	case goDialect:
		return by + `req.Header.Set("Authorization", "Bearer "+key), on a request of http.NewRequest`
	case javaDialect, kotlinDialect, scalaDialect, groovyDialect:
		return by + `.header("Authorization", "Bearer " + key)`
	case cSharpDialect:
		return by + `request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key)`
	case phpDialect:
		return by + `curl_setopt($ch, CURLOPT_HTTPHEADER, ["Authorization: Bearer $key"])`
	case rubyDialect:
		return by + `request["Authorization"] = "Bearer #{key}"`
	case rustDialect:
		return by + `.bearer_auth(key)`
	case swiftDialect:
		return by + `request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization")`
	case dartDialect:
		return by + `headers: {"Authorization": "Bearer $key"}`
	case powershellDialect:
		return by + `-Headers @{ Authorization = "Bearer $key" }`
	}
	return by + "Authorization: Bearer, followed by the key"
}

// argument returns the tokens of the nth argument of a call; ok is false if it has none.
func (c *code) argument(call *syntax.Call, n int) (lo, hi int, ok bool) {
	for lo = call.Lo; lo < call.Hi; lo = hi + 1 {
		hi = min(max(c.StatementEnd(lo), lo+1), call.Hi)
		for hi < call.Hi && (c.Str(hi) != "," || c.Tokens[hi].Up != c.Tokens[call.Lo].Up) {
			hi++
		}
		if n == 0 {
			return lo, hi, true
		}
		n--
	}
	return 0, 0, false
}

// headersIn returns the brace of the headers among the tokens from lo to hi: headers: {; and whether
// they have headers at all.
func (c *code) headersIn(lo, hi int, assign string) (brace int, any bool) {
	for i := lo; i < hi; i++ {
		if strings.EqualFold(c.Str(i), "headers") {
			any = true
			if c.Str(i+1) == assign && c.Str(i+2) == "{" {
				return i + 2, true
			}
		}
	}
	return syntax.None, any
}

// hasHeader reports whether the headers in a brace have the one for the key.
func (c *code) hasHeader(brace int) bool {
	mate := min(c.Tokens[brace].Mate, len(c.Tokens)-1)
	return strings.Contains(strings.ToLower(c.between(brace, mate)), "authorization")
}

// javaScriptCalls are functions that make requests, by their last names: which argument has the
// options.
var javaScriptCalls = map[string]int{"fetch": 1, "$fetch": 1, "ofetch": 1, "ky": 1, "got": 1, "nodeFetch": 1, "Request": 1, "axios": 1, "request": 1,
	"get": 1, "delete": 1, "head": 1, "options": 1, "post": 1, "put": 1, "patch": 1}

// javaScriptClients are the receivers of the methods among them.
var javaScriptClients = map[string]bool{"axios": true, "ky": true, "got": true, "superagent": true, "request": true, "client": true, "http": true, "https": true, "api": true, "undici": true}

// javaScriptHeader adds a header to the call of fetch, axios, got, ky, node's own http, undici or
// superagent.
func javaScriptHeader(c *code, call *syntax.Call, expr string) []edit {
	value := "`Bearer ${" + expr + "}`"
	root, _, _ := strings.Cut(c.callee(call), ".")
	method := c.Str(call.Name)
	position, known := javaScriptCalls[method]
	switch {
	case !known, call.Name != call.Start && !javaScriptClients[root]:
		return nil
	case call.Name == call.Start && (method == "get" || method == "post" || method == "put" || method == "delete" || method == "head" || method == "patch" || method == "options"):
		return nil
	case root == "superagent":
		at := c.Tokens[call.Hi].End
		return []edit{{at, at, ".set('Authorization', " + value + ")"}}
	case root == "axios" && (method == "post" || method == "put" || method == "patch"): // url, data, options
		if position = 2; !c.hasSecond(call) {
			return []edit{c.lastArgument(call, "undefined, { headers: { Authorization: "+value+" } }")}
		}
	case root == "axios" && (method == "request" || method == "axios") && c.Str(call.Lo) == "{":
		position = 0
	case root == "http" || root == "https":
		if lo, _, ok := c.argument(call, 1); ok && c.Str(lo) != "{" { // the callback
			at := c.Tokens[lo].Start
			return []edit{{at, at, "{ headers: { Authorization: " + value + " } }, "}}
		}
	}
	lo, hi, ok := c.argument(call, position)
	if !ok {
		return []edit{c.lastArgument(call, "{ headers: { Authorization: "+value+" } }")}
	}
	if c.Str(lo) != "{" {
		return nil
	}
	return c.intoOptions(lo, hi, ":", "headers: { Authorization: "+value+" }", "Authorization: "+value)
}

// intoOptions adds the headers to the options that begin with token lo, or the header to the
// headers there.
func (c *code) intoOptions(lo, hi int, assign, headers, header string) []edit {
	brace, any := c.headersIn(lo, hi, assign)
	at := c.Tokens[lo].End
	switch {
	case brace != syntax.None && c.hasHeader(brace), any && brace == syntax.None:
		return nil
	case brace != syntax.None:
		at, headers = c.Tokens[brace].End, header
		lo = brace
	}
	after := ", "
	if c.Str(lo+1) == "}" {
		after = " "
	}
	if at < len(c.Text) && text.IsBlank(c.Text[at]) {
		after = strings.TrimRight(after, " ")
	}
	return []edit{{at, at, " " + headers + after}}
}

func (c *code) hasSecond(call *syntax.Call) bool {
	_, _, ok := c.argument(call, 1)
	return ok
}

// lastArgument returns the edit that adds an argument to a call.
func (c *code) lastArgument(call *syntax.Call, argument string) edit {
	at := c.Tokens[call.Hi].Start
	for at > 0 && (text.IsBlank(c.Text[at-1]) || c.Text[at-1] == '\n' || c.Text[at-1] == '\r') {
		at--
	}
	if c.Str(call.Hi-1) == "," {
		return edit{at, at, " " + argument}
	}
	return edit{at, at, ", " + argument}
}

var (
	pythonClients = text.Set("requests", "httpx", "session", "client", "http", "aclient", "async_client", "http_client", "s", "sess", "api", "self", "aiohttp")
	httpMethods   = text.Set("get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "urlopen", "Request")
)

// pythonHeader adds a header to the call of requests, httpx, aiohttp or urllib.
func pythonHeader(c *code, call *syntax.Call, expr string) []edit {
	value := `"Authorization": "Bearer " + ` + expr
	callee, method := c.callee(call), c.Str(call.Name)
	root, _, _ := strings.Cut(callee, ".")
	switch {
	case !httpMethods[method], !pythonClients[root] && !strings.HasPrefix(callee, "urllib.request."):
		return nil
	case method == "urlopen":
		if c.hasSecond(call) {
			return nil
		}
		at := c.Tokens[call.Lo-1].End
		return []edit{{at, at, "urllib.request.Request("}, c.lastArgument(call, "headers={"+value+"})")}
	}
	brace, any := c.headersIn(call.Lo, call.Hi, "=")
	switch {
	case brace != syntax.None && c.hasHeader(brace), any && brace == syntax.None:
		return nil
	case brace != syntax.None:
		at, after := c.Tokens[brace].End, ", "
		if c.Str(brace+1) == "}" {
			after = ""
		}
		return []edit{{at, at, value + after}}
	}
	return []edit{c.lastArgument(call, "headers={"+value+"}")}
}

// goHeader sets a header of a request after the statement that makes it.
func goHeader(c *code, call *syntax.Call, expr string) []edit {
	f := c.goFile()
	if name := c.Str(call.Name); f == nil || name != "NewRequest" && name != "NewRequestWithContext" {
		return nil
	}
	at := c.Tokens[call.Start].Start
	var after ast.Stmt
	request := ""
	ast.Inspect(f.File, func(n ast.Node) bool {
		var list []ast.Stmt
		switch b := n.(type) {
		case *ast.BlockStmt:
			list = b.List
		case *ast.CaseClause:
			list = b.Body
		}
		for i, s := range list {
			a, ok := s.(*ast.AssignStmt)
			if !ok || len(a.Rhs) != 1 || f.offset(a.Rhs[0].Pos()) != at {
				continue
			}
			if id, ok := a.Lhs[0].(*ast.Ident); ok {
				request, after = id.Name, s
			}
			if i+1 < len(list) {
				if _, checked := list[i+1].(*ast.IfStmt); checked {
					after = list[i+1]
				}
			}
		}
		return true
	})
	if after == nil || request == "_" {
		return nil
	}
	end := f.offset(after.End())
	set := request + `.Header.Set("Authorization", "Bearer "+` + expr + ")"
	return []edit{{end, end, c.eol() + indentOf(c.Text, end) + set}}
}

// javaHeader adds a header to the builder of a request: of the Java library, or of OkHttp.
func javaHeader(c *code, call *syntax.Call, expr string) []edit {
	switch c.Str(call.Name) {
	case "uri", "newBuilder", "url":
	default:
		return nil
	}
	at := c.Tokens[call.Hi].End
	return []edit{{at, at, `.header("Authorization", "Bearer " + ` + expr + ")"}}
}

var phpHandle = lazyregexp.New(`(\$\w+)\s*=\s*$`)

// phpHeader sets a header of curl's handle, or of a request of Guzzle.
func phpHeader(c *code, call *syntax.Call, expr string) []edit {
	header := "'Authorization: Bearer ' . " + expr
	name := c.Str(call.Name)
	handle := ""
	switch {
	case name == "curl_init":
		if m := phpHandle.FindSubmatch(c.Text[lineStart(c.Text, c.Tokens[call.Start].Start):c.Tokens[call.Start].Start]); m != nil {
			handle = string(m[1])
		}
	case name == "curl_setopt" && c.Str(call.Lo+2) == "CURLOPT_URL":
		handle = c.Str(call.Lo)
	case httpMethods[name] && c.Str(call.Name-1) == "->" && !c.hasSecond(call):
		return []edit{c.lastArgument(call, "['headers' => ['Authorization' => 'Bearer ' . "+expr+"]]")}
	}
	if handle == "" || c.Str(call.Hi+1) != ";" || strings.Contains(string(c.Text), "CURLOPT_HTTPHEADER") {
		return nil
	}
	end := c.Tokens[call.Hi+1].End
	return []edit{{end, end, c.eol() + indentOf(c.Text, end) + "curl_setopt(" + handle + ", CURLOPT_HTTPHEADER, [" + header + "]);"}}
}

// rubyHeader adds a header to the call of Net::HTTP, HTTParty, Faraday, RestClient or open-uri.
func rubyHeader(c *code, call *syntax.Call, expr string) []edit {
	if c.hasSecond(call) {
		return nil
	}
	header := `"Authorization" => "Bearer #{` + expr + `}"`
	switch callee := c.callee(call); {
	case callee == "Net::HTTP.get", callee == "Net::HTTP.get_response", strings.HasPrefix(callee, "Net::HTTP::"), strings.HasPrefix(callee, "RestClient."):
		return []edit{c.lastArgument(call, "{ "+header+" }")}
	case strings.HasPrefix(callee, "HTTParty."):
		return []edit{c.lastArgument(call, "headers: { "+header+" }")}
	case callee == "Faraday.get":
		return []edit{c.lastArgument(call, "nil, { "+header+" }")}
	case slices.Contains([]string{"URI.open", "open"}, callee):
		return []edit{c.lastArgument(call, header)}
	}
	return nil
}

// rustHeader has a request of reqwest send the key.
func rustHeader(c *code, call *syntax.Call, expr string) []edit {
	if !httpMethods[c.Str(call.Name)] || c.Str(call.Name-1) != "." {
		return nil
	}
	at := c.Tokens[call.Hi].End
	return []edit{{at, at, ".bearer_auth(&" + expr + ")"}}
}

// dartHeader adds a header to the call of package:http.
func dartHeader(c *code, call *syntax.Call, expr string) []edit {
	if root, _, _ := strings.Cut(c.callee(call), "."); !httpMethods[c.Str(call.Name)] || root != "http" && root != "client" {
		return nil
	}
	if brace, any := c.headersIn(call.Lo, call.Hi, ":"); any || brace != syntax.None {
		return nil
	}
	return []edit{c.lastArgument(call, "headers: {'Authorization': 'Bearer ${"+expr+"}'}")}
}
