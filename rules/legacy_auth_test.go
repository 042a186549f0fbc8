package rules

import (
	"testing"
)

func TestLegacyAuth(t *testing.T) {
	testHabits(t, LegacyAuth, []habit{
		// As the guide has it.
		{"a.js", "const headers = {\n'Authorization': 'your-secret-key-here',\n'Content-Type': 'application/json'\n};\nconst response = await fetch('https://app.neoagent.co/api/endpoint', {\nmethod: 'POST',\nheaders: headers,\nbody: JSON.stringify(data)\n});", []string{"Authorization"}},
		{"a.py", "headers = {\n'Authorization': 'your-secret-key-here',\n'Content-Type': 'application/json'\n}\nresponse = requests.post(\n'https://app.neoagent.co/api/endpoint',\nheaders=headers,\njson=data\n)", []string{"Authorization"}},
		{"call.sh", "curl -X POST \\\n'https://app.neoagent.co/api/endpoint' \\\n-H 'Authorization: your-secret-key-here' \\\n-H 'Content-Type: application/json' \\\n-d '{\"key\": \"value\"}'", []string{"'Authorization: your-secret-key-here'"}},
		{"a.js", "fetch('https://app.neoagent.co/api', { headers: { Authorization: process.env.NEOAGENT_SECRET_KEY } })", []string{"Authorization"}},
		{"a.js", "function call(token) { return fetch('https://app.neoagent.co/api', { headers: { Authorization: token } }) }", []string{"Authorization"}},
		{"a.go", "req, _ := http.NewRequest(\"POST\", \"https://app.neoagent.co/api\", body)\nreq.Header.Add(\"Authorization\", token)\nclient.Do(req)", []string{"Authorization"}},
		{"a.rest", "POST https://app.neoagent.co/api\nAuthorization: {{token}}\n", []string{"Authorization"}},
		{"nginx.conf", "location /neo/ {\n  proxy_pass https://app.neoagent.co/api/;\n  proxy_set_header Authorization $neo_secret;\n}\n", []string{"Authorization"}},

		{"a.js", "fetch('https://app.neoagent.co/api', { headers: { Authorization: `Bearer ${t}` } })", nil},
		{"a.js", "fetch('https://app.neoagent.co/public')", nil},
		{"a.js", "fetch('https://api.neoagent.io/agents', { headers: { Authorization: t } })", nil},
		{"a.js", "fetch('https://example.com', { headers: { Authorization: t } })\nfetch('https://app.neoagent.co/public')", nil},
		{"a.tsx", "<a href=\"https://app.neoagent.co/login\">Log in</a>\nconst h = { Authorization: t }", nil},
		{"a.py", "from neoagent.core import client\nclient.get('/x', headers={'Authorization': t})", nil},
		{"a.py", "requests.post('https://example.com', headers={'Authorization': token}, json={'callback': 'https://app.neoagent.co/hook'})", nil},
		{"a.js", "axios.post('https://example.com', { url: 'https://app.neoagent.co/x' }, { headers: { Authorization: token } })", nil},
		{"a.js", "const body = JSON.stringify({ endpoint: 'https://app.neoagent.co/api' });\nfetch(other, { headers: { Authorization: token }, body })", nil},
	})
}
