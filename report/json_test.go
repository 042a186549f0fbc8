package report

import (
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/neokeys/neokeys/finding"
)

const schemaFile = "../docs/report.schema.json"

// compile returns the published schema made strict: a member that it does not name is
// an error here, though readers are told to expect new ones. fragment is a part of it.
func compile(t testing.TB, fragment string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	document := decode(t, string(text))
	strict(document)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.AssertContent()
	if err := c.AddResource("report.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("report.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func strict(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok {
			v["additionalProperties"] = false
		}
		for _, member := range v {
			strict(member)
		}
	case []any:
		for _, item := range v {
			strict(item)
		}
	}
}

func TestJSONIsAsItsSchemaSays(t *testing.T) {
	whole, one := compile(t, ""), compile(t, "#/$defs/finding")
	check := func(r *finding.Result, o Options) {
		t.Helper()
		text := render(t, JSON, r, o)
		document := decode(t, text)
		if err := whole.Validate(document); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		// The lines of jsonl are the findings of json.
		var lines []any
		for line := range strings.Lines(render(t, JSONL, r, o)) {
			lines = append(lines, decode(t, line))
			if err := one.Validate(lines[len(lines)-1]); err != nil {
				t.Fatalf("%v\n%s", err, line)
			}
		}
		a, _ := json.Marshal(document.(map[string]any)["findings"])
		b, _ := json.Marshal(append([]any{}, lines...))
		if string(a) != string(b) {
			t.Fatalf("json and jsonl differ:\n%s\n%s", a, b)
		}
	}
	check(&finding.Result{}, options())
	check(tree(), options())
	check(past(), options())
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		o := options()
		o.ShowSecrets = rng.IntN(2) == 0
		r := random(rng)
		check(r, o)
		inRepositories(r, rng)
		check(r, o)
	}
}

// inRepositories spreads what is in r over several repositories.
func inRepositories(r *finding.Result, rng *rand.Rand) {
	repositories := []*finding.Repository{
		{Name: "https://git.example.com/a", Head: strings.Repeat("0a", 20), ScannedAt: noon},
		{Name: "mirrors/empty.git", ScannedAt: noon},
	}
	for i := range r.Findings {
		r.Findings[i].Repository = repositories[rng.IntN(2)]
	}
	for i := range r.Problems {
		r.Problems[i].Repository = repositories[rng.IntN(2)].Name
	}
}

// What the schema does not allow must be refused by it, or the test above says nothing.
func TestSchemaRefuses(t *testing.T) {
	schema := compile(t, "")
	for _, change := range []func(report, first map[string]any){
		func(r, _ map[string]any) { r["schema_version"] = 2.0 },
		func(r, _ map[string]any) { r["new"] = 1.0 },
		func(_, f map[string]any) { delete(f, "removed_in") },
		func(_, f map[string]any) { f["snippet"] = "x" },
		func(_, f map[string]any) { f["severity"] = "high" },
		func(_, f map[string]any) { f["key"].(map[string]any)["id"] = "x" },
		func(_, f map[string]any) { f["refs"] = []any{} },
	} {
		document := decode(t, render(t, JSON, tree(), options())).(map[string]any)
		change(document, document["findings"].([]any)[0].(map[string]any))
		if schema.Validate(document) == nil {
			t.Errorf("accepted: %v", document)
		}
	}
}

func TestJSONOptionalMembers(t *testing.T) {
	f := at(prodKey, "a", 1, "", "")
	plain := render(t, JSON, result(f), options())
	for _, name := range []string{`"object"`, `"refs"`, `"secret"`, `"path_base64"`} {
		if strings.Contains(plain, name) {
			t.Errorf("%s is there, though there is nothing to say:\n%s", name, plain)
		}
	}
	f.Path = "a\xff"
	var report struct {
		Findings []struct {
			Path string
			Base string `json:"path_base64"`
			Key  struct{ Secret string }
		}
	}
	o := options()
	o.ShowSecrets = true
	if err := json.Unmarshal([]byte(render(t, JSON, result(f), o)), &report); err != nil {
		t.Fatal(err)
	}
	got := report.Findings[0]
	path, err := base64.StdEncoding.DecodeString(got.Base)
	if got.Path != "a\ufffd" || string(path) != f.Path || err != nil || got.Key.Secret != prodKey.Secret.Reveal() {
		t.Errorf("%+v, %v", got, err)
	}
}

// Suppressed findings are listed, and counted apart.
func TestJSONCounts(t *testing.T) {
	a, b := at(prodKey, "a", 1, "", ""), at(testKey, "b", 1, "", "")
	b.Suppressed = &finding.Suppression{By: "baseline"}
	var report struct {
		Findings []any
		Summary  map[string]int
	}
	if err := json.Unmarshal([]byte(render(t, JSON, result(a, b), options())), &report); err != nil {
		t.Fatal(err)
	}
	s := report.Summary
	if len(report.Findings) != 2 || s["keys"] != 1 || s["findings"] != 1 || s["suppressed"] != 1 || s["duration_ms"] != 420 {
		t.Errorf("%+v", report)
	}
}
