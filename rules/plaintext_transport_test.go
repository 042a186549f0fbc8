package rules

import (
	"testing"
)

func TestPlaintextTransport(t *testing.T) {
	current, legacy := []string{"http://api.neoagent.io"}, []string{"http://app.neoagent.co"}
	testHabits(t, PlaintextTransport, []habit{
		{"a.js", `await fetch("http://api.neoagent.io/public-api/agents", { headers });`, current},
		{"a.js", `await fetch("HTTP://API.NEOAGENT.IO/public-api/agents", { headers });`, []string{"HTTP://API.NEOAGENT.IO"}},
		{"a.js", `await fetch("http://api.neoagent.io:8080/public-api/agents", { headers });`, current},
		{"a.py", `requests.get('http://app.neoagent.co/api/endpoint', headers=headers)`, legacy},
		{"a.py", `requests.get('http://user:pw@app.neoagent.co/api/endpoint')`, []string{"http://user:pw@app.neoagent.co"}},
		{".env", "NEO_BASE_URL=http://api.neoagent.io\n", current},
		{"config.yaml", "neo:\n  url: http://api.neoagent.io/public-api\n", current},
		{"nginx.conf", "location /neo { proxy_pass http://api.neoagent.io; }\n", current},
		{"data.json", `{"url": "http:\/\/api.neoagent.io\/public-api"}`, []string{`http:\/\/api.neoagent.io`}},
		{"call.sh", "curl -s http://api.neoagent.io/public-api/agents\n", current},
		{"call.sh", "curl -s api.neoagent.io/public-api/agents -H @header\n", []string{"api.neoagent.io"}},
		{"call.sh", "wget 'app.neoagent.co/api/endpoint'\n", []string{"app.neoagent.co"}},
		{"a.ts", "const HOST = 'api.neoagent.io';\nfetch(`http://${HOST}/public-api/agents`)", []string{"http://"}},
		{"a.js", "const HOST = 'api.neoagent.io';\nfetch('http://' + HOST + '/public-api/agents')", []string{"http://"}},
		{"a.py", "HOST = 'api.neoagent.io'\nrequests.get(f'http://{HOST}/agents')", []string{"http://"}},
		{"web.xml", "<url>http://api.neoagent.io/</url>", current},
		{"a.js", "new WebSocket('ws://api.neoagent.io/stream')", []string{"ws://api.neoagent.io"}},
		{"a.py", "conn = http.client.HTTPConnection(\"api.neoagent.io\")", []string{"api.neoagent.io"}},
		{"a.rb", "Net::HTTP.new('api.neoagent.io', 80).get('/agents')", []string{"api.neoagent.io"}},
		{"a.js", "http.request({ host: 'api.neoagent.io', path: '/agents' })", []string{"api.neoagent.io"}},
		{"a.go", "u := url.URL{Scheme: \"http\", Host: \"api.neoagent.io\"}", []string{"api.neoagent.io"}},

		{"a.js", `await fetch("https://api.neoagent.io/public-api/agents", { headers });`, nil},
		{"a.js", `// http://api.neoagent.io is refused` + "\nfetch(x)", nil},
		{"a.py", "# http://api.neoagent.io\n", nil},
		{".env", "# NEO_BASE_URL=http://api.neoagent.io\n", nil},
		{"README.md", "Never call `http://api.neoagent.io`.", nil},
		{"a.js", `fetch("http://docs.neoagent.io/llms.txt")`, nil},
		{"a.js", `fetch("http://api.neoagent.io.example.com/")`, nil},
		{"a.js", `fetch("http://myapi.neoagent.io/")`, nil},
		{"a.js", `fetch("http://api.neoagent.iox/")`, nil},
		{"a.js", `fetch("http://localhost:3000/?to=api.neoagent.io")`, nil},
		{"a.py", "from neoagent.core import x\nrequests.get('http://neoagent.com/')", nil},
		{"call.sh", "curl https://api.neoagent.io/public-api/agents\n", nil},
		{"call.sh", "curl -H 'Host: api.neoagent.io' http://localhost:8080/\n", nil},
		{"call.sh", "ping api.neoagent.io\n", nil},
		{"a.js", "const HOST = 'example.com';\nfetch(`http://${HOST}/api.neoagent.io`)", nil},
		{"a.js", "if (url.startsWith('http://api.neoagent.io')) throw new Error('use https')", nil},
		{"a.py", "url = url.replace('http://api.neoagent.io', 'https://api.neoagent.io')", nil},
		{"a.go", "if base == \"http://api.neoagent.io\" {\n\treturn err\n}", nil},
		{"src/url.test.js", "expect(toHTTPS('http://api.neoagent.io/x')).toBe('https://api.neoagent.io/x')", nil},
		{"a.py", "conn = http.client.HTTPSConnection(\"api.neoagent.io\")", nil},
		{"a.js", "https.request({ host: 'api.neoagent.io', path: '/agents' })", nil},
		{"a.json", "{\"$schema\": \"http://api.neoagent.io/schema.json\"}", nil},
		{"a.xml", "<a xmlns:neo=\"http://api.neoagent.io/ns\"/>", nil},
	})
}
