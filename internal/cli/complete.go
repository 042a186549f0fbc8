package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/neokeys/neokeys/rules"
)

// completeFlag has shells complete the values of a flag.
func completeFlag(cmd *cobra.Command, flag string, values ...string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // there is no such flag: a mistake in the program
	}
}

// completeLevels has shells complete the first half of RULE=LEVEL. Of the other they are
// told nothing: cobra's script for zsh garbles what follows a hyphen and a =.
func completeLevels(cmd *cobra.Command, flag string) {
	var starts []string
	for _, r := range rules.All() {
		starts = append(starts, r.ID+"=\t"+r.Title)
	}
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(typed, "=") {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return starts, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
	if err != nil {
		panic(err) // as above
	}
}

// completeNoFiles keeps shells from offering files where cmd and the commands below it take
// none: as an argument of a command without any, and as a value other than a FILE.
func completeNoFiles(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, _ := pflag.UnquoteUsage(f)
		if _, done := cmd.GetFlagCompletionFunc(f.Name); !done && f.NoOptDefVal == "" && value != "FILE" {
			completeFlag(cmd, f.Name)
		}
	})
	if takesArguments := strings.Contains(cmd.Use, " "); !takesArguments && cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, c := range cmd.Commands() {
		completeNoFiles(c)
	}
}
