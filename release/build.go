package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// What the packages say of neokeys.
const (
	name     = "neokeys"
	summary  = "Find leaked Neo API keys and bad key habits before they ship"
	homepage = "https://github.com/neokeys/neokeys"
	license  = "Apache-2.0"
)

// A build is one version, in archives that are in folder.
type build struct {
	folder  string
	version string // semantic, without v
	commit  string // full hex id
	when    time.Time
	// programs are the programs of the archives, by the name of the platform: "linux_amd64".
	programs map[string][]byte
	legal    []byte // the text of LICENSE
}

// A platform is a system and a processor, by the names that Go, npm and Python have for them.
type platform struct {
	goos, goarch  string
	npmOS, npmCPU string
	wheel         string
}

// Go's own names are those of the archives. A program without C needs no particular C library, so
// its wheel fits both glibc and musl. Go 1.26 runs on macOS 12 and later.
var platforms = []platform{
	{"linux", "amd64", "linux", "x64", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"},
	{"linux", "arm64", "linux", "arm64", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"},
	{"darwin", "amd64", "darwin", "x64", "macosx_12_0_x86_64"},
	{"darwin", "arm64", "darwin", "arm64", "macosx_12_0_arm64"},
	{"windows", "amd64", "win32", "x64", "win_amd64"},
	{"windows", "arm64", "win32", "arm64", "win_arm64"},
}

func (p platform) String() string { return p.goos + "_" + p.goarch }

// program is the name of the program's file.
func (p platform) program() string {
	if p.goos == "windows" {
		return name + ".exe"
	}
	return name
}

// archive is the name of the release archive.
func (p platform) archive(version string) string {
	ext := ".tar.gz"
	if p.goos == "windows" {
		ext = ".zip"
	}
	return fmt.Sprintf("%s_%s_%s%s", name, version, p, ext)
}

// path is where a file of the build goes.
func (b *build) path(names ...string) string {
	return filepath.Join(append([]string{b.folder}, names...)...)
}

// read takes the programs out of the archives.
func (b *build) read() error {
	b.programs = map[string][]byte{}
	for _, p := range platforms {
		files, err := unpack(b.path(p.archive(b.version)))
		if err != nil {
			return err
		}
		if b.programs[p.String()] = files[p.program()]; b.programs[p.String()] == nil || files["LICENSE"] == nil {
			return fmt.Errorf("%s: it lacks %s or LICENSE", p.archive(b.version), p.program())
		}
		b.legal = files["LICENSE"]
	}
	return nil
}

// unpack returns the files at the top of an archive.
func unpack(archive string) (map[string][]byte, error) {
	data, err := os.ReadFile(archive)
	if err != nil {
		return nil, err
	}
	open := untar
	if strings.HasSuffix(archive, ".zip") {
		open = unzip
	}
	files, err := open(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", archive, err)
	}
	return files, nil
}

func untar(data []byte) (map[string][]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg || path.Dir(h.Name) != "." {
			continue
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			return nil, err
		}
	}
}

func unzip(data []byte) (map[string][]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range r.File {
		if f.FileInfo().IsDir() || path.Dir(f.Name) != "." {
			continue
		}
		file, err := f.Open()
		if err != nil {
			return nil, err
		}
		if files[f.Name], err = io.ReadAll(file); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// write writes a file of the build, and the folders on the way to it.
func (b *build) write(data []byte, names ...string) error {
	file := b.path(names...)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o666)
}

// A file is one to pack.
type file struct {
	name string
	mode int64
	data []byte
}

// tgz packs files as npm does.
func tgz(files []file, when time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(pack(z, files, when), z.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// pack writes files as a tar archive.
func pack(to io.Writer, files []file, when time.Time) error {
	w := tar.NewWriter(to)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Mode: f.mode, Size: int64(len(f.data)), ModTime: when, Format: tar.FormatPAX}
		if strings.HasSuffix(f.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		if _, err := w.Write(f.data); err != nil {
			return err
		}
	}
	return w.Close()
}
