package scanner

import "strings"

// isImagePart reports whether name is that of a part of a container's image: its
// configuration, with the variables that are set in it and how it was made, or a layer of
// files. `docker save` and OCI's image-layout write these names; the digits are those of a
// SHA-256.
func isImagePart(name string) bool {
	name = strings.TrimSuffix(name, "/layer.tar")
	name = strings.TrimSuffix(name, ".json")
	if len(name) < digits {
		return false
	}
	folder := name[:len(name)-digits]
	for _, c := range name[len(folder):] {
		if (c < '0' || '9' < c) && (c < 'a' || 'f' < c) {
			return false
		}
	}
	return folder == "" || strings.HasSuffix(folder, "blobs/sha256/")
}

// digits is how many there are in a SHA-256.
const digits = 64
