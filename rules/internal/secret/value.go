package secret

import (
	"bytes"
	"math"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// IsLiteral reports whether a value is a key or token itself.
func IsLiteral(value string) bool {
	value = strings.TrimSpace(value)
	value = strings.TrimPrefix(value, "Bearer ")
	if strings.HasPrefix(value, finding.KeyPrefix) {
		return Credible([]byte(value), 0)
	}
	return Judge([]byte(value)) == Token
}

// A raw token of the older API has no form of its own: these bounds are what is
// believed of one.
const (
	// MinTokenLen is the least length of a token.
	MinTokenLen = 16
	// MaxTokenLen is the greatest length of a token.
	MaxTokenLen = 512
)

// A Verdict says what a value is that stands where a key belongs.
type Verdict uint8

const (
	// NotToken is a name, a path, a reference, or nothing at all.
	NotToken Verdict = iota
	// Example is words or a pattern that stand for a token.
	Example
	// Token is a token itself.
	Token
)

// Judge says what the whole of a value is. A value that begins like a key of the
// current API is no token, whatever follows, nor is one that holds such a key in base64: that
// key's own rule looks at it.
func Judge(value []byte) Verdict {
	random := Likely(value)
	switch {
	case Foreign(value):
		return NotToken
	case !random && (!formed(value) || bytes.ContainsAny(value, "./")):
		return NotToken // too short, settings.secretKey, run/secrets/key
	case IsPlaceholder(string(value)):
		return Example
	case random:
		return Token
	}
	return NotToken // words that say nothing, a date
}

// Foreign reports whether a value has the form of another vendor's credential, or a key of
// the current API in it, which is not for the older one to see.
func Foreign(value []byte) bool {
	for _, prefix := range vendors {
		if bytes.HasPrefix(value, []byte(prefix)) {
			return true
		}
	}
	return bytes.Contains(value, []byte(finding.KeyPrefix))
}

// vendors are how the credentials of other vendors visibly begin.
var vendors = []string{
	"sk-", "sk_live_", "sk_test_", "rk_live_", "rk_test_", "pk_live_", "pk_test_", "whsec_", // OpenAI, Anthropic, heyneo.so, Stripe
	"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glsa_", "ATATT3x", "ATBB",
	"xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe.", "xapp-", "AKIA", "ASIA", "AIza", "GOCSPX-", "ya29.", "eyJ", "SG.",
	"npm_", "pypi-", "hf_", "gsk_", "xai-", "pplx-", "nvapi-", "r8_", "dckr_pat_", "dop_v1_", "shpat_", "shpss_", "shppa_", "sq0csp-", "sq0atp-",
	"hvs.", "hvb.", "sbp_", "phc_", "phx_", "sntrys_", "lin_api_", "ntn_", "figd_", "PMAK-", "NRAK-", "napi_", "dapi", "AGE-SECRET-KEY-", "LTAI", "rnd_",
}

// Likely reports whether a value is a token or a placeholder that looks like one: it is
// judge without the costly question which of them.
func Likely(value []byte) bool {
	if !formed(value) || text.Run(value, func(c byte) bool { return !text.IsLetter(c) }) == len(value) {
		return false // digits are a date, a version, a number
	}
	least := float64(minSurprise)
	switch {
	case startsPath(value):
		least = minSurpriseOfPath
	case text.Run(value, func(c byte) bool { return !text.IsDigit(c) && !text.IsUpper(c) }) == len(value):
		least = minSurpriseOfWord
	}
	for range maxPrefix {
		if surprise(value) >= least {
			return true
		}
		n := text.Run(value, text.IsAlnum) + 1 // what stands before a token may be words: sk_live_
		if len(value)-n < MinTokenLen || value[n-1] != '_' && value[n-1] != '-' {
			return false
		}
		value = value[n:]
	}
	return false
}

// maxPrefix bounds how many words before a token do not count against it.
const maxPrefix = 3

func startsPath(value []byte) bool {
	for _, root := range []string{"/", "./", "../", "~/"} {
		if bytes.HasPrefix(value, []byte(root)) {
			return true
		}
	}
	return false
}

// formed reports whether a value has the size and the characters of a token.
func formed(value []byte) bool {
	return MinTokenLen <= len(value) && len(value) <= MaxTokenLen && TokenRun(value, 0) == len(value) &&
		!bytes.Contains(value, []byte(finding.KeyPrefix)) && text.AnyPrefixFold(value, otherForms) == 0 && len(encodedKeys(value)) == 0
}

// otherForms are prefixes of values that are no credentials: checksums of files, and
// ciphertexts of AWS KMS.
var otherForms = []string{"sha1-", "sha256-", "sha384-", "sha512-", "aqicah"}

// TokenBytes are the characters of a token.
var TokenBytes = text.Class(text.IsAlnum, "._~+/=-")

// TokenRun returns where the token at text[i:] ends, which is one character over the
// most that a token has if it is longer than that.
func TokenRun(text []byte, i int) int {
	end := min(len(text), i+MaxTokenLen+1)
	for i < end && TokenBytes[text[i]] {
		i++
	}
	return i
}

// minSurprise is how many bits a value must be likelier as random characters than
// as words. TestRandomEnough has the figures that it was chosen by.
const minSurprise = 4

// More is asked of what begins like a path, where short names and abbreviations stand
// between marks, and of lower-case letters alone, which may be a long word of some language.
const minSurpriseOfPath, minSurpriseOfWord = 20, 8

// surprise returns how many bits likelier value is as characters drawn at random than as
// words, names and numbers. It is the logarithm of a likelihood ratio: of a random
// value it grows with each character, of anything that people write it falls.
//
// What the characters are drawn from is the alphabet that the value seems to use, as a
// whole or part by part, as in a prefix and hexadecimal digits behind it.
func surprise(value []byte) float64 {
	value = bytes.TrimRight(value, "=") // base64's padding says nothing
	asWords := 0.0
	for i := range value {
		asWords += charBits(value, i)
	}
	return asWords - min(randomBits(value), partsBits(value))
}

// randomBits returns the bits of value as random characters.
func randomBits(value []byte) float64 {
	if len(value) == 0 {
		return 0
	}
	return float64(len(value)) * math.Log2(float64(alphabetSize(value)))
}

// partsBits returns the bits of value as parts of random letters and digits, each with
// an alphabet of its own, and marks between.
func partsBits(value []byte) float64 {
	const (
		newPart = 3.0 // to say which alphabet
		mark    = 6.0 // one of 64
	)
	bits := 0.0
	for len(value) > 0 {
		n := text.Run(value, text.IsAlnum)
		if n > 0 {
			bits += newPart + randomBits(value[:n])
		}
		if n < len(value) {
			bits += mark
			n++
		}
		value = value[n:]
	}
	return bits
}

// charBits returns the bits of value[i] in a text made of words, in view of what
// comes before it. Letters follow one another as in letterBits; the costs of going
// from a letter to a digit and the like are estimates.
func charBits(value []byte, i int) float64 {
	const (
		perDigit  = 3.32 // bits of one digit in ten
		newWord   = 5.0  // a word begins without a separator: camelCase
		separator = 3.0
		rare      = 5.5 // a digit on a word, or a word on a digit
	)
	c := value[i]
	prev := byte('_')
	if i > 0 {
		prev = value[i-1]
	}
	switch {
	case text.IsDigit(c) && text.IsDigit(prev):
		return perDigit
	case text.IsDigit(c) && text.IsLetter(prev):
		return rare + perDigit
	case text.IsDigit(c):
		return 1 + perDigit
	case !text.IsLetter(c):
		return separator
	case text.IsDigit(prev):
		return rare + letterBits(0, c)
	case !text.IsLetter(prev):
		return letterBits(0, c)
	case text.IsUpper(c) && text.IsLower(prev):
		return newWord + letterBits(0, c)
	case text.IsLower(c) && text.IsUpper(prev) && i > 1 && text.IsUpper(value[i-2]):
		return newWord + letterBits(prev, c) // the p in HTTPProxy's "PPr" is in a word
	default:
		return letterBits(prev, c)
	}
}

// letterBits returns the bits of letter c after the letter prev in a word, or as
// the first of a word if prev is 0.
func letterBits(prev, c byte) float64 {
	row := 0
	if prev != 0 {
		row = int(prev|0x20-'a') + 1
	}
	return float64(letterPairs[row][c|0x20-'a']-'0') / 4
}

// letterPairs holds, for the beginning of a word and for each letter, how many
// quarters of a bit each letter costs that may follow, from '0' up. Counted in the
// words of the Go standard library's source, each once a file: a million words of
// English, names and abbreviations.
var letterPairs = [27]string{
	"?B>BA@EGAPNCBCDAR@=@DGDNRQ",
	"MD?ARICXDWH;C=XCV=@;EEPKHW",
	">HGJ;KOS>FU;MP>NQB=J<ONSAS",
	"<PFM<NN=EX?BHP9NSDI=ELTWNX",
	"@JI?6JOS;OXEML?MOC@LCKJOHV",
	"AM@<FEISMXVCD<PFJ:<@QHKBOX",
	"=MGG?<NT9XXAFM;JXBDE>TQTIW",
	"DOGP8KI;?XSFL@;LSB@FDNQSTS",
	"9QRK7RSS<XTNIQ;RVEJ<HURXOW",
	"FJ@CEF@XUXO?@7?GVEA>XFXKXH",
	"?HGG:FIIFJEIEG<GJI=F:JHIJJ",
	":NKI6LDO<RPGK@ILNO>KGPLPKR",
	"?QOA8IPQ;XQ<SP=NWMBDDMMW@W",
	"9DNG8RTU>XNJDP>;WRCGASVUSX",
	"AQ?==H;UAXIINI@NWR>:GGSXKX",
	"IIBAKHIXGXJBA:DAX:CA>BCTXX",
	";RIJ;ONKCXL>MT<AU;C@CUQVCX",
	"GHIDGJIIGLKHFJKJECHJ3FHKGI",
	">QDG7IGU<XJJEA>PXB@ACFMXFX",
	"CQDF8QMC=XJGKMACRK@9AVJVEW",
	">RGM9JR;;XXHNSBHX>?FCVLOBV",
	"EEBI@FGVAXX?B:MCX<=<XSUMXU",
	":KIJ4FNM?WVKENEDMLEKLHIMVR",
	":PNJ>LP;9UTJLA>MS=CNLPINUR",
	"?G@F=BNM>QRKJNG9OIH:LCLEJQ",
	"MKHMFPQSCSR<@?G:S<;<QOJQNK",
	"?HGH3JKIALNJKKDLLKHLKKGFHC",
}

// alphabetSize returns the number of characters that value seems to be drawn from:
// those of every kind it holds, the sixteen of hexadecimal if it has no others.
func alphabetSize(value []byte) int {
	var others [256]bool
	var digits, lowers, uppers, beyondHex bool
	size := 0
	for _, c := range value {
		switch {
		case text.IsDigit(c):
			digits = true
		case text.IsLower(c):
			lowers = true
			beyondHex = beyondHex || !text.IsHex(c)
		case text.IsUpper(c):
			uppers = true
			beyondHex = beyondHex || !text.IsHex(c)
		case !others[c]:
			others[c] = true
			size++
		}
	}
	if digits {
		size += 10
	}
	letters := 26
	if digits && !beyondHex && lowers != uppers {
		letters = 6
	}
	if lowers {
		size += letters
	}
	if uppers {
		size += letters
	}
	return size
}

// ForeignKeyAt returns where the key of another vendor ends that begins at src[pos]: neo_sk_ and
// 32 letters and digits, without an environment, or 43 or 48 URL-safe characters, which are 32 and
// 36 bytes in base64.
func ForeignKeyAt(src []byte, pos int) (end int, ok bool) {
	if !bytes.HasPrefix(src[pos:], []byte(finding.KeyPrefix)) || !LeftEdge(src[:pos]) || Credible(src, pos) {
		return 0, false
	}
	start := pos + len(finding.KeyPrefix)
	n := text.Run(src[start:min(len(src), start+49)], text.IsURLSafe)
	value := src[start : start+n]
	letters := text.Run(value, text.IsAlnum) == n
	if n != 43 && n != 48 && (n != 32 || !letters) || Judge(value) != Token {
		return 0, false
	}
	return start + n, true
}
