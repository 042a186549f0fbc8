package rules

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/testkey"
)

const legacyURL = "https://app.neoagent.co/api/endpoint"

// The code samples of Neo's own guide.
var guideSamples = map[string]string{
	"a.js": `const headers = {
'Authorization': 'your-secret-key-here',
'Content-Type': 'application/json'
};
const response = await fetch('https://app.neoagent.co/api/endpoint', {
method: 'POST',
headers: headers,
body: JSON.stringify(data)
});
`,
	"a.py": `headers = {
'Authorization': 'your-secret-key-here',
'Content-Type': 'application/json'
}
response = requests.post(
'https://app.neoagent.co/api/endpoint',
headers=headers,
json=data
)
`,
	"a.sh": `curl -X POST \
'https://app.neoagent.co/api/endpoint' \
-H 'Authorization: your-secret-key-here' \
-H 'Content-Type: application/json' \
-d '{"key": "value"}'
`,
}

func TestGuideSamples(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 1))
	for _, path := range sorted(guideSamples) {
		sample := guideSamples[path]
		for _, p := range []string{path, "README.md", "notes.txt"} {
			if tokens, examples := legacyFound(p, sample); len(tokens) != 0 || len(examples) != 1 {
				t.Errorf("%s: with the placeholder: found %q, examples %q", p, tokens, examples)
			}
			forms := testkey.Forms(rng)
			for _, form := range sorted(forms) {
				token := forms[form](40)
				if tokens, _ := legacyFound(p, strings.ReplaceAll(sample, "your-secret-key-here", token)); len(tokens) != 1 || tokens[0] != token {
					t.Errorf("%s: with %s: found %q", p, token, tokens)
				}
			}
		}
	}
	all := guideSamples["a.js"] + guideSamples["a.py"] + guideSamples["a.sh"]
	token := randomSecret(rng, 40)
	if tokens, _ := legacyFound("guide.md", strings.ReplaceAll(all, "your-secret-key-here", token)); len(tokens) != 3 {
		t.Errorf("the whole guide: found %q", tokens)
	}
}

