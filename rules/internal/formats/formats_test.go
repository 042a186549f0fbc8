package formats

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// variables writes what a file sets as NAME=value, one a line, with the text in which each
// value is written where that differs.
func variables(src string, all []EnvVariable) string {
	var b strings.Builder
	for _, v := range all {
		fmt.Fprintf(&b, "%s=%s", v.Name, v.Value)
		if got := src[v.NameStart:v.NameEnd]; got != v.Name {
			fmt.Fprintf(&b, " (named %q)", got)
		}
		if got := src[v.Start:v.End]; got != v.Value {
			fmt.Fprintf(&b, " (written %q)", got)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestDotEnv(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"A=1\nB = two words \nexport C='x y' # why\n", "A=1\nB=two words\nC=x y\n"},
		{"A=1 # a comment\nB=a#b\r\n# C=3\n\nD=\n", "A=1\nB=a#b\nD=\n"},
		{"A=\"first\nsecond\"\nB=2", "A=first\nsecond\nB=2\n"},
		{"A=\"open\nB=2\n", "A=open\nB=2\n"},
		{"A: yaml\nno variable\n=x\n", "A=yaml\n"},
		{"a.b-c=`x`\n", "a.b-c=x\n"},
	} {
		if got := variables(test.src, DotEnv([]byte(test.src))); got != test.want {
			t.Errorf("%q:\ngot  %q\nwant %q", test.src, got, test.want)
		}
	}
}

func TestDockerVariables(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"FROM a\nENV A=1 B=\"two words\" \\\n    C=3\n", "A=1\nB=two words\nC=3\n"},
		{"env A all of this\n", "A=all of this\n"},
		{"ARG A\nARG B=2\nRUN C=3 x\n", "A=\nB=2\n"},
		{"ENV A=1 \\\n# a comment\n\n  B=2\n", "A=1\nB=2\n"},
		{"# escape=`\nENV A=1 `\n  B=2\n", "A=1\nB=2\n"},
		{"RUN <<EOF\nENV A=1\nEOF\nENV B=2\n", "B=2\n"},
	} {
		if got := variables(test.src, DockerVariables(Instructions([]byte(test.src)))); got != test.want {
			t.Errorf("%q:\ngot  %q\nwant %q", test.src, got, test.want)
		}
	}
}

func settings(src []byte) []Setting {
	all, _ := Settings(src)
	return all
}

func TestSettings(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"a:\n  b: 1\n  'c': \"two\"\n", "a/b=1 c=two"},
		{"list:\n- x\n- name: y\n", "list/-=x list/-/name=y"},
		{"a: |\n  line one\n  line two\nb: 2\n", "a=line one\nline two\n b=2"},
		{"a: 1\n---\nb: 2\n", "a=1 b=2"},
		{"é: ü\nb: x\n", "é=ü b=x"},
		// A template is no YAML; what looks like a setting is one.
		{"a: {{ .Values.x }}\n  b: 2\n", "a={{ .Values.x }} b=2"},
	} {
		var got []string
		last := 0
		for _, s := range settings([]byte(test.src)) {
			got = append(got, strings.Join(append(slices.Clone(s.Path), s.Key+"="+s.Value), "/"))
			if s.Start < last || s.End < s.Start || s.End > len(test.src) {
				t.Errorf("%q: %s is from %d to %d", test.src, s.Key, s.Start, s.End)
			} else if !s.block && !strings.Contains(test.src[s.Start:s.End], s.Value) {
				t.Errorf("%q: %s is written %q", test.src, s.Key, test.src[s.Start:s.End])
			}
			last = s.Start
		}
		want := test.want
		if got := strings.ReplaceAll(strings.Join(got, " "), "a/c=", "c="); got != want {
			t.Errorf("%q:\ngot  %q\nwant %q", test.src, got, want)
		}
	}
}

func parsed(s Script) []Command {
	all, _ := ParseScripts([]Script{s})
	return all
}

func TestParseScript(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"A=1 /usr/bin/curl -H \"X: $B\" https://h", "A=1 curl[-H X: $ https://h](B)"},
		{"curl x | jq . > f.json", "curl[x]|jq jq[.]>"},
		{"f() { echo $1; }\nf", "echo[$](1) f[]own"},
		{"set -x\nrun ${A:-b}\nset +x\nrun", "set[-x] run[$](A)traced set[+x]traced run[]"},
		{"export A=b", "export A=b"},
		{"if ; then\necho on", "echo[on]"}, // what is no shell syntax ends with its line
		{"run ${#A} ${A:+x} ${A:?unset}", "run[$ $ $](A)"},
		{"echo 'a $B' \"$(date)\"", "echo[a $B $] date[]|"},
	} {
		var got []string
		for _, c := range parsed(Script{Text: []byte(test.src)}) {
			got = append(got, command(&c))
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%q:\ngot  %q\nwant %q", test.src, got, test.want)
		}
	}
}

