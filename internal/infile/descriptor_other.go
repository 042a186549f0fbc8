//go:build !unix

package infile

import (
	"io/fs"
	"os"
)

// Descriptor returns the process's descriptor that path names. It knows of none.
func Descriptor(string, fs.FileInfo) *os.File { return nil }

// HasNames reports whether a file may have more than one name: hard links. It does not know.
func HasNames(fs.FileInfo) bool { return true }
