package inflate

import (
	"testing"

	"github.com/neokeys/neokeys/internal/fuzzing"
)

func TestMain(m *testing.M) { fuzzing.Main(m) }
