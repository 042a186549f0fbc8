package hidden

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/neokeys/neokeys/internal/testkey"
)

// Containers returns archives, compressed files, images and documents with a key in each.
func Containers(random *rand.Rand) (files []File) {
	for _, c := range containers {
		key := keyOf(envs[random.IntN(len(envs))], testkey.Secret(random, 24))
		before, rest, marked := strings.Cut(c.text, mark)
		f := File{Name: c.name, Key: key, Decoded: strings.Fields(c.decoded), Member: c.member}
		if marked {
			f.Line, f.Column = 1+strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n')
		}
		f.Data = c.pack(strings.ReplaceAll(before+rest, "%KEY%", key))
		files = append(files, f)
	}
	return files
}

// settings are a file with a key.
const settings = "# settings of the service\nNEO_API_KEY=" + mark + "%KEY%\nLOG=debug\n"

type files = map[string]string

// containers are ways to pack a text with a key: name, path in the container, what
// decoded_from says.
var containers = []struct {
	name, member, decoded string
	text                  string // %KEY% stands for the key, and ¤ before it where its place is that in the text
	pack                  func(text string) []byte
}{
	{"a.zip", "conf/a.env", "", settings, func(s string) []byte { return Zip(zip.Deflate, files{"conf/a.env": s, "b.txt": "b"}) }},
	{"stored.zip", "conf/a.env", "", settings, func(s string) []byte { return Zip(zip.Store, files{"conf/a.env": s, "b.txt": "b"}) }},
	{"zstd.zip", "conf/a.env", "", settings, func(s string) []byte { return ZipMethod(93, zstdOf(s), len(s)) }},
	{"xz.zip", "conf/a.env", "", settings, func(s string) []byte { return ZipMethod(95, xzOf(s), len(s)) }},
	{"lzma.zip", "conf/a.env", "", settings, func(s string) []byte { return ZipMethod(14, zipLZMA(s), len(s)) }},
	{"deflate64.zip", "conf/a.env", "", settings, func(s string) []byte { return ZipMethod(9, []byte(deflated(s)), len(s)) }},
	{"setup.exe", "conf/a.env", "", settings, func(s string) []byte {
		return append([]byte("MZ\x90\x00\x03"+strings.Repeat("\x00stub", 2000)), Zip(zip.Deflate, files{"conf/a.env": s})...)
	}},
	{"app.pyz", "conf/a.env", "", settings, func(s string) []byte {
		return append([]byte("#!/usr/bin/env python3\n"), Zip(zip.Deflate, files{"conf/a.env": s})...)
	}},
	{"app.crx", "conf/a.env", "", settings, func(s string) []byte {
		return append([]byte("Cr24\x03\x00\x00\x00\x04\x00\x00\x00abcd"), Zip(zip.Deflate, files{"conf/a.env": s})...)
	}},
	{"app.apk", "assets/index.android.bundle", "", "\xc6\x1f\xbc\x03\xc1\x03\x19\x1f\x00\x00productio%KEY%join\x00", func(s string) []byte {
		return Zip(zip.Deflate, files{"assets/index.android.bundle": s})
	}},
	{"app.war", "WEB-INF/lib/a.jar!/application.yml", "", settings, func(s string) []byte {
		return Zip(zip.Deflate, files{"WEB-INF/lib/a.jar": string(Zip(zip.Deflate, files{"application.yml": s}))})
	}},
	{"a.tar", "conf/a.env", "", settings, func(s string) []byte { return Tar(files{"conf/a.env": s}) }},
	{"a.tgz", "conf/a.env", "gzip", settings, func(s string) []byte { return Gzip(string(Tar(files{"conf/a.env": s}))) }},
	{"a.tar.xz", "conf/a.env", "xz", settings, func(s string) []byte { return xzOf(string(Tar(files{"conf/a.env": s}))) }},
	{"a.tar.zst", "conf/a.env", "zstd", settings, func(s string) []byte { return zstdOf(string(Tar(files{"conf/a.env": s}))) }},
	{"a.tar.lz4", "conf/a.env", "lz4", settings, func(s string) []byte { return lz4Of(string(Tar(files{"conf/a.env": s}))) }},
	{"a.env.gz", "", "gzip", settings, Gzip},
	{"a.env.xz", "", "xz", settings, xzOf},
	{"a.env.zst", "", "zstd", settings, zstdOf},
	{"a.env.lz4", "", "lz4", settings, lz4Of},
	{"a.env.lzma", "", "lzma", settings, lzmaOf},
	{"a.env.br", "", "brotli", settings, Brotli},
	{"initrd.cpio", "conf/a.env", "", settings, func(s string) []byte { return Cpio(files{"conf/a.env": s}) }},
	{"old.cpio", "conf/a.env", "", settings, func(s string) []byte { return OldCpio(files{"conf/a.env": s}) }},
	{"lib.a", "a.o", "", settings, func(s string) []byte { return Ar(files{"a.o": s}, false) }},
	{"app.deb", "data.tar.xz!/etc/app.env", "xz", settings, func(s string) []byte {
		return Ar(files{"data.tar.xz": string(xzOf(string(Tar(files{"etc/app.env": s})))), "debian-binary": "2.0\n"}, false)
	}},
	{"new.deb", "data.tar.zst!/etc/app.env", "zstd", settings, func(s string) []byte {
		return Ar(files{"data.tar.zst": string(zstdOf(string(Tar(files{"etc/app.env": s})))), "debian-binary": "2.0\n"}, true)
	}},
	{"app.rpm", "etc/app.env", "gzip", settings, func(s string) []byte { return RPM(Gzip(string(Cpio(files{"etc/app.env": s})))) }},
	{"new.rpm", "etc/app.env", "zstd", settings, func(s string) []byte { return RPM(zstdOf(string(Cpio(files{"etc/app.env": s})))) }},
	{"app.asar", "app/main.js", "", settings, func(s string) []byte { return Asar(files{"main.js": s, "other.js": "constA=1"}) }},
	{"tight.asar", "app/main.js", "", "module.exports='x'//¤%KEY%", func(s string) []byte { return Asar(files{"main.js": s, "other.js": "constA=1"}) }},
	{"a.7z", "a.env", "", settings, func(s string) []byte { return SevenZip("a.env", s) }},
	{"a.rar", "conf/a.env", "", settings, func(s string) []byte { return RAR(files{"conf/a.env": s}) }},
	{"deep.zip", "a.tgz!/b.zip!/c.jar!/conf/a.env", "gzip", settings, func(s string) []byte {
		jar := Zip(zip.Deflate, files{"conf/a.env": s})
		b := Zip(zip.Store, files{"c.jar": string(jar)})
		return Zip(zip.Deflate, files{"a.tgz": string(Gzip(string(Tar(files{"b.zip": string(b)}))))})
	}},
	{"image-env.tar", digest + ".json", "", `{"config":{"Env":["PATH=/bin","NEO_API_KEY=¤%KEY%"]},"history":[]}`, func(s string) []byte {
		return Tar(files{digest + ".json": s, "manifest.json": `[{"Config":"` + digest + `.json","Layers":[]}]`})
	}},
	{"image-history.tar", digest + ".json", "", `{"config":{},"history":[{"created_by":"ARG NEO_API_KEY=¤%KEY%"}]}`, func(s string) []byte {
		return Tar(files{digest + ".json": s, "manifest.json": `[{"Config":"` + digest + `.json","Layers":[]}]`})
	}},
	{"image-layer.tar", digest + "/layer.tar!/app/.env", "", settings, func(s string) []byte {
		return Tar(files{digest + "/layer.tar": string(Tar(files{"app/.env": s})), "manifest.json": "[]"})
	}},
	{"oci.tar", "blobs/sha256/" + digest + "!/app/.env", "gzip", settings, func(s string) []byte {
		return Tar(files{"blobs/sha256/" + digest: string(Gzip(string(Tar(files{"app/.env": s})))), "oci-layout": `{"imageLayoutVersion":"1.0.0"}`})
	}},
	{"flate.pdf", "stream 1", "", "BT (%KEY%) Tj ET", func(s string) []byte { return PDF("/Filter /FlateDecode", zlibOf(s)) }},
	{"kerned.pdf", "stream 1 text", "", "BT [(%KEY%)] TJ ET", func(s string) []byte {
		at := strings.Index(s, "_") + 3
		return PDF("/Filter /FlateDecode", zlibOf(s[:at]+") -20 ("+s[at:]))
	}},
	{"plain.pdf", "", "", "BT (%KEY%) Tj ET", func(s string) []byte { return PDF("", []byte(s)) }},
	{"a.docx", "word/document.xml", "", "<w:document><w:p><w:r><w:t>%KEY%</w:t></w:r></w:p></w:document>", func(s string) []byte {
		return Zip(zip.Deflate, files{"word/document.xml": s})
	}},
	{"runs.docx", "word/document.xml", "", "<w:document><w:p><w:r><w:t>%KEY%</w:t></w:r></w:p></w:document>", func(s string) []byte {
		return Zip(zip.Deflate, files{"word/document.xml": cutRuns(s, `</w:t></w:r><w:r><w:rPr><w:noProof/></w:rPr><w:t xml:space="preserve">`)})
	}},
	{"runs.pptx", "ppt/slides/slide1.xml", "", "<p:sld><a:p><a:r><a:t>%KEY%</a:t></a:r></a:p></p:sld>", func(s string) []byte {
		return Zip(zip.Deflate, files{"ppt/slides/slide1.xml": cutRuns(s, `</a:t></a:r><a:r><a:rPr lang="en"/><a:t>`)})
	}},
	{"runs.xlsx", "xl/sharedStrings.xml", "", "<sst><si><r><t>%KEY%</t></r></si></sst>", func(s string) []byte {
		return Zip(zip.Deflate, files{"xl/sharedStrings.xml": cutRuns(s, `</t></r><r><rPr><b/></rPr><t>`)})
	}},
	{"spans.odt", "content.xml", "", "<office:document-content><text:p>%KEY%</text:p></office:document-content>", func(s string) []byte {
		return Zip(zip.Deflate, files{"content.xml": cutRuns(s, `<text:span text:style-name="T1"/>`)})
	}},
	{"comments.docx", "word/comments.xml", "", "<w:comments><w:comment><w:p><w:r><w:t>%KEY%</w:t></w:r></w:p></w:comment></w:comments>", func(s string) []byte {
		return Zip(zip.Deflate, files{"word/comments.xml": cutRuns(s, `</w:t></w:r><w:r><w:t>`)})
	}},
	{"vba.xlsm", "xl/vbaProject.bin", "", "\x00\x00k = \"%KEY%\"\x00\x00", func(s string) []byte { return Zip(zip.Deflate, files{"xl/vbaProject.bin": s}) }},
	{"name.zip", "", "", "%KEY%", func(s string) []byte { return Zip(zip.Deflate, files{"conf/" + s + ".txt": "a text"}) }},
	{"comment.zip", "", "", "%KEY%", func(s string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		must(w.SetComment(s))
		must(w.Close())
		return b.Bytes()
	}},
	{"release.zip", "release.yaml", "base64 base64 gzip", strings.ReplaceAll(settings, mark, ""), func(s string) []byte {
		release := Gzip(testkey.Secret(rand.New(rand.NewPCG(1, 2)), 40_000) + s)
		encode := base64.StdEncoding.EncodeToString
		return Zip(zip.Deflate, files{"release.yaml": "data:\n  release: " + encode([]byte(encode(release))) + "\n"})
	}},
	{"app.js.map", "", "", `{"version":3,"sources":["a.js"],"sourcesContent":["const k = '¤%KEY%'"],"mappings":""}`, func(s string) []byte { return []byte(s) }},
	{"setup.run", "conf/a.env", "gzip", settings, func(s string) []byte { return behindScript(Gzip(string(Tar(files{"conf/a.env": s})))) }},
	{"xz.run", "conf/a.env", "xz", settings, func(s string) []byte { return behindScript(xzOf(string(Tar(files{"conf/a.env": s})))) }},
	{"zstd.run", "conf/a.env", "zstd", settings, func(s string) []byte { return behindScript(zstdOf(string(Tar(files{"conf/a.env": s})))) }},
	{"lz4.run", "conf/a.env", "lz4", settings, func(s string) []byte { return behindScript(lz4Of(string(Tar(files{"conf/a.env": s})))) }},
	{"lzma.run", "conf/a.env", "lzma", settings, func(s string) []byte { return behindScript(lzmaOf(string(Tar(files{"conf/a.env": s})))) }},
	{"tar.run", "conf/a.env", "", settings, func(s string) []byte { return behindScript(Tar(files{"conf/a.env": s})) }},
	{"deb.run", "data.tar.xz!/etc/app.env", "xz", settings, func(s string) []byte {
		return behindScript(Ar(files{"data.tar.xz": string(xzOf(string(Tar(files{"etc/app.env": s}))))}, false))
	}},
	{"second.run", "conf/a.env", "gzip", settings, func(s string) []byte {
		first := append(Gzip("a licence"), '\n')
		return behindScript(append(first, Gzip(string(Tar(files{"conf/a.env": s})))...))
	}},
	{"unpack.sh", "", "gzip", settings, func(s string) []byte {
		return append([]byte("#!/bin/sh\ntail -n +3 \"$0\" | gunzip; exit\n"), Gzip(s)...)
	}},
	{"initrd-gzip.img", "etc/app.env", "gzip", settings, func(s string) []byte { return behindMicrocode(Gzip(string(Cpio(files{"etc/app.env": s})))) }},
	{"initrd-zstd.img", "etc/app.env", "zstd", settings, func(s string) []byte { return behindMicrocode(zstdOf(string(Cpio(files{"etc/app.env": s})))) }},
	{"initrd-xz.img", "etc/app.env", "xz", settings, func(s string) []byte { return behindMicrocode(xzOf(string(Cpio(files{"etc/app.env": s})))) }},
	{"initrd-lz4.img", "etc/app.env", "lz4", settings, func(s string) []byte { return behindMicrocode(lz4Of(string(Cpio(files{"etc/app.env": s})))) }},
	{"initrd-plain.img", "etc/app.env", "", settings, func(s string) []byte { return behindMicrocode(Cpio(files{"etc/app.env": s})) }},
	{"initrd-parts.img", "etc/app.env", "gzip", settings, func(s string) []byte {
		return behindMicrocode(behindMicrocode(Gzip(string(behindMicrocode(Cpio(files{"etc/app.env": s}))))))
	}},
	{"7zip-installer.exe", "a.env", "", settings, func(s string) []byte { return behindProgram(SevenZip("a.env", s)) }},
	{"rar-installer.exe", "conf/a.env", "", settings, func(s string) []byte { return behindProgram(RAR(files{"conf/a.env": s})) }},
	{"gzip.db", "data row 2 body", "gzip", settings, func(s string) []byte { return SQLite([]byte("a text"), Gzip(s)) }},
	{"zlib.db", "data row 1 body", "zlib", settings, func(s string) []byte { return SQLite(zlibOf(s), []byte("a text")) }},
	{"qt.db", "data row 1 body", "zlib", settings, func(s string) []byte {
		return SQLite(append(binary.BigEndian.AppendUint32(nil, uint32(len(s))), zlibOf(s)...))
	}},
	{"archive.db", "data row 1 body!/conf/a.env", "", settings, func(s string) []byte { return SQLite(Zip(zip.Deflate, files{"conf/a.env": s})) }},
}

