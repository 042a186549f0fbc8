package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/fix"
)

// proxyNames returns the values of --instead.
func proxyNames() (names []string) {
	for _, p := range fix.Proxies() {
		names = append(names, p.Name)
	}
	return names
}

// printProxy prints the files of the proxy that the user named.
func (c *fixCommand) printProxy() error {
	all := fix.Proxies()
	n := slices.IndexFunc(all, func(p *fix.Proxy) bool { return p.Name == c.proxy })
	if n < 0 {
		return fmt.Errorf("--instead: unknown framework %q: use one of %s", c.proxy, strings.Join(proxyNames(), ", "))
	}
	return writeProxy(c.env.out, all[n])
}

func writeProxy(w io.Writer, p *fix.Proxy) error {
	paths, texts := p.Files()
	for i := range paths {
		if _, err := fmt.Fprintf(w, "\n--- %s\n%s", paths[i], texts[i]); err != nil {
			return err
		}
	}
	return nil
}

// writeInstead shows what to build where users can read code that calls Neo.
func writeInstead(w io.Writer, s *fixSession) {
	for _, f := range s.left {
		if !fix.NeedsProxy(f.Finding) {
			continue
		}
		// The nearest manifest above the file says what it is part of.
		folder := filepath.Dir(s.plan.absolute(f.File()))
		top, root, ok := newEditable(s.plan).top(folder)
		var p *fix.Proxy
		for ok && p == nil {
			found := false
			p = fix.ProxyFor(func(name string) []byte {
				text := readSmall(filepath.Join(folder, name))
				found = found || text != nil
				return text
			})
			if done := folder == root || folder == top || folder == filepath.Dir(folder); !found && !done {
				p, folder = nil, filepath.Dir(folder)
			}
		}
		if p == nil {
			p = fix.ProxyFor(func(string) []byte { return nil })
		}
		fmt.Fprintf(w, "\nBuild instead, so that no browser holds the key, %s (--instead prints those for other frameworks):\n", p.About)
		_ = writeProxy(w, p) // into memory
		return
	}
}
