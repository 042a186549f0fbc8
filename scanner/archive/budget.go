package archive

import (
	"errors"
	"io"
)

const (
	// maxRatio is how many times its own size may come out of a file. Text is seldom made
	// smaller than a hundredth; deflate can turn one byte into a thousand.
	maxRatio = 250
	// smallest is what may come out of even the smallest file, in bytes.
	smallest = 64 << 20
	// most is what may come out of the largest, in bytes.
	most = 16 << 30
)

// ErrTooMuch says that a budget is used up.
var ErrTooMuch = errors.New("more comes out of it than can be searched in a sensible time: " +
	"over 64 MiB and 250 times its size, or over 16 GiB; unpack it and scan the folder, if it is not made to do harm")

// A Budget bounds what may come out of one file, with all that is packed in what comes out
// of it.
type Budget struct {
	in, out int64
	large   bool // the file, or one in it, has the large decoders
}

// Grow adds to the budget that n more bytes of the file itself were read.
func (b *Budget) Grow(n int64) { b.in += n }

// Exceeded reports whether it is used up.
func (b *Budget) Exceeded() bool {
	return b.out > smallest && (b.out > most || b.out/maxRatio > b.in)
}

// left returns how many more bytes may come out, of what has been read so far; at least 1.
func (b *Budget) left() int64 {
	return max(1, max(smallest, min(most, b.in*maxRatio))-b.out)
}

// exhaust uses up what is left, as nothing comes out of what would take more.
func (b *Budget) exhaust() { b.out = most + 1 }

// unpacked is what comes out of compressed bytes.
type unpacked struct {
	io.Reader
	budget *Budget
	read   int64
	err    error
}

func (u *unpacked) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.Reader.Read(p)
	u.read += int64(n)
	u.budget.out += int64(n)
	if err == nil && u.budget.Exceeded() {
		err = ErrTooMuch
	}
	u.err = err
	return n, err
}
