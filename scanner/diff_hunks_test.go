package scanner_test

import (
	"bytes"
	"testing"

	"github.com/neokeys/neokeys/scanner"
)

// What is in no hunk stays, at its line.
func FuzzWithoutHunks(f *testing.F) {
	f.Add([]byte("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-one\n-two\n+three\nafter\n"))
	f.Add([]byte("diff --cc x\n--- a/x\n+++ b/x\n@@@ -1 -1 +1 @@@\n- one\n -two\n++three"))
	f.Add([]byte("Binary files a/x and b/x differ\n\\\n@@ -1 +9999999999999999999 @@\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rest := bytes.SplitAfter(scanner.WithoutHunks(text), []byte("\n"))
		for i, line := range bytes.SplitAfter(text, []byte("\n")) {
			if i >= len(rest) {
				t.Fatalf("line %d is missing", i+1)
			}
			if got := rest[i]; !bytes.Equal(got, line) && len(bytes.TrimRight(got, "\n")) > 0 {
				t.Fatalf("line %d is %q, want %q or nothing", i+1, got, line)
			}
		}
	})
}
