package hidden

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"strings"

	"github.com/neokeys/neokeys/internal/testkey"
)

// Binaries returns files that are no text, with a key in each among what the format has before
// and after a string: lengths, types, the next string, often letters and digits.
func Binaries(random *rand.Rand) (files []File) {
	for _, b := range binaries {
		key := keyOf(envs[random.IntN(len(envs))], testkey.Secret(random, 24))
		files = append(files, File{Name: b.name, Key: key, Data: []byte(b.head + b.text(key) + b.tail)})
	}
	return files
}

func keyOf(env, secret string) string { return "neo_sk_" + env + "_" + secret }

// between returns a text that has a key between two others.
func between(before, after string) func(string) string {
	return func(key string) string { return before + key + after }
}

// lengths returns a text with its length before the key, as write writes it, and after behind
// it.
func lengths(write func(n int) string, after string) func(string) string {
	return func(key string) string { return write(len(key)) + key + after }
}

func oneByte(mark string, plus int) func(int) string {
	return func(n int) string { return mark + string([]byte{byte(plus + n)}) }
}

func varint(mark string, times int) func(int) string {
	return func(n int) string { return mark + string(binary.AppendUvarint(nil, uint64(times*n))) }
}

func bigEndian(mark string) func(int) string {
	return func(n int) string { return mark + string(binary.BigEndian.AppendUint16(nil, uint16(n))) }
}

func littleEndian(mark string) func(int) string {
	return func(n int) string { return mark + string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }
}

// words are printable, as a page of a database or a table of strings is for thousands of bytes.
var words = strings.Repeat("thequickbrownfoxjumpsoverthelazydog", 150)

