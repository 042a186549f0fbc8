package scanner

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"path/filepath"
	"strings"
	"testing"
)

// That archives are not looked into is told once.
func TestArchivesAreTold(t *testing.T) {
	dir := t.TempDir()
	var zipped, gzipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	f, err := z.Create("a.js")
	check(t, err)
	_, err = f.Write([]byte(aKey))
	check(t, err)
	check(t, z.Close())
	g := gzip.NewWriter(&gzipped)
	_, err = g.Write([]byte(aKey))
	check(t, err)
	check(t, g.Close())

	write(t, filepath.Join(dir, "a.txt"), "PK is no archive")
	if r := scan(dir); len(r.Notices) != 0 {
		t.Errorf("notices %v", r.Notices)
	}
	for _, name := range []string{"1.apk", "2.ipa", "3.whl"} {
		write(t, filepath.Join(dir, name), zipped.String())
	}
	write(t, filepath.Join(dir, "4.tgz"), gzipped.String())
	r := scan(dir)
	if len(r.Notices) != 1 || len(r.Problems) != 0 {
		t.Fatalf("notices %v, problems %v", r.Notices, r.Problems)
	}
	said := r.Notices[0].Message
	if !strings.Contains(said, "4 archives") || !strings.Contains(said, "1.apk") || strings.Contains(said, "4.tgz") || !strings.HasSuffix(said, "...") {
		t.Error(said)
	}
}

func TestWorkers(t *testing.T) {
	for n, want := range map[int]bool{1: true, 7: true, 200: true, 1_000_000: false} {
		if got := Workers(n); (got == n) != want || got < 1 {
			t.Errorf("%d workers for %d", got, n)
		}
	}
	if Workers(0) < 1 {
		t.Error("no workers")
	}
}
