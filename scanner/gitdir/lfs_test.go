package gitdir

import (
	"strings"
	"testing"
)

func FuzzPointer(f *testing.F) {
	oid := strings.Repeat("ab", 32)
	f.Add("version https://git-lfs.github.com/spec/v1\noid sha256:" + oid + "\nsize 12\n")
	f.Add("version https://hawser.github.com/spec/v1\noid sha256:" + oid + "\nsize 0\n")
	f.Add("version https://git-lfs.github.com/spec/v1\next-0-x sha256:" + oid + "\noid sha256:" + oid + "\r\nsize 1\r\n")
	for _, s := range []string{"oid sha256:../../../../etc/passwd\nsize 1", "oid sha256:ab\nsize 1", "oid md5:" + oid + "\nsize 1", "oid sha256:" + oid + "\nsize -1", "oid sha256:" + oid, "size 1"} {
		f.Add("version https://git-lfs.github.com/spec/v1\n" + s + "\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, ok := ParsePointer([]byte(text))
		if ok && (len(p.OID) != 64 || strings.Trim(p.OID, "0123456789abcdef") != "" || p.Size < 0) {
			t.Errorf("%+v", p)
		}
	})
}

func TestPointer(t *testing.T) {
	oid := strings.Repeat("ab", 32)
	for text, want := range map[string]bool{
		"version https://git-lfs.github.com/spec/v1\noid sha256:" + oid + "\nsize 12\n":                            true,
		"version https://hawser.github.com/spec/v1\noid sha256:" + oid + "\nsize 0":                                true,
		"version https://git-lfs.github.com/spec/v1\next-0-x sha256:" + oid + "\noid sha256:" + oid + "\nsize 1":   true,
		"version https://git-lfs.github.com/spec/v1\noid sha256:../../etc/passwd\nsize 1\n":                        false,
		"version https://git-lfs.github.com/spec/v1\noid md5:" + oid + "\nsize 1\n":                                false,
		"version https://git-lfs.github.com/spec/v1\noid sha256:" + oid + "\nsize -1\n":                            false,
		"version https://git-lfs.github.com/spec/v1\nsize 1\n":                                                     false,
		"version https://example.com/spec/v1\noid sha256:" + oid + "\nsize 1\n":                                    false,
		"version https://git-lfs.github.com/spec/v1\noid sha256:" + oid + "\nsize 1\n" + strings.Repeat("x", 1024): false,
		"": false,
	} {
		if _, ok := ParsePointer([]byte(text)); ok != want {
			t.Errorf("%q is a pointer: %v", text, ok)
		}
	}
}
