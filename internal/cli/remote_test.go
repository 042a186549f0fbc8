package cli

import "testing"

func TestSameURL(t *testing.T) {
	for _, same := range [][2]string{
		{"https://example.com/a/b.git", "https://example.com/a/b"},
		{"https://example.com/a/b/", "https://example.com/a/b.git"},
		{"git@example.com:a/b.git", "ssh://git@example.com/a/b"},
		{"../server.git", "../server.git/"},
		{`C:\repos\a.git`, `C:\repos\a`},
	} {
		if !sameURL(same[0], same[1]) {
			t.Errorf("%s and %s are taken for two", same[0], same[1])
		}
	}
	for _, other := range [][2]string{
		{"https://example.com/a/b.git", "https://example.com/a/c.git"},
		{"git@example.com:a/b.git", "git@example.org:a/b.git"},
		{"https://example.com/a/b", "http://example.com/a/b"},
		{"", "../server.git"},
	} {
		if sameURL(other[0], other[1]) {
			t.Errorf("%s and %s are taken for one", other[0], other[1])
		}
	}
}
