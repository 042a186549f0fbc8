// Neokeys-fleet finds the Neo API keys that are in thousands of repositories.
package main

import (
	"os"

	"github.com/neokeys/neokeys/fleet"
)

func main() { os.Exit(fleet.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
