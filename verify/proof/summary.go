package proof

import (
	"io"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// atOnce is by how much answers that were asked for at the same time may be recorded out of order.
const atOnce = 10 * time.Second

// A Summary is what a chain says, key by key.
type Summary struct {
	Answers     int
	First, Last time.Time // when the first and the last answer came
	Keys        []Key     // in the order in which they come first
	// Skew is by how much the clock here and those of the servers differ at most; Dates is the
	// number of answers that had a Date header.
	Skew  time.Duration
	Dates int
	// Backwards is the line of the first answer that is older than one before it, by the clock
	// here, and by more than answers that come at the same time may be; 0 if there is none.
	Backwards int
	// Hash is the last one: who notes it elsewhere can see later that nothing before it was changed.
	Hash string
}

// A Key is what a chain says of one key.
type Key struct {
	ID      string
	Answers int
	// Phases are the clear answers in order: those that are alike are one. Unclear counts the answers
	// that say nothing of the key.
	Phases  []Phase
	Unclear int
}

// A Phase is a time in which all clear answers about a key were alike.
type Phase struct {
	Status         int
	Liveness       finding.Liveness
	From, To       time.Time // of its first and its last answer
	FromID, ToID   string    // their request ids
	Answers        int
	Host           string
	FromDate, Date *time.Time // the Date headers of the first and the last
}

// Summarise reads and checks a chain. With an error, the summary is of what comes before it.
func Summarise(r io.Reader) (*Summary, error) {
	s := &Summary{}
	at := map[string]int{}
	err := Read(r, func(r Record) {
		if s.Answers++; s.Answers == 1 || r.Time.Before(s.First) {
			s.First = r.Time
		}
		if s.Last.Sub(r.Time) > atOnce && s.Backwards == 0 {
			s.Backwards = r.N
		}
		if r.Time.After(s.Last) {
			s.Last = r.Time
		}
		s.Hash = r.Hash
		s.clock(&r)
		n, ok := at[r.KeyID]
		if !ok {
			n = len(s.Keys)
			at[r.KeyID] = n
			s.Keys = append(s.Keys, Key{ID: r.KeyID})
		}
		s.Keys[n].take(&r)
	})
	return s, err
}

// clock compares the clock here with the server's, whose header has whole seconds.
func (s *Summary) clock(r *Record) {
	if r.Date == nil {
		return
	}
	s.Dates++
	s.Skew = max(s.Skew, r.Time.Truncate(time.Second).Sub(*r.Date).Abs())
}

func (k *Key) take(r *Record) {
	k.Answers++
	if !r.Liveness.Works() && r.Liveness != finding.Inactive {
		k.Unclear++
		return
	}
	last := len(k.Phases) - 1
	if last < 0 || k.Phases[last].Status != r.Status || k.Phases[last].Liveness != r.Liveness {
		k.Phases = append(k.Phases, Phase{Status: r.Status, Liveness: r.Liveness, From: r.Time, FromID: r.RequestID, Host: r.Host, FromDate: r.Date})
		last++
	}
	p := &k.Phases[last]
	p.To, p.ToID, p.Date = r.Time, r.RequestID, r.Date
	p.Answers++
}
