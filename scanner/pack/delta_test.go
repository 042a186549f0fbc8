package pack

import (
	"math/rand/v2"
	"testing"
)

// TestNextStep reads copies of every form, and compares with what gitformat-pack(5) says of
// them: each bit tells whether a byte is there, and one that is not is zero.
func TestNextStep(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for op := range byte(1 << 7) {
		for more := range 9 {
			var value [7]byte
			var ops []byte
			for i := range value {
				if op>>i&1 != 0 {
					value[i] = byte(random.Uint32())
					ops = append(ops, value[i])
				}
			}
			n := len(ops)
			for range more {
				ops = append(ops, byte(random.Uint32()))
			}
			wantOffset := int(value[0]) | int(value[1])<<8 | int(value[2])<<16 | int(value[3])<<24
			wantSize := int(value[4]) | int(value[5])<<8 | int(value[6])<<16
			if wantSize == 0 {
				wantSize = 0x10000
			}
			size, offset, rest, err := nextStep(append([]byte{op | 0x80}, ops...))
			if offset != wantOffset || size != wantSize || len(rest) != more || err != nil {
				t.Errorf("%07b %x: offset %x, size %x, %d left, error %v; want %x and %x, %d left",
					op, ops, offset, size, len(rest), err, wantOffset, wantSize, more)
			}
			if n > 0 {
				if _, _, _, err := nextStep(append([]byte{op | 0x80}, ops[:n-1]...)); err == nil {
					t.Errorf("%07b with %d bytes: no error", op, n-1)
				}
			}
		}
	}
}
