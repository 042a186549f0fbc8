package report

import "github.com/neokeys/neokeys/finding"

// verdict returns f's liveness in words, with the code and the request id of the API's
// answer, which support asks for; empty when the API was not asked about the key.
func verdict(f *finding.Finding) string {
	if f.Liveness == finding.NotChecked || f.Liveness == "" {
		return ""
	}
	return string(f.Liveness) + answerIDs(f)
}

// answerIDs returns what identifies the API's answer, each after a comma; empty when the
// answer has nothing of the kind.
func answerIDs(f *finding.Finding) string {
	v := f.Verification
	if v == nil {
		return ""
	}
	ids := ""
	if v.Code != "" {
		ids += ", code " + printable(v.Code)
	}
	if v.RequestID != "" {
		ids += ", request id " + printable(v.RequestID)
	}
	return ids
}
