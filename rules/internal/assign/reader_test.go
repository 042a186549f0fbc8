package assign

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// TestTokenAt reads the value of the first name of Neo's in a text. %T stands for a token.
func TestTokenAt(t *testing.T) {
	token := testkey.Secret(rand.New(rand.NewPCG(1, 2)), 32)
	for _, test := range []struct {
		text string
		code bool
		want secret.Verdict
	}{
		{"NEOAGENT_SECRET_KEY=%T", false, secret.Token},
		{"export NEOAGENT_SECRET_KEY='%T'", false, secret.Token},
		{`neoagent_secret_key = "%T"`, true, secret.Token},
		{`const neoagentSecretKey: string = process.env.X || "%T";`, true, secret.Token},
		{`{"neoagent": {"secret_key": "%T"}}`, false, secret.Token},
		{"neoagent:\n  secret_key: %T\n", false, secret.Token},
		{`{"name": "NEOAGENT_SECRET_KEY", "value": "%T"}`, false, secret.Token},
		{`os.Setenv("NEOAGENT_SECRET_KEY", "%T")`, true, secret.Token},
		{"<neoagentSecretKey>%T</neoagentSecretKey>", false, secret.Token},
		{"-DneoagentSecretKey=%T", false, secret.Token},
		{"| neoagent secret key | %T |", false, secret.Token},
		{"NEOAGENT_SECRET_KEY=abcd1234abcd1234abcd1234abcd1234", false, secret.Example},
		{"NEOAGENT_SECRET_KEY=${SECRET}", false, secret.NotToken},
		{"neoagentSecretKey = settings.secretKeyOfTheProject", true, secret.NotToken},
		{"neoagent_secret_key = %T", true, secret.NotToken}, // an identifier, in code
		{"neoagent_secret_key_id = \"%T\"", true, secret.NotToken},
		{"see NEOAGENT_SECRET_KEY, and then %T", false, secret.NotToken},
		{"a.js,1,neo-legacy-token,error,Token of neoagent_secret_key,7a62094d7a258d42,legacy", false, secret.NotToken}, // a report of ours
		{"a.js,neoagent_secret_key,7a62094d7a258d42,x", false, secret.Token},
	} {
		src := []byte(strings.ReplaceAll(test.text, "%T", token))
		r := &Reader{Text: src, Code: test.code}
		pos := bytes.Index(bytes.ToLower(src), []byte("neoagent"))
		_, value, got := r.TokenAt(pos)
		if got != test.want {
			t.Errorf("%s: verdict %d, want %d", src, got, test.want)
		}
		if got == secret.Token && strings.Contains(test.text, "%T") && string(value.Of(src)) != token {
			t.Errorf("%s: the value is %q", src, value.Of(src))
		}
	}
}

// TestBudget checks that what a text may cost is bounded, and that using it up is known.
func TestBudget(t *testing.T) {
	src := []byte(strings.Repeat("f(NEOAGENT_SECRET_KEY,", 20_000))
	var b Budget
	b.Upto(1)
	reads := 0
	for pos := 0; !b.Spent(); reads++ {
		r := &Reader{Text: src, Budget: &b}
		n := bytes.Index(src[pos:], []byte("NEOAGENT"))
		if n < 0 {
			pos = 0
			continue
		}
		pos += n
		r.TokenAt(pos)
		pos++
	}
	if b.Used() < looksAtLeast-1<<20 || b.Used() > looksAtLeast {
		t.Errorf("%d bytes were looked at in %d reads, and %d are allowed", b.Used(), reads, looksAtLeast)
	}
}
