package rules

import (
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// In snippets, TOKEN stands for a random token.
func withToken(snippet, token string) string { return strings.ReplaceAll(snippet, "TOKEN", token) }

// legacyFound returns the tokens that are found in text, placeholders apart.
func legacyFound(path, text string) (tokens, examples []string) {
	for _, m := range matches(NeoLegacyToken, path, text) {
		if m.Example {
			examples = append(examples, text[m.Start:m.End])
		} else {
			tokens = append(tokens, text[m.Start:m.End])
		}
	}
	return tokens, examples
}

var legacyAssignments = map[string][]string{
	"a.js": {
		"const NEOAGENT_SECRET_KEY = 'TOKEN';",
		"const neoApiKey = \"TOKEN\"",
		"const neoApiKey = `TOKEN`;",
		"process.env.NEOAGENT_SECRET_KEY = 'TOKEN'",
		"process.env['NEOAGENT_SECRET_KEY'] = 'TOKEN'",
		"const key = process.env.NEOAGENT_SECRET_KEY || 'TOKEN';",
		"const key = process.env.NEOAGENT_SECRET_KEY ?? \"TOKEN\";",
		"module.exports = { neoagentSecretKey: 'TOKEN' }",
		"export default {\n  neoApiKey:\n    'TOKEN',\n}",
		"const neoWebhookSecret =\n  'TOKEN';",
		"localStorage.setItem('neo-api-key', 'TOKEN')",
		"if (neoApiKey === 'TOKEN') {}",
		"var a={neoApiKey:\"TOKEN\",b:1}",
		"exec('NEOAGENT_SECRET_KEY=TOKEN node app.js')",
		"// NEOAGENT_SECRET_KEY=TOKEN",
		"const config = { neoagent: { apiKey: 'TOKEN' } }",
		"const config = {\n  neoagent: {\n    url: 'https://example.com',\n    secretKey: 'TOKEN',\n  },\n}",
		"config['neoagent']['secretKey'] = 'TOKEN'",
		"const NEO_API_KEY = Buffer.from('TOKEN')",
		"window.__ENV__ = {\"NEOAGENT_API_KEY\":\"TOKEN\"}",
		"JSON.parse('{\\\"neoApiKey\\\":\\\"TOKEN\\\"}')",
		"new DefinePlugin({ 'process.env.NEO_API_KEY': '\"TOKEN\"' })",
		"getNeoApiKey() { return 'TOKEN'; }",
		"<Neo neoApiKey={'TOKEN'} />",
		"<Neo neoApiKey={\"TOKEN\"} x={1} />",
		"<Neo neoApiKey={`TOKEN`} />",
		"const neoProdApiKey = 'TOKEN'",
		"const neoAccessApiToken = 'TOKEN'",
	},
	"a.ts": {
		"const neoApiKey: string = 'TOKEN';",
		"private readonly neoAgentApiKey: string | undefined = \"TOKEN\";",
		"  neoApiKey?: string = 'TOKEN'",
		"get neoApiKey(): string {\n    return 'TOKEN';\n  }",
		"neoApiKey: z.string().default('TOKEN')",
		"export const environment = { neoAgent: { baseUrl: 'https://app.neoagent.co', secret: 'TOKEN' } }",
		"const config = { neo: { url: 'x', apiKey: 'TOKEN' } }",
	},
	"a.py": {
		"NEOAGENT_SECRET_KEY = 'TOKEN'",
		"neo_api_key: str = \"TOKEN\"",
		"NEO_API_KEY = b'TOKEN'",
		"NEO_API_KEY = \"\"\"TOKEN\"\"\"",
		"os.environ[\"NEOAGENT_SECRET_KEY\"] = \"TOKEN\"",
		"os.environ.setdefault('NEOAGENT_SECRET_KEY', 'TOKEN')",
		"key = os.environ.get('NEOAGENT_SECRET_KEY', 'TOKEN')",
		"key = os.getenv('NEOAGENT_SECRET_KEY') or 'TOKEN'",
		"config('NEO_API_KEY', default='TOKEN')",
		"client = Client(neo_api_key='TOKEN')",
		"settings = {'neo_auth_token': 'TOKEN'}",
		"neo_api_key: SecretStr = SecretStr('TOKEN')",
		"monkeypatch.setenv(\"NEOAGENT_API_KEY\", \"TOKEN\")",
		"neo_api_key = (\n    'TOKEN'\n)",
		"neo_api_key = (\"TOKEN\")",
		"neo_api_key: str = Field(default='TOKEN')",
		"neo_api_key: str = Field('TOKEN', env='NEO_API_KEY')",
		"def neo_api_key() -> str:\n    return 'TOKEN'",
	},
	"a.go": {
		"const neoAPIKey = \"TOKEN\"",
		"neoAPIKey := `TOKEN`",
		"var neoAPIKey string = \"TOKEN\"",
		"const neoagentSecretKey string = \"TOKEN\"",
		"os.Setenv(\"NEOAGENT_SECRET_KEY\", \"TOKEN\")",
		"cmd := `curl -H \"X-NeoApiKey: TOKEN\"`",
		"env := \"my-neo-api-key: TOKEN\\n\"",
		"env := `\nNEO_API_KEY: 7TOKEN\n`",
		"cfg := Config{NeoAPIKey: \"TOKEN\"}",
		"var neoSecretKey = []byte(\"TOKEN\")",
		"m := map[string]string{\"neo_api_key\": \"TOKEN\"}",
		"func neoAPIKey() string { return \"TOKEN\" }",
	},
	"A.java": {
		"private static final String NEO_API_KEY = \"TOKEN\";",
		"String neoApiKey = \"TOKEN\";",
		"builder.add(\"process.env.NEO_API_KEY\", JSON.stringify(\"TOKEN\"))",
		"System.setProperty(\"neo.api.key\", \"TOKEN\");",
		"Map.of(\"NEOAGENT_SECRET_KEY\", \"TOKEN\")",
		"@Value(\"${neo.api.key:TOKEN}\")",
		"builder.neoApiKey(\"x\").neoAuthToken(\"TOKEN\")",
		"client.setNeoApiKey(\"TOKEN\");",
		"System.getenv().getOrDefault(\"NEO_API_KEY\", \"TOKEN\")",
		"public String getNeoApiKey() {\n        return \"TOKEN\";\n    }",
	},
	"a.kt": {
		"const val NEO_API_KEY = \"TOKEN\"",
		"val neoApiKey: String = \"TOKEN\"",
		"val key = System.getenv(\"NEOAGENT_SECRET_KEY\") ?: \"TOKEN\"",
		"buildConfigField(\"String\", \"NEO_API_KEY\", \"\\\"TOKEN\\\"\")",
		"mapOf(\"neo_api_key\" to \"TOKEN\")",
		"val neoApiKey get() = \"TOKEN\"",
	},
	"a.cs": {
		"public const string NeoApiKey = \"TOKEN\";",
		"public string NeoApiKey { get; set; } = \"TOKEN\";",
		"var neoApiKey = @\"TOKEN\";",
		"Environment.SetEnvironmentVariable(\"NEOAGENT_SECRET_KEY\", \"TOKEN\");",
		"var key = config[\"NeoAgent:ApiKey\"] ?? \"TOKEN\";",
		"private string NeoAuthToken => \"TOKEN\";",
	},
	"a.php": {
		"<?php define('NEOAGENT_SECRET_KEY', 'TOKEN');",
		"$neo_api_key = 'TOKEN';",
		"putenv('NEOAGENT_SECRET_KEY=TOKEN');",
		"putenv(\"NEO_API_KEY=TOKEN\");",
		"'neo_api_key' => 'TOKEN',",
		"'neo_api_key' => env('NEO_API_KEY', 'TOKEN'),",
		"const NEO_API_KEY = 'TOKEN';",
		"$this->neoApiKey = 'TOKEN';",
		"$_ENV['NEOAGENT_SECRET_KEY'] = \"TOKEN\";",
		"$neo_api_key = <<<EOT\nTOKEN\nEOT;",
		"$neo_api_key = <<<'EOT'\n  TOKEN\n  EOT;",
		"'neoagent' => [\n    'secret_key' => 'TOKEN',\n]",
	},
	"a.rb": {
		"NEO_API_KEY = 'TOKEN'",
		"NEO_API_KEY = 'TOKEN'.freeze",
		"ENV['NEOAGENT_SECRET_KEY'] = 'TOKEN'",
		"ENV['NEOAGENT_SECRET_KEY'] ||= 'TOKEN'",
		"ENV.fetch('NEOAGENT_SECRET_KEY', 'TOKEN')",
		"ENV.fetch('NEOAGENT_SECRET_KEY') { 'TOKEN' }",
		"{ neo_api_key: 'TOKEN' }",
		"{ :neo_api_key => 'TOKEN' }",
		"@neo_api_key = \"TOKEN\"",
		"neo_api_key = %q(TOKEN)",
		"neo_api_key = %Q[TOKEN]",
		"neo_api_key = <<~EOS\n  TOKEN\nEOS",
		"config.neo.api_key = 'TOKEN'",
	},
	"a.rs": {
		"const NEO_API_KEY: &str = \"TOKEN\";",
		"static NEO_API_KEY: &'static str = \"TOKEN\";",
		"let neo_api_key = \"TOKEN\".to_string();",
		"let neo_api_key = String::from(\"TOKEN\");",
		"let neo_api_key = r#\"TOKEN\"#;",
		"let neo_api_key: Option<String> = Some(\"TOKEN\".into());",
		"env::set_var(\"NEOAGENT_SECRET_KEY\", \"TOKEN\");",
		"env::var(\"NEOAGENT_SECRET_KEY\").unwrap_or(\"TOKEN\".to_string())",
		"env::var(\"NEOAGENT_SECRET_KEY\").unwrap_or_else(|_| \"TOKEN\".into())",
		"const NEO_SECRET_KEY: &[u8] = b\"TOKEN\";",
	},
	"a.swift": {
		"let neoApiKey = \"TOKEN\"",
		"static let neoApiKey: String = \"TOKEN\"",
		"let key = ProcessInfo.processInfo.environment[\"NEO_API_KEY\"] ?? \"TOKEN\"",
		"var neoApiKey: String { \"TOKEN\" }",
		"var neoApiKey: String {\n    return \"TOKEN\"\n}",
		"UserDefaults.standard.set(\"TOKEN\", forKey: \"neoApiKey\")",
	},
	"a.dart": {
		"const neoApiKey = 'TOKEN';",
		"static const String neoApiKey = 'TOKEN';",
		"const key = String.fromEnvironment('NEO_API_KEY', defaultValue: 'TOKEN');",
		"final Map<String, String> env = {'NEOAGENT_SECRET_KEY': 'TOKEN'};",
	},
	"a.sh": {
		"NEOAGENT_SECRET_KEY=TOKEN",
		"export NEOAGENT_SECRET_KEY=TOKEN",
		"export NEOAGENT_SECRET_KEY='TOKEN'",
		"export NEOAGENT_SECRET_KEY=\"TOKEN\" # the key",
		"NEO_API_KEY=TOKEN ./run.sh --fast",
		"declare -x NEO_API_KEY=\"TOKEN\"",
		": \"${NEO_API_KEY:=TOKEN}\"",
		"key=${NEO_API_KEY:-TOKEN}",
		"set -gx NEO_API_KEY TOKEN",
		"setenv NEO_API_KEY TOKEN",
		"./tool --neo-api-key TOKEN --fast",
		"./tool --neo-api-key=TOKEN",
		"kubectl create secret generic neo --from-literal=NEO_API_KEY=TOKEN",
		"docker run -e NEOAGENT_SECRET_KEY=TOKEN image",
		"docker build --build-arg NEOAGENT_SECRET_KEY=TOKEN .",
		"heroku config:set NEOAGENT_SECRET_KEY=TOKEN",
		"gh secret set NEOAGENT_SECRET_KEY --body TOKEN",
		"gh secret set NEOAGENT_SECRET_KEY --body \"TOKEN\"",
		"aws ssm put-parameter --name /prod/neoagent/secret-key --value TOKEN",
		"vault kv put secret/app neo_api_key=TOKEN",
		"dotnet user-secrets set \"NeoAgent:ApiKey\" \"TOKEN\"",
		"cat > .env <<EOF\nNEOAGENT_SECRET_KEY=TOKEN\nEOF",
		"NEO_API_KEY=$(cat <<EOF\nTOKEN\nEOF\n)",
		"curl \"https://example.com?neo_api_key=TOKEN&x=1\"",
		"export NEO_API_KEY=$'TOKEN'",
		"read NEO_API_KEY <<< \"TOKEN\"\necho",
		"read -r NEO_API_KEY <<<'TOKEN'",
		"java -Dneo.api.key=TOKEN -jar a.jar",
		"./gradlew -PneoApiKey=TOKEN build",
		"helm upgrade neo ./chart --set neoagent.secretKey=TOKEN",
	},
	"a.ps1": {
		"$env:NEOAGENT_SECRET_KEY = \"TOKEN\"",
		"$env:NEOAGENT_SECRET_KEY='TOKEN'",
		"$neoApiKey = 'TOKEN'",
		"$neoApiKey = ConvertTo-SecureString \"TOKEN\" -AsPlainText -Force",
		"$neoApiKey = (ConvertTo-SecureString -AsPlainText -String 'TOKEN' -Force)",
		"[Environment]::SetEnvironmentVariable('NEO_API_KEY', 'TOKEN', 'User')",
		"Set-Item -Path Env:NEO_API_KEY -Value 'TOKEN'",
	},
	"a.bat": {
		"setx NEOAGENT_SECRET_KEY TOKEN",
		"setx NEOAGENT_SECRET_KEY \"TOKEN\" /M",
		"set NEOAGENT_SECRET_KEY=TOKEN",
		"set \"NEOAGENT_SECRET_KEY=TOKEN\"\r\n",
	},
	".env": {
		"NEOAGENT_SECRET_KEY=TOKEN",
		"NEOAGENT_SECRET_KEY=TOKEN\r\nX=1",
		"NEOAGENT_SECRET_KEY = TOKEN",
		"NEOAGENT_SECRET_KEY=\"TOKEN\"",
		"NEOAGENT_SECRET_KEY=' TOKEN '",
		"NEOAGENT_SECRET_KEY=\"TOKEN\\n\"",
		"export NEO_WEBHOOK_SECRET=TOKEN",
		"NEO_API_KEY: TOKEN",
		"NEO_PROD_API_KEY=TOKEN",
		"NEO_STAGING_AUTH_KEY=TOKEN",
		"NEO_LIVE_SECRET_KEY=TOKEN",
		"NEO_SANDBOX_WEBHOOK_SECRET=TOKEN",
	},
	"a.yaml": {
		"neo_api_key: TOKEN",
		"neo-api-key: 'TOKEN'",
		"neoApiKey: \"TOKEN\" # comment",
		"neo.api.key: TOKEN",
		"\"neoApiKey\": TOKEN",
		"neoapikey: !!str TOKEN",
		"{a: 1, neoApiKey: TOKEN, b: 2}",
		"neo_api_key: |\n  TOKEN\n",
		"neo_api_key: >-\n  TOKEN\n",
		"neo_api_key: &key TOKEN",
		"neoagent:\n  url: x\n  api-key: TOKEN\n",
		"neoagent:\n  auth:\n    secret_key: TOKEN\n",
		"neoagent:\n  client:\n    api:\n      key: TOKEN\n",
		"neoagent:\n  url: https://example.com\n  token: TOKEN\n",
		"neo:\n  api-key: TOKEN\n",
		"neo:\n  api:\n    key: TOKEN\n",
		"app:\n  neo:\n    url: x\n    auth:\n      header: x\n      token: 'TOKEN'\n",
		"neo.api:\n  key: TOKEN\n",
		"inputs:\n  neo_api_key:\n    description: The key\n    default: TOKEN\n",
		"- NEOAGENT_SECRET_KEY=TOKEN",
		"- \"NEOAGENT_SECRET_KEY=TOKEN\"",
	},
	"docker-compose.yml": {
		"services:\n  app:\n    environment:\n      NEOAGENT_SECRET_KEY: TOKEN\n",
		"services:\n  app:\n    environment:\n      - NEOAGENT_SECRET_KEY=TOKEN\n",
		"    environment:\n      - NEO_API_KEY=${NEO_API_KEY:-TOKEN}\n",
		"    build:\n      args:\n        NEO_API_KEY: 'TOKEN'\n",
	},
	"deploy/k8s.yaml": {
		"env:\n  - name: NEOAGENT_SECRET_KEY\n    value: TOKEN\n",
		"env:\n  - name: \"NEOAGENT_SECRET_KEY\"\n    value: \"TOKEN\"\n  - name: OTHER\n    value: x\n",
		"env:\n  - value: TOKEN\n    name: NEOAGENT_SECRET_KEY\n",
		"apiVersion: v1\nkind: Secret\nstringData:\n  NEOAGENT_SECRET_KEY: TOKEN\n",
		"kind: ConfigMap\ndata:\n  NEO_API_KEY: TOKEN\n",
		"env: [{name: NEO_API_KEY, value: TOKEN}]",
	},
	".github/workflows/ci.yml": {
		"env:\n  NEOAGENT_SECRET_KEY: TOKEN\n",
		"    - run: NEO_API_KEY=TOKEN npm test\n",
		"      with:\n        neo-api-key: TOKEN\n",
		"    - run: echo \"NEO_API_KEY=TOKEN\" >> $GITHUB_ENV\n",
	},
	"a.json": {
		`{"neoApiKey": "TOKEN"}`,
		`{"NEOAGENT_SECRET_KEY":"TOKEN","b":1}`,
		"{\n  \"neo\": 1,\n  \"neo.api.key\" : \"TOKEN\"\n}",
		`{"name": "NEOAGENT_SECRET_KEY", "value": "TOKEN"}`,
		`{"value": "TOKEN", "name": "NEOAGENT_SECRET_KEY"}`,
		`[{"key": "neo_api_key", "value": "TOKEN", "enabled": true}]`,
		`{"ParameterKey": "NeoApiKey", "ParameterValue": "TOKEN"}`,
		`{"NeoAgent": {"Url": "x", "ApiKey": "TOKEN"}}`,
		`{"neo":{"apiKey":"TOKEN"}}`,
		`{"neo": {"api": {"key": "TOKEN"}}}`,
		`{"outputs": {"neo_api_key": {"value": "TOKEN", "type": "string"}}}`,
		`{"body": "{\"neoApiKey\": \"TOKEN\"}"}`,
		`{"a": "{\u0022neoApiKey\u0022:\u0022TOKEN\u0022}"}`,
		`{"env": ["NEOAGENT_SECRET_KEY=TOKEN"]}`,
	},
	"a.toml": {
		"neo_api_key = \"TOKEN\"",
		"neo-api-key = 'TOKEN'",
		"[neoagent]\nurl = \"x\"\nsecret_key = \"TOKEN\"\n",
		"[tool.neoagent]\napi-key = \"TOKEN\"\n",
		"[neo]\napi_key = \"TOKEN\"\n",
		"[neo.api]\nurl = \"x\"\nkey = \"TOKEN\"\n",
		"neo = { api_key = \"TOKEN\" }",
		"neoagent = { api_key = \"TOKEN\" }",
		"neo_api_key = \"\"\"\nTOKEN\n\"\"\"",
	},
	"a.ini": {
		"neo_api_key=TOKEN",
		"neo_api_key = TOKEN ; comment",
		"[neoagent]\nsecret_key = TOKEN\n",
		"[neoagent]\r\nsecret_key = TOKEN\r\n[other]\r\n",
	},
	"a.properties": {
		"neo.api.key=TOKEN",
		"neo.api.key = TOKEN",
		"neo.api.key: TOKEN",
		"neo.api.key TOKEN",
		"neoagent.secret-key=TOKEN",
		"spring.neoagent.auth.token=TOKEN",
	},
	"a.xml": {
		"<neoApiKey>TOKEN</neoApiKey>",
		"<x:neoApiKey>TOKEN</x:neoApiKey>",
		"<neo.api.key>TOKEN</neo.api.key>",
		"<neoApiKey type=\"string\">\n  TOKEN\n</neoApiKey>",
		"<neo-api-key><![CDATA[TOKEN]]></neo-api-key>",
		"<add key=\"NeoApiKey\" value=\"TOKEN\" />",
		"<add value=\"TOKEN\" key=\"NeoApiKey\" />",
		"<string name=\"neo_api_key\">TOKEN</string>",
		"<string name=\"neo_api_key\" translatable=\"false\">TOKEN</string>",
		"<key>NeoApiKey</key>\n\t<string>TOKEN</string>",
		"<property><name>neo.api.key</name><value>TOKEN</value></property>",
		"<client neoApiKey=\"TOKEN\"/>",
		"<meta-data android:name=\"neo_api_key\"\n  android:value=\"TOKEN\"/>",
		"<entry key=\"neo.api.key\">TOKEN</entry>",
	},
	"index.html": {
		"<meta name=\"neo-api-key\" content=\"TOKEN\">",
		"<div data-neo-api-key=\"TOKEN\"></div>",
		"<input type=\"hidden\" name=\"neo_api_key\" value=\"TOKEN\">",
		"<div data-page=\"{&quot;neoApiKey&quot;:&quot;TOKEN&quot;}\">",
		"<script>window.NEO_API_KEY = 'TOKEN'</script>",
	},
	"main.tf": {
		"variable \"neo_api_key\" {\n  type    = string\n  default = \"TOKEN\"\n}",
		"neo_api_key = \"TOKEN\"",
		"environment = {\n  NEOAGENT_SECRET_KEY = \"TOKEN\"\n}",
		"set {\n  name  = \"neoagent.secretKey\"\n  value = \"TOKEN\"\n}",
		"neo_api_key = <<EOF\nTOKEN\nEOF",
		"neo_api_key = sensitive(\"TOKEN\")",
	},
	"terraform.tfvars": {"neo_api_key = \"TOKEN\"", "neoagent_secret_key=\"TOKEN\""},
	"Dockerfile": {
		"ENV NEOAGENT_SECRET_KEY=TOKEN",
		"ENV NEOAGENT_SECRET_KEY TOKEN",
		"ENV NEOAGENT_SECRET_KEY=\"TOKEN\" \\\n    B=1",
		"ENV A=1 \\\n    NEOAGENT_SECRET_KEY=TOKEN",
		"ARG NEOAGENT_SECRET_KEY=TOKEN",
		"RUN NEO_API_KEY=TOKEN npm run build",
	},
	"Makefile": {
		"NEOAGENT_SECRET_KEY = TOKEN",
		"NEOAGENT_SECRET_KEY := TOKEN",
		"NEOAGENT_SECRET_KEY ?= TOKEN",
		"export NEOAGENT_SECRET_KEY := TOKEN",
		"define NEO_API_KEY\nTOKEN\nendef",
		"\tNEO_API_KEY=TOKEN go test ./...",
	},
	"a.sql": {
		"UPDATE settings SET neo_api_key = 'TOKEN' WHERE id = 1;",
		"UPDATE settings SET value = 'TOKEN' WHERE name = 'neo_api_key';",
		"INSERT INTO settings (name, value) VALUES ('neo_api_key', 'TOKEN');",
		"INSERT INTO tenants (id, neo_api_key, created) VALUES (1, 'TOKEN', now());",
		"INSERT INTO tenants (neo_api_key) VALUES ('TOKEN');",
		"INSERT INTO `settings` (`id`, `neo_api_key`, `x`)\nVALUES\n(1, 'TOKEN', NULL),(2,'b',3);",
		"INSERT INTO `settings` (`id`, `neo_api_key`) VALUES (1, NULL),(2,'TOKEN');",
		"INSERT INTO settings (id, \"neo_api_key\") VALUES (1, 'TOKEN')",
		"ALTER TABLE t ADD COLUMN neo_api_key VARCHAR(64) NOT NULL DEFAULT 'TOKEN';",
		"SET @neo_api_key = 'TOKEN';",
		"set_config('neo.api_key', 'TOKEN', false)",
	},
	"README.md": {
		"Set `NEOAGENT_SECRET_KEY=TOKEN` first.",
		"| NEO_API_KEY | TOKEN | the key |",
		"Our Neoagent secret key is TOKEN.",
		"Neo API key: TOKEN",
		"`neo_api_key`: `TOKEN`",
	},
	"CMakeLists.txt": {"set(NEO_API_KEY \"TOKEN\")", "set(ENV{NEO_API_KEY} TOKEN)"},
	"a.h":            {"#define NEO_API_KEY \"TOKEN\"", "static const char *neo_api_key = \"TOKEN\";", "static const char neo_api_key[] = \"TOKEN\";", "NSString *const NeoApiKey = @\"TOKEN\";"},
	"a.clj":          {"{:neo-api-key \"TOKEN\"}"},
	"a.ex":           {"config :app, neo_api_key: \"TOKEN\"", "System.put_env(\"NEO_API_KEY\", \"TOKEN\")"},
	"a.lua":          {"local neo_api_key = \"TOKEN\""},
	"a.R":            {"neo_api_key <- \"TOKEN\"", "Sys.setenv(NEO_API_KEY = \"TOKEN\")"},
	"nginx.conf":     {"fastcgi_param NEO_API_KEY TOKEN;", "set $neo_api_key \"TOKEN\";", "SetEnv NEO_API_KEY TOKEN"},
	"app.log":        {"2024-01-01 starting with NEO_API_KEY=TOKEN", "neoApiKey: 'TOKEN', url: 'x'"},
}

func TestLegacyAssignments(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 1))
	for _, path := range sorted(legacyAssignments) {
		snippets := legacyAssignments[path]
		for _, snippet := range snippets {
			for _, around := range []string{"%", "x = 1;\n%\ny = 2;\n"} {
				if path == "index.html" || path == "a.json" {
					around = "%"
				}
				token := randomSecret(rng, 24+rng.IntN(20))
				text := strings.Replace(around, "%", withToken(snippet, token), 1)
				tokens, examples := legacyFound(path, text)
				if len(tokens) == 0 || len(examples) > 0 {
					t.Errorf("%s: in\n%s\nfound %q, %q", path, snippet, tokens, examples)
					continue
				}
				for _, got := range tokens {
					if got != token && (got != "7"+token || !strings.Contains(snippet, "7TOKEN")) {
						t.Errorf("%s: in\n%s\nfound %q, want %q", path, snippet, got, token)
					}
				}
			}
			// With the guide's placeholder nothing is found.
			if tokens, _ := legacyFound(path, withToken(snippet, "your-secret-key-here")); len(tokens) > 0 {
				t.Errorf("%s: in\n%s\nthe placeholder is found", path, snippet)
			}
		}
	}
}

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
		"neoagent.config = 'TOKEN'",
		"t('settings.neo_api_key', { id }); x('TOKEN')",
		"sign(neoWebhookSecret, 'TOKEN')",
		"expect(sign(neoWebhookSecret, body)).toBe('TOKEN')",
		"const neoApiKey = process.env.NEO_API_KEY;\nconst sha = 'TOKEN';",
	},
	"a.py": {
		"neo_api_key = os.environ['TOKEN']",
		"from neoagent.auth.token import TOKEN",
		"neo_api_key = TOKEN",
		"neo_api_key: str\nsha = 'TOKEN'",
		"def f(neo_api_key, other='TOKEN'): pass",
		"neo_api_key = None\nother = 'TOKEN'",
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
	"a.sh":              {"echo $NEO_API_KEY | sha256sum --check TOKEN.sum", "NEO_API_KEY=$(get TOKEN)", "NEO_API_KEY=`get TOKEN`"},
	"a.md":              {"The neo api key id is TOKEN."},
	"a.log":             {"neoagent started, trace TOKEN", "neoagent secret key loaded, trace=TOKEN"},
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

func TestLegacyMatch(t *testing.T) {
	token := randomSecret(rand.New(rand.NewPCG(16, 1)), 32)
	for text, want := range map[string]Match{
		"NEOAGENT_SECRET_KEY=TOKEN":                                 {Confidence: finding.High, Message: "Neo legacy token in NEOAGENT_SECRET_KEY"},
		"NEO_API_KEY=TOKEN":                                         {Confidence: finding.Medium, Message: "Neo legacy token in NEO_API_KEY"},
		"a['neoagent']['api_key'] = 'TOKEN'":                        {Confidence: finding.High, Message: "Neo legacy token in a Neo key's variable"},
		"curl https://app.neoagent.co -H 'Authorization: TOKEN'":    {Confidence: finding.High, Message: "Neo legacy token sent to app.neoagent.co"},
		"POST https://app.neoagent.co/\nAuthorization: TOKEN\n\n{}": {Confidence: finding.Medium, Message: "Neo legacy token sent to app.neoagent.co"},
	} {
		got := matches(NeoLegacyToken, "a.txt", withToken(text, token))
		if len(got) != 1 {
			t.Errorf("%s: %d matches", text, len(got))
			continue
		}
		m := got[0]
		if m.Severity != finding.Error || m.Confidence != want.Confidence || m.Message != want.Message || m.Example ||
			!m.Key.Legacy() || m.Key.Secret.Reveal() != token || m.End-m.Start != len(token) {
			t.Errorf("%s: %+v", text, m)
		}
	}
}

func TestLegacyLists(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 1))
	for path, snippets := range map[string][]string{
		"b.yaml": {"neo_api_keys:\n  - ONE\n  - 'TWO'\n  - THREE\nother:\n  - FOUR\n", "neo_api_keys:\n- ONE\n- TWO\n- THREE\nother:\n- FOUR\n"},
		"a.yaml": {"neo_api_keys: [ONE, TWO, THREE]", "neo_api_keys: ['ONE', x, 'TWO', \"THREE\"]"},
		"a.js":   {"const neoAuthTokens=[\"ONE\",\"TWO\",`THREE`]", "const neoAuthTokens = [\n  'ONE',\n  'TWO',\n  'THREE',\n]"},
		"A.java": {"String[] neoApiKeys = {\"ONE\", \"TWO\", \"THREE\"};", "String[] neoApiKeys = new String[]{\"ONE\", \"TWO\", \"THREE\"};"},
		"a.go":   {"var neoAPIKeys = []string{\"ONE\", \"TWO\", \"THREE\"}"},
		"a.json": {`{"neoApiKeys": ["ONE", "TWO", "THREE"], "sha": "FOUR"}`},
		"a.py":   {"neo_api_keys = {'ONE', 'TWO', 'THREE'}"},
	} {
		for _, snippet := range snippets {
			var want []string
			text := snippet
			for _, word := range []string{"ONE", "TWO", "THREE", "FOUR"} {
				token := randomSecret(rng, 32)
				text = strings.Replace(text, word, token, 1)
				if word != "FOUR" {
					want = append(want, token)
				}
			}
			if got, _ := legacyFound(path, text); !slices.Equal(got, want) {
				t.Errorf("%s: in\n%s\nfound %q", path, text, got)
			}
		}
	}
}

