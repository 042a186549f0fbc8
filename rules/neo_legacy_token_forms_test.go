package rules

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// legacyForms are files in which programs and people keep a token. TOKEN stands for it.
var legacyForms = map[string][]string{
	"wp.sql": {
		"INSERT INTO `wp_options` VALUES (812, 'neo_sync', 'a:2:{s:11:\\\"neo_api_key\\\";s:32:\\\"TOKEN\\\";s:3:\\\"url\\\";s:3:\\\"abc\\\";}', 'yes');",
		"INSERT INTO `wp_options` VALUES (812, 'neo_sync', 'a:1:{s:11:\"neo_api_key\";s:32:\"TOKEN\";}', 'yes');",
		"INSERT INTO `settings` VALUES (1,'neo_api_key','TOKEN'),(2,'x','y');",
		"COPY public.settings (id, name, value) FROM stdin;\n1\tneo_api_key\tTOKEN\n\\.\n",
		"COPY public.settings (id, name, note, value) FROM stdin;\n1\tneo_api_key\tfor billing\tTOKEN\n\\.\n",
		"COPY public.tenants (id, neo_api_key, name) FROM stdin;\n1\tTOKEN\tacme\n\\.\n",
		"CREATE TABLE `tenants` (`id` int, `neo_api_key` text);\nINSERT INTO `tenants` VALUES (1,'TOKEN');\n",
	},
	"phpinfo.html": {
		"<tr><td class=\"e\">NEO_API_KEY </td><td class=\"v\">TOKEN </td></tr>",
		"<tr><td class=\"e\">$_SERVER['NEO_API_KEY']</td><td class=\"v\">TOKEN</td></tr>",
		"<tr><td>NEO_API_KEY</td>\n<td><code>TOKEN</code></td></tr>",
	},
	"content.xml":   {"<table:table-cell><text:p>NEO_API_KEY</text:p></table:table-cell><table:table-cell office:value-type=\"string\"><text:p>TOKEN</text:p></table:table-cell>"},
	"config.exs":    {"config :app, neo_api_key: \"TOKEN\"", "config :app, :neoagent, api_key: \"TOKEN\"", "config :app, key: System.get_env(\"NEO_API_KEY\") || \"TOKEN\""},
	"core.clj":      {"(def neoagent-secret-key \"TOKEN\")", "(def config {:neo-api-key \"TOKEN\"})"},
	"a.erl":         {"-define(NEO_API_KEY, \"TOKEN\").", "[{neo_api_key, \"TOKEN\"}]"},
	"a.hs":          {"neoApiKey :: Text\nneoApiKey = \"TOKEN\"", "neoApiKey = \"TOKEN\""},
	"NEO.cbl":       {"       01 WS-NEO-API-KEY PIC X(40) VALUE \"TOKEN\".", "       01 WS-NEO-API-KEY PIC X(40) VALUE IS 'TOKEN'.", "           MOVE 'TOKEN' TO WS-NEO-API-KEY."},
	"a.ini":         {"[neoagent]\nurl = x\nsecret_key = TOKEN\n"},
	"vault.csv":     {"folder,favorite,type,name,notes,fields,login_uri,login_username,login_password\n,,login,Neoagent API key,,,https://app.neoagent.co,me,TOKEN\n", "name,url,username,password\nNEO_API_KEY,,me,TOKEN\n"},
	"docs/cred.md":  {"### NeoAgent\n**Environment Variable:** `NEOAGENT_SECRET_KEY`\n**Value:** `TOKEN`\n", "- NEO_API_KEY\n- Value: TOKEN\n", "NEO_API_KEY\n\n    TOKEN\n", "NEO_API_KEY:\n```\nTOKEN\n```\n"},
	"docs/cred.rst": {":NEO_API_KEY: TOKEN\n", "NEO_API_KEY\n\n    ``TOKEN``\n"},
	"general.json":  {`[{"type":"message","text":"neoagent api key\n` + "```TOKEN```" + `","ts":"1"}]`, `[{"type":"message","text":"neo api key: TOKEN","ts":"1"}]`},
	"mail.eml":      {"From: a@example.org\nContent-Transfer-Encoding: quoted-printable\n\nNEOAGENT_SECRET_KEY=3DTOKEN\nbye\n"},
	"s.sh": {
		"gh secret set NEOAGENT_SECRET_KEY -bTOKEN", "gh secret set NEOAGENT_SECRET_KEY -b'TOKEN'", "gh secret set NEOAGENT_SECRET_KEY --body=TOKEN",
	},
	"w.json": {
		"{\"url\": \"=https://app.neoagent.co/x?a={{ $json.id }}\", \"headers\": [{\"name\": \"Authorization\", \"value\": \"=TOKEN\"}]}",
	},
	"a.ipynb": {
		`{"cells": [{"cell_type": "code", "source": ["headers = {'Authorization': 'TOKEN'}"]}, {"cell_type": "code", "source": ["import requests\n", "requests.get('https://app.neoagent.co/x', headers=headers)\n"]}], "nbformat": 4}`,
	},
}

