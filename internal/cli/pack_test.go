package cli

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
)

// pack makes an archive, of the format that its name tells.
func pack(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: pack ARCHIVE FILE...")
	}
	files := args[1:]
	text := func(name string) []byte {
		data, err := os.ReadFile(ts.MkAbs(name))
		ts.Check(err)
		return data
	}
	var b bytes.Buffer
	write := func(w io.WriteCloser, data []byte) {
		_, err := w.Write(data)
		ts.Check(err)
		ts.Check(w.Close())
	}
	tarred := func() []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, name := range files {
			data := text(name)
			ts.Check(w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data))}))
			_, err := w.Write(data)
			ts.Check(err)
		}
		ts.Check(w.Close())
		return b.Bytes()
	}
	switch ext := filepath.Ext(args[0]); ext {
	case ".tar":
		b.Write(tarred())
	case ".tgz":
		write(gzip.NewWriter(&b), tarred())
	case ".gz":
		write(gzip.NewWriter(&b), text(files[0]))
	case ".zst":
		w, err := zstd.NewWriter(&b)
		ts.Check(err)
		write(w, text(files[0]))
	default:
		w := zip.NewWriter(&b)
		for _, name := range files {
			method := zip.Deflate
			if strings.HasSuffix(name, ".zip") {
				method = zip.Store
			}
			m, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
			ts.Check(err)
			_, err = m.Write(text(name))
			ts.Check(err)
		}
		ts.Check(w.Close())
	}
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o777))
	ts.Check(os.WriteFile(path, b.Bytes(), 0o666))
}
