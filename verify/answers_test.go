package verify

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

const someRequest = "3c90c3cc-0d44-4b50-8888-8dd25736052a"

func TestRecordedAnswers(t *testing.T) {
	meant := map[string]struct {
		want          finding.Liveness
		code, request string
		reason        string
	}{
		"api-200-agents":        {finding.Live, "", someRequest, "lists at least 1 agent"},
		"api-200-no-agents":     {finding.Live, "", someRequest, "lists 0 agents"},
		"api-401-unauthorized":  {finding.Inactive, "UNAUTHORIZED", someRequest, "refuses it"},
		"api-403-forbidden":     {finding.Restricted, "FORBIDDEN", someRequest, "refused the request"},
		"api-404-not-found":     {finding.Unknown, "NOT_FOUND", someRequest, "nothing to ask at this path"},
		"api-422-unprocessable": {finding.Unknown, "VALIDATION_ERROR", someRequest, "says nothing of the key"},
		"captive-portal-200":    {finding.Unknown, "", "", "a web page"},
		"captive-portal-302":    {finding.Unknown, "", "", "redirects elsewhere"},
		"captive-portal-511":    {finding.Unknown, "", "", "(511)"},
		"proxy-login-401":       {finding.Unknown, "", "", "a web page"},
		"firewall-403":          {finding.Unknown, "", "", "a web page"},
		"empty-200":             {finding.Unknown, "", "", "an empty body"},
		"empty-401":             {finding.Unknown, "", "", "an empty body"},
		"other-service-200":     {finding.Unknown, "", "", "not in Neo's form"},
		"other-service-401":     {finding.Unknown, "invalid_api_key", "", "not in Neo's form"},
		"other-service-403":     {finding.Unknown, "", "", "not in Neo's form"},
		"error-in-200":          {finding.Unknown, "UNAUTHORIZED", someRequest, "speaks of an error"},
		"cut-off-200":           {finding.Unknown, "", "", "broke off"},
		"legacy-200":            {finding.Live, "", "", "accepts it"},
		"legacy-204":            {finding.Live, "", "", "accepts it"},
		"legacy-200-text":       {finding.Live, "", "", "accepts it"},
		"legacy-200-page":       {finding.Unknown, "", "", "a web page"},
		"legacy-401-json":       {finding.Inactive, "", "", "refuses it"},
		"legacy-401-empty":      {finding.Inactive, "", "", "refuses it"},
		"legacy-401-page":       {finding.Unknown, "", "", "a web page"},
		"legacy-401-text":       {finding.Unknown, "", "", "well-formed JSON"},
		"legacy-403-json":       {finding.Restricted, "", "", "refused the request"},
	}
	files, _ := filepath.Glob("testdata/answers/*.http")
	if len(files) != len(meant) {
		t.Errorf("%d answers are recorded, %d have a meaning", len(files), len(meant))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".http")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := meant[name]
			answer, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, body, _ := strings.Cut(string(answer), "\n\n")
			s := serve(t, hangUp(strings.ReplaceAll(head, "\n", "\r\n")+"\r\n\r\n"+body))
			v := newVerifier(t, options(s))
			v.client.RetryMax = 0
			k := newKey()
			if strings.HasPrefix(name, "legacy-") {
				k = newToken()
			}
			a := check(t, v, k)
			wantAnswer(t, a, c.want, c.reason)
			if a.Code != c.code || a.RequestID != c.request {
				t.Errorf("code %q, request id %q; want %q, %q", a.Code, a.RequestID, c.code, c.request)
			}
		})
	}
}

// The code and the request id come from the server, and go into reports.
func TestHostileIDs(t *testing.T) {
	k := newKey()
	secret := k.Secret.Reveal()
	for name, id := range map[string]string{
		"the key": secret, "a part of it": secret[14:30], "a command": "::error::x", "a line break": `a\nb`,
		"a color": `\u001b[31m`, "HTML": "<script>", "very long": strings.Repeat("a", 100_000), "a space": "a b",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := fmt.Sprintf(`{"error":{"code":"%s","message":"m"},"meta":{"request_id":"%s"}}`, id, id)
			a := check(t, newVerifier(t, options(serve(t, jsonBody(http.StatusForbidden, body)))), k)
			wantAnswer(t, a, finding.Restricted, "")
			if a.Code != "" || a.RequestID != "" {
				t.Errorf("%.50q and %.50q are repeated", a.Code, a.RequestID)
			}
		})
	}
}
