package verify

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/neokeys/neokeys/finding"
)

// wantDiagnosis fails unless key is want, and advice holds one sentence for each
// of sentences, parts of which these are, and none besides.
func wantDiagnosis(t *testing.T, of string, key *finding.Key, advice []string, want *finding.Key, sentences ...string) {
	t.Helper()
	if (key == nil) != (want == nil) || key != nil && (key.ID != want.ID || key.Env != want.Env) {
		t.Errorf("%s: key %v, want %v", of, key, want)
	}
	if len(advice) != len(sentences) {
		t.Errorf("%s: advice %q, want %q", of, advice, sentences)
		return
	}
	for _, s := range sentences {
		if !slices.ContainsFunc(advice, func(a string) bool { return strings.Contains(a, s) }) {
			t.Errorf("%s: advice %q lacks %q", of, advice, s)
		}
	}
	assertNoKey(t, "the advice", strings.Join(advice, "\n"))
}

func TestDiagnose(t *testing.T) {
	k, l := newKey(), newToken()
	// In what follows, K stands for the key and L for the legacy token.
	fill := strings.NewReplacer("KKK", k.Secret.Reveal(), "LLL", l.Secret.Reveal())
	for _, c := range []struct {
		raw    string
		want   *finding.Key
		advice []string
	}{
		{"KKK", k, nil},
		{"LLL", l, nil},
		{"LLL==", nil, nil}, // see below: another token
		{" KKK", k, []string{"white space before"}},
		{"KKK ", k, []string{"after the value"}},
		{"KKK\n", k, []string{"line break after"}},
		{"\t LLL\r\n", l, []string{"before", "after"}},
		{base64.StdEncoding.EncodeToString([]byte(k.Secret.Reveal())), k, []string{"in base64"}},
		{"Basic " + base64.URLEncoding.EncodeToString([]byte("user:"+k.Secret.Reveal())), k, []string{"in base64", "must be Bearer"}},
		{"NEO_API_KEY: " + base64.StdEncoding.EncodeToString([]byte(k.Secret.Reveal()+"\n")), k, []string{"in base64", "line break after the key"}},
		{"KKK\u00a0", k, []string{"U+00A0, no-break", "after the value"}},
		{"\u3000KKK", k, []string{"U+3000", "before"}},
		{"\ufeffKKK", k, []string{"byte order mark"}},
		{"\u200bKKK", k, []string{"zero-width space"}},
		{"LLL\u200d", l, []string{"U+200D"}},
		{"KKK\x00", k, []string{"not text"}},
		{"KKK\xff", k, []string{"not text"}},
		{"KKK\x1b", k, []string{"U+001B"}},
		{k.Secret.Reveal()[:9] + "\u200b" + k.Secret.Reveal()[9:], k, []string{"zero-width"}},
		{k.Secret.Reveal()[:20] + "\n" + k.Secret.Reveal()[20:], k, []string{"line break inside"}},
		{k.Secret.Reveal()[:20] + "\r\n  " + k.Secret.Reveal()[20:], k, []string{"line break inside"}},
		{k.Secret.Reveal()[:20] + " " + k.Secret.Reveal()[20:], k, []string{"white space inside"}},
		{l.Secret.Reveal()[:20] + "\n" + l.Secret.Reveal()[20:], nil, []string{"white space inside"}},
		{`"KKK"`, k, []string{"quotation marks are part"}},
		{`'LLL'`, l, []string{"quotation marks are part"}},
		{"`KKK`", k, []string{"quotation marks are part"}},
		{"“KKK”", k, []string{"quotation marks are part"}},
		{`\"KKK\"`, k, []string{"quotation marks are part"}},
		{`"KKK`, k, []string{"one side"}},
		{`KKK'`, k, []string{"one side"}},
		{`"'KKK'"`, k, []string{"quotation marks are part"}},
		{`" KKK"`, k, []string{"quotation marks are part", "white space before"}},
		{"Bearer KKK", k, []string{"Bearer is part of the value"}},
		{"bearer KKK", k, []string{"Bearer is part of the value"}},
		{"Bearer Bearer KKK", k, []string{"2 times"}},
		{"Bearer KKK\n", k, []string{"Bearer is part", "after the value"}},
		{"Bearer  KKK", k, []string{"Bearer is part", "white space before"}},
		{"Bearer:KKK", k, []string{"Bearer is part", "one space"}},
		{"BearerKKK", k, []string{"Bearer is part", "space after Bearer is missing"}},
		{"Bearer LLL", l, []string{"raw token"}},
		{"Token LLL", l, []string{"raw token"}},
		{"Bearer", nil, []string{"nothing after Bearer"}},
		{"Bearer ", nil, []string{"nothing after Bearer", "after the value"}},
		{"Authorization: Bearer KKK", k, nil},
		{"authorization:Bearer KKK", k, nil},
		{"Authorization: KKK", k, []string{"Bearer is missing"}},
		{"Authorization: Bearer Bearer KKK", k, []string{"2 times"}},
		{"Authorization: Token KKK", k, []string{"must be Bearer"}},
		{"Authorization: LLL", l, nil},
		{"Authorization: Bearer LLL", l, []string{"raw token"}},
		{`-H "Authorization: KKK"`, k, []string{"Bearer is missing"}},
		{`-H 'Authorization: Bearer KKK'`, k, nil},
		{`"Authorization": "Bearer KKK",`, k, nil},
		{`'Authorization': 'LLL'`, l, nil},
		{`"NEO_API_KEY=KKK"`, k, []string{"quotation marks are part"}},
		{`NEO_API_KEY=KKK`, k, nil},
		{`export NEO_API_KEY="KKK";`, k, nil},
		{`export NEO_API_KEY=" KKK"`, k, []string{"white space before"}},
		{`NEO_API_KEY=Bearer KKK`, k, []string{"Bearer is part"}},
		{`NEO_API_KEY="Authorization: Bearer KKK"`, k, []string{"name of the header"}},
		{`"neoApiKey": "KKK",`, k, nil},
		{`OTHER_KEY=KKK`, k, nil},
		{`NEOAGENT_SECRET_KEY=LLL`, l, nil},
		{`NEOAGENT_SECRET_KEY=KKK`, k, []string{"older API"}},
		{`NEO_API_KEY=LLL`, l, []string{"does not"}},
		{`AWS_SECRET_ACCESS_KEY=LLL`, nil, []string{"not Neo's"}},
		{k.Secret.Reveal()[:35], newKeyFrom(k.Secret.Reveal()[:35]), []string{"has 23 characters, where keys have 24"}},
		{"KKKx", newKeyFrom(k.Secret.Reveal() + "x"), []string{"has 25 characters"}},
		{"neo_sk_prod_", nil, []string{"cut off"}},
		{"neo_sk_prod", nil, []string{"cut off"}},
		{"neo_sk_", nil, []string{"cut off"}},
		{"neo_sk", nil, []string{"first part"}},
		{k.Secret.Reveal()[4:], nil, []string{"start of the key is missing"}},
		{k.Secret.Reveal()[7:], nil, []string{"start of the key is missing"}},
		{"NEO_SK_PROD_" + random(24), nil, []string{"small letters"}},
		{"neo_sk_prod_AbCd...Ef01", nil, []string{"shortened form"}},
		{"neo_sk_prod_AbCd…", nil, []string{"shortened form"}},
		{"neo_sk_prod_********", nil, []string{"shortened form"}},
		{"KKK,", k, []string{"characters after"}},
		{"KKK and more", k, []string{"other text after"}},
		{"", nil, []string{"empty"}},
		{" \n", nil, []string{"empty"}},
		{`""`, nil, []string{"quotation marks", "empty"}},
		{"$NEO_API_KEY", nil, []string{"never replaced"}},
		{"${NEO_API_KEY}", nil, []string{"never replaced"}},
		{"Bearer ${{ secrets.NEO_API_KEY }}", nil, []string{"never replaced"}},
		{"%NEO_API_KEY%", nil, []string{"never replaced"}},
		{"<your key>", nil, []string{"never replaced"}},
		{"gh" + "p_" + random(36), nil, []string{"another service's"}},
		{"rk" + "_live_" + random(24), nil, []string{"another service's"}},
		{"AK" + "IA" + "ABCDEFGHIJKLMNOP", nil, []string{"another service's"}},
		{"neo_sk_prod_" + "AbCdEf0123456789AbCdEf01", nil, []string{"sample of the documentation"}},
		{"Bearer neo_sk_test_" + strings.Repeat("x", 24), nil, []string{"placeholder"}},
		{"your-secret-key-here", nil, []string{"placeholder"}},
		{"short", nil, []string{"only 5 characters"}},
		{"----------------------", nil, []string{"characters that no key has"}},
		{"passwordßpasswordß", nil, []string{"characters that no key has"}},
		{random(maxKey + 1), nil, []string{"more than 4096"}},

		{`curl https://api.neoagent.io/public-api/agents -H "Authorization: Bearer KKK"`, k, nil},
		{`curl https://api.neoagent.io/public-api/agents -H "Authorization: KKK"`, k, []string{"Bearer is missing"}},
		{`curl https://api.neoagent.io/public-api/agents -H "Authorization: Bearer Bearer KKK"`, k, []string{"2 times"}},
		{`curl -X POST 'https://app.neoagent.co/api/endpoint' -H 'Authorization: LLL' -d '{}'`, l, nil},
		{`curl -X POST 'https://app.neoagent.co/api/endpoint' -H 'Authorization: Bearer KKK'`, k, []string{"wrong host: keys"}},
		{`curl https://API.neoagent.io:443/x -H "Authorization: LLL"`, l, []string{"wrong host: api"}},
		{`curl https://api.neoagent.io/x -H "Authorization: Bearer LLL"`, l, []string{"wrong host: api", "raw token"}},
		{`curl https://api.neoagent.com/x -H "Authorization: Bearer KKK"`, k, []string{"none of Neo's hosts"}},
		{`curl https://api.neoagent.io.example.com/x -H "Authorization: LLL"`, nil, nil},
		{`curl https://api.github.com/x -H "Authorization: LLL"`, nil, nil},
		{`curl "https://api.neoagent.io/x?key=KKK"`, k, []string{"not in an Authorization header"}},
		{`fetch('https://app.neoagent.co/x', {headers: {'Authorization': 'LLL'}})`, l, nil},
		{`https://api.neoagent.io/x`, nil, []string{"no key in this"}},
	} {
		raw := fill.Replace(c.raw)
		if strings.HasPrefix(c.raw, "LLL==") {
			c.want = newKeyFrom(raw)
		}
		key, advice := Diagnose(raw)
		wantDiagnosis(t, c.raw, key, advice, c.want, c.advice...)
	}
}

