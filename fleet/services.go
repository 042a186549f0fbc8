package fleet

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/fleet/source"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/scanner/remote"
)

// serviceFlags say which services to ask for repositories.
type serviceFlags struct {
	owners            map[source.Kind]*[]string
	server, tokenFile string
	filter            source.Filter
	ssh               bool
	app               appFlags
}

func (s *serviceFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	s.owners = map[source.Kind]*[]string{}
	for kind, about := range map[source.Kind]string{
		source.GitHub:    "add the repositories of the organisation or user `OWNER` of GitHub (repeatable)",
		source.GitLab:    "add the projects of the group or user `OWNER` of GitLab, and of its subgroups (repeatable)",
		source.Bitbucket: "add the repositories of the workspace `OWNER` of Bitbucket, or of a project on a server (repeatable)",
		source.Gitea:     "add the repositories of the organisation or user `OWNER` of Gitea or Forgejo (repeatable)",
	} {
		s.owners[kind] = f.StringArray(string(kind), nil, about)
	}
	f.StringVar(&s.server, "server", "", "ask the service at this `URL`, such as GitHub Enterprise's (default github.com, gitlab.com, bitbucket.org or codeberg.org)")
	f.StringVar(&s.tokenFile, "token-file", "", "take the token for the service from `FILE` (default $GITHUB_TOKEN, $GITLAB_TOKEN or $BITBUCKET_TOKEN for the usual servers, $"+remote.TokenVariable+"_HOST for others)")
	s.app.register(cmd, false)
	f.BoolVar(&s.filter.NoArchived, "no-archived", false, "leave out archived repositories")
	f.BoolVar(&s.filter.NoForks, "no-forks", false, "leave out forks")
	f.StringVar(&s.filter.Visibility, "visibility", "", "add only repositories of this `KIND`: public, private or internal")
	f.BoolVar(&s.ssh, "ssh", false, "add the addresses for ssh in place of those for https")
	_ = cmd.RegisterFlagCompletionFunc("visibility", cobra.FixedCompletions(source.Visibilities, cobra.ShellCompDirectiveNoFileComp)) // fails for a flag that there is not
}

func (s *serviceFlags) any() bool {
	for _, list := range s.owners {
		if len(*list) > 0 {
			return true
		}
	}
	return false
}

// repositories asks the services.
func (s *serviceFlags) repositories(cmd *cobra.Command) (all []store.Repository, err error) {
	if err := s.filter.Check(); err != nil {
		return nil, err
	}
	if !s.any() {
		for _, name := range []string{"server", "token-file", "github-app", "github-app-key", "no-archived", "no-forks", "visibility", "ssh"} {
			if cmd.Flags().Changed(name) {
				return nil, fmt.Errorf("--%s: add --github, --gitlab, --bitbucket or --gitea, which it is for", name)
			}
		}
		return nil, nil
	}
	if s.app.ids != "" && len(*s.owners[source.GitHub]) == 0 {
		return nil, errors.New("--github-app: add --github OWNER, which it is for")
	}
	asked := 0
	for _, kind := range source.Kinds() {
		if len(*s.owners[kind]) == 0 {
			continue
		}
		if asked++; asked > 1 && s.server != "" {
			return nil, errors.New("--server is for one service: run add once for each")
		}
		service, err := s.service(cmd, kind)
		if err != nil {
			return nil, err
		}
		for _, owner := range *s.owners[kind] {
			list, err := service.Repositories(cmd.Context(), owner)
			if err != nil {
				return nil, err
			}
			all = append(all, list...)
		}
	}
	return all, nil
}

// service returns one that is ready to be asked.
func (s *serviceFlags) service(cmd *cobra.Command, kind source.Kind) (*source.Service, error) {
	service := &source.Service{
		Kind: kind, Server: s.server, Filter: s.filter, SSH: s.ssh,
		Wait: func(host string, wait time.Duration) {
			cmd.PrintErrf("neokeys-fleet: %s allows no more requests for %s\n", host, wait.Round(time.Second))
		},
	}
	probe := *service
	host, err := probe.Host()
	if err != nil {
		return nil, err
	}
	if kind == source.GitHub {
		if s.app.ids != "" {
			s.app.server = s.server
		}
		if service.App, err = s.app.app(cmd.Context()); err != nil || service.App != nil {
			return service, err
		}
	}
	tokens, err := remote.NewTokens(cmd.Context(), os.Getenv, s.tokenFile, []string{host})
	if err != nil {
		return nil, err
	}
	service.Token = tokens.Secret(host)
	return service, nil
}
