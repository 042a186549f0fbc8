package naming

import (
	"strings"
	"testing"
)

func TestNamesVariable(t *testing.T) {
	for name := range strings.FieldsSeq(`NEO_API_KEY NEO_KEY NEOAGENT_SECRET_KEY MY_NEO_API_KEY NEO_API_KEY_PROD NEO_API_KEY_2 NEO_APIKEY
		NEO_WEBHOOK_SECRET NEO_BILLING_KEY NEO_CLIENT_SECRET NEO_EVENTS_API_KEY ORDERS_NEO_TOKEN NEO_KEY_BILLING neo_api_key`) {
		if !NamesVariable(name) {
			t.Errorf("%s holds a key", name)
		}
	}
	for name := range strings.FieldsSeq(`NEO_KEY_FILE NEO_API_KEY_ID NEO_API_KEY_PATH NASA_NEO_API_KEY KOTAK_NEO_TOKEN HAS_NEO_KEY NEO_KEYS
		NEOKEYS_FORMAT NEON_API_KEY API_KEY NEO NEO_URL NEO_KEYBOARD NEO_TOKEN_TTL`) {
		if NamesVariable(name) {
			t.Errorf("%s holds no key", name)
		}
	}
}
