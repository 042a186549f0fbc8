package rules

import (
	"testing"
)

func TestPaddedKey(t *testing.T) {
	key := []string{"%key%"}
	testHabits(t, PaddedKey, []habit{
		{"a.js", "const k = ' %key%'", key},
		{"a.js", "const k = '%key% '", key},
		{"a.js", "const k = '%key%\\n'", key},
		{"a.js", "const h = { Authorization: 'Bearer %key% ' }", key},
		{"a.js", "const k = `\n%key%\n`", key},
		{"a.py", "NEO_API_KEY = \"\"\"%key%\n\"\"\"", key},
		{".env", "NEO_API_KEY=\" %key%\"\n", key},
		{".env", "NEOAGENT_SECRET_KEY='%token% '\n", []string{"%token%"}},
		{"a.json", `{"neoApiKey": "%key% "}`, key},
		{"a.json", `{"neoagentSecretKey": "\t%token%"}`, []string{"%token%"}},
		{"secret.yaml", "kind: Secret\nstringData:\n  NEO_API_KEY: |\n    %key%\n", key},
		{"a.sh", "echo \"$NEO_API_KEY\" | base64\n", []string{"$NEO_API_KEY"}},
		{"secret.yaml", "kind: Secret\ndata:\n  NEO_API_KEY: %encodedline%\n", []string{"%encodedline%"}},

		{"secret.yaml", "kind: Secret\ndata:\n  NEO_API_KEY: %encodedkey%\n", nil},
		{"a.js", "const k = '%key%'", nil},
		{"a.js", "f('a', '%key%', ' b')", nil},
		{"a.js", "const k = 'Bearer %key%'", nil},
		{"a.js", "console.log('the key is %key% ')", nil},
		{"a.js", "const k = ' neo_sk_prod_xxxxxxxxxxxxxxxxxxxxxxxx'", nil},
		{".env", "NEO_API_KEY = %key%   \n", nil},
		{"secret.yaml", "stringData:\n  NEO_API_KEY: |-\n    %key%\n", nil},
		{"a.sh", "echo -n \"$NEO_API_KEY\" | base64\nprintf %s \"$NEO_API_KEY\" | base64\n", nil},
		{"a.js", "const neoApiKey = ' not a key '", nil},
	})
}
