package engine

import (
	"sync"
	"sync/atomic"

	"github.com/neokeys/neokeys/fleet/store"
)

// Progress counts what an engine did. Others may read it meanwhile.
type Progress struct {
	Scanned, Unchanged, Failed atomic.Int64 // repositories
	Incomplete                 atomic.Int64 // of those that were scanned
	Left                       atomic.Int64 // jobs in the queue, those of other workers included
	Bytes                      atomic.Int64 // searched
	Fetched                    atomic.Int64 // bytes from servers

	mu      sync.Mutex
	running map[string]int
}

// begin notes that a repository is searched until the returned function is called.
func (p *Progress) begin(name string) (end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		p.running = map[string]int{}
	}
	p.running[name]++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.running[name]--; p.running[name] == 0 {
			delete(p.running, name)
		}
	}
}

// Running returns the name of one repository that is searched now, and how many others are.
func (p *Progress) Running() (name string, others int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := range p.running {
		if name == "" || n < name {
			name = n
		}
	}
	return name, max(len(p.running)-1, 0)
}

func (p *Progress) ended(o *store.Outcome) {
	switch {
	case o == nil:
		p.Unchanged.Add(1)
	case len(o.Result.Problems) > 0:
		p.Incomplete.Add(1)
		fallthrough
	default:
		p.Scanned.Add(1)
	}
}
