package config

import (
	"fmt"
	"strconv"
	"time"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

var ageForm = lazyregexp.New(`^([1-9][0-9]{0,4})(h|d|w)$`)

// ParseAge reads an age such as 90d, 12w or 36h.
func ParseAge(s string) (time.Duration, error) {
	m := ageForm.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not an age: write 90d, 12w or 36h", s)
	}
	n, _ := strconv.Atoi(m[1]) // the digits that there may be are a number
	return time.Duration(n) * map[string]time.Duration{"h": time.Hour, "d": day, "w": week}[m[2]], nil
}

// FormatAge is the reverse of ParseAge.
func FormatAge(d time.Duration) string {
	if d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return fmt.Sprintf("%dh", d/time.Hour)
}

var (
	variableForm = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_.-]{3,63}$`)
	hostForm     = lazyregexp.New(`^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::[0-9]{1,5})?$`)
	folderForm   = lazyregexp.New(`^[^/\\\x00-\x1f]+$`)
)

func checkVariable(name string) error {
	if !variableForm.MatchString(name) {
		return fmt.Errorf("%q is not a variable's name: letters, digits, _ . - and 4 to 64 of them, as in ACME_NEO_KEY", name)
	}
	return nil
}

// Lengths of a host's name, in bytes.
const (
	minHost = 4
	maxHost = 253
)

func checkHost(name string) error {
	if len(name) < minHost || len(name) > maxHost || !hostForm.MatchString(name) {
		return fmt.Errorf("%q is not a host's name: leave out https:// and any path, as in neo-proxy.example.com", name)
	}
	return nil
}

func checkFolder(name string) error {
	if name == "." || name == ".." || !folderForm.MatchString(name) {
		return fmt.Errorf("%q is not a folder's name: give the name alone, without a slash, as in webroot", name)
	}
	return nil
}
