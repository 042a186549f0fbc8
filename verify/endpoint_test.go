package verify

import (
	"math"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestURLs(t *testing.T) {
	for _, c := range []struct {
		api, legacy         string
		wantAPI, wantLegacy string // what is asked
	}{
		{"", "", DefaultAPIURL, DefaultLegacyAPIURL},
		{"https://gw.example", "https://gw.example/old", "https://gw.example/public-api/agents", "https://gw.example/old"},
		{"https://gw.example/", "", "https://gw.example/public-api/agents", DefaultLegacyAPIURL},
		{"https://gw.example:8443/neo/public-api/", "", "https://gw.example:8443/neo/public-api/agents", DefaultLegacyAPIURL},
		{"https://gw.example/neo/agents?v=2", "", "https://gw.example/neo/agents?v=2", DefaultLegacyAPIURL},
		{"HTTPS://gw.example/agents", "", "https://gw.example/agents", DefaultLegacyAPIURL},
		{"http://127.0.0.1:8080", "http://[::1]:8080/x", "http://127.0.0.1:8080/public-api/agents", "http://[::1]:8080/x"},
		{"http://127.8.9.10/x", "http://LocalHost/x", "http://127.8.9.10/x", "http://LocalHost/x"},
	} {
		v, err := New(Options{APIURL: c.api, LegacyAPIURL: c.legacy})
		if err != nil {
			t.Errorf("%q, %q: %v", c.api, c.legacy, err)
			continue
		}
		if got := v.api.url.String(); got != c.wantAPI {
			t.Errorf("API URL %q became %q, want %q", c.api, got, c.wantAPI)
		}
		if got := v.legacy.url.String(); got != c.wantLegacy {
			t.Errorf("legacy URL %q became %q, want %q", c.legacy, got, c.wantLegacy)
		}
	}
}

func TestURLsRefused(t *testing.T) {
	for raw, want := range map[string]string{
		"http://api.neoagent.io/public-api/agents":  "use https://",
		"http://127.0.0.1.example.com/x":            "use https://",
		"http://localhost.example.com/x":            "use https://",
		"http://127.1/x":                            "use https://",
		"http://0.0.0.0/x":                          "use https://",
		"http://0x7f000001/x":                       "use https://",
		"http://2130706433/x":                       "use https://",
		"http://10.0.0.1/x":                         "use https://",
		"http://[::1%25eth0]/x":                     "use https://",
		"http://[::2]/x":                            "use https://",
		"https://me:hunter2@gw.example/x":           "user name or password",
		"https://api.neoagent.io@gw.example/x":      "user name or password",
		"https://gw.example/x#y":                    "#",
		"https://gw.example/x#":                     "#",
		"https://gw.example/" + "neo_sk_" + "prod_": "holds a key",
		"ftp://gw.example/x":                        "https://",
		"file:///etc/passwd":                        "not a URL",
		"https:///x":                                "not a URL",
		"https:gw.example":                          "not a URL",
		"gw.example/x":                              "not a URL",
		"//gw.example/x":                            "https://",
		"https://hunter2\x7f/":                      "not a URL",
		"https://:hunter2":                          "not a URL",
	} {
		for _, o := range []Options{{APIURL: raw}, {LegacyAPIURL: raw}} {
			_, err := New(o)
			if err == nil {
				t.Errorf("%q is taken", raw)
				continue
			}
			option := "--api-url (or NEO_API_URL): "
			if o.LegacyAPIURL != "" {
				option = "--legacy-api-url (or NEO_LEGACY_API_URL): "
			}
			if !strings.HasPrefix(err.Error(), option) || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: error %q, want %q with %q", raw, err, option, want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error repeats a password: %v", err)
			}
		}
	}
	if _, err := New(Options{LegacyAPIURL: "https://gw.example"}); err == nil || !strings.Contains(err.Error(), "no path") {
		t.Errorf("a legacy URL without a path: %v", err)
	}
}

func TestOptionsRefused(t *testing.T) {
	for want, o := range map[string]Options{
		"--verify-concurrency": {Concurrency: -1},
		"--verify-rate -1":     {Rate: -1},
		"--verify-rate NaN":    {Rate: math.NaN()},
		"--verify-rate +Inf":   {Rate: math.Inf(1)},
		"--verify-timeout":     {Timeout: -time.Second},
		"--verify-cache":       {CachePath: t.TempDir() + "/no/such/folder/cache"},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", o, err, want)
		}
	}
}

func TestFromEnv(t *testing.T) {
	env := map[string]string{"NEO_API_URL": "https://a.example", "NEO_LEGACY_API_URL": "https://b.example/x"}
	getenv := func(name string) string { return env[name] }
	var o Options
	o.FromEnv(getenv)
	if o.APIURL != "https://a.example" || o.LegacyAPIURL != "https://b.example/x" {
		t.Errorf("got %+v", o)
	}
	o = Options{APIURL: "https://flag.example"}
	o.FromEnv(getenv)
	if o.APIURL != "https://flag.example" || o.LegacyAPIURL != "https://b.example/x" {
		t.Errorf("a flag does not come before the environment: %+v", o)
	}
}

func mustParse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
