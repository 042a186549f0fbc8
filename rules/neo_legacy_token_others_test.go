package rules

import (
	"math/rand/v2"
	"testing"
)

// What must not be found, whatever random text is in it. TOKEN stands for that.
var legacyOthers = map[string][]string{
	"a.js": {
		"const NEON_API_KEY = 'TOKEN';",
		"const neo4jAuthToken = 'TOKEN';",
		"const neoApiKeyId = 'TOKEN';",
		"const neoApiKeyHash = 'TOKEN'",
		"const neoApiKey = TOKEN;",
		"const o = { neoApiKey: TOKEN }",
		"const neoApiKey = getKey('TOKEN')",
		"const neoApiKey = decrypt('TOKEN')",
		"const neoApiKey = TOKEN.key",
		"const neoApiKey = keys['TOKEN']",
		"const neoApiKey = `${TOKEN}`",
		"const neoApiKey = 'Bearer TOKEN'",
		"const neoApiKey = 'https://example.com/TOKEN'",
		"const neoApiKey = 'neo_sk_prod_TOKEN'",
		"const { neoApiKey } = config; const checksum = 'TOKEN';",
		"import { neoApiKey } from './TOKEN'",
		"// neoApiKey see commit\nconst id = 'TOKEN'",
		"const neoAgent = 'TOKEN'",
		"const isNeoApiKeyValid = 'TOKEN'",
		"const neoApiKey = 'sha256-TOKEN='",
		"const neoApiKey = { 'TOKEN': 1 }",
		"const neoApiKey = (await load('TOKEN'))",
		"const neoKey = 'TOKEN'",
		"const neoToken = 'TOKEN'",
		"process.env.NEO_TOKEN = 'TOKEN'",
		"config.neo.token = 'TOKEN'",
		"neoagent.config = 'TOKEN'",
		"t('settings.neo_api_key', { id }); x('TOKEN')",
		"sign(neoWebhookSecret, 'TOKEN')",
		"expect(sign(neoWebhookSecret, body)).toBe('TOKEN')",
		"const neoApiKey = process.env.NEO_API_KEY;\nconst sha = 'TOKEN';",
		"const neoApiKey = hash(input, 'TOKEN')",
		"const neoApiKey = cache.get('TOKEN')",
		"const neoApiKey = await load(id); // 'TOKEN'",
		"if (hash === 'TOKEN') neoApiKey = null",
	},
	"a.py": {
		"neo_api_key = os.environ['TOKEN']",
		"from neoagent.auth.token import TOKEN",
		"neo_api_key = TOKEN",
		"neo_api_key: str\nsha = 'TOKEN'",
		"def f(neo_api_key, other='TOKEN'): pass",
		"neo_api_key = None\nother = 'TOKEN'",
		"neo_api_key = lookup(a)\nsha = 'TOKEN'",
		"parser.add_argument('--neo-api-key', help='x')\nparser.add_argument('--sha', default='TOKEN')",
	},
	".env": {
		"NEO_API_KEY=\nOTHER=TOKEN",
		"NEO_API_KEY_ID=TOKEN",
		"neo_api_key_kms_ciphertext=TOKEN",
		"NEO_API_KEY=AQICAHTOKEN==",
		"NEO_API_KEY_SSM_PARAMETER=TOKEN",
		"NEO_API_KEY=%(TOKEN)s",
		"NEO_API_KEY=$TOKEN",
		"NEO_API_KEY=${TOKEN}",
		"NEO_API_KEY=%TOKEN%",
		"NEO_API_KEY=<TOKEN>",
		"NEO_API_KEY={{ TOKEN }}",
		"NEO_API_KEY=op://vault/TOKEN",
		"NEO_API_KEY=arn:aws:TOKEN",
		"NEO_API_KEY=#TOKEN",
		"LUNEO_API_KEY=TOKEN",
		"#neo\nAPI_KEY=TOKEN",
	},
	"a.yaml": {
		"neo_api_key: ${{ secrets.TOKEN }}",
		"neo_api_key:\n  other: TOKEN\n",
		"neo_api_key:\nother: TOKEN\n",
		"- neo_api_key:\n- TOKEN\n",
		"a:\n  - neo_api_key:\n  - TOKEN\n",
		"neo_api_key:\n  - other: TOKEN\n",
		"neoagent:\n  image: x\nother:\n  api_key: TOKEN\n",
		"neo:\n  image: x\nother:\n  api_key: TOKEN\n",
		"neo:\n  token: TOKEN\n",
		"neo:\n  api:\n    url: x\n  key: TOKEN\n",
		"neoagent:\n  cache:\n    key: TOKEN\n",
		"kind of neo: the api key is TOKEN",
		"neoagent:\n  image: x@TOKEN\n  digest: TOKEN\n",
		"- name: NEO_API_KEY\n  valueFrom:\n    secretKeyRef:\n      name: neo\n- name: OTHER\n  value: TOKEN\n",
		"- name: OTHER\n  value: TOKEN\n- name: NEO_API_KEY\n  valueFrom: x\n",
		"neo_api_key: ENC[AES256_GCM,data:TOKEN,type:str]",
		"neo_api_key: !vault |\n  $ANSIBLE_VAULT;TOKEN",
		"neo_api_key: '{cipher}TOKEN'",
		"neo_api_key: *TOKEN",
		"neo_api_key:\n  TOKEN: x\n",
		"neo_api_key:\nTOKEN\n",
		"neo_api_key: {{ .Values.TOKEN }}",
		"args:\n  - --neo-api-key\nimages:\n  - TOKEN\n",
	},
	"a.json": {
		`{"neoApiKey": "", "sha": "TOKEN"}`,
		`{"neoApiKey": null, "sha": "TOKEN"}`,
		`{"name": "NEO_API_KEY", "id": 1}, {"name": "x", "value": "TOKEN"}`,
		`{"x": {"name": "y", "value": "TOKEN"}, "name": "neo_api_key"}`,
		`{"neo-api-key": "^1.0.0", "integrity": "TOKEN"}`,
		`{"neoagent": {"version": "1.0.0"}, "other": {"apiKey": "TOKEN"}}`,
		`{"neoagent": "1.0.0", "apiKey": "TOKEN"}`,
	},
	"yarn.lock":         {"neo-auth-token@^1.0.0:\n  version \"1.0.0\"\n  resolved \"https://registry.example.com/neo-auth-token/-/x.tgz#TOKEN\"\n  integrity sha512-TOKEN==\n"},
	"go.sum":            {"example.com/neo-api-key v1.0.0 h1:TOKEN="},
	"Cargo.lock":        {"[[package]]\nname = \"neo-api-key\"\nversion = \"0.1.0\"\nchecksum = \"TOKEN\"\n"},
	"package-lock.json": {`{"node_modules/neo-auth-token": {"version": "1.0.0", "integrity": "sha512-TOKEN=="}}`},
	"a.toml":            {"[neoagent]\nname = \"x\"\n[other]\napi_key = \"TOKEN\"\n", "[neoagent]\nchecksum = \"TOKEN\"\n"},
	"a.xml":             {"<neoApiKey/><sha>TOKEN</sha>", "<neoApiKey></neoApiKey><sha>TOKEN</sha>", "<a key=\"NeoApiKey\" /><b value=\"TOKEN\"/>"},
	"a.sh": {
		"echo $NEO_API_KEY | sha256sum --check TOKEN.sum", "NEO_API_KEY=$(get TOKEN)", "NEO_API_KEY=`get TOKEN`",
		"echo TOKEN | sha256sum; gh secret set NEO_API_KEY",
		"cat TOKEN | gh secret set NEO_API_KEY",
	},
	"a.md":  {"The neo api key id is TOKEN."},
	"a.log": {"neoagent started, trace TOKEN", "neoagent secret key loaded, trace=TOKEN"},
	"a.rb": {
		"attribute :neo_api_key, :string\nattribute :sha, default: 'TOKEN'",
		"def neo_api_key\n  decrypt('TOKEN')\nend",
	},
	"a.sql": {
		"UPDATE t SET option_value = 'TOKEN' WHERE option_name = 'other'; SELECT 'neo_api_key';",
	},
}

func TestLegacyOthers(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 1))
	for _, path := range sorted(legacyOthers) {
		snippets := legacyOthers[path]
		for _, snippet := range snippets {
			for range 10 {
				text := withToken(snippet, "a"+randomSecret(rng, 29))
				if tokens, examples := legacyFound(path, text); len(tokens)+len(examples) > 0 {
					t.Errorf("%s: in\n%s\nfound %q, %q", path, text, tokens, examples)
					break
				}
			}
		}
	}
	// Words where a token would be.
	for _, path := range sorted(legacyAssignments) {
		snippets := legacyAssignments[path]
		for _, snippet := range snippets {
			for _, value := range []string{"settings.neo.apiKeyValue", "internationalization-label", "NEOAGENT.SECRET.KEY.NAME", "2024-01-15T10-30-00", "1.22.333-SNAPSHOT", "/run/secrets/neo_api_key", "short"} {
				if tokens, _ := legacyFound(path, withToken(snippet, value)); len(tokens) > 0 {
					t.Errorf("%s: in\n%s\nfound %q", path, withToken(snippet, value), tokens)
				}
			}
		}
	}
}