// ADDRESS stands for an address of the API, TOKEN for a token.
var legacyRequests = map[string][]string{
	"a.js": {
		"fetch('ADDRESS', { headers: { Authorization: 'TOKEN' } })",
		"fetch(\"ADDRESS\",{method:\"POST\",headers:{\"Content-Type\":\"application/json\",Authorization:\"TOKEN\"}})",
		"await fetch(`ADDRESS`, {\n  method: 'POST',\n  headers: {\n    'Content-Type': 'application/json',\n    'Authorization': `TOKEN`,\n  },\n})",
		"axios.post('ADDRESS', data, { headers: { authorization: 'TOKEN' } })",
		"axios({\n  url: 'ADDRESS',\n  headers: { 'Authorization': 'TOKEN' },\n})",
		"axios({\n  headers: { 'Authorization': 'TOKEN' },\n  method: 'post',\n  url: 'ADDRESS',\n})",
		"const api = axios.create({\n  baseURL: 'ADDRESS',\n  headers: { Authorization: 'TOKEN' },\n});",
		"axios.defaults.baseURL = 'ADDRESS';\naxios.defaults.headers.common['Authorization'] = 'TOKEN';",
		"const BASE = 'ADDRESS';\n\nasync function send(data) {\n  return fetch(`${BASE}/x`, {\n    headers: { Authorization: 'TOKEN' },\n  });\n}",
		"const headers = new Headers();\nheaders.append('Authorization', 'TOKEN');\nfetch('ADDRESS', { headers });",
		"const h = { Authorization: 'TOKEN' };\n\nexport async function send() {\n  const r = await fetch('ADDRESS', { headers: h });\n}",
		"const xhr = new XMLHttpRequest();\nxhr.open('POST', 'ADDRESS');\nxhr.setRequestHeader('Authorization', 'TOKEN');",
		"request(app).get('ADDRESS').set('Authorization', 'TOKEN')",
		"$.ajax({ url: 'ADDRESS', headers: { 'Authorization': 'TOKEN' } })",
		"$.ajax({\n  url: 'ADDRESS',\n  beforeSend: function (x) { x.setRequestHeader('Authorization', 'TOKEN'); },\n})",
		"const KEY = 'TOKEN';\nfetch('ADDRESS', { headers: { Authorization: KEY } });",
		"fetch('ADDRESS', { headers: { Authorization: process.env.KEY || 'TOKEN' } })",
		"fetch('ADDRESS', { body: JSON.stringify({ url: 'https://example.com/hook' }), headers: { Authorization: 'TOKEN' } })",
		"fetch('https://api.example.com/', { headers: { Authorization: 'Bearer x' } });\nfetch('ADDRESS', { headers: { Authorization: 'TOKEN' } });\nfetch('https://api.example.com/');",
		"const options = {\n  hostname: 'app.neoagent.co',\n  path: '/api/endpoint',\n  headers: { 'Authorization': 'TOKEN' },\n};\nhttps.request(options)",
	},
	"a.py": {
		"requests.post('ADDRESS', headers={'Authorization': 'TOKEN'}, json=data)",
		"httpx.get(\"ADDRESS\", headers={\"Authorization\": \"TOKEN\"})",
		"r = requests.post(\n    'ADDRESS',\n    headers={\n        'Authorization': 'TOKEN',\n    },\n)",
		"async with aiohttp.ClientSession(headers={'Authorization': 'TOKEN'}) as s:\n    async with s.post('ADDRESS', json=data) as r:\n        pass",
		"url = 'ADDRESS'\nheaders = {'Authorization': 'TOKEN'}\nr = requests.get(url, headers=headers)",
		"url = 'ADDRESS'\nr = requests.get(url, headers={'Authorization': 'TOKEN'})",
		"session = requests.Session()\nsession.headers.update({'Authorization': 'TOKEN'})\nsession.get('ADDRESS')",
		"session.headers['Authorization'] = 'TOKEN'\nsession.get('ADDRESS')",
		"req = urllib.request.Request('ADDRESS', data)\nreq.add_header('Authorization', 'TOKEN')",
		"class Neo:\n    BASE_URL = 'ADDRESS'\n\n    def send(self, data):\n        return requests.post(\n            self.BASE_URL + '/x',\n            headers={'Authorization': 'TOKEN'},\n        )",
		"API_KEY = 'TOKEN'\n\ndef send(data):\n    return requests.post('ADDRESS', headers={'Authorization': API_KEY})",
		"headers = {'Authorization': 'TOKEN'}\n\n\ndef send(data):\n    return requests.post('ADDRESS', headers=headers)",
	},
	"a.go": {
		"req, err := http.NewRequest(\"POST\", \"ADDRESS\", body)\nif err != nil {\n\treturn err\n}\nreq.Header.Set(\"Authorization\", \"TOKEN\")",
		"req.Header.Add(\"Authorization\", `TOKEN`)\nreq.URL, _ = url.Parse(\"ADDRESS\")",
		"const base = \"ADDRESS\"\n\nfunc send() {\n\treq.Header.Set(\"Authorization\", \"TOKEN\")\n}",
	},
	"A.java": {
		"HttpRequest.newBuilder()\n    .uri(URI.create(\"ADDRESS\"))\n    .header(\"Authorization\", \"TOKEN\")\n    .build();",
		"Request request = new Request.Builder()\n  .url(\"ADDRESS\")\n  .addHeader(\"Authorization\", \"TOKEN\")\n  .build();",
		"HttpURLConnection c = (HttpURLConnection) new URL(\"ADDRESS\").openConnection();\nc.setRequestProperty(\"Authorization\", \"TOKEN\");",
		"webClient.post().uri(\"ADDRESS\").header(HttpHeaders.AUTHORIZATION, \"TOKEN\")",
	},
	"a.kt":    {"client.post(\"ADDRESS\") {\n    header(HttpHeaders.Authorization, \"TOKEN\")\n}", "client.post(\"ADDRESS\") {\n    headers {\n        append(\"Authorization\", \"TOKEN\")\n    }\n}"},
	"a.cs":    {"client.BaseAddress = new Uri(\"ADDRESS\");\nclient.DefaultRequestHeaders.Add(\"Authorization\", \"TOKEN\");", "client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(\"TOKEN\");\nawait client.PostAsync(\"ADDRESS\", content);"},
	"a.php":   {"$ch = curl_init('ADDRESS');\ncurl_setopt($ch, CURLOPT_HTTPHEADER, [\n  'Authorization: TOKEN',\n  'Content-Type: application/json',\n]);", "curl_setopt_array($ch, [\n  CURLOPT_URL => 'ADDRESS',\n  CURLOPT_HTTPHEADER => ['Authorization: TOKEN'],\n]);", "$client->post('ADDRESS', ['headers' => ['Authorization' => 'TOKEN']]);", "Http::withHeaders(['Authorization' => 'TOKEN'])->post('ADDRESS');"},
	"a.rb":    {"uri = URI('ADDRESS')\nreq = Net::HTTP::Post.new(uri)\nreq['Authorization'] = 'TOKEN'", "HTTParty.post('ADDRESS', headers: { 'Authorization' => 'TOKEN' })", "Faraday.new(url: 'ADDRESS', headers: { Authorization: 'TOKEN' })"},
	"a.rs":    {"client.post(\"ADDRESS\")\n    .header(\"Authorization\", \"TOKEN\")\n    .send()", "client.post(\"ADDRESS\").header(AUTHORIZATION, \"TOKEN\")", "client.post(\"ADDRESS\").header(header::AUTHORIZATION, HeaderValue::from_static(\"TOKEN\"))"},
	"a.swift": {"var request = URLRequest(url: URL(string: \"ADDRESS\")!)\nrequest.setValue(\"TOKEN\", forHTTPHeaderField: \"Authorization\")", "let headers: HTTPHeaders = [\"Authorization\": \"TOKEN\"]\nAF.request(\"ADDRESS\", headers: headers)"},
	"a.dart":  {"http.post(Uri.parse('ADDRESS'), headers: {'Authorization': 'TOKEN'});", "http.post(\n  Uri.parse('ADDRESS'),\n  headers: {HttpHeaders.authorizationHeader: 'TOKEN'},\n);"},
	"a.sh": {
		"curl ADDRESS -H 'Authorization: TOKEN'",
		"curl -H \"Authorization: TOKEN\" ADDRESS",
		"curl -sS -X POST ADDRESS \\\n  -H \"Content-Type: application/json\" \\\n  -H \"Authorization: TOKEN\" \\\n  -d '{\n    \"a\": 1\n  }'",
		"curl --header='Authorization: TOKEN' 'ADDRESS'",
		"curl -H Authorization:TOKEN ADDRESS",
		"curl -H 'Referer: https://example.com/' -H 'Authorization: TOKEN' ADDRESS",
		"wget --header=\"Authorization: TOKEN\" ADDRESS",
		"http POST ADDRESS Authorization:TOKEN a=b",
		"http POST ADDRESS \"Authorization: TOKEN\" a=b",
		"https app.neoagent.co/api Authorization:TOKEN",
		"TOKEN_VALUE=TOKEN\ncurl -H \"Authorization: $TOKEN_VALUE\" ADDRESS",
		"BASE=ADDRESS\ncurl -H 'Authorization: TOKEN' \"$BASE/x\"",
	},
	"a.ps1": {
		"$headers = @{ Authorization = \"TOKEN\" }\nInvoke-RestMethod -Uri \"ADDRESS\" -Headers $headers",
		"$headers = @{\n  \"Authorization\" = \"TOKEN\"\n}\nInvoke-RestMethod -Uri \"ADDRESS\" -Headers $headers",
		"Invoke-RestMethod `\n  -Uri 'ADDRESS' `\n  -Headers @{ 'Authorization' = 'TOKEN' }",
	},
	"a.bat": {"curl -X POST ADDRESS ^\n  -H \"Authorization: TOKEN\" ^\n  -d \"{}\""},
	"a.http": {
		"POST ADDRESS HTTP/1.1\nContent-Type: application/json\nAuthorization: TOKEN\n\n{}\n",
		"### one\nGET https://example.com\n\n### two\nPOST ADDRESS\nAuthorization: TOKEN\n\n### three\nGET https://example.com\n",
		"POST /api/endpoint HTTP/1.1\r\nHost: app.neoagent.co\r\nAuthorization: TOKEN\r\n\r\n",
		"@key = TOKEN\n\nPOST ADDRESS\nAuthorization: {{key}}\n",
	},
	"a.rest": {"POST ADDRESS\nAuthorization: TOKEN\n"},
	"neo.postman_collection.json": {
		`{"request": {"method": "POST", "header": [{"key": "Content-Type", "value": "application/json"}, {"key": "Authorization", "value": "TOKEN", "type": "text"}], "url": {"raw": "ADDRESS", "protocol": "https", "host": ["app", "neoagent", "co"]}}}`,
		"{\n\"item\": [{\n\"name\": \"a\",\n\"request\": {\n\"method\": \"POST\",\n\"header\": [\n{\n\"key\": \"Authorization\",\n\"value\": \"TOKEN\",\n\"type\": \"text\"\n}\n],\n\"body\": {\"mode\": \"raw\", \"raw\": \"{}\"},\n\"url\": {\n\"raw\": \"ADDRESS\",\n\"host\": [\"app\"]\n}\n}\n}]}",
	},
	"insomnia.json": {
		`{"resources": [{"_id": "req_1", "url": "ADDRESS", "method": "POST", "body": {"mimeType": "application/json", "text": "{}"}, "headers": [{"name": "Content-Type", "value": "application/json"}, {"name": "Authorization", "value": "TOKEN"}]}]}`,
	},
	"a.har": {`{"request": {"method": "POST", "url": "ADDRESS", "headers": [{"name": "Host", "value": "app.neoagent.co"}, {"name": "authorization", "value": "TOKEN"}]}}`},
	"openapi.yaml": {
		"servers:\n  - url: ADDRESS\npaths:\n  /api/endpoint:\n    post:\n      parameters:\n        - name: Authorization\n          in: header\n          required: true\n          example: TOKEN\n",
		"servers:\n  - url: ADDRESS\npaths:\n  /api/endpoint:\n    post:\n      parameters:\n        - in: header\n          name: Authorization\n          schema:\n            type: string\n            example: TOKEN\n",
		"x-codeSamples:\n  - lang: curl\n    source: |\n      curl ADDRESS \\\n        -H 'Authorization: TOKEN'\n",
	},
	"openapi.json": {
		`{"servers": [{"url": "ADDRESS"}], "paths": {"/x": {"post": {"parameters": [{"name": "Authorization", "in": "header", "example": "TOKEN"}]}}}}`,
	},
	"a.yml": {
		"request:\n  url: ADDRESS\n  headers:\n    Authorization: TOKEN\n",
		"request:\n  headers:\n    Authorization: TOKEN\n  method: POST\n  url: ADDRESS\n",
		"- name: call\n  uri:\n    url: ADDRESS\n    headers:\n      Authorization: \"TOKEN\"\n",
		"  run: |\n    curl -X POST ADDRESS \\\n      -H 'Authorization: TOKEN'\n",
		"  run: curl ADDRESS -H 'Authorization: TOKEN'\n",
	},
	"README.md": {
		"```\ncurl ADDRESS -H 'Authorization: TOKEN'\n```",
		"Call `ADDRESS` with\n\n    Authorization: TOKEN\n",
	},
	"a.tf": {"data \"http\" \"x\" {\n  url = \"ADDRESS\"\n  request_headers = {\n    Authorization = \"TOKEN\"\n  }\n}"},
	"bruno.bru": {
		"get {\n  url: ADDRESS\n  auth: none\n}\n\nheaders {\n  Accept: */*\n  Authorization: TOKEN\n}",
	},
	"swagger.yaml": {
		"swagger: \"2.0\"\nhost: app.neoagent.co\nbasePath: /api\npaths:\n  /x:\n    get:\n      parameters:\n        - name: Authorization\n          in: header\n          type: string\n          x-example: TOKEN\n",
		"openapi: 3.0.0\nservers:\n  - url: ADDRESS\ncomponents:\n  securitySchemes:\n    key:\n      type: apiKey\n      in: header\n      name: Authorization\n      x-example: TOKEN\n",
	},
	"call.py": {
		"KEY = \"TOKEN\"\nrequests.post(\"ADDRESS\", headers={\"Authorization\": f\"{KEY}\"})",
	},
}

