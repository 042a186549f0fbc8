package rules

import "strings"

// documentedSecrets are the secrets of the keys that the API's own guide shows.
var documentedSecrets = []string{"AbCdEf0123456789AbCdEf01"}

// placeholder reports whether a secret stands for one: the documentation's own, or
// one character over and over.
func placeholder(secret string) bool {
	for _, s := range documentedSecrets {
		if strings.EqualFold(s, secret) {
			return true
		}
	}
	return strings.Count(secret, secret[:1]) == len(secret)
}
