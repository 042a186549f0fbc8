package archive

import (
	"bytes"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/hidden"
)

// TestIsPlainHead makes sure that no archive is taken for plain text, by itself or behind a script, however
// little it holds.
func TestIsPlainHead(t *testing.T) {
	line := []byte("all work and no play\n")
	samples := map[string][]byte{
		"zip": zipOf(t, zipKind{8, false}, small()), "tar": hidden.Tar(small()), "cpio": hidden.Cpio(small()),
		"7z": sample(t, "lzma2.7z"), "bzip2": fixed(t, bzip2Sample), "xz": fixed(t, xzSample),
		"pdf": []byte("%PDF-1.7\n"), "bundle": []byte(bundleMarkV2 + "PACK"), "ar": []byte(arMark + "a/"),
		"word": []byte("<!-- " + strings.Repeat("x", 2*PlainHead) + " --><w:document>"), "slide": []byte("  <?xml version='1.0'?>\n<p:sld>"),
	}
	nonZero := bytes.Repeat([]byte("\xc7\x9f\xe0\x8b"), 20)
	samples["OpenSSL"] = append([]byte("Salted__"), nonZero...)
	samples["GnuPG"] = append([]byte("\x8c\x0d\x04\x09\x03"), nonZero...)
	samples["gif"] = append([]byte("GIF89a"+strings.Repeat("x", PlainHead-7)+";;"), zlibOf(t, line)...)
	for n := range 60 {
		text := bytes.Repeat(line, 1+n*n)
		for name, pack := range map[string]func(testing.TB, []byte) []byte{"gzip": gzipOf, "zstd": zstdOf, "lz4": lz4Of, "lzma": lzmaOf, "zlib": zlibOf} {
			samples[name+" of "+strings.Repeat("I", n)] = pack(t, text)
		}
	}
	archives := 0
	for name, data := range samples {
		for _, text := range [][]byte{data, behindLines(data), append([]byte("caf\xe9\n"), data...)} {
			if !Holds("", text) {
				continue
			}
			archives++
			if bytes.IndexByte(text, 0) < 0 && !turnsBinary(text) && IsPlainHead(text[:min(len(text), PlainHead)]) {
				t.Errorf("%s is taken for plain text", name)
			}
		}
	}
	if archives < 2*len(samples) {
		t.Errorf("only %d archives of %d samples", archives, len(samples))
	}
	for _, text := range []string{
		"package main\n", "#!/bin/sh\n", "# a title\n", "<?php\nclass A { function f() { return $this->b; } }\n", "<!DOCTYPE html>\n<html>\n",
		"<?xml version='1.0'?>\n<project>\n", "{\"a\": 1}\n", "\xef\xbb\xbfusing System;\n", "\n\nimport os\n", "xyz is no mark\n", "PKG = 1\n", "caf\xc3\xa9\n",
	} {
		if text += strings.Repeat("and so on\n", 200); !IsPlainHead([]byte(text)[:PlainHead]) {
			t.Errorf("%.20q is not taken for plain text", text)
		}
	}
}
