package gitdir

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// configs are pieces of config files that git takes, and some that it does not.
var configs = []string{
	"[core]\n\tbare = false\n\tRepositoryFormatVersion = 1\n",
	"[alias]\n\tx = \"!f() { echo \\\"hi\\\"; }; f\"\n",
	"[alias]\n\tx = !git log --pretty=format:\"%h %s\"\n",
	"[branch \"feature/\\\"x\\\"\"]\n\tremote = origin\n",
	"[a]\n\tx = a \\\n   b\n",
	"[a]\r\n\tx = a\r\n\ty = \"b\r\n",
	"[A.B]\n\tx = 1\n", "[A.B \"C\"]\nx=1\n", "[.a]\nx\n", "[a.]\nx\n",
	"[a]x=1\n[b]y\n", "[a] x = 1 ; c\n", "[a] x\n y=\n z = # c\n", "[a] x # c\n",
	"[a \"b\\c\"]\n x=1\n", "[a \"C:\\dir\"]\n x=1\n",
	"[a \"\"]\n x=1\n", "[a \"\" ]\n x=1\n", "[a\t\"b\"]\n x=1\n", "[ a]\n", "[]\nx\n", "[.]\nx\n", "[ \"a\"]\nx\n", "[a\"b\"]\n", "[a \"b\n\"]\n", "[a_b]\n",
	"\xef\xbb\xbf[a]\n x=1\n", "[a]\n\xef\xbb\xbf x=1\n",
	"[a]\n x = \xe9 \xff\n", "[a]\n x = \"b;c\" # \"d\n", "[a]\n x = b\\tc\\nd\\be\n", "[a]\n x = b\\c\n", "[a]\n x = \"b\n",
	"[a]\n_x = 1\n", "[a]\n1x = 1\n", "[a]\nx1-y = 1\n", "[a]\n x = 1\\\\\n", "[a]\nx = 1\\", "[a]\nx = \"1\\", "[a]\nx", "[a", "[", "[a \"b", "[a]\nx = \"\\\"",
	"[a]\n x =   b   c  \t\n\n\n#\n;\n", "[a]\nx = \" b \" c\n", "[a]\nx = \\\n\\\n1\n", "x = 1\n",
	"[a]\rx\r=\r1\r",
}

// What git makes of a config file, parseConfig makes of it, too.
func TestConfigAgreesWithGit(t *testing.T) {
	b := newSandbox(t)
	path := filepath.Join(b.Dir, "config")
	compare := func(text string) {
		t.Helper()
		gittest.Check(t, os.WriteFile(path, []byte(text), 0o666))
		want, wantErr := b.Command("config", "-l", "-z", "-f", path).Output()
		settings, err := ReadConfig(path)
		if (err == nil) != (wantErr == nil) {
			t.Errorf("%q: error %v, git's %v", text, err, wantErr)
			return
		}
		if err != nil {
			return
		}
		var got, filtered strings.Builder
		for _, s := range settings {
			name := s.Section + "." + s.Key
			if s.Subsection != "" {
				name = s.Section + "." + s.Subsection + "." + s.Key
			}
			fmt.Fprintf(&got, "%s\n%s\x00", name, s.Value)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(want), "\x00"), "\x00") {
			name, value, ok := strings.Cut(line, "\n")
			if !ok {
				value = "true"
			}
			// Without a section, or in a subsection without a name, is nothing that anybody asks for.
			if line != "" && strings.Contains(name, ".") && name[0] != '.' && !strings.Contains(name, "..") {
				fmt.Fprintf(&filtered, "%s\n%s\x00", name, value)
			}
		}
		// Newer versions of git keep white space within a value as it is.
		blank := strings.NewReplacer("\t", " ", "\r", " ")
		if blank.Replace(got.String()) != blank.Replace(filtered.String()) {
			t.Errorf("%q:\ngot  %q\nwant %q", text, got.String(), filtered.String())
		}
	}
	for _, text := range configs {
		compare(text)
		compare("[first]\n\tx = 1\n" + text)
	}
	random := rand.New(rand.NewPCG(5, 0))
	pieces := []string{"[", "]", "a", "B", ".", "\"", "\\", "\n", " ", "\t", "=", "#", ";", "x = 1\n", "[s]\n", "[s \"t\"]\n", "\r", "-", "9", "\\\n", "\xe9"}
	for range 300 {
		text := "[s]\n"
		for range random.IntN(12) {
			text += pieces[random.IntN(len(pieces))]
		}
		compare(text)
	}
}

func FuzzConfig(f *testing.F) {
	for _, text := range configs {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		settings, err := parseConfig(text)
		for _, s := range settings {
			if s.Key == "" || strings.ToLower(s.Key) != s.Key {
				t.Errorf("%+v, error %v", s, err)
			}
		}
	})
}
