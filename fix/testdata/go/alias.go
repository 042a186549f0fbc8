package main

import (
	"fmt"
	system "os"
)

func main() {
	fmt.Fprint(system.Stdout, "Bearer {{KEY}}")
}
