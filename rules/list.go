package rules

import (
	"fmt"
	"slices"
	"strings"
)

// All returns every rule, in the order in which they are listed.
func All() []*Rule {
	return []*Rule{
		NeoAPIKey, NeoLegacyToken,
		ClientExposedEnv, ClientSideCall, KeyInURL, KeyLogged, KeyOnCommandLine, BakedIntoImage, PlaintextCISecret,
		PlaintextTransport, TLSVerificationOff, DivertedBaseURL, MissingBearer, PaddedKey, ForeignKey, RedundantTenant, LegacyAuth,
		EnvFileTracked, SharedKey, EnvMismatch, StaleKey, RemovedNotRevoked,
	}
}

// IDs returns the ids of all rules, in the same order.
func IDs() []string {
	var ids []string
	for _, r := range All() {
		ids = append(ids, r.ID)
	}
	return ids
}

// Select returns the rules of all named in only, or all of them if only is empty,
// without those named in disabled. An id that is not in all is an error.
func Select(all []*Rule, only, disabled []string) ([]*Rule, error) {
	for _, id := range slices.Concat(only, disabled) {
		if !slices.ContainsFunc(all, func(r *Rule) bool { return r.ID == id }) {
			return nil, fmt.Errorf("no rule is called %q; `neokeys rules` lists them", id)
		}
	}
	var selected []*Rule
	for _, r := range all {
		if (len(only) == 0 || slices.Contains(only, r.ID)) && !slices.Contains(disabled, r.ID) {
			selected = append(selected, r)
		}
	}
	if len(selected) == 0 {
		return nil, fmt.Errorf("no rule is left to run: %s selected, %s disabled",
			strings.Join(only, ", "), strings.Join(disabled, ", "))
	}
	return selected, nil
}

// WithNeeded returns rs with the rules that find keys, if there are others among them: some
// judge what those find, and what the others show must not have a key in it.
func WithNeeded(rs []*Rule) []*Rule {
	needed := slices.Clone(rs)
	if !slices.ContainsFunc(rs, func(r *Rule) bool { return r.MatchFile != nil || r.Review != nil }) {
		return needed
	}
	for _, r := range All() {
		if keyRules[r.ID] && !slices.Contains(needed, r) {
			needed = append(needed, r)
		}
	}
	return needed
}
