package fleet

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/source"
	"github.com/neokeys/neokeys/internal/infile"
)

// appKeyVariable is the variable of the environment with a GitHub App's private key.
const appKeyVariable = "NEOKEYS_GITHUB_APP_KEY"

// appFlags say how to sign in as a GitHub App.
type appFlags struct{ ids, keyFile, server string }

// register adds the flags. The server has a flag of its own where no other names it.
func (a *appFlags) register(cmd *cobra.Command, withServer bool) {
	f := cmd.Flags()
	f.StringVar(&a.ids, "github-app", "", "sign in to GitHub as the App and installation `APP/INSTALLATION`, two numbers, and renew the token before it expires")
	f.StringVar(&a.keyFile, "github-app-key", "", "take the App's private key (PEM) from `FILE` (default the value of $"+appKeyVariable+")")
	if withServer {
		f.StringVar(&a.server, "github-app-server", "", "sign in to the GitHub Enterprise server at this `URL` (default github.com)")
	}
}

// app returns the App that the flags name; nil if they name none. It sends nothing.
func (a *appFlags) app(ctx context.Context) (*source.App, error) {
	switch {
	case a.ids == "" && a.keyFile != "":
		return nil, errors.New("--github-app-key: add --github-app APP/INSTALLATION, whose key it is")
	case a.ids == "" && a.server != "":
		return nil, errors.New("--github-app-server: add --github-app APP/INSTALLATION, which is on it")
	case a.ids == "":
		return nil, nil
	}
	key := []byte(os.Getenv(appKeyVariable))
	if a.keyFile != "" {
		var err error
		if key, err = infile.Read(ctx, a.keyFile, infile.MaxCertificates); err != nil {
			return nil, fmt.Errorf("--github-app-key: %w", err)
		}
	}
	if len(key) == 0 {
		return nil, fmt.Errorf("--github-app: give the App's private key with --github-app-key FILE, or in %s", appKeyVariable)
	}
	return source.NewApp(a.ids, key, a.server, nil)
}