func TestKubernetesSecret(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 1))
	token, secret := randomSecret(rng, 40), randomSecret(rng, 24)
	for plain, want := range map[string]string{
		token:                        token,
		token + "\n":                 token,
		"neo_sk_" + "prod_" + secret: "", // of another rule
		"your-secret-key-here":       "",
		"not a token at all, sorry":  "",
	} {
		encoded := base64.StdEncoding.EncodeToString([]byte(plain))
		for _, manifest := range []string{
			"apiVersion: v1\nkind: Secret\nmetadata:\n  name: neo\ndata:\n  NEOAGENT_SECRET_KEY: TOKEN\n",
			"kind: Secret\ndata: {neo-api-key: TOKEN}\n",
			`{"kind": "Secret", "data": {"NEOAGENT_SECRET_KEY": "TOKEN"}}`,
			"data:\n  other: eA==\n  neo_api_key: TOKEN\nkind: Secret\n",
		} {
			var got string
			for _, m := range matches(NeoLegacyToken, "secret.yaml", withToken(manifest, encoded)) {
				if !m.Example {
					got += m.Key.Secret.Reveal()
				}
				if !slices.Equal(m.Decoded, []string{"base64"}) {
					t.Errorf("%q in %s: decoded from %q", plain, manifest, m.Decoded)
				}
			}
			if got != want {
				t.Errorf("%q in %s: found %q", plain, manifest, got)
			}
		}
	}
}
