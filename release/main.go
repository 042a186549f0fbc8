// Release turns the archives of a release into what other package managers install, and lists
// what is in them. GoReleaser runs it, in its folder dist, between the archives and the checksums:
//
//	release packages VERSION COMMIT SECONDS   npm packages, wheels and a container image
//	release sbom ARCHIVE FORMAT FILE SECONDS  a list of an archive's software, made by syft
//
// SECONDS is the time of the commit, in seconds since 1970: no file has a later one, so that two
// builds of a commit are the same bytes.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("release: ")
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 4 && args[0] == "packages":
		when, err := moment(args[3])
		if err != nil {
			return err
		}
		return packages(build{folder: ".", version: args[1], commit: args[2], when: when})
	case len(args) == 5 && args[0] == "sbom":
		when, err := moment(args[4])
		if err != nil {
			return err
		}
		return sbom(args[1], args[2], args[3], when)
	}
	return errors.New("usage: release packages VERSION COMMIT SECONDS, or release sbom ARCHIVE FORMAT FILE SECONDS")
}

// moment reads a time in seconds since 1970.
func moment(seconds string) (time.Time, error) {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no number of seconds", seconds)
	}
	return time.Unix(n, 0).UTC(), nil
}

// packages writes the npm packages, the wheels and the image of a build.
func packages(b build) error {
	if err := b.read(); err != nil {
		return err
	}
	return errors.Join(b.npm(), b.wheels(), b.image())
}