// command writes a command as one line: assignments, name, arguments with $ for what the
// shell fills in, the variables, and what else is known of it.
func command(c *Command) string {
	var parts, vars []string
	for i, a := range c.Args {
		if i > 0 {
			parts = append(parts, strings.ReplaceAll(a.Text, Expanded, "$"))
		}
		for _, v := range a.Vars {
			vars = append(vars, v.Name)
		}
	}
	var b strings.Builder
	if len(c.Args) == 0 {
		b.WriteString(c.Name + " ")
	}
	for i, a := range c.Assign {
		b.WriteString(a.Name + "=" + a.Text)
		if i < len(c.Assign)-1 || len(c.Args) > 0 {
			b.WriteString(" ")
		}
	}
	if len(c.Args) > 0 {
		fmt.Fprintf(&b, "%s[%s]", c.Name, strings.Join(parts, " "))
	}
	if len(vars) > 0 {
		fmt.Fprintf(&b, "(%s)", strings.Join(vars, " "))
	}
	for _, flag := range []struct {
		on   bool
		text string
	}{{c.Own, "own"}, {c.Traced && c.Name != "", "traced"}, {c.Piped, "|" + c.Into}, {c.Redirected, ">"}} {
		if flag.on {
			b.WriteString(flag.text)
		}
	}
	return b.String()
}

func TestDockerScripts(t *testing.T) {
	src := "FROM a\nRUN --mount=type=secret,id=x curl \\\n  # why\n  https://h\nCMD [\"run\", \"-v\"]\nCOPY a b\n"
	var got []string
	for _, s := range DockerScripts(Instructions([]byte(src))) {
		for _, c := range parsed(s) {
			got = append(got, command(&c)+fmt.Sprintf("@%s", src[c.Start:c.End]))
		}
	}
	if got, want := strings.Join(got, " "), `curl[https://h]@curl run[-v]@"run"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRecipes(t *testing.T) {
	src := "A = b\nall: x\n\t@echo $(A) $$B \\\n  more\nc:\n\t-run\n"
	got := Recipes([]byte(src))
	if len(got) != len(src) {
		t.Fatalf("%d bytes became %d", len(src), len(got))
	}
	if want := "echo ${A}  $B \\ more run"; strings.Join(strings.Fields(string(got)), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got %q", got)
	}
}

func TestWithoutExpressions(t *testing.T) {
	got := string(WithoutExpressions([]byte("run: x ${{ secrets.A }} ${{ open")))
	if want := "run: x ${_secrets_A_} ${{ open"; strings.ReplaceAll(got, "__", "_") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFileNames(t *testing.T) {
	for _, test := range []struct {
		name string
		is   func(string) bool
		yes  string
		no   string
	}{
		{"a Dockerfile", IsDockerfile, "dockerfile containerfile dockerfile.prod dockerfile-x web.dockerfile", "docker dockerfiles dockerfile_x compose.yml"},
		{"a .env file", IsDotEnv, ".env .env.local .envrc .env-x prod.env .dev.vars .flaskenv", "env .environment x.envy"},
		{"a .env file with secrets", IsSecretEnvFile, ".env a/.env.production .ENV .env*", ".env.example .env.local.sample prod.env .env.schema"},
		{"YAML", IsYAML, "a.yml a.yaml", "yml a.yam"},
		{"TOML with variables", IsTOML, "wrangler.toml netlify.toml fly.toml fly.prod.toml", "pyproject.toml fly.json"},
		{"a script", func(name string) bool { return IsShell(name, nil) }, "a.sh a.bash .envrc .profile a.zsh", "a.fish sh a.py"},
		{"a script", func(line string) bool { return IsShell("run", []byte(strings.ReplaceAll(line, "+", " "))) }, "#!/bin/sh #!/usr/bin/env+bash #!/bin/bash+-x", "#!/usr/bin/env+python3 #!/bin/fish sh"},
	} {
		for _, name := range strings.Fields(test.yes) {
			if !test.is(name) {
				t.Errorf("%s is not taken for %s", name, test.name)
			}
		}
		for _, name := range strings.Fields(test.no) {
			if test.is(name) {
				t.Errorf("%s is taken for %s", name, test.name)
			}
		}
	}
}

// FuzzFormats checks that no reader panics, and that places lie in the text.
func FuzzFormats(f *testing.F) {
	for _, s := range []string{"A='x\n", "a:\n- b: |\n   c\n", "FROM a\nRUN <<E\nx\nE\nENV A=\"b\" \\\n", "a:\n\tx $(B) $$\n", `{"cells":[{"cell_type":"code","source":["!a ${B}\n"]}]}`, "x ${{ a }}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, all := range [][]EnvVariable{DotEnv(src), DockerVariables(Instructions(src))} {
			for _, v := range all {
				if v.NameStart < 0 || v.NameEnd > len(src) || v.Start < 0 || v.End > len(src) || v.Start > v.End {
					t.Fatalf("%q: %+v", src, v)
				}
			}
		}
		for _, s := range settings(src) {
			if s.Start < 0 || s.End > len(src) || s.Start > s.End {
				t.Fatalf("%q: %+v", src, s)
			}
		}
		for _, s := range append(DockerScripts(Instructions(src)), Script{Text: Recipes(src)}, Script{Text: WithoutExpressions(src)}) {
			for _, c := range parsed(s) {
				if c.Start < 0 || c.End > len(src) || c.Start > c.End {
					t.Fatalf("%q: %+v", src, c)
				}
			}
		}
		ReadNotebook(src)
	})
}
