package report

import (
	"net/url"
	"path"
	"strings"
)

// pathURI returns the URI of a finding's path, and whether it is relative to root, the absolute
// path of the folder in which the scan was started.
func pathURI(p, root string) (uri string, relative bool) {
	if isURL(p) {
		return percentEncodeURL(p), false
	}
	if p == "-" {
		return "-", true // standard input has no address; this is how it was named
	}
	if strings.HasPrefix(p, `\\`) {
		return fileURI(p), false
	}
	root = slashed(root)
	p = path.Clean(slashed(p))
	if !absolute(p) {
		if p != ".." && !strings.HasPrefix(p, "../") {
			return percentEncode(p), true
		}
		if root == "" {
			return percentEncode(p), false
		}
		p = path.Join(root, p)
	}
	if inside, ok := strings.CutPrefix(p, strings.TrimSuffix(root, "/")+"/"); ok && root != "" && inside != "" {
		return percentEncode(inside), true
	}
	return fileURI(p), false
}

// isURL reports whether a path is the URL of what a web server gives out.
func isURL(p string) bool {
	return strings.HasPrefix(p, "https://") || strings.HasPrefix(p, "http://")
}

// percentEncodeURL returns a URL without what no URL may hold.
func percentEncodeURL(p string) string {
	u, err := url.Parse(p)
	if err != nil {
		return percentEncode(p)
	}
	return u.String()
}

// fileURI returns the file: URI of an absolute path (RFC 8089).
func fileURI(p string) string {
	p = slashed(p)
	switch {
	case strings.HasPrefix(p, "//"): // a Windows share, whose host comes first
		return "file:" + percentEncode(p)
	case strings.HasPrefix(p, "/"):
		return "file://" + percentEncode(p)
	}
	// A drive letter. Its colon is not encoded.
	return "file:///" + p[:2] + percentEncode(p[2:])
}

func absolute(p string) bool { return strings.HasPrefix(p, "/") || drive(p) }

// drive reports whether p begins with a Windows drive, as in C:/.
func drive(p string) bool {
	return len(p) >= 3 && p[1:3] == ":/" && ('A' <= p[0]&^0x20 && p[0]&^0x20 <= 'Z')
}

// slashed turns the separators of a Windows path, which has a drive or a share before
// them, into slashes. Elsewhere a backslash is a character like any other.
func slashed(p string) string {
	if strings.HasPrefix(p, `\\`) || len(p) >= 3 && p[1:3] == `:\` {
		return strings.ReplaceAll(p, `\`, "/")
	}
	return p
}

// percentEncode encodes every byte of a path but slashes and the unreserved characters
// of RFC 3986, section 2.3.
func percentEncode(p string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(p) {
		switch c := p[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '.', c == '_', c == '~', c == '/':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// unescape is the reverse of percentEncode.
func unescape(uri string) string {
	path, err := url.PathUnescape(uri)
	if err != nil {
		return uri
	}
	return path
}
