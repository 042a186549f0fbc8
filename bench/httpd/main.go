// Httpd serves the git repositories in a folder over loopback, as git's own HTTP server does, for
// bench/remote.sh. It prints its address.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"

	"github.com/neokeys/neokeys/internal/gittest"
)

func main() {
	programs, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, gittest.Serve(strings.TrimSpace(string(programs)), os.Args[1])))
}
