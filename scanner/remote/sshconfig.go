package remote

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	gitssh "github.com/go-git/go-git/v5/plumbing/transport/ssh"
	"github.com/kevinburke/ssh_config"

	"github.com/neokeys/neokeys/internal/infile"
)

// A sshTarget is where an ssh address leads, as ~/.ssh/config has it for the host.
type sshTarget struct {
	host, user string
	port       int
	identities []string // private keys
	// unheeded is what the configuration says besides that a connection may need; empty for nothing.
	unheeded string
}

func (t *sshTarget) address() string { return net.JoinHostPort(t.host, strconv.Itoa(t.port)) }

// maxConfig is how long a configuration of ssh may be.
const maxConfig = 1 << 20

// sshTarget reads the configuration for the session's host. What the address says goes first. No
// program is run: ProxyCommand, ProxyJump and Match exec are not heeded.
func (s *Session) sshTarget() *sshTarget {
	t := &sshTarget{host: s.url.Host, user: s.url.User, port: s.url.Port}
	home, _ := os.UserHomeDir() // empty is a folder without a configuration
	for _, path := range []string{filepath.Join(home, ".ssh", "config"), "/etc/ssh/ssh_config"} {
		t.read(s.url.Host, path, home)
	}
	t.user = cmp.Or(t.user, gitssh.DefaultUsername)
	t.port = cmp.Or(t.port, defaultPorts["ssh"])
	return t
}

// read takes from a file what is not known yet.
func (t *sshTarget) read(alias, path, home string) {
	f, err := infile.Regular(path)
	if err != nil {
		return // there is none
	}
	defer f.Close() // only read from
	text, err := io.ReadAll(io.LimitReader(f, maxConfig))
	if err != nil {
		return
	}
	config, err := ssh_config.DecodeBytes(text)
	if err != nil {
		t.unheeded = cmp.Or(t.unheeded, fmt.Sprintf("%s cannot be read as a whole, so nothing of it is used", path))
		return
	}
	value := func(key string) string {
		v, _ := config.Get(alias, key) // an error is of a file that is included, which ssh skips too
		return v
	}
	if host := value("HostName"); host != "" && t.host == alias {
		t.host = strings.ToLower(strings.NewReplacer("%h", alias, "%%", "%").Replace(host))
	}
	t.user = cmp.Or(t.user, value("User"))
	if port, err := strconv.Atoi(value("Port")); err == nil && port > 0 && port <= 65535 {
		t.port = cmp.Or(t.port, port)
	}
	identities, _ := config.GetAll(alias, "IdentityFile")
	for _, file := range identities {
		t.identities = append(t.identities, t.expand(file, home))
	}
	for _, key := range []string{"ProxyJump", "ProxyCommand"} {
		if v := value(key); v != "" && !strings.EqualFold(v, "none") {
			t.unheeded = cmp.Or(t.unheeded, fmt.Sprintf("%s has %s for it, which is not used", path, key))
		}
	}
}

// expand returns the path of a key, in which ssh allows ~ and some tokens.
func (t *sshTarget) expand(file, home string) string {
	local := ""
	if me, err := user.Current(); err == nil {
		local = me.Username
	}
	file = strings.NewReplacer("%d", home, "%u", local, "%h", t.host, "%r", cmp.Or(t.user, gitssh.DefaultUsername), "%%", "%").Replace(file)
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		file = filepath.Join(home, rest)
	}
	return file
}

// hint adds to an error what of the configuration is not used.
func (t *sshTarget) hint(err error) error {
	if err == nil || t.unheeded == "" {
		return err
	}
	return fmt.Errorf("%w. %s: clone it with git, and give the folder", err, t.unheeded)
}
