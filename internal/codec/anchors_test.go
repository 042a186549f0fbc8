package codec

import (
	"reflect"
	"testing"
)

// The table of anchors is made before the program is built.
func TestTableIsUpToDate(t *testing.T) {
	if want := MakeTable(); !reflect.DeepEqual(&table, want) {
		t.Errorf("anchors_table.go is not what the forms have: run go generate .\nhave %v\nwant %v", table.Anchors, want.Anchors)
	}
}
