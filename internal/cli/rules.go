package cli

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/rules"
)

func newRules(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "rules [ID]",
		Short: "List the rules, or explain one",
		Long: `Without an argument, list the rules: id, level and title. With a rule's id, print
its page: what it finds, why that matters, before and after, how to fix it, source.`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleIDs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listRules(env)
			}
			if err := policy.CheckRule(args[0]); err != nil {
				return err
			}
			selected, err := rules.Select(rules.All(), args, nil)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(wrapping(env.out), strings.TrimSpace(selected[0].Doc))
			return err
		},
	}
}

func listRules(env *environment) error {
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, r := range rules.All() {
		if _, err := fmt.Fprintf(t, "%s\t%s\t%s\n", r.ID, r.Severity, r.Title); err != nil {
			return err
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := wrapping(env.out).Write(table.Bytes())
	return err
}

func ruleIDs() []string {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.ID+"\t"+r.Title)
	}
	return ids
}