func TestLegacyRequests(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 1))
	for _, path := range sorted(legacyRequests) {
		snippets := legacyRequests[path]
		for _, snippet := range snippets {
			token := randomSecret(rng, 24+rng.IntN(20))
			text := strings.ReplaceAll(strings.ReplaceAll(snippet, "TOKEN_VALUE", "MY_VALUE"), "ADDRESS", legacyURL)
			if tokens, examples := legacyFound(path, withToken(text, token)); len(tokens) != 1 || tokens[0] != token || len(examples) > 0 {
				t.Errorf("%s: in\n%s\nfound %q, %q, want %s", path, text, tokens, examples, token)
			}
			if tokens, _ := legacyFound(path, withToken(text, "your-secret-key-here")); len(tokens) > 0 {
				t.Errorf("%s: in\n%s\nthe placeholder is found", path, text)
			}
			// Another host's request is not ours.
			for _, host := range []string{"api.example.com", "neoagent.co", "my-app.neoagent.co", "app.neoagent.com", "app.neoagent.co.uk", "app.neoagent.co-op", "app.neoagent.config", "x.app.neoagent.co"} {
				other := strings.ReplaceAll(withToken(text, token), "app.neoagent.co", host)
				if tokens, _ := legacyFound(path, other); len(tokens) > 0 {
					t.Errorf("%s: in\n%s\nfound %q", path, other, tokens)
				}
			}
			// With a scheme it is not a raw token.
			for _, scheme := range []string{"Bearer ", "Basic ", "Token token="} {
				schemed := strings.ReplaceAll(text, "TOKEN", scheme+token)
				if tokens, _ := legacyFound(path, schemed); len(tokens) > 0 && !strings.Contains(text, "Authorization:TOKEN") {
					t.Errorf("%s: in\n%s\nfound %q", path, schemed, tokens)
				}
			}
		}
	}
}

