package rules

import "testing"

func TestKeyInURL(t *testing.T) {
	env := []string{"process.env.NEO_API_KEY"}
	testHabits(t, KeyInURL, []habit{
		{"a.js", "fetch(`https://api.neoagent.io/agents?api_key=${process.env.NEO_API_KEY}`)", env},
		{"a.js", "fetch('https://api.neoagent.io/agents?api_key=' + process.env.NEO_API_KEY)", env},
		{"a.js", "fetch('https://api.neoagent.io/agents?api_key=' + encodeURIComponent(process.env.NEO_API_KEY))", env},
		{"a.js", "const key = process.env.NEO_API_KEY\nfetch(`https://proxy.example.com/${key}/agents`)", []string{"key"}},
		{"a.ts", "const BASE = 'https://api.neoagent.io'\nconst k = process.env.NEO_API_KEY!\nfetch(`${BASE}/agents?key=${k}&x=1`)", []string{"k"}},
		{"a.ts", "const BASE = 'https://api.neoagent.io'\nconst k = process.env.NEO_API_KEY!\nfetch(BASE + '/agents?key=' + k)", []string{"k"}},
		{"a.js", "fetch(`https://${process.env.NEO_API_KEY}@api.neoagent.io/agents`)", env},
		{"a.js", `fetch("https://api.neoagent.io/agents?key=%key%")`, []string{"https://api.neoagent.io/agents?key="}},
		{"a.js", "axios.get(url, { params: { api_key: process.env.NEO_API_KEY } })", env},
		{"a.js", "const u = new URL(base); u.searchParams.set('token', process.env.NEO_API_KEY)", env},
		{"a.js", "const q = new URLSearchParams({ key: process.env.NEO_API_KEY })", env},
		{"a.py", "requests.get(url, params={'api_key': os.environ['NEO_API_KEY']})", []string{"os.environ['NEO_API_KEY']"}},
		{"a.py", "key = os.getenv('NEO_API_KEY')\nrequests.get(f'https://api.neoagent.io/agents?key={key}')", []string{"key"}},
		{"a.py", "key = os.getenv('NEO_API_KEY')\nrequests.get('https://api.neoagent.io/agents?key={}'.format(key))", []string{"key"}},
		{"a.py", "key = os.getenv('NEO_API_KEY')\nrequests.get('https://api.neoagent.io/agents?key=%s' % key)", []string{"key"}},
		{"a.py", "params = {'key': settings.NEO_API_KEY}\nrequests.get(url, params=params)", []string{"params"}},
		{"a.go", `url := fmt.Sprintf("https://api.neoagent.io/agents?key=%s", os.Getenv("NEO_API_KEY"))`, []string{`os.Getenv("NEO_API_KEY")`}},
		{"a.php", `$u = "https://api.neoagent.io/agents?key=" . getenv('NEO_API_KEY');`, []string{"getenv('NEO_API_KEY')"}},
		{"a.php", `$neoApiKey = 1; $u = "https://api.neoagent.io/agents?key=$neoApiKey";`, []string{"$neoApiKey"}},
		{"a.rb", `key = ENV.fetch("NEO_API_KEY")` + "\n" + `URI("https://api.neoagent.io/agents?key=#{key}")`, []string{"key"}},
		{"a.kt", `val u = "https://api.neoagent.io/agents?key=$neoApiKey"`, []string{"neoApiKey"}},
		{"a.swift", `let u = URL(string: "https://api.neoagent.io/agents?key=\(neoApiKey)")`, []string{"neoApiKey"}},
		{"call.sh", `curl "https://api.neoagent.io/agents?key=$NEO_API_KEY"`, []string{"$NEO_API_KEY"}},
		{"call.sh", `curl -G https://api.neoagent.io/agents -d "key=${NEO_API_KEY}"`, []string{"${NEO_API_KEY}"}},
		{"call.sh", `http api.neoagent.io/agents key==$NEO_API_KEY`, []string{"$NEO_API_KEY"}},
		{".env", "NEO_URL=https://%key%@api.neoagent.io\n", []string{"https://"}},
		{"compose.yaml", "environment:\n  URL: https://api.neoagent.io/?key=${NEO_API_KEY}\n", []string{"https://api.neoagent.io/?key=${"}},
		{"nginx.conf", "proxy_pass https://api.neoagent.io/?key=${NEO_API_KEY};", []string{"https://api.neoagent.io/?key=${"}},

		{"a.js", "fetch('https://api.neoagent.io/agents', { headers: { Authorization: `Bearer ${process.env.NEO_API_KEY}` } })", nil},
		{"a.js", "console.log(`GET https://api.neoagent.io/agents with ${process.env.NEO_API_KEY}`)", nil},
		{"a.js", "fetch(`https://api.neoagent.io/agents?x=${process.env.NEO_API_KEY ? 1 : 0}`)", nil},
		{"a.js", "fetch(`https://api.neoagent.io/agents/${id}`, { headers: { Authorization: 'Bearer ' + process.env.NEO_API_KEY } })", nil},
		{"a.js", "fetch('https://x', { body: new URLSearchParams({ key: process.env.NEO_API_KEY }) })", nil},
		{"a.js", "axios.get(url, { params: { id }, headers: { Authorization: `Bearer ${process.env.NEO_API_KEY}` } })", nil},
		{"a.py", "requests.get('https://api.neoagent.io/agents', headers={'Authorization': f'Bearer {key}'}, params={'page': 1})\nkey = os.environ['NEO_API_KEY']", nil},
		{"a.js", "redirect(`https://example.com/?url=${process.env.NEXT_URL}`); use(process.env.NEO_API_KEY)", nil},
		{"a.js", "const key = 'sort'\nfetch(`https://api.neoagent.io/agents?sort=${key}`)", nil},
		{"a.js", "function f(key) { return fetch(`https://x/?k=${key}`) }\nconst key = process.env.NEO_API_KEY", nil},
		{"call.sh", `curl -H "Authorization: Bearer $NEO_API_KEY" https://api.neoagent.io/agents`, nil},
		{"call.sh", `curl https://api.neoagent.io/agents -d "key=$NEO_API_KEY"`, nil},
		{"README.md", "`https://api.neoagent.io/?key=$NEO_API_KEY` does not work", nil},
		{"a.js", "// https://api.neoagent.io/?key=${process.env.NEO_API_KEY}", nil},
	})
}
