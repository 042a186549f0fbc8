//go:build !unix

package scanner

import "time"

var started = time.Now()

// processorTime returns how long this process has had a processor, at most.
func processorTime() time.Duration { return time.Since(started) }
