package lazyregexp_test

import (
	"testing"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

func TestNew(t *testing.T) {
	if re := lazyregexp.New(`a(b+)`); re.FindString("xabby") != "abb" || re.FindStringSubmatch("xabby")[1] != "bb" || re.String() != `a(b+)` {
		t.Error("an expression does not match what it should")
	}
	defer func() {
		if recover() == nil {
			t.Error("a mistake in an expression is not noticed by a test")
		}
	}()
	lazyregexp.New("(")
}
