//go:build !linux && !darwin && !dragonfly && !freebsd && !netbsd && !openbsd && !windows

package cli

import (
	"errors"
	"os"
)

func hideInput(*os.File) (show func(), err error) {
	return nil, errors.New("this system's terminals are not known")
}
