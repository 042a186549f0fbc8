// Neokeys finds leaked Neo API keys and bad key habits before they ship.
package main

//go:generate go run ./internal/genanchors forms internal/codec/anchors_table.go
//go:generate go run ./internal/genanchors plan rules/anchors_plan.go
//go:generate go run ./internal/gendocs docs docs

import (
	"os"

	"github.com/neokeys/neokeys/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
