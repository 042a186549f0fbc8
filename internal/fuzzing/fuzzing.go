// Package fuzzing sets up the tests of packages that have fuzz targets.
package fuzzing

import (
	"flag"
	"os"
	"testing"
)

// minimizing is how often an input that reaches new code is tried in a shorter form.
const minimizing = "100x"

// Main runs a package's tests; its TestMain calls it. It bounds by a count how long the
// fuzzer shortens an input that reaches new code. The default is a minute for each such
// input, and the target then tries nothing else: a target with inputs of a few hundred
// bytes would run less than once a second. -fuzzminimizetime still sets another bound.
func Main(m *testing.M) {
	flag.Parse()
	const name = "test.fuzzminimizetime"
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if !given {
		if err := flag.Set(name, minimizing); err != nil {
			panic(err) // the testing package has no such flag any more
		}
	}
	os.Exit(m.Run())
}
