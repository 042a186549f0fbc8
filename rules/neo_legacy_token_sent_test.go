package rules

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// legacySent are requests in which the token is not where the header is, or the address not
// where the call is. ADDRESS stands for an address of the API, HOST for that without its path,
// TOKEN for a token.
var legacySent = map[string][]string{
	"a.js": {
		"const u = `ADDRESS?page=${p}`;\nconst res = await fetch(u, { headers: { Authorization: 'TOKEN' } });",
		"const t = 'TOKEN';\nconst u = 'ADDRESS';\nfetch(u, { headers: { Authorization: t } });",
		"const config = { token: 'TOKEN' };\nfetch(`ADDRESS/${id}`, { headers: { Authorization: config.token } });",
		"const k = 'TOKEN';\nfetch('ADDRESS', { headers: { Authorization: `${k}` } });",
		"class A {\n  constructor() { this.t = 'TOKEN'; }\n  go() { return fetch('ADDRESS', { headers: { Authorization: this.t } }); }\n}",
		"const BASE = 'HOST';\nconst url = BASE + '/x';\nfetch(url, { headers: { Authorization: 'TOKEN' } });",
		"const BASE = 'HOST';\n" + strings.Repeat("// a comment that makes the file long\n", 400) + "fetch(`${BASE}/x`, { headers: { Authorization: 'TOKEN' } });",
		"const t = process.env.T || 'TOKEN';\nfetch(`ADDRESS?a=${b}`, { headers: { Authorization: t } });",
		"function token() { return 'TOKEN'; }\nconst t = token();\nconst h = 'TOKEN';\nfetch('ADDRESS', { headers: { Authorization: h } });",
	},
	"a.ts": {"const api = axios.create({ baseURL: 'HOST' });\nconst t: string = 'TOKEN';\napi.defaults.headers.common['Authorization'] = t;"},
	"c.gs": {
		"var token = 'TOKEN';\nUrlFetchApp.fetch('ADDRESS', { headers: { 'Authorization': token } });",
		"var options = { method: 'post', headers: { Authorization: 'TOKEN' } };\nUrlFetchApp.fetch('ADDRESS', options);",
	},
	"a.py": {
		"BASE = \"HOST\"\nurl = f\"{BASE}/api/endpoint\"\nr = requests.get(url, headers={\"Authorization\": \"TOKEN\"})",
		"t = 'TOKEN'\nrequests.get('ADDRESS', headers={'Authorization': t})",
		"t = 'TOKEN'\nrequests.get('ADDRESS', headers={'Authorization': '{}'.format(t)})",
		"t = 'TOKEN'\nrequests.get('ADDRESS', headers={'Authorization': '%s' % t})",
		"t = 'TOKEN'\nrequests.get('ADDRESS', headers={'Authorization': f'{t}'})",
		"class C:\n    def __init__(self):\n        self.token = 'TOKEN'\n\n    def go(self):\n        return requests.get('ADDRESS', headers={'Authorization': self.token})",
		"KEY = os.environ.get('X', 'TOKEN')\nBASE = 'HOST'\nrequests.get(BASE + '/x', headers={'Authorization': KEY})",
		"def headers():\n    return {'Authorization': 'TOKEN'}\n\nrequests.get('ADDRESS', headers=headers())",
	},
	"a.go": {
		"const t = \"TOKEN\"\n\nfunc f() {\n\treq, _ := http.NewRequest(\"GET\", \"ADDRESS\", nil)\n\treq.Header.Set(\"Authorization\", t)\n}",
		"const base = \"HOST\"\n\nfunc f(p string) {\n\turl := fmt.Sprintf(\"%s/api/%s\", base, p)\n\treq, _ := http.NewRequest(\"GET\", url, nil)\n\treq.Header.Set(\"Authorization\", \"TOKEN\")\n}",
	},
	"A.java": {
		"String t = \"TOKEN\";\nString url = \"HOST\" + \"/x\";\nRequest r = new Request.Builder().url(url).addHeader(\"Authorization\", t).build();",
		"String t = \"TOKEN\";\nHttpURLConnection c = (HttpURLConnection) new URL(\"ADDRESS\").openConnection();\nc.setRequestProperty(\"Authorization\", String.format(\"%s\", t));",
	},
	"a.kt": {"val t = \"TOKEN\"\nclient.get(\"ADDRESS\") { header(\"Authorization\", t) }"},
	"a.cs": {"var t = \"TOKEN\";\nclient.BaseAddress = new Uri(\"ADDRESS\");\nclient.DefaultRequestHeaders.Add(\"Authorization\", t);"},
	"a.php": {
		"<?php\n$t = 'TOKEN';\n$ch = curl_init('ADDRESS');\ncurl_setopt($ch, CURLOPT_HTTPHEADER, ['Authorization: ' . $t]);",
		"<?php\n$t = 'TOKEN';\n$ch = curl_init('ADDRESS');\ncurl_setopt($ch, CURLOPT_HTTPHEADER, array(\"Authorization: $t\"));",
		"<?php\n$url = 'HOST' . '/x';\nwp_remote_get($url, ['headers' => ['Authorization' => 'TOKEN']]);",
	},
	"a.rb": {
		"t = 'TOKEN'\nreq = Net::HTTP::Get.new(URI('ADDRESS'))\nreq['Authorization'] = t",
		"t = 'TOKEN'\nHTTParty.get('ADDRESS', headers: { 'Authorization' => \"#{t}\" })",
	},
	"a.rs": {"let t = \"TOKEN\";\nlet url = format!(\"{}/x\", \"HOST\");\nclient.get(url).header(\"Authorization\", t).send();"},
	"A.swift": {
		"let token = \"TOKEN\"\nvar r = URLRequest(url: URL(string: \"ADDRESS\")!)\nr.setValue(token, forHTTPHeaderField: \"Authorization\")",
		"var r = URLRequest(url: URL(string: \"ADDRESS\")!)\nr.addValue(\"TOKEN\", forHTTPHeaderField: \"Authorization\")",
	},
	"Api.m": {
		"NSMutableURLRequest *req = [NSMutableURLRequest requestWithURL:[NSURL URLWithString:@\"ADDRESS\"]];\n[req setValue:@\"TOKEN\" forHTTPHeaderField:@\"Authorization\"];",
		"static NSString *const t = @\"TOKEN\";\nNSMutableURLRequest *req = [NSMutableURLRequest requestWithURL:[NSURL URLWithString:@\"ADDRESS\"]];\n[req setValue:t forHTTPHeaderField:@\"Authorization\"];",
		"[manager.requestSerializer setValue:@\"TOKEN\" forHTTPHeaderField:@\"Authorization\"];\n[manager GET:@\"ADDRESS\" parameters:nil];",
		"NSDictionary *h = @{@\"Authorization\": @\"TOKEN\"};\n[self get:@\"ADDRESS\" headers:h];",
	},
	"a.dart":   {"const t = 'TOKEN';\nhttp.get(Uri.parse('ADDRESS'), headers: {'Authorization': t});"},
	"Makefile": {"TOKEN_VALUE = TOKEN\nsync:\n\tcurl -H \"Authorization: $(TOKEN_VALUE)\" ADDRESS\n", "t := TOKEN\nsync:\n\tcurl -H 'Authorization: ${t}' ADDRESS\n"},
	"a.sh":     {"t=TOKEN\ncurl -H \"Authorization: ${t}\" ADDRESS\n", "T='TOKEN'\nURL=ADDRESS\ncurl -H \"Authorization: $T\" \"$URL\"\n"},
	"a.bat":    {"set T=TOKEN\r\ncurl -H \"Authorization: %T%\" ADDRESS\r\n"},
	"a.ps1":    {"$t = 'TOKEN'\nInvoke-RestMethod -Uri 'ADDRESS' -Headers @{ Authorization = $t }", "$t = 'TOKEN'\nInvoke-RestMethod -Uri 'ADDRESS' -Headers @{ Authorization = \"$($t)\" }"},
	"m.bas": {
		"Sub go()\n  Dim t As String\n  t = \"TOKEN\"\n  h.Open \"GET\", \"ADDRESS\", False\n  h.setRequestHeader \"Authorization\", t\nEnd Sub",
		"Const T As String = \"TOKEN\"\nSub go()\n  h.Open \"GET\", \"ADDRESS\", False\n  h.setRequestHeader \"Authorization\", T\nEnd Sub",
	},
	"a.vb":  {"Dim t As String = \"TOKEN\"\nclient.BaseAddress = New Uri(\"ADDRESS\")\nclient.DefaultRequestHeaders.Add(\"Authorization\", t)"},
	"a.R":   {"token <- \"TOKEN\"\nr <- httr::GET(\"ADDRESS\", httr::add_headers(Authorization = token))", "req <- request(\"ADDRESS\") |> req_headers(Authorization = \"TOKEN\")"},
	"a.jl":  {"t = \"TOKEN\"\nHTTP.get(\"ADDRESS\", [\"Authorization\" => t])"},
	"a.lua": {"local t = \"TOKEN\"\nhttp.request{ url = \"ADDRESS\", headers = { [\"Authorization\"] = t } }", "local r = http.request{ url = \"ADDRESS\", headers = { Authorization = \"TOKEN\" } }"},
	"a.pl":  {"my $t = 'TOKEN';\nmy $r = HTTP::Request->new(GET => 'ADDRESS');\n$r->header('Authorization' => $t);"},
	"core.clj": {
		"(client/get \"ADDRESS\" {:headers {\"Authorization\" \"TOKEN\"}})",
		"(def t \"TOKEN\")\n(client/get \"ADDRESS\" {:headers {:authorization t}})",
		"(client/get \"ADDRESS\" {:headers {:Authorization \"TOKEN\"}})",
	},
	"Api.hs": {
		"request <- parseRequest \"ADDRESS\"\nlet req = setRequestHeader \"Authorization\" [\"TOKEN\"] request",
		"r <- req GET (https \"app.neoagent.co\" /: \"x\") NoReqBody jsonResponse (header \"Authorization\" \"TOKEN\")",
		"let opts = defaults & header \"Authorization\" .~ [\"TOKEN\"]\nr <- getWith opts \"ADDRESS\"",
	},
	"a.erl": {
		"httpc:request(get, {\"ADDRESS\", [{\"Authorization\", \"TOKEN\"}]}, [], []).",
		"hackney:get(<<\"ADDRESS\">>, [{<<\"Authorization\">>, <<\"TOKEN\">>}], <<>>, []).",
	},
	"a.ex":  {"t = \"TOKEN\"\nHTTPoison.get(\"ADDRESS\", [{\"Authorization\", t}])", "Req.get(\"ADDRESS\", headers: [authorization: \"TOKEN\"])"},
	"a.ml":  {"let t = \"TOKEN\" in\nClient.get ~headers:(Header.of_list [(\"Authorization\", t)]) (Uri.of_string \"ADDRESS\")"},
	"a.fs":  {"let t = \"TOKEN\"\nHttp.RequestString(\"ADDRESS\", headers = [ \"Authorization\", t ])"},
	"a.nim": {"let t = \"TOKEN\"\nlet c = newHttpClient(headers = newHttpHeaders({\"Authorization\": t}))\necho c.getContent(\"ADDRESS\")"},
	"a.groovy": {
		"def t = 'TOKEN'\nnew URL('ADDRESS').openConnection().with { setRequestProperty('Authorization', t) }",
	},
	"a.scala": {"val t = \"TOKEN\"\nbasicRequest.get(uri\"ADDRESS\").header(\"Authorization\", t)"},
	"a.tcl":   {"set t \"TOKEN\"\nhttp::geturl \"ADDRESS\" -headers [list Authorization $t]"},
	"a.cls":   {"String t = 'TOKEN';\nHttpRequest req = new HttpRequest();\nreq.setEndpoint('ADDRESS');\nreq.setHeader('Authorization', t);"},
	"datasources.yml": {
		"datasources:\n  - name: Neo\n    url: HOST\n    jsonData:\n      httpHeaderName1: Authorization\n    secureJsonData:\n      httpHeaderValue1: \"TOKEN\"\n",
	},
	"flows.json": {
		`[{"id":"c1","type":"http request","method":"POST","url":"ADDRESS","headers":[{"keyType":"other","keyValue":"Authorization","valueType":"other","valueValue":"TOKEN"}]}]`,
		`{"endpoint":"ADDRESS","auth":{"authType":"api-key","key":"Authorization","value":"TOKEN","addTo":"HEADERS"}}`,
	},
	"neo.namedCredential-meta.xml": {
		"<NamedCredential>\n    <endpoint>HOST</endpoint>\n    <namedCredentialParameters>\n        <parameterName>Authorization</parameterName>\n        <parameterType>HttpHeader</parameterType>\n        <parameterValue>TOKEN</parameterValue>\n    </namedCredentialParameters>\n</NamedCredential>",
	},
}

