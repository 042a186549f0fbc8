package main

import (
	"bytes"
	"encoding/pem"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is who the program runs as in a container: nobody in particular, and not root.
const user = "65532:65532"

// image writes a container image for each processor that Linux is released for, as one index in
// the layout of https://github.com/opencontainers/image-spec/blob/main/image-layout.md: to the
// folder image, and as one file. It needs no daemon and no registry.
func (b *build) image() error {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range platforms {
		if p.goos != "linux" {
			continue
		}
		img, err := b.imageFor(p)
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        img,
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: p.goos, Architecture: p.goarch}},
		})
	}
	index = mutate.Annotations(index, b.labels()).(v1.ImageIndex)
	folder := b.path("image")
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	// The layout names one thing, which is the index of all processors.
	to, err := layout.Write(folder, empty.Index)
	if err != nil {
		return err
	}
	if err := to.AppendIndex(index, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": b.version})); err != nil {
		return err
	}
	return b.tarOf(folder, name+"_"+b.version+"_image.tar")
}

// imageFor makes the image of one processor: the program, and the certificates by which --verify
// checks the API's.
func (b *build) imageFor(p platform) (v1.Image, error) {
	var text bytes.Buffer
	err := pack(&text, []file{
		{"etc/", 0o755, nil},
		{"etc/ssl/", 0o755, nil},
		{"etc/ssl/certs/", 0o755, nil},
		{"etc/ssl/certs/ca-certificates.crt", 0o644, certificates()},
		{"neokeys", 0o755, b.programs[p.String()]},
		{"scan/", 0o755, nil},
		{"tmp/", 0o1777, nil},
	}, b.when)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text.Bytes())), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	img, err = mutate.ConfigFile(img, &v1.ConfigFile{
		OS: p.goos, Architecture: p.goarch, Created: v1.Time{Time: b.when}, RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{User: user, WorkingDir: "/scan", Entrypoint: []string{"/neokeys"}, Labels: b.labels()},
	})
	if err != nil {
		return nil, err
	}
	return mutate.Append(img, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: b.when}, CreatedBy: "neokeys/release"}})
}

func (b *build) labels() map[string]string {
	const prefix = "org.opencontainers.image."
	return map[string]string{
		prefix + "title": name, prefix + "description": summary, prefix + "licenses": license,
		prefix + "source": homepage, prefix + "version": b.version, prefix + "revision": b.commit,
		prefix + "created": b.when.Format(time.RFC3339),
	}
}

// certificates returns Mozilla's root certificates, of which go.sum pins the bytes.
func certificates() []byte {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // to memory
	}
	return out.Bytes()
}

// tarOf packs the files of a folder of the build into one, in the order of their names.
func (b *build) tarOf(folder, to string) error {
	var files []file
	err := filepath.WalkDir(folder, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(folder, at)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(at)
		files = append(files, file{filepath.ToSlash(rel), 0o644, data})
		return err
	})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := pack(&out, files, b.when); err != nil {
		return err
	}
	return b.write(out.Bytes(), to)
}
