package rules

import (
	"testing"
)

func TestTLSVerificationOff(t *testing.T) {
	testHabits(t, TLSVerificationOff, []habit{
		{"a.py", "requests.get('https://api.neoagent.io/agents', headers=h, verify=False)", []string{"verify"}},
		{"a.py", "s = requests.Session()\ns.verify = False\ns.get('https://api.neoagent.io/agents')", []string{"verify"}},
		{"a.py", "with httpx.Client(base_url='https://api.neoagent.io', verify=False) as c:\n  c.get('/agents')", []string{"verify"}},
		{"a.py", "async with aiohttp.ClientSession() as s:\n  await s.get('https://app.neoagent.co/api', ssl=False)", []string{"ssl"}},
		{"a.py", "ctx = ssl._create_unverified_context()\nurllib.request.urlopen('https://api.neoagent.io/agents', context=ctx)", []string{"_create_unverified_context"}},
		{"a.js", "const agent = new https.Agent({ rejectUnauthorized: false });\nfetch('https://api.neoagent.io/agents', { agent })", []string{"rejectUnauthorized"}},
		{"a.js", "axios.create({ baseURL: 'https://api.neoagent.io', httpsAgent: new https.Agent({ rejectUnauthorized: false }) })", []string{"rejectUnauthorized"}},
		{"a.js", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';\nfetch('https://api.neoagent.io/agents')", []string{"NODE_TLS_REJECT_UNAUTHORIZED"}},
		{"a.js", "process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = 0;\nfetch('https://api.neoagent.io/agents')", []string{"NODE_TLS_REJECT_UNAUTHORIZED"}},
		{"a.go", "tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}\nclient := &http.Client{Transport: tr}\nreq, _ := http.NewRequest(\"GET\", \"https://api.neoagent.io/agents\", nil)\nclient.Do(req)", []string{"InsecureSkipVerify"}},
		{"a.php", "$ch = curl_init('https://api.neoagent.io/agents');\ncurl_setopt($ch, CURLOPT_SSL_VERIFYPEER, false);\ncurl_exec($ch);", []string{"CURLOPT_SSL_VERIFYPEER"}},
		{"a.php", "$client = new GuzzleHttp\\Client(['base_uri' => 'https://api.neoagent.io', 'verify' => false]);", []string{"verify"}},
		{"a.rb", "http = Net::HTTP.new('api.neoagent.io', 443)\nhttp.verify_mode = OpenSSL::SSL::VERIFY_NONE\nhttp.get('/agents')", []string{"VERIFY_NONE"}},
		{"a.rs", "let c = reqwest::Client::builder().danger_accept_invalid_certs(true).build()?;\nc.get(\"https://api.neoagent.io/agents\").send()", []string{"danger_accept_invalid_certs"}},
		{"a.cs", "var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => true };\nvar client = new HttpClient(handler);\nawait client.GetAsync(\"https://api.neoagent.io/agents\");", []string{"ServerCertificateCustomValidationCallback"}},
		{"a.ps1", "Invoke-RestMethod -Uri https://api.neoagent.io/agents -SkipCertificateCheck", []string{"SkipCertificateCheck"}},
		{"call.sh", "curl -sk https://api.neoagent.io/agents\n", []string{"-sk"}},
		{"call.sh", "curl --insecure https://api.neoagent.io/agents\n", []string{"--insecure"}},
		{"call.sh", "wget --no-check-certificate https://app.neoagent.co/api\n", []string{"--no-check-certificate"}},
		{"call.sh", "export NEO_API_KEY\nNODE_TLS_REJECT_UNAUTHORIZED=0 node call.js\n", []string{"NODE_TLS_REJECT_UNAUTHORIZED"}},
		{".env", "NEO_API_KEY=x\nNODE_TLS_REJECT_UNAUTHORIZED=0\n", []string{"NODE_TLS_REJECT_UNAUTHORIZED"}},
		{"Dockerfile", "FROM node\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\nENV NEO_API_KEY=\n", []string{"NODE_TLS_REJECT_UNAUTHORIZED"}},
		{"compose.yaml", "services:\n  a:\n    environment:\n      - NODE_TLS_REJECT_UNAUTHORIZED=0\n      - NEO_API_KEY\n      - NEO_KEY=${NEO_KEY}\n", []string{"NODE_TLS_REJECT_UNAUTHORIZED"}},
		{"a.rb", "conn = Faraday.new(url: 'https://api.neoagent.io', ssl: { verify: false })", []string{"verify"}},
		{"a.cs", "var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => true };\nvar client = new HttpClient(handler) { BaseAddress = new Uri(\"https://api.neoagent.io\") };", []string{"ServerCertificateCustomValidationCallback"}},
		{"a.cs", "ServicePointManager.ServerCertificateValidationCallback = (s, cert, chain, e) => true;\nawait client.GetAsync(\"https://api.neoagent.io/agents\");", []string{"ServerCertificateValidationCallback"}},
		{"a.py", "ssl._create_default_https_context = ssl._create_unverified_context\nurllib.request.urlopen('https://api.neoagent.io/agents')", []string{"_create_unverified_context"}},
		{"a.go", "http.DefaultTransport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}\nhttp.Get(\"https://api.neoagent.io/agents\")", []string{"InsecureSkipVerify"}},
		{"a.js", "https.globalAgent.options.rejectUnauthorized = false;\naxios.get('https://api.neoagent.io/agents')", []string{"rejectUnauthorized"}},
		{"a.js", "setGlobalDispatcher(new Agent({ connect: { rejectUnauthorized: false } }));\nawait fetch('https://api.neoagent.io/agents')", []string{"rejectUnauthorized"}},
		{"nginx.conf", "location /neo/ {\n  proxy_pass https://api.neoagent.io/;\n  proxy_ssl_verify off;\n}\n", []string{"proxy_ssl_verify"}},
		{"Caddyfile", "reverse_proxy https://api.neoagent.io {\n\ttransport http {\n\t\ttls_insecure_skip_verify\n\t}\n}\n", []string{"tls_insecure_skip_verify"}},
		{"a.php", "Http::withoutVerifying()->get('https://api.neoagent.io/agents');", []string{"withoutVerifying"}},

		{"a.py", "requests.get('https://api.neoagent.io/agents', verify=True)", nil},
		{"a.py", "requests.get('https://localhost/', verify=False)\nrequests.get('https://api.neoagent.io/agents')", nil},
		{"a.js", "const dev = new https.Agent({ rejectUnauthorized: false });\nfetch('https://localhost:8443/', { agent: dev })\nfetch('https://api.neoagent.io/agents')", nil},
		{"a.js", "Promise.all([fetch('https://api.neoagent.io/a'), fetch('https://localhost/', { agent: new https.Agent({ rejectUnauthorized: false }) })])", nil},
		{"a.js", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';\nuse(process.env.NEO_API_KEY)", nil},
		{"a.js", "fetch('https://api.neoagent.io/agents', { agent: new https.Agent({ rejectUnauthorized: process.env.NODE_ENV === 'production' }) })", nil},
		{"a.js", "app.get('/', async (req, res) => { res.json(await fetch('https://api.neoagent.io/agents')) })\napp.use(proxy({ rejectUnauthorized: false }))", nil},
		{"call.sh", "curl -k https://localhost/\ncurl https://api.neoagent.io/agents\n", nil},
		{"call.sh", "curl -H 'X: k' -o k https://api.neoagent.io/agents\n", nil},
		{".env", "NODE_TLS_REJECT_UNAUTHORIZED=1\nNEO_API_KEY=x\n", nil},
		{".env", "NODE_TLS_REJECT_UNAUTHORIZED=0\n", nil},
		{"compose.yaml", "services:\n  a:\n    environment:\n      NODE_TLS_REJECT_UNAUTHORIZED: '0'\n  b:\n    environment:\n      NEO_API_KEY: ${NEO_API_KEY}\n", nil},
		{"a.cs", "var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => e == SslPolicyErrors.None };\nvar client = new HttpClient(handler);\nawait client.GetAsync(\"https://api.neoagent.io/agents\");", nil},
		{"a.rb", "http = Net::HTTP.new('localhost', 443)\nhttp.verify_mode = OpenSSL::SSL::VERIFY_NONE\nneo = Net::HTTP.new('api.neoagent.io', 443)\nneo.get('/agents')", nil},
		{"nginx.conf", "location /neo/ {\n  proxy_pass https://api.neoagent.io/;\n}\nlocation /other/ {\n  proxy_pass https://self-signed.internal/;\n  proxy_ssl_verify off;\n}\n", nil},
	})
}
