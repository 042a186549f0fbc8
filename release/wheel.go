package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
)

// wheels writes a wheel for each platform, in the form of
// https://packaging.python.org/en/latest/specifications/binary-distribution-format/: the program
// is one of its scripts, which an installer puts where commands are.
func (b *build) wheels() error {
	version, err := pythonVersion(b.version)
	if err != nil {
		return err
	}
	for _, p := range platforms {
		data, err := b.wheel(p, version)
		if err != nil {
			return err
		}
		if err := b.write(data, "python", fmt.Sprintf("%s-%s-py3-none-%s.whl", name, version, p.wheel)); err != nil {
			return err
		}
	}
	return nil
}

func (b *build) wheel(p platform, version string) ([]byte, error) {
	root := name + "-" + version
	files := []file{
		{root + ".data/scripts/" + p.program(), 0o755, b.programs[p.String()]},
		{root + ".dist-info/METADATA", 0o644, metadata(version)},
		{root + ".dist-info/WHEEL", 0o644, wheelTags(p)},
		{root + ".dist-info/licenses/LICENSE", 0o644, b.legal},
	}
	record := root + ".dist-info/RECORD"
	var lines strings.Builder
	for _, f := range files {
		sum := sha256.Sum256(f.data)
		fmt.Fprintf(&lines, "%s,sha256=%s,%d\n", f.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(f.data))
	}
	fmt.Fprintf(&lines, "%s,,\n", record)
	files = append(files, file{record, 0o644, []byte(lines.String())})

	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestCompression) })
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: b.when}
		h.SetMode(fs.FileMode(f.mode))
		to, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := to.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func metadata(version string) []byte {
	return fmt.Appendf(nil, `Metadata-Version: 2.4
Name: %s
Version: %s
Summary: %s
License-Expression: %s
License-File: LICENSE
Project-URL: Source, %s
Project-URL: Changelog, %[5]s/blob/main/CHANGELOG.md
Requires-Python: >=3.8
Description-Content-Type: text/markdown

%s`, name, version, summary, license, homepage, readme)
}

func wheelTags(p platform) []byte {
	text := "Wheel-Version: 1.0\nGenerator: neokeys\nRoot-Is-Purelib: false\n"
	for tag := range strings.SplitSeq(p.wheel, ".") {
		text += "Tag: py3-none-" + tag + "\n"
	}
	return []byte(text)
}

var semantic = regexp.MustCompile(`^([0-9]+\.[0-9]+\.[0-9]+)(?:-(dev|alpha|beta|rc)(?:\.([0-9]+))?(?:\.([0-9a-z]+))?)?$`)

// pythonVersion returns a semantic version in the form of
// https://packaging.python.org/en/latest/specifications/version-specifiers/.
func pythonVersion(version string) (string, error) {
	m := semantic.FindStringSubmatch(version)
	if m == nil {
		return "", fmt.Errorf("version %s: Python has no form for it; use X.Y.Z, X.Y.Z-alpha.N, -beta.N, -rc.N or -dev.COMMIT", version)
	}
	stage := map[string]string{"": "", "dev": ".dev", "alpha": "a", "beta": "b", "rc": "rc"}[m[2]]
	if stage != "" {
		stage += max(m[3], "0")
	}
	if m[4] != "" {
		stage += "+" + m[4]
	}
	return m[1] + stage, nil
}
