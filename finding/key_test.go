package finding

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"text/template"
	"unsafe"
)

const text = "the-text-that-must-not-appear"

// secretly holds a secret in every way in which a struct can.
type secretly struct {
	Public   Secret
	private  Secret
	Pointer  *Secret
	pointer  *Secret
	Slice    []Secret
	Map      map[string]Secret
	Any      any
	inside   struct{ s Secret }
	Embedded struct{ Secret }
	key      *Key
	finding  Finding
}

func newSecretly() *secretly {
	s := NewSecret(text)
	k := NewLegacyToken(text)
	v := &secretly{Public: s, private: s, Pointer: &s, pointer: &s, Slice: []Secret{s}, Map: map[string]Secret{"a": s}, Any: s, key: k}
	v.inside.s, v.Embedded.Secret, v.finding = s, s, Finding{Key: k}
	return v
}

func TestSecretIsNotFormatted(t *testing.T) {
	s := NewSecret(text)
	v := newSecretly()
	noVerb := strings.Clone("no verb")
	for _, value := range []any{s, &s, v, *v, []any{s}, map[string]any{"k": v}, v.key, *v.key, v.finding, &v.finding, fmt.Errorf("failed: %w, %v", errors.New("x"), s)} {
		for verb := ' '; verb < 0x7f; verb++ {
			for _, flags := range []string{"", "+", "#", "-40", " ", "0", "#+", ".3"} {
				expectHidden(t, fmt.Sprintf("%"+flags+string(verb), value), flags+string(verb))
			}
		}
		expectHidden(t, fmt.Sprint(value)+fmt.Sprintln(value)+fmt.Sprintf(noVerb, value), "Sprint")
	}
	for _, got := range []string{s.String(), fmt.Sprintf("%#v", s), fmt.Sprintf("%d", s), fmt.Sprintf("%v", &s)} {
		if got != hidden {
			t.Errorf("a secret is formatted as %q", got)
		}
	}
	if s.Reveal() != text {
		t.Error("Reveal does not give the text")
	}
	if got := (Secret{}).Reveal(); got != "" {
		t.Errorf("the zero Secret reveals %q", got)
	}
}

func TestSecretIsNotMarshalled(t *testing.T) {
	v := newSecretly()
	asJSON, err := json.Marshal(map[string]any{"v": v, "k": v.key, "f": v.finding})
	if err != nil {
		t.Fatal(err)
	}
	expectHidden(t, string(asJSON), "JSON")
	if !strings.Contains(string(asJSON), hidden) {
		t.Errorf("JSON does not say that there is a secret: %s", asJSON)
	}
	type element struct {
		S Secret
		A Secret `xml:",attr"`
	}
	asXML, err := xml.Marshal(element{v.Public, v.Public})
	if err != nil {
		t.Fatal(err)
	}
	expectHidden(t, string(asXML), "XML")
	var out bytes.Buffer
	_ = gob.NewEncoder(&out).Encode(v.key) // may refuse
	expectHidden(t, out.String(), "gob")

	out.Reset()
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("m", "secret", v.Public, "pointer", v.Pointer, "key", v.key, "value", *v.key, "all", v, slog.Group("g", "s", v.Public), "finding", v.finding)
	}
	expectHidden(t, out.String(), "slog")

	out.Reset()
	if err := template.Must(template.New("").Parse("{{.Public}} {{.Slice}} {{.}} {{printf `%q` .Map}}")).Execute(&out, v); err != nil {
		t.Fatal(err)
	}
	expectHidden(t, out.String(), "template")
}

// Printers such as go-spew, which test failures go through, follow unexported fields
// and pointers without asking for any method.
func TestSecretIsNotReachedByReflection(t *testing.T) {
	var out strings.Builder
	walk(reflect.ValueOf(newSecretly()), &out, 0)
	expectHidden(t, out.String(), "reflection")
	if n := strings.Count(out.String(), "Secret"); n < 8 {
		t.Errorf("the walk reached %d secrets", n)
	}
}

// walk writes all that reflection can reach from v.
func walk(v reflect.Value, out *strings.Builder, depth int) {
	if depth > 12 || !v.IsValid() {
		return
	}
	fmt.Fprintf(out, "%s ", v.Type())
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		walk(v.Elem(), out, depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			walk(v.Field(i), out, depth+1)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walk(v.Index(i), out, depth+1)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			walk(k, out, depth+1)
			walk(v.MapIndex(k), out, depth+1)
		}
	case reflect.String:
		out.WriteString(v.String())
	case reflect.UnsafePointer, reflect.Func, reflect.Chan, reflect.Uintptr:
		fmt.Fprint(out, unsafe.Pointer(v.Pointer()))
	}
}

func expectHidden(t *testing.T, printed, how string) {
	t.Helper()
	for _, form := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), fmt.Sprintf("%d", []byte(text))} {
		if strings.Contains(printed, strings.Trim(form, "[]")) {
			t.Errorf("%s shows the secret: %s", how, printed)
		}
	}
}

func TestRedact(t *testing.T) {
	for n := range 600 {
		secret := strings.Repeat("aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", 17)[:n]
		got := Redact(secret)
		left, right, ok := strings.Cut(got, "...")
		if !ok || !strings.HasPrefix(secret, left) || !strings.HasSuffix(secret, right) {
			t.Errorf("%d characters are redacted as %s", n, got)
		}
		if shown := len(left) + len(right); shown*3 > n || shown > 8 {
			t.Errorf("of %d characters %d are shown", n, shown)
		}
	}
	if got := Redact("AbCdEf0123456789AbCdEf01"); got != "AbCd...Ef01" {
		t.Errorf("a secret of 24 characters is redacted as %s", got)
	}
}

func TestKeys(t *testing.T) {
	secret := "AbCdEf0123456789" + "AbCdEf01"
	k := NewAPIKey("prod", secret)
	if whole := "neo_sk_" + "prod_" + secret; k.Secret.Reveal() != whole || k.Env != "prod" || k.Kind == KindLegacy {
		t.Errorf("an API key is %v", k)
	}
	if k.Redacted != "neo_sk_prod_AbCd...Ef01" {
		t.Errorf("an API key is redacted as %s", k.Redacted)
	}
	// printf %s KEY | sha256sum
	if k.ID != "5f0aba4e24c26f24" {
		t.Errorf("an API key has the id %s", k.ID)
	}
	l := NewLegacyToken(secret)
	if l.Secret.Reveal() != secret || l.Kind != KindLegacy || l.ID == k.ID || l.Redacted != "AbCd...Ef01" {
		t.Errorf("a legacy token is %v", l)
	}
	if again := NewAPIKey("prod", secret); again.ID != k.ID {
		t.Error("a key's id changes")
	}
	if other := NewAPIKey("dev", secret); other.ID == k.ID {
		t.Error("keys of two environments have one id")
	}
}
