package verify_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/verify"
	"github.com/neokeys/neokeys/verify/mockapi/mock"
)

// A stand-in for the API runs on this machine. Without APIURL, keys go to
// [verify.DefaultAPIURL].
func Example() {
	key := finding.NewAPIKey("prod", testkey.Fresh(finding.SecretLen))
	api := &mock.Server{}
	api.Set(key.Secret.Reveal(), mock.Restricted)
	server := httptest.NewServer(api)
	defer server.Close()

	v, err := verify.New(verify.Options{APIURL: server.URL, Rate: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	answers := v.Check(context.Background(), []*finding.Key{key}, nil)
	a := answers[key.ID]
	fmt.Println(a.Liveness, a.Code, a.HTTPStatus)
	// Output: restricted FORBIDDEN 403
}

// Diagnose says what is wrong with a value as someone pasted it.
func ExampleDiagnose() {
	_, advice := verify.Diagnose("  ")
	fmt.Println(advice[0])
	// Output: the value is empty: is the variable set, and is the secret available to this job?
}