// digest names a layer of an image.
var digest = strings.Repeat("0123456789abcdef", 4)

// cutRuns puts markup inside of the key in s.
func cutRuns(s, markup string) string {
	at := strings.Index(s, "neo_sk_") + 9
	return s[:at] + markup + s[at:at+8] + markup + s[at+8:]
}

// Zip packs files by a method that Go's library knows.
func Zip(method uint16, files map[string]string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	sorted(files, func(name, text string) {
		m, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		must(err)
		_, err = io.WriteString(m, text)
		must(err)
	})
	must(w.Close())
	return b.Bytes()
}

// ZipMethod packs what another method made of a text of a size in bytes.
func ZipMethod(method uint16, packed []byte, size int) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	m, err := w.CreateRaw(&zip.FileHeader{Name: "conf/a.env", Method: method, CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(size)})
	must(err)
	_, err = m.Write(packed)
	must(err)
	must(w.Close())
	return b.Bytes()
}

// zipLZMA has other headers in a zip than in a file. (APPNOTE, section 5.8.)
func zipLZMA(text string) []byte {
	packed := lzmaOf(text)
	return append(append([]byte("\x10\x02\x05\x00"), packed[:5]...), packed[lzma.HeaderLen:]...)
}

// packedBy returns what a compressor makes of text.
func packedBy(text string, w io.WriteCloser, err error, b *bytes.Buffer) []byte {
	must(err)
	_, err = io.WriteString(w, text)
	must(err)
	must(w.Close())
	return b.Bytes()
}

// Gzip compresses text.
func Gzip(text string) []byte {
	var b bytes.Buffer
	return packedBy(text, gzip.NewWriter(&b), nil, &b)
}

func zlibOf(text string) []byte {
	var b bytes.Buffer
	return packedBy(text, zlib.NewWriter(&b), nil, &b)
}

func zstdOf(text string) []byte {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	return packedBy(text, w, err, &b)
}

func xzOf(text string) []byte {
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	return packedBy(text, w, err, &b)
}

func lzmaOf(text string) []byte {
	var b bytes.Buffer
	w, err := lzma.WriterConfig{SizeInHeader: true, Size: int64(len(text))}.NewWriter(&b)
	return packedBy(text, w, err, &b)
}

func lz4Of(text string) []byte {
	var b bytes.Buffer
	return packedBy(text, lz4.NewWriter(&b), nil, &b)
}

// Brotli compresses text.
func Brotli(text string) []byte {
	var b bytes.Buffer
	return packedBy(text, brotli.NewWriter(&b), nil, &b)
}
