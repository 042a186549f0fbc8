package cli

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	build "github.com/neokeys/neokeys/internal/version"
)

func newVersion(env *environment) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and the commit that it was built from",
		Long: `Print the version, the commit that this neokeys was built from, the date of that commit,
and the version of Go. With -f json, print an object with version, commit (40 hex digits),
date (RFC 3339) and go; what the build does not record, as with go run, is empty.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info := build.Of()
			switch format {
			case "text":
				_, err := fmt.Fprintf(env.out, "neokeys %s\n", describe(info))
				return err
			case "json":
				e := json.NewEncoder(env.out)
				e.SetIndent("", "  ")
				return e.Encode(info)
			}
			return fmt.Errorf("--format: unknown format %q: use text or json", format)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or json")
	completeFlag(cmd, "format", "text", "json")
	return cmd
}

// describe puts a build on one line: "0.1.0 (commit 0123..., 2026-11-28T11:44:13Z, go1.26.0, linux/amd64)".
func describe(info build.Info) string {
	about := fmt.Sprintf("%s, %s/%s)", info.Go, runtime.GOOS, runtime.GOARCH)
	if info.Date != "" {
		about = info.Date + ", " + about
	}
	commit := "unknown commit"
	if info.Commit != "" {
		commit = "commit " + info.Commit
	}
	about = commit + ", " + about
	return info.Version + " (" + about
}