// Headers of requests to others, beside one to the API.
var othersRequests = map[string][]string{
	"a.js": {
		"fetch('ADDRESS');\nfetch('https://api.example.com', { headers: { Authorization: 'TOKEN' } });",
		"fetch('https://api.example.com', { headers: { Authorization: 'TOKEN' } });\nfetch('ADDRESS');",
		"fetch('https://api.example.com', { headers: { Authorization: 'TOKEN' } })\nfetch('ADDRESS')",
		"await fetch(OTHER, {\n  headers: { Authorization: 'TOKEN' },\n});\nawait fetch('ADDRESS', { headers: { Authorization: key } });",
		"const headers = { Authorization: 'TOKEN' };\nawait fetch('https://api.example.com', { headers });\nawait fetch('ADDRESS');",
		"fetch('ADDRESS');\nconst headers = { Authorization: 'TOKEN' };\nawait fetch('https://api.example.com', { headers });",
		"function a() {\n  return axios.get('ADDRESS');\n}\n\nfunction b() {\n  client.setHeader('Authorization', 'TOKEN');\n}",
		"const all = [\n  { url: 'ADDRESS' },\n  { url: other, headers: { Authorization: 'TOKEN' } },\n];",
		"const a = axios.create({ baseURL: 'ADDRESS' });\nconst b = axios.create({ baseURL: 'https://api.example.com', headers: { Authorization: 'TOKEN' } });",
		"import x from 'neoagent.config';\nfetch(url, { headers: { Authorization: 'TOKEN' } });",
		"fetch('ADDRESS', { headers: { 'Proxy-Authorization': 'TOKEN' } })",
		"fetch('ADDRESS', { headers: { 'X-Request-Id': 'TOKEN', Authorization: key } })",
		"fetch('ADDRESS', { headers: { Authorization: `Bearer ${'TOKEN'}` } })",
		"fetch('ADDRESS', { headers: { Authorization: 'Bearer ' + 'TOKEN' } })",
		"fetch('ADDRESS', { headers: { Authorization: sign('TOKEN') } })",
	},
	"a.py": {
		"def a():\n    return requests.get('ADDRESS')\n\n\ndef b():\n    client.headers['Authorization'] = 'TOKEN'\n",
		"requests.get('ADDRESS')\nrequests.get(OTHER, headers={'Authorization': 'TOKEN'})",
		"requests.get('ADDRESS', auth=auth)\nheaders = {'Authorization': 'TOKEN'}\nrequests.get('https://api.example.com', headers=headers)",
	},
	"a.go": {
		"a, _ := http.NewRequest(\"GET\", \"ADDRESS\", nil)\nb, _ := http.NewRequest(\"GET\", \"https://api.example.com\", nil)\nb.Header.Set(\"Authorization\", \"TOKEN\")",
		"b, _ := http.NewRequest(\"GET\", \"https://api.example.com\", nil)\nb.Header.Set(\"Authorization\", \"TOKEN\")\na, _ := http.NewRequest(\"GET\", \"ADDRESS\", nil)",
	},
	"a.sh": {
		"curl ADDRESS\ncurl -H 'Authorization: TOKEN' https://api.example.com",
		"curl ADDRESS\ncurl -H 'Authorization: TOKEN' \"$OTHER/x\"",
		"curl -H 'Authorization: TOKEN' \\\n  https://api.example.com\ncurl ADDRESS \\\n  -v",
	},
	"a.http": {
		"GET ADDRESS\n\n###\nGET https://api.example.com\nAuthorization: TOKEN\n",
		"GET https://api.example.com\nAuthorization: TOKEN\n\n###\nGET ADDRESS\n",
	},
	"a.json": {
		`{"item": [{"name": "a", "request": {"url": {"raw": "ADDRESS"}, "header": []}}, {"name": "b", "request": {"header": [{"key": "Authorization", "value": "TOKEN"}], "url": {"raw": "https://api.example.com"}}}]}`,
		`{"item": [{"name": "b", "request": {"header": [{"key": "Authorization", "value": "TOKEN"}], "url": {"raw": "https://api.example.com"}}}, {"name": "a", "request": {"url": {"raw": "ADDRESS"}, "header": []}}]}`,
	},
	"a.yml": {
		"a:\n  url: ADDRESS\nb:\n  headers:\n    Authorization: TOKEN\n",
		"- uri:\n    url: ADDRESS\n- uri:\n    url: https://api.example.com\n    headers:\n      Authorization: TOKEN\n",
		"url: ADDRESS\n---\nheaders:\n  Authorization: TOKEN\n",
	},
	"README.md": {"```\ncurl ADDRESS\n```\n\n```\ncurl -H 'Authorization: TOKEN' \"$X\"\n```"},
}

