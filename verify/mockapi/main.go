// Command mockapi serves a stand-in for Neo's API on this machine, so that
// `neokeys verify` can be tried without a real key:
//
//	go run ./verify/mockapi
//
// It makes new keys each time it starts, and prints them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/verify/mockapi/mock"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mockapi:", err)
		os.Exit(2)
	}
}

// modes are the ways to answer.
var modes = map[string]string{
	"api":    "answer as Neo's API does",
	"busy":   "say that the tenant has used up more than nine tenths of its rate limit",
	"liar":   "accept every key, as a misconfigured gateway does",
	"portal": "answer with a login page, as a captive portal does",
}

func run() error {
	listen := flag.String("listen", "127.0.0.1:8787", "listen on this `address` of this machine")
	keys := flag.String("keys", "", "write the keys to this `file`, one a line, instead of printing them")
	mode := flag.String("mode", "api", "api, busy, liar or portal: how to `answer`")
	flag.Parse()
	if modes[*mode] == "" || flag.NArg() > 0 {
		return errors.New("use -mode api, busy, liar or portal, and no other arguments")
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	if a, ok := l.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return errors.New("-listen: give an address of this machine alone, such as 127.0.0.1:8787")
	}
	handler, text := answers(*mode)
	if *keys != "" {
		if err := os.WriteFile(*keys, []byte(text), 0o600); err != nil {
			return fmt.Errorf("cannot write the keys: %w", err)
		}
		text = "The keys are in " + *keys + "\n"
	}
	fmt.Printf("Listening on http://%s (-mode %s: %s)\n%s", l.Addr(), *mode, modes[*mode], text)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(l)
}

// answers returns what serves the requests, and keys to try, one a line.
func answers(mode string) (http.Handler, string) {
	api := &mock.Server{}
	if mode == "busy" {
		api.Spend(mock.Limit*9/10 + 1)
	}
	text := ""
	for _, k := range []struct {
		about string
		state mock.State
	}{{"works", mock.Live}, {"is known, but may not list agents", mock.Restricted}, {"has been revoked", ""}} {
		key := newKey()
		api.Set(key, k.state)
		text += "# this key " + k.about + "\n" + key + "\n"
	}
	switch mode {
	case "portal":
		return http.HandlerFunc(portal), text
	case "liar":
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			liar := &mock.Server{}
			key := newKey()
			liar.Set(key, mock.Live)
			r.Header.Set("Authorization", "Bearer "+key)
			liar.ServeHTTP(w, r)
		}), text
	}
	return api, text
}

func newKey() string { return "neo_sk_" + "prod_" + testkey.Fresh(24) }

func portal(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintln(w, "<!doctype html>\n<html><title>Sign in</title><form>Welcome to our network</form></html>")
}
