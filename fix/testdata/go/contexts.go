// Command contexts prints what it would send.
package main

import (
	"fmt"
	"strings"
)

const key = "{{KEY}}"

const header = "Bearer " + key

const (
	limit = 10
	// inGroup is one of several.
	other = 3

	inGroup string = "Bearer {{KEY}}"
)

var raw = `Bearer {{KEY}} and more`

type client struct {
	key string
}

func main() {
	const local = "{{KEY}}"
	c := client{key: "{{KEY}}"}
	m := map[string]string{"Authorization": "Bearer {{KEY}}"}
	switch c.key {
	case "{{KEY}}":
		fmt.Print("same ")
	}
	fmt.Print(key, header, limit, other, inGroup, raw, local, c, m, []byte("{{KEY}}"), strings.ToUpper("Bearer {{KEY}}"))
}