func TestOthersRequests(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 1))
	for _, path := range sorted(othersRequests) {
		for _, snippet := range othersRequests[path] {
			text := withToken(strings.ReplaceAll(snippet, "ADDRESS", legacyURL), "a"+randomSecret(rng, 29))
			if tokens, examples := legacyFound(path, text); len(tokens)+len(examples) > 0 {
				t.Errorf("%s: in\n%s\nfound %q, %q", path, text, tokens, examples)
			}
		}
	}
}

// Requests as tools and servers are configured to make them.
func TestLegacyRequestForms(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 1))
	for path, snippets := range map[string][]string{
		"postman.json": {
			`{"request":{"auth":{"type":"apikey","apikey":[{"key":"value","value":"TOKEN"},{"key":"key","value":"Authorization"}]},"url":"https://app.neoagent.co/api"}}`,
			`{"auth": {"type": "apikey", "apikey": [{"key": "key", "value": "Authorization", "type": "string"}, {"key": "value", "value": "TOKEN", "type": "string"}]}, "url": {"raw": "https://app.neoagent.co/api"}}`,
		},
		"a.sh": {
			"curl https://APP.NEOAGENT.CO/api -H 'Authorization: TOKEN'",
			"curl APP.NEOAGENT.CO/api -H 'Authorization: TOKEN'",
		},
		"nginx.conf": {
			"location / { proxy_pass https://app.neoagent.co; proxy_set_header Authorization \"TOKEN\"; }",
			"location / {\n  proxy_set_header Authorization TOKEN;\n  proxy_pass https://app.neoagent.co;\n}",
		},
		"Caddyfile": {"reverse_proxy https://app.neoagent.co {\n  header_up Authorization \"TOKEN\"\n}"},
	} {
		for _, snippet := range snippets {
			token := randomSecret(rng, 32)
			if tokens, _ := legacyFound(path, withToken(snippet, token)); len(tokens) != 1 || tokens[0] != token {
				t.Errorf("%s: in\n%s\nfound %q", path, snippet, tokens)
			}
			other := strings.NewReplacer("neoagent.co", "example.com", "NEOAGENT.CO", "EXAMPLE.COM").Replace(snippet)
			if tokens, _ := legacyFound(path, withToken(other, token)); len(tokens) > 0 {
				t.Errorf("%s: with another host, found %q", path, tokens)
			}
		}
	}
}
