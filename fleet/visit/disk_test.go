package visit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/scanner/remote"
)

// Each of the repositories that are fetched at a time has an equal share of the disk.
func TestDisk(t *testing.T) {
	d := NewDisk(1000, 4)
	for wanted, want := range map[int64]int64{0: 250, 100: 100, 250: 250, 5000: 250} {
		if got := d.limit(wanted); got != want {
			t.Errorf("of a limit of %d bytes, %d are left, want %d", wanted, got, want)
		}
	}
	var held []func()
	for range 4 {
		release, err := d.reserve(t.Context())
		gittest.Check(t, err)
		held = append(held, release)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := d.reserve(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a fifth share: %v", err)
	}
	held[2]()
	if _, err := d.reserve(t.Context()); err != nil {
		t.Errorf("a share that is free again: %v", err)
	}
	if release, err := (*Disk)(nil).reserve(t.Context()); err != nil {
		t.Error(err)
	} else {
		release()
	}
}

// An error about the size of a pack names the flag that bounds it.
func TestDiskExplains(t *testing.T) {
	d := NewDisk(4000, 4)
	tooMuch := fmt.Errorf("%w of 1000 bytes for a pack: raise it with --max-pack", remote.ErrTooMuch)
	for limit, want := range map[int64]string{0: "--disk", 500: "--max-pack", 1000: "--max-pack", 9000: "--disk"} {
		if err := d.explain(tooMuch, limit); !errors.Is(err, remote.ErrTooMuch) || !strings.Contains(err.Error(), want) {
			t.Errorf("with --max-pack %d: %v; want %s", limit, err, want)
		}
	}
	for _, other := range []error{remote.ErrCutOff, fmt.Errorf("%w of 1000 refs", remote.ErrTooMuch)} {
		if err := d.explain(other, 0); err.Error() != other.Error() {
			t.Errorf("%v becomes %v", other, err)
		}
	}
}
