package formats

import (
	"bytes"
	"path"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
)

// IsSecretEnvFile reports whether a path names a .env file that is not an example.
func IsSecretEnvFile(name string) bool {
	base := strings.TrimSuffix(strings.ToLower(path.Base(name)), "*")
	if !strings.HasPrefix(base, ".env") && base != ".dev.vars" || !IsDotEnv(base) {
		return false
	}
	for _, s := range []string{"example", "sample", "template", "dist", "defaults", "schema"} {
		if strings.HasSuffix(base, "."+s) || strings.Contains(base, "."+s+".") {
			return false
		}
	}
	return true
}

// IsDotEnv reports whether a file of this name, in lower case, is a .env file of any kind.
func IsDotEnv(base string) bool {
	rest, ok := strings.CutPrefix(base, ".env")
	return ok && (rest == "" || rest == "rc" || strings.IndexByte(".-_", rest[0]) >= 0) || strings.HasSuffix(base, ".env") || base == ".dev.vars" || base == ".flaskenv"
}

// DotEnv reads a .env file: NAME=value, with export before it and quotes around the value
// or not. The libraries for Go give no places.
func DotEnv(src []byte) (all []EnvVariable) {
	for pos := 0; pos < len(src); {
		end := text.LineEnd(src, pos)
		start := pos + text.Run(src[pos:end], text.IsBlank)
		if bytes.HasPrefix(src[start:end], []byte("export ")) {
			start += len("export ")
			start += text.Run(src[start:end], text.IsBlank)
		}
		n := start + text.Run(src[start:end], func(c byte) bool { return text.IsAlnum(c) || bytes.IndexByte([]byte("_-."), c) >= 0 })
		pos = end + 1
		v := EnvVariable{Name: string(src[start:n]), NameStart: start, NameEnd: n, Group: 0}
		n += text.Run(src[n:end], text.IsBlank)
		if n == start || n >= end || src[n] != '=' && src[n] != ':' {
			continue
		}
		v.Start = n + 1 + text.Run(src[n+1:end], text.IsBlank)
		v.End = end
		if v.Start < end && bytes.IndexByte([]byte("\"'`"), src[v.Start]) >= 0 {
			v.Quote = src[v.Start]
			v.Start++
			// A quoted value may go over several lines.
			limit := min(len(src), v.Start+4096)
			if close := text.Closing(src[v.Start:limit], v.Quote); close >= 0 {
				v.End = v.Start + close
				pos = max(pos, text.LineEnd(src, v.End)+1)
			}
		} else {
			if n := bytes.Index(src[v.Start:end], []byte(" #")); n >= 0 {
				v.End = v.Start + n
			}
			v.End = v.Start + len(bytes.TrimRight(src[v.Start:v.End], " \t\r"))
		}
		v.Value = string(src[v.Start:v.End])
		all = append(all, v)
	}
	return all
}
