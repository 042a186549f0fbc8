package cli

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// How much a heap may grow, in percent, until garbage is collected.
const (
	untilFirst = 400 // of 4 MB
	usually    = 100
	inHistory  = 50
)

// enoughForFiles is how much memory a search of files may take, in bytes, before garbage is collected more often than
// usual: decoders of large windows make few garbage, but each piece of it is large. It is no limit to what is
// needed: that may still grow by a quarter.
const enoughForFiles = 100 << 20

// growth is what applies from the first collection on.
var growth atomic.Int64

// collectLater has the first garbage collection begin at 16 MB in place of 4 MB, unless the user has set
// GOGC or GOMEMLIMIT. A hook that reads the index of a large repository ends before that, and a collection would
// take as long as all else that it does. What comes later is collected as usual.
func collectLater() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	growth.Store(usually)
	debug.SetGCPercent(untilFirst)
	afterCollection(func() {
		debug.SetGCPercent(int(growth.Load()))
		boundMemory()
	})
}

// collectOften has garbage collected more often than usual from the first time on: a search of a history
// keeps large tables, over which a collection takes hardly any time, and makes little garbage.
func collectOften() {
	if growth.Swap(inHistory) == usually {
		runtime.GC()
	}
}

// boundMemory has garbage collected as soon as the memory that is taken comes to enoughForFiles, or to a quarter more than
// what the last collection left, if that is more.
func boundMemory() {
	limit := int64(math.MaxInt64)
	if growth.Load() == usually {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		limit = max(enoughForFiles, int64(live[0].Value.Uint64()/4*5))
	}
	debug.SetMemoryLimit(limit)
	afterCollection(boundMemory)
}

// afterCollection calls f once, after the next garbage collection.
func afterCollection(f func()) {
	garbage := &struct{ next *byte }{}
	runtime.AddCleanup(garbage, func(struct{}) { f() }, struct{}{})
}
