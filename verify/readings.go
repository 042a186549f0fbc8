package verify

import (
	"fmt"

	"github.com/neokeys/neokeys/finding"
)

// A key whose edges are in doubt is several keys to the API, one for each reading. Each is
// asked about, and a verdict belongs to the reading that it is about.

// readings returns every key that is to be asked about for keys, each once, in their order.
func readings(keys []*finding.Key) []*finding.Key {
	var all []*finding.Key
	for _, k := range keys {
		if len(k.Readings) == 0 {
			all = append(all, k)
		} else {
			all = append(all, k.Readings...)
		}
	}
	return distinct(all)
}

// Verdict returns the verdict on k. If a reading of k works, the key is
// that reading, whose edges are then beyond doubt; the other readings are dead text. If
// none works, the key is k itself.
//
// A doubtful key is never [finding.Inactive]: that the API refuses every reading may only
// mean that none of them is the whole key.
func Verdict(k *finding.Key, answers map[string]Answer) (*finding.Key, Answer) {
	if len(k.Readings) == 0 {
		return k, answerFor(k, answers)
	}
	open := Answer{} // the first that is not a refusal
	for _, state := range []finding.Liveness{finding.Live, finding.Restricted, finding.Unknown, finding.NotChecked} {
		for _, r := range k.Readings {
			switch a := answerFor(r, answers); {
			case a.Liveness != state || a.refused:
			case state.Works():
				alone := *r
				alone.Readings = nil
				return &alone, a
			case open.Liveness == "":
				open = a
			}
		}
	}
	if open.Liveness != "" {
		return k, open
	}
	a := answerFor(k.Readings[0], answers)
	a.Liveness, a.refused = finding.Unknown, true
	a.Reason = fmt.Sprintf("the API refuses each of the %d ways to read it (401), of which none may be the whole key", len(k.Readings))
	return k, a
}

func answerFor(k *finding.Key, answers map[string]Answer) Answer {
	a, ok := answers[k.ID]
	if !ok {
		return notChecked("not asked")
	}
	return a
}
