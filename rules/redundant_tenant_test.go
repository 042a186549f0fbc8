package rules

import (
	"testing"
)

func TestRedundantTenant(t *testing.T) {
	testHabits(t, RedundantTenant, []habit{
		{"a.js", "fetch('https://api.neoagent.io/agents', { headers: { Authorization: auth, 'X-Tenant-Id': tenant } })", []string{"X-Tenant-Id"}},
		{"a.py", "headers = {'Authorization': f'Bearer {k}', 'x-client-id': CLIENT}\nrequests.get('https://api.neoagent.io/agents', headers=headers)", []string{"x-client-id"}},
		{"a.js", "fetch(`https://api.neoagent.io/agents?tenant_id=${id}`)", []string{"tenant_id"}},
		{"a.js", "axios.get('https://api.neoagent.io/agents', { params: { page: 1, tenantId } })", []string{"tenantId"}},
		{"a.py", "requests.get('https://api.neoagent.io/agents', params={'client_id': c, 'page': 2})", []string{"client_id"}},
		{"call.sh", "curl https://api.neoagent.io/agents -H 'X-Neo-Tenant: acme' -H @auth\n", []string{"'X-Neo-Tenant: acme'"}},
		{"call.sh", "curl 'https://api.neoagent.io/agents?page=1&clientId=acme'\n", []string{"clientId"}},
		{"a.http", "GET https://api.neoagent.io/agents\nX-Tenant-ID: acme\n\n", []string{"X-Tenant-ID"}},
		{"a.py", "params = {'client_id': 'acme'}\nrequests.get('https://api.neoagent.io/agents', params=params)", []string{"client_id"}},
		{"a.php", "$c->request('GET', 'https://api.neoagent.io/agents', ['query' => ['tenant_id' => $t]]);", []string{"tenant_id"}},
		{"a.js", "const url = new URL('https://api.neoagent.io/agents');\nurl.searchParams.set('tenantId', id);\nfetch(url);", []string{"tenantId"}},
		{"a.kt", "client.get(\"https://api.neoagent.io/agents\") { parameter(\"tenantId\", tenant) }", []string{"tenantId"}},

		{"a.js", "fetch('https://api.neoagent.io/agents', { method: 'POST', body: JSON.stringify({ client_id: 1, tenantId }) })", nil},
		{"a.js", "fetch('https://example.com/', { headers: { 'X-Tenant-Id': t } })\nfetch('https://api.neoagent.io/agents')", nil},
		{"a.js", "fetch('https://app.neoagent.co/api', { headers: { 'X-Tenant-Id': t } })", nil},
		{"a.js", "fetch('https://api.neoagent.io/agents?page=1&limit=2', { headers: { 'X-Request-Id': t } })", nil},
		{"a.js", "const tenantId = 1; fetch('https://api.neoagent.io/agents')", nil},
		{"a.js", "const url = new URL('https://example.com');\nurl.searchParams.set('tenantId', id);\nfetch('https://api.neoagent.io/agents');\nfetch(url);", nil},
	})
}
