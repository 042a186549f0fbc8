//go:build !unix

package cli

import "github.com/rogpeppe/go-internal/testscript"

func fifo(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("no pipes here") }

func socket(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("no sockets here") }
