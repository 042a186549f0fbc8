package facts

import (
	"path"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/formats"
)

// Variables returns the variables that the file sets, in the order of the text.
func (f *File) Variables() []formats.EnvVariable { return f.env.get(f, (*File).findVariables) }

func (f *File) findVariables() []formats.EnvVariable {
	base := strings.ToLower(path.Base(f.Place.Path))
	switch {
	case formats.IsDotEnv(base):
		return formats.DotEnv(f.Text)
	case formats.IsDockerfile(base):
		return formats.DockerVariables(f.Instructions())
	case formats.IsYAML(base):
		return f.yamlVariables()
	case formats.IsTOML(base):
		return formats.DotEnv(f.Text) // its tables of variables look the same
	}
	return nil
}

// Instructions returns those of a Dockerfile.
func (f *File) Instructions() []formats.Instruction { return f.docker.get(f, (*File).findInstructions) }

func (f *File) findInstructions() []formats.Instruction { return formats.Instructions(f.Text) }

// yamlVariables returns the variables that a YAML file sets: name: value under env,
// environment, variables and the like, NAME=value in lists, and name and value, or key and
// value, of lists such as those of Kubernetes.
func (f *File) yamlVariables() (all []formats.EnvVariable) {
	settings := f.Settings()
	for i, s := range settings {
		if len(s.Path) > 0 && s.Key == "-" {
			name, _, ok := strings.Cut(s.Value, "=")
			if n := len(name); ok && n > 0 && text.Run([]byte(name), func(c byte) bool { return text.IsAlnum(c) || c == '_' }) == n {
				all = append(all, formats.EnvVariable{
					Name: name, NameStart: s.Start, NameEnd: s.Start + n, Value: text.Unquote(s.Value[n+1:]),
					Start: s.Start + n + 1, End: s.End, Group: s.Group, In: s.Path,
				})
			}
			continue
		}
		if (s.Key == "name" || s.Key == "key") && i+1 < len(settings) && settings[i+1].Key == "value" && settings[i+1].Group == s.Group {
			v := settings[i+1]
			all = append(all, formats.EnvVariable{
				Name: s.Value, NameStart: s.Start, NameEnd: s.End, Value: v.Value, Start: v.Start, End: v.End,
				Quote: f.quoteBefore(v.Start), Group: formats.ListOf(settings, i), In: s.Path,
			})
			continue
		}
		if s.KeyEnd > s.KeyStart {
			all = append(all, formats.EnvVariable{
				Name: s.Key, NameStart: s.KeyStart, NameEnd: s.KeyEnd, Value: s.Value, Start: s.Start, End: s.End,
				Quote: f.quoteBefore(s.Start), Group: s.Group, In: s.Path,
			})
		}
	}
	return all
}

func (f *File) quoteBefore(pos int) byte {
	if pos > 0 && pos <= len(f.Text) && (f.Text[pos-1] == '"' || f.Text[pos-1] == '\'') {
		return f.Text[pos-1]
	}
	return 0
}