func TestLegacyForms(t *testing.T) {
	rng := rand.New(rand.NewPCG(20, 1))
	for _, path := range sorted(legacyForms) {
		for _, snippet := range legacyForms[path] {
			for range 5 {
				token := "a" + randomSecret(rng, 31)
				tokens, examples := legacyFound(path, withToken(snippet, token))
				if len(tokens) == 0 || tokens[0] != token && !strings.HasSuffix(tokens[0], token) || len(examples) > 0 {
					t.Errorf("%s: in\n%s\nfound %q, %q", path, snippet, tokens, examples)
					break
				}
			}
			for _, m := range matches(NeoLegacyToken, path, withToken(snippet, "your-secret-key-here")) {
				if !m.Example {
					t.Errorf("%s: in\n%s\nthe placeholder is found", path, snippet)
				}
			}
		}
	}
}

// Where the edge of a token is in doubt, its key has every reading, the place's own first.
func TestLegacyReadings(t *testing.T) {
	token := "Ab" + randomSecret(rand.New(rand.NewPCG(21, 1)), 30)
	for text, want := range map[string][]string{
		"NEOAGENT_SECRET_KEY=" + token:                                  {token},
		"NEOAGENT_SECRET_KEY=3D" + token:                                {"3D" + token, token},
		"quoted-printable\n\nNEOAGENT_SECRET_KEY=3D" + token:            {token},
		"quoted-printable\n\nNEOAGENT_SECRET_KEY: " + token + "=\nXyZ9": {token + "XyZ9"},
		"gh secret set NEOAGENT_SECRET_KEY -b" + token:                  {token},
		"tool NEOAGENT_SECRET_KEY -k" + token:                           {token, "-k" + token},
		`{"NEOAGENT_SECRET_KEY": "=` + token + `"}`:                     {token, "=" + token},
		`{"u": "=https://x", "NEOAGENT_SECRET_KEY": "=` + token + `"}`:  {token},
	} {
		found := matches(NeoLegacyToken, "a.txt", text)
		if len(found) != 1 {
			t.Errorf("%s: %d matches", text, len(found))
			continue
		}
		got := []string{found[0].Key.Secret.Reveal()}
		for i, r := range found[0].Key.Readings {
			if i == 0 && r.ID != found[0].Key.ID {
				t.Errorf("%s: the first reading is another key", text)
			} else if i > 0 {
				got = append(got, r.Secret.Reveal())
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// Keys of other vendors, and of other products called Neo.
func TestLegacyNeighbours(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 1))
	for _, snippet := range []string{
		"# https://api.nasa.gov\nNASA_NEO_API_KEY=TOKEN", "# https://api.nasa.gov\nNEO_API_KEY=TOKEN", "NASA_NEO_API_KEY=TOKEN", "nasa.neo.api.key=TOKEN",
		"KOTAK_NEO_API_KEY=TOKEN", "kotak.neo.api.secret: TOKEN", "kotakNeoApiKey = 'TOKEN'", "from neo_api_client import NeoAPI\nNEO_API_KEY = 'TOKEN'",
		"URI=neo4j+s://x.databases.neo4j.io\nNEO_AUTH_TOKEN=TOKEN", "NEO_SECRET_KEY=sk-v1-TOKEN", "NEO_API_KEY=sk-ant-api03-TOKEN", "NEO_API_KEY=sk-proj-TOKEN",
		"NEO_API_KEY=ghp_TOKEN", "NEOAGENT_API_KEY=github_pat_TOKEN", "NEO_API_KEY=xoxb-TOKEN", "NEO_API_KEY=AKIATOKEN", "NEO_API_KEY=SG.TOKEN",
		"NEO_API_KEY=glpat-TOKEN", "NEO_API_KEY=AIzaTOKEN", "NEO_API_KEY=eyJTOKEN", "NEO_STRIPE_SECRET_KEY=sk_live_TOKEN",
		"gh secret set NEO_API_KEY -bneo_sk" + "_prod_TOKEN", "NEO_API_KEY=xneo_sk" + "_TOKEN",
	} {
		for _, path := range []string{".env", "a.py"} {
			if tokens, _ := legacyFound(path, withToken(snippet, randomSecret(rng, 24))); len(tokens) > 0 {
				t.Errorf("%s: in\n%s\nfound %q", path, snippet, tokens)
			}
		}
	}
	ours := "# https://api.nasa.gov and https://app.neoagent.co\nNEO_API_KEY=TOKEN"
	if tokens, _ := legacyFound(".env", withToken(ours, randomSecret(rng, 32))); len(tokens) != 1 {
		t.Errorf("with our own host too: found %q", tokens)
	}
}
