package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

// How much a heap may grow, in percent, until garbage is collected.
const (
	untilFirst = 400 // of 4 MB
	usually    = 100
	inHistory  = 50
)

// growth is what applies from the first collection on.
var growth atomic.Int64

// collectLater has the first garbage collection begin at 16 MB in place of 4 MB, unless the user has set
// GOGC. A hook that reads the index of a large repository ends before that, and a collection would take
// as long as all else that it does. What comes later is collected as usual.
func collectLater() {
	if os.Getenv("GOGC") != "" {
		return
	}
	growth.Store(usually)
	debug.SetGCPercent(untilFirst)
	first := &struct{ next *byte }{}
	runtime.AddCleanup(first, func(struct{}) { debug.SetGCPercent(int(growth.Load())) }, struct{}{})
}

// collectOften has garbage collected more often than usual from the first time on: a search of a history
// keeps large tables, over which a collection takes hardly any time, and makes little garbage.
func collectOften() {
	if growth.Swap(inHistory) == usually {
		runtime.GC()
	}
}
