package gitdir

import (
	"bytes"
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"github.com/go-git/gcfg"
)

// A Setting is one value in a config file, as git-config(1) has it.
type Setting struct {
	Section, Subsection, Key string // the first and the last in lower case
	Value                    string // "true" where there is no equals sign
}

// Name returns the setting's name, such as core.bare; empty if it is in a subsection.
func (s *Setting) Name() string {
	if s.Subsection != "" {
		return ""
	}
	return s.Section + "." + s.Key
}

// ReadConfig returns the settings in a config file, none if it is not there. With an error
// it returns those before the mistake. It does not read the files that one includes.
func ReadConfig(path string) ([]Setting, error) {
	text, err := ReadFile(path, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var settings []Setting
	err = gcfg.ReadWithCallback(bytes.NewReader(text), func(section, subsection, key, value string, blank bool) error {
		if blank {
			value = "true"
		}
		if key != "" { // else a section begins
			settings = append(settings, Setting{strings.ToLower(section), subsection, strings.ToLower(key), value})
		}
		return nil
	})
	if err != nil {
		err = &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return settings, err
}

// IsTrue reports whether git takes a value for true.
func IsTrue(value string) bool {
	switch strings.ToLower(value) {
	case "true", "yes", "on":
		return true
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}