func TestLegacySent(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 1))
	for _, path := range sorted(legacySent) {
		for _, snippet := range legacySent[path] {
			token := randomSecret(rng, 24+rng.IntN(20))
			text := strings.NewReplacer("TOKEN_VALUE", "VALUE", "ADDRESS", legacyURL, "HOST", "https://app.neoagent.co").Replace(snippet)
			tokens, examples := legacyFound(path, withToken(text, token))
			if len(tokens) != strings.Count(text, "TOKEN") && len(tokens) != 1 || len(examples) > 0 {
				t.Errorf("%s: in\n%.300s\nfound %q, %q", path, text, tokens, examples)
			}
			for _, got := range tokens {
				if got != token {
					t.Errorf("%s: in\n%.300s\nfound %q, want %q", path, text, got, token)
				}
			}
			if tokens, _ := legacyFound(path, withToken(text, "your-secret-key-here")); len(tokens) > 0 {
				t.Errorf("%s: in\n%.300s\nthe placeholder is found", path, text)
			}
			other := strings.ReplaceAll(withToken(text, token), "app.neoagent.co", "api.example.com")
			if tokens, _ := legacyFound(path, other); len(tokens) > 0 {
				t.Errorf("%s: in\n%.300s\nfound %q", path, other, tokens)
			}
		}
	}
}