// binaries are formats by hand, as programs write them. Files of the programs themselves are
// in e2e/toolchains.sh.
var binaries = []struct {
	name, head string
	text       func(key string) string
	tail       string
}{
	{"hermes.hbc", "\xc6\x1f\xbc\x03\xc1\x03\x19\x1f\x60\x00\x00\x00\x00", between("createElementproductio", "joinprototypeapplyBearer"), "\x00\x01\x5c\x00"},
	{"hermes-first.hbc", "\xc6\x1f\xbc\x03\xc1\x03\x19\x1f\x60\x00\x00\x00", between("", "abcd"), "\x00\x01\x5c\x00"},
	{"go-pool", "\x7fELF\x02\x01\x01\x00\x00\x00", between("bufferinvalid syntaxreflect: ", "LBearer unexpected EOFruntime error"), "\x00\x00\xcc\xcc"},
	{"go-pool-letters", "\x7fELF\x02\x01\x01\x00\x00\x00" + words, between("buffer", "LBearer"), words + "\x00\xcc"},
	{"rust-pool", "\x7fELF\x02\x01\x01\x00\x00\x00", between("src/main.rsAuthorization", "https://api.neoagent.iocalled `Option::unwrap()`"), "\x00\x48\x8b"},
	{"macho", "\xcf\xfa\xed\xfe\x07\x00\x00\x01", between("\x00", "\x00NSString\x00"), "\x00\x00"},
	{"pe.exe", "MZ\x90\x00\x03\x00\x00\x00", between("%s\n\x00", "\x00Content-Type\x00"), "\x00\x00"},
	{"module.wasm", "\x00asm\x01\x00\x00\x00\x0b", between("\x00A\x80\x08\x0blength", "undefinedBearer"), "\x00\x0a"},
	{"a.pyc", "\xcb\x0d\x0d\x0a\x00\x00\x00\x00\xe3\x00\x00\x00", lengths(oneByte("Z", 0), "N)\x02Z\x08requests"), "\x00\xf3\x00"},
	{"b.pyc", "\xcb\x0d\x0d\x0a\x00\x00\x00\x00\xe3\x00\x00\x00", lengths(oneByte("\xda", 0), "Z\x07session"), "\x00\xf3\x00"},
	{"c.pyc", "\xcb\x0d\x0d\x0a\x00\x00\x00\x00\xe3\x00\x00\x00", lengths(littleEndian("u"), "u\x05\x00\x00\x00hello"), "\x00\xf3\x00"},
	{"A.class", "\xca\xfe\xba\xbe\x00\x00\x00\x41\x00\x12", lengths(bigEndian("\x01"), "\x01\x00\x04Code"), "\x00\x00"},
	{"classes.dex", "dex\n035\x00\x12\x34", lengths(varint("", 1), "\x00\x05close\x00"), "\x00\x00"},
	{"a.luac", "\x1bLuaT\x00\x19\x93\x0d\x0a\x1a\x0a", lengths(oneByte("\x04", 1), "\x04\x06print"), "\x00\x00"},
	{"a.beam", "FOR1\x00\x00\x01\x00BEAM", lengths(bigEndian("\x6b"), "j"), "\x00\x00Atom"},
	{"bundle.snapshot", "\x00\x00\x01\x02", lengths(littleEndian("\x1c"), "exports"), "\x00\x00"},
	{"sqlite.page", "\x0d\x00\x00\x00\x02\x0f\x00\x00", between("NEO_API_KEY\x03\x05\x1fU", "\x02\x04\x00\x17"), "\x00\x00"},
	{"sqlite-letters.page", "\x0d\x00\x00\x00\x02\x0f\x00\x00" + words, between("NEO_API_KEYU", "themedark"), words},
	{"map.cbor", "\xa2\x00", lengths(oneByte("ckeyx", 0), "cenvdprod"), "\xff\x00"},
	{"map.msgpack", "\x82\x00", lengths(oneByte("\xa3key\xd9", 0), "\xa3env\xa4prod"), "\x00\xc0"},
	{"doc.bson", "\x50\x00\x00\x00", lengths(func(n int) string { return littleEndian("\x02key\x00")(n + 1) }, "\x00\x02env\x00"), "\x00\x00"},
	{"a.pb", "\x00\x08\x01", lengths(varint("\x0a", 1), "\x12\x04prod"), "\x00"},
	{"b.pb", "\x00\x08\x01", lengths(varint("B", 1), "J\x04prod"), "\x00"},
	{"a.avro", "Obj\x01\x04\x16avro.schema\x00", lengths(varint("", 2), "\x08prod"), "\x00\x00"},
	{"heap.pg", "\x00\x00\x00\x00\x18\x00", lengths(func(n int) string { return string([]byte{byte(n<<1 | 3)}) }, "\x0bprod"), "\x00\x00"},
	{"table.ibd", "\x00\x00\x00\x03infimum\x00", between("settingsNEO_API_KEY", "themesupremum"), "\x00\x00"},
	{"text.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00", pngText, "\x00\x00\x00\x00IEND\xae\x42\x60\x82"},
	{"dump.rdb", "REDIS0011\xfa\x00", lengths(oneByte("\x00\x07api_key", 0), "\x00\x03env"), "\xff\x00"},
	{"a.ldb", "\x00\x01\x02", lengths(varint("\x00\x0b\x24NEO_API_KEY", 1), "\x00\x08\x10settings"), "\x57\xfb\x80\x8b\x24\x75\x47\xdb"},
	{"a.bplist", "bplist00\xd1\x01\x02\x00", lengths(oneByte("Skey\x5f\x10", 0), "Tprod"), "\x00\x08\x0b"},
	{"a.etf", "\x83\x74\x00\x00\x00\x01", lengths(func(n int) string { return "m\x00\x00\x00" + string([]byte{byte(n)}) }, "w\x04prod"), "\x00"},
	{"a.thrift", "\x18\x00", lengths(varint("\x18", 1), "\x18\x04prod\x00"), "\x00"},
	{"a.parquet", "PAR1\x15\x00\x15", lengths(littleEndian("\x00"), "\x04\x00\x00\x00prod"), "\x00\x00PAR1"},
	{"app.asar-like", "\x00\x00\x00\x01", between("module.exports=1;", "constA=require('a')"), "\x00"},
	{"core.dump", "\x7fELF\x02\x01\x01\x00", between("\x00NEO_API_KEY=", "\x00PATH=/usr/bin\x00"), "\x00"},
	{"nulless.bin", "\xfe\xed\xfa\xce\x93\x81\xff\x9d", between("\x93\xa4envproduction", "theme\xc3\x28"), "\xff\xfe\x80\x81\x9f\x93\x81"},
	{"memory.jpg", "\xff\xd8\xff\xe1\x00\x10Exif\x00\x00", between("UserCommentASCII\x00\x00\x00", "0210\x00"), "\xff\xd9"},
	{"a.mo", "\xde\x12\x04\x95\x00\x00\x00\x00", between("key\x00", "\x00"), "\x00"},
	{"java.ser", "\xac\xed\x00\x05sr\x00", lengths(bigEndian("xpt"), "t\x00\x04prod"), "x\x00"},
	{"a.pickle", "\x80\x04\x95\x00\x00\x00", lengths(oneByte("\x8c\x03key\x94\x8c", 0), "\x94\x8c\x03env"), "\x94u.\x00"},
	{"old.pickle", "(dp0\nVkey\np1\nV\x00", between("", "\np2\ns."), "\x00"},
	{"php.igb", "\x00\x00\x00\x02\x14", lengths(oneByte("\x11\x03key\x11", 0), "\x11\x03env"), "\x00"},
}

// pngText returns a chunk of text, which ends with a checksum that may be letters.
func pngText(key string) string {
	chunk := "tEXtkey\x00" + key
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(chunk)))
	if bytes.ContainsFunc(sum, func(r rune) bool { return r > '~' }) {
		sum = []byte("aB3x") // as likely as any other
	}
	return "\x00\x00\x00" + string([]byte{byte(len(chunk) - 4)}) + chunk + string(sum)
}
