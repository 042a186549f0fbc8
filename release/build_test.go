package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// packed returns a build with archives of made-up programs, from which the packages are made.
func packed(t *testing.T) build {
	t.Helper()
	b := build{folder: t.TempDir(), version: "0.2.0-rc.1", commit: commit, when: time.Unix(1_800_000_000, 0).UTC()}
	for _, p := range platforms {
		files := []file{{"LICENSE", 0o644, []byte("the licence")}, {p.program(), 0o755, []byte("program for " + p.String())}, {"extra/neokeys.1", 0o644, []byte("x")}}
		data, err := tgz(files, b.when)
		if p.goos == "windows" {
			data, err = zipped(files)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := b.write(data, p.archive(b.version)); err != nil {
			t.Fatal(err)
		}
	}
	if err := packages(b); err != nil {
		t.Fatal(err)
	}
	return b
}

func zipped(files []file) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		to, err := w.Create(f.name)
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

func read(t *testing.T, b build, names ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(b.path(names...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Two builds in two folders are the same bytes.
func TestReproducible(t *testing.T) {
	sums := func(b build) string {
		var all strings.Builder
		err := filepath.WalkDir(b.folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			fmt.Fprintf(&all, "%x %s\n", sha256.Sum256(data), strings.TrimPrefix(path, b.folder))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all.String()
	}
	if a, b := sums(packed(t)), sums(packed(t)); a != b {
		t.Errorf("got\n%s, then\n%s", a, b)
	}
}

func TestNpm(t *testing.T) {
	b := packed(t)
	var all manifest
	for _, p := range append([]platform{{}}, platforms...) {
		pkg, program := name, "bin/neokeys.js"
		if p.goos != "" {
			pkg, program = p.npmName(), "bin/"+p.program()
		}
		data := read(t, b, "npm", strings.NewReplacer("@", "", "/", "-").Replace(pkg)+"-"+b.version+".tgz")
		files := map[string][]byte{}
		z := gunzip(t, data)
		for r := tar.NewReader(bytes.NewReader(z)); ; {
			h, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if h.Name == "package/"+program && h.Mode != 0o755 {
				t.Errorf("%s: %s has mode %o", pkg, h.Name, h.Mode)
			}
			if files[h.Name], err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		var m manifest
		if err := json.Unmarshal(files["package/package.json"], &m); err != nil || m.Name != pkg || m.Version != b.version || m.License != license {
			t.Errorf("%s: %+v, %v", pkg, m, err)
		}
		if string(files["package/LICENSE"]) != "the licence" || len(files["package/README.md"]) == 0 {
			t.Errorf("%s has only %d files", pkg, len(files))
		}
		if p.goos == "" {
			all = m
			continue
		}
		if string(files["package/"+program]) != "program for "+p.String() || m.OS[0] != p.npmOS || m.CPU[0] != p.npmCPU {
			t.Errorf("%s: %q, %+v", pkg, files["package/"+program], m)
		}
		if all.OptionalDependencies[pkg] != b.version {
			t.Errorf("neokeys does not depend on %s %s", pkg, b.version)
		}
	}
	if len(all.OptionalDependencies) != len(platforms) {
		t.Errorf("%d optional dependencies", len(all.OptionalDependencies))
	}
}

func gunzip(t *testing.T, data []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestWheels(t *testing.T) {
	b := packed(t)
	for _, p := range platforms {
		data := read(t, b, "python", "neokeys-0.2.0rc1-py3-none-"+p.wheel+".whl")
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		record := map[string]string{}
		texts := map[string]string{}
		for _, f := range r.File {
			in, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(text)
			record[f.Name] = fmt.Sprintf("sha256=%s,%d", base64.RawURLEncoding.EncodeToString(sum[:]), len(text))
			texts[f.Name] = string(text)
		}
		program := "neokeys-0.2.0rc1.data/scripts/" + p.program()
		if texts[program] != "program for "+p.String() {
			t.Errorf("%s: %s is %q", p, program, texts[program])
		}
		if mode := r.File[0].Mode(); r.File[0].Name != program || mode != 0o755 {
			t.Errorf("%s: %s has mode %o", p, r.File[0].Name, mode)
		}
		const own = "neokeys-0.2.0rc1.dist-info/RECORD"
		record[own] = ","
		for line := range strings.Lines(texts[own]) {
			file, sum, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ",")
			if record[file] != sum {
				t.Errorf("%s: RECORD has %q of %s, want %q", p, sum, file, record[file])
			}
			delete(record, file)
		}
		if len(record) > 0 {
			t.Errorf("%s: RECORD lacks %v", p, record)
		}
	}
}

func TestPythonVersion(t *testing.T) {
	for version, want := range map[string]string{
		"0.1.0": "0.1.0", "10.20.30": "10.20.30", "0.2.0-rc.1": "0.2.0rc1", "0.2.0-beta.12": "0.2.0b12", "0.2.0-alpha": "0.2.0a0",
		"0.0.1-dev.8bf687e": "0.0.1.dev0+8bf687e", "0.0.1-dev.1234567": "0.0.1.dev1234567",
		"v0.1.0": "", "0.1": "", "0.1.0-SNAPSHOT-8bf687e": "", "": "",
	} {
		if got, err := pythonVersion(version); got != want || (err != nil) != (want == "") {
			t.Errorf("%s: got %q, %v, want %q", version, got, err, want)
		}
	}
}

func TestImage(t *testing.T) {
	b := packed(t)
	index, err := layout.ImageIndexFromPath(b.path("image"))
	if err != nil {
		t.Fatal(err)
	}
	if len(read(t, b, "neokeys_"+b.version+"_image.tar")) == 0 {
		t.Error("the image as a file is empty")
	}
	top, err := index.IndexManifest()
	if err != nil || len(top.Manifests) != 1 || top.Manifests[0].Annotations["org.opencontainers.image.ref.name"] != b.version {
		t.Fatalf("%+v, %v", top, err)
	}
	all, err := index.ImageIndex(top.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	m, err := all.IndexManifest()
	if err != nil || len(m.Manifests) != 2 {
		t.Fatalf("%+v, %v", m, err)
	}
	for i, cpu := range []string{"amd64", "arm64"} {
		img, err := all.Image(m.Manifests[i].Digest)
		if err != nil {
			t.Fatal(err)
		}
		checkImage(t, img, m.Manifests[i].Platform, cpu)
	}
}

func checkImage(t *testing.T, img v1.Image, p *v1.Platform, cpu string) {
	t.Helper()
	if err := validate.Image(img); err != nil {
		t.Errorf("%s: %v", cpu, err)
	}
	c, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if p.OS != "linux" || p.Architecture != cpu || c.OS != "linux" || c.Architecture != cpu {
		t.Errorf("%+v, %s/%s, want %s", p, c.OS, c.Architecture, cpu)
	}
	if c.Config.User != "65532:65532" || c.Config.Entrypoint[0] != "/neokeys" || c.Config.Labels["org.opencontainers.image.revision"] != commit {
		t.Errorf("%+v", c.Config)
	}
	files := map[string][]byte{}
	in := mutate.Extract(img)
	defer in.Close()
	for r := tar.NewReader(in); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if string(files["neokeys"]) != "program for linux_"+cpu {
		t.Errorf("%s: the program is %q", cpu, files["neokeys"])
	}
	if n := bytes.Count(files["etc/ssl/certs/ca-certificates.crt"], []byte("BEGIN CERTIFICATE")); n < 100 {
		t.Errorf("%s: %d certificates", cpu, n)
	}
}

func TestWhatIsMissing(t *testing.T) {
	b := packed(t)
	for name, spoil := range map[string]func(string) error{
		"gone":    os.Remove,
		"damaged": func(file string) error { return os.Truncate(file, 20) },
		"empty": func(file string) error {
			data, err := tgz(nil, b.when)
			return errors.Join(err, os.WriteFile(file, data, 0o666))
		},
	} {
		if err := spoil(b.path(platforms[0].archive(b.version))); err != nil {
			t.Fatal(err)
		}
		if err := b.read(); err == nil {
			t.Errorf("%s: no error", name)
		}
		b = packed(t)
	}
}

func TestFix(t *testing.T) {
	for format, text := range map[string]string{
		"cyclonedx-json": `{"serialNumber": "urn:uuid:random", "metadata": {"timestamp": "now", "tools": 1}}`,
		"spdx-json":      `{"documentNamespace": "random", "creationInfo": {"created": "now"}}`,
	} {
		var d map[string]any
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		if err := fix(d, format, "ID", "THEN"); err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(d)
		if err != nil || bytes.Contains(out, []byte("random")) || bytes.Contains(out, []byte("now")) {
			t.Errorf("%s: %s, %v", format, out, err)
		}
		if fix(map[string]any{}, format, "ID", "THEN") == nil {
			t.Errorf("%s: no error for an empty document", format)
		}
	}
}
