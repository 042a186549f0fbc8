package cli

import "github.com/spf13/cobra"

// A subcommand is a command that is built when it may be needed. To build them all takes longer
// than a hook takes to check a small commit.
type subcommand struct {
	name  string
	build func(*environment) *cobra.Command
	below []subcommand
}

// subcommands are those of neokeys.
var subcommands = []subcommand{
	{name: "scan", build: newScan},
	{name: "git", build: newGit},
	{name: "audit", build: newAudit},
	{name: "site", build: newSite},
	{name: "verify", build: newVerify},
	{name: "fix", build: newFix},
	{name: "rules", build: newRules},
	{name: "config", build: newConfig},
	{name: "baseline", build: newBaseline},
	{name: "report", build: newReport},
	{name: "hook", build: newHook, below: []subcommand{
		{name: "pre-commit", build: newPreCommit},
		{name: "commit-msg", build: newCommitMsg},
		{name: "pre-push", build: newPrePush},
		{name: "pre-receive", build: newPreReceive},
	}},
	{name: "init", build: newInit},
	{name: "doctor", build: newDoctor},
	{name: "version", build: newVersion},
	{name: "key", build: newKeyReport},
	{name: "purge", build: newPurge},
	{name: "proof", build: newProof},
	{name: "fleet", build: newFleet},
}

// addCommands builds commands below parent: if args begin with the name of one, only that one,
// else all, for help, completion and suggestions.
func addCommands(parent *cobra.Command, env *environment, list []subcommand, args []string) {
	if len(args) > 0 {
		for i, s := range list {
			if s.name == args[0] {
				list, args = list[i:i+1], args[1:]
				break
			}
		}
	}
	if len(list) > 1 {
		args = nil
	}
	for _, s := range list {
		cmd := s.build(env)
		addCommands(cmd, env, s.below, args)
		parent.AddCommand(cmd)
	}
}
