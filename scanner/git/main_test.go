package git

import (
	"testing"

	"github.com/neokeys/neokeys/internal/fuzzing"
)

func TestMain(m *testing.M) {
	enoughPending = 10
	fuzzing.Main(m)
}