func newKeyFrom(whole string) *finding.Key {
	if rest, ok := strings.CutPrefix(whole, "neo_sk_prod_"); ok {
		return finding.NewAPIKey("prod", rest)
	}
	return finding.NewLegacyToken(whole)
}

func TestKeysFromEnv(t *testing.T) {
	k, l := newKey(), newToken()
	env := map[string]string{}
	read := func() []Input {
		return KeysFromEnv(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	}
	if got := read(); len(got) != 0 {
		t.Errorf("from nothing came %v", got)
	}
	env["NEO_API_KEY"] = `"` + k.Secret.Reveal() + `"`
	env["NEOAGENT_SECRET_KEY"] = l.Secret.Reveal()
	got := read()
	if len(got) != 2 || got[0].From != "NEO_API_KEY" || got[1].From != "NEOAGENT_SECRET_KEY" {
		t.Fatalf("got %v", got)
	}
	// In a variable, quotes are part of the value, whoever put them there.
	wantDiagnosis(t, "quoted", got[0].Key, got[0].Advice, k, "quotation marks are part")
	wantDiagnosis(t, "legacy", got[1].Key, got[1].Advice, l)

	env["NEO_API_KEY"] = "NEO_API_KEY=Authorization: Bearer " + k.Secret.Reveal() + "\n"
	env["NEOAGENT_SECRET_KEY"] = k.Secret.Reveal()
	got = read()
	wantDiagnosis(t, "all of it", got[0].Key, got[0].Advice, k, "name of the variable", "name of the header", "after the value")
	wantDiagnosis(t, "other kind", got[1].Key, got[1].Advice, k, "older API")

	env["NEO_API_KEY"] = ""
	wantDiagnosis(t, "empty", read()[0].Key, read()[0].Advice, nil, "empty")
}

func TestKeysIn(t *testing.T) {
	k, k2, l, l2 := newKey(), newKey(), newToken(), newToken()
	fill := strings.NewReplacer("KKK", k.Secret.Reveal(), "K2", k2.Secret.Reveal(), "LLL", l.Secret.Reveal(), "L2", l2.Secret.Reveal())
	at := func(line int, k *finding.Key) string {
		if k == nil {
			return fmt.Sprintf("line %d: none", line)
		}
		return fmt.Sprintf("line %d: %s", line, k.ID)
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":    {"", nil},
		"empty":      {"\n\n", nil},
		"one":        {"KKK", []string{at(1, k)}},
		"list":       {"# mine\nKKK\n\nK2\r\nLLL\n", []string{at(2, k), at(4, k2), at(5, l)}},
		"list, bad":  {"KKK\nshort\n", []string{at(1, k), at(2, nil)}},
		"names":      {"NEO_API_KEY=KKK\nNEOAGENT_SECRET_KEY='LLL'\n", []string{at(1, k), at(2, l)}},
		"same twice": {"KKK\nKKK\n", []string{at(1, k), at(2, k)}},
		// The secrets of others in an .env file are not Neo's to hear.
		"env file": {"AWS_SECRET_ACCESS_KEY=L2\nNEO_API_KEY=KKK\nNEOAGENT_SECRET_KEY=LLL\nX=K2", []string{at(2, k), at(3, l), at(4, k2)}},
		"prose":    {"The key is KKK, and\nLLL\nis a word. K2 too, and KKK.\n", []string{at(1, k), at(3, k2), at(3, k)}},
		"mention":  {"Keys look like neo_sk_prod_abc or neo_sk_...\n", nil},
		"curl": {"$ curl -X POST \\\n 'https://app.neoagent.co/api/endpoint' \\\n -H 'Authorization: LLL'\n" +
			"$ curl https://api.github.com -H 'Authorization: L2'\n" +
			"$ curl https://api.neoagent.io/public-api/agents -H 'Authorization: KKK' -H 'X-Other: K2'\n", []string{at(1, l), at(5, k), at(5, k2)}},
		"other header": {"GET / with\nAuthorization: Bearer L2\n", nil},
		"log":          {"12:00 request with Authorization: Bearer KKK failed (401)\n", []string{at(1, k)}},
		"manifest":     {"kind: Secret\ndata:\n  a: " + base64.StdEncoding.EncodeToString([]byte("x="+k.Secret.Reveal()+"\n")) + "\n", []string{at(3, k)}},
		"JSON":         {`{"a": {"key": "KKK"}, "b": ["K2"]}`, []string{at(1, k), at(1, k2)}},
	} {
		t.Run(name, func(t *testing.T) {
			inputs, err := KeysIn(strings.NewReader(fill.Replace(c.text)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, in := range inputs {
				id := "none"
				if in.Key != nil {
					id = in.Key.ID
				} else if len(in.Advice) == 0 {
					t.Errorf("%s: neither key nor advice", in.From)
				}
				got = append(got, in.From+": "+id)
				assertNoKey(t, "the advice", strings.Join(in.Advice, ""))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// What PowerShell writes is UTF-16.
func TestKeysInUTF16(t *testing.T) {
	k, k2 := newKey(), newKey()
	text := k.Secret.Reveal() + "\r\n" + k2.Secret.Reveal() + "\r\n"
	for name, order := range map[string]binary.AppendByteOrder{"LE": binary.LittleEndian, "BE": binary.BigEndian} {
		encoded := order.AppendUint16(nil, 0xfeff)
		for _, u := range utf16.Encode([]rune(text)) {
			encoded = order.AppendUint16(encoded, u)
		}
		for _, end := range []string{"", "x"} { // a byte too many is no character
			inputs, err := KeysIn(strings.NewReader(string(encoded) + end))
			if err != nil || len(inputs) != 2 {
				t.Fatalf("%s: %v, %v", name, inputs, err)
			}
			wantDiagnosis(t, name, inputs[0].Key, inputs[0].Advice, k)
			wantDiagnosis(t, name, inputs[1].Key, inputs[1].Advice, k2)
		}
	}
}

// A CR is how Windows ends the lines of a file, or it is part of the value.
func TestKeysInCarriageReturn(t *testing.T) {
	k, k2 := newKey(), newKey()
	fill := strings.NewReplacer("KKK", k.Secret.Reveal(), "K2", k2.Secret.Reveal())
	for text, noted := range map[string]bool{
		"KKK\r\n":                        true,
		"KKK\r\n\r\n":                    true,
		"KKK\r":                          true,
		"KKK\n":                          false,
		"NEO_API_KEY=KKK\r\n":            true,
		"KKK\r\nK2\r\n":                  false,
		"KKK\r\nK2":                      false,
		"KKK\r\nK2\n":                    true,
		"# mine\nKKK\r\n":                true,
		"# mine\r\nKKK\r\n":              false,
		"OTHER=1\nNEO_API_KEY=KKK\r\n":   true,
		"OTHER=1\r\nNEO_API_KEY=KKK\r\n": false,
		"OTHER=1\n-H \\\r\n'Authorization: KKK'\n": false,
	} {
		inputs, err := KeysIn(strings.NewReader(fill.Replace(text)))
		if err != nil || len(inputs) == 0 || inputs[0].Key == nil || inputs[0].Key.ID != k.ID {
			t.Errorf("%q: %v, %v", text, inputs, err)
			continue
		}
		said := slices.ContainsFunc(inputs[0].Advice, func(a string) bool { return strings.Contains(a, "carriage return") })
		if said != noted {
			t.Errorf("%q: advice %q", text, inputs[0].Advice)
		}
	}
}

func TestKeysInTellsWhatIsWrongInText(t *testing.T) {
	k := newKey()
	inputs, err := KeysIn(strings.NewReader("It fails:\ncurl https://app.neoagent.co/x -H 'Authorization: " + k.Secret.Reveal() + "'\nand why is that"))
	if err != nil || len(inputs) != 1 {
		t.Fatalf("%v, %v", inputs, err)
	}
	wantDiagnosis(t, "curl", inputs[0].Key, inputs[0].Advice, k, "wrong host", "Bearer is missing")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, fmt.Errorf("disk on fire") }

func TestKeysInErrors(t *testing.T) {
	if _, err := KeysIn(brokenReader{}); err == nil || !strings.Contains(err.Error(), "disk on fire") {
		t.Errorf("error %v", err)
	}
	if _, err := KeysIn(strings.NewReader(strings.Repeat("a\n", maxInput))); err == nil || !strings.Contains(err.Error(), "neokeys scan") {
		t.Errorf("error %v", err)
	}
}

// What takes a step for every byte must not take a look at every byte in each.
func TestKeysInIsNotQuadratic(t *testing.T) {
	for _, s := range []string{"\\\n", "\"", "Bearer ", "a=", " ", "\u200b", "-H ", "neo_sk_a", "Authorization:", "https://api.neoagent.io authorization:", "x"} {
		if _, err := KeysIn(strings.NewReader(strings.Repeat(s, maxInput/8/len(s)))); err != nil {
			t.Error(err)
		}
	}
}

func FuzzDiagnose(f *testing.F) {
	k, l := newKey().Secret.Reveal(), newToken().Secret.Reveal()
	for _, s := range []string{
		k, l, "Bearer " + k, `-H "Authorization: ` + l + `"`, "curl https://api.neoagent.io -H 'Authorization: " + k + "'",
		"export NEO_API_KEY='" + k + "'", k[:20] + "\n" + k[20:], "\ufeff\u200b" + k, "\"\"''", "Bearer Bearer", "a=b\\\nc",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		judge := func(key *finding.Key, advice []string) {
			if key != nil && !sendable(key) {
				t.Fatal("a key that cannot be sent")
			}
			if key == nil && len(advice) == 0 && !strings.Contains(raw, "://") {
				t.Fatal("neither key nor advice")
			}
			for _, a := range advice {
				if strings.ContainsFunc(a, unicode.IsControl) {
					t.Fatalf("advice holds what was given: %q", a)
				}
				if key != nil && len(key.Secret.Reveal()) >= minToken && strings.Contains(a, key.Secret.Reveal()) {
					t.Fatalf("advice holds the key: %q", a)
				}
			}
		}
		judge(Diagnose(raw))
		inputs, err := KeysIn(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range inputs {
			judge(in.Key, in.Advice)
		}
	})
}
