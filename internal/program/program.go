// Package program is what the command lines of neokeys and neokeys-fleet have in common: how a program
// ends, which formats reports have and where they go, and how the API is asked about keys.
package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// A Status is the error by which a command that did its work says how it ended.
type Status int

// The exit statuses, a contract with whoever runs a program.
const (
	Clean    Status = 0 // nothing found
	Findings Status = 1
	Failed   Status = 2 // not carried out, or incomplete or with nothing to search, and nothing found
)

func (s Status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Run runs the command line args, without the program's name, and returns the exit status. An error
// that is no Status is given to say.
func Run(root *cobra.Command, args []string, in io.Reader, out, errOut io.Writer, say func(error)) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second interrupt ends the program at once.
	context.AfterFunc(ctx, stop)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var ended Status
	switch {
	case err == nil:
		return int(Clean)
	case errors.As(err, &ended):
		return int(ended)
	}
	say(err)
	return int(Failed)
}
