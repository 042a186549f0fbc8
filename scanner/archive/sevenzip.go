package archive

import (
	"errors"
	"fmt"
	"io"

	"github.com/bodgit/sevenzip"
	"github.com/nwaples/rardecode/v2"
)

// sevenZip visits the files in a 7-Zip archive, which must be read at any place.
func (u *Unpacker) sevenZip(whole Whole, b *Budget, visit func(Member) error) (skipped Skipped, err error) {
	var z *sevenzip.Reader
	if err := guard(func() (err error) { z, err = sevenzip.NewReader(whole.At, whole.Size); return err }); err != nil {
		if isEncrypted(err) {
			return Skipped{Encrypted: 1}, nil
		}
		return skipped, unopened(err)
	}
	if largestSolid(z) > usualWindow {
		u.takeLarge(maxWindow, b).forget()
	}
	for _, f := range z.File {
		if !f.Mode().IsRegular() || f.UncompressedSize == 0 {
			continue
		}
		var text io.ReadCloser
		err := guard(func() (err error) { text, err = f.Open(); return err })
		switch {
		case isEncrypted(err):
			skipped.Encrypted++
			continue
		case errors.Is(err, errWindow):
			text = io.NopCloser(failing{errWindow})
		case err != nil: // the way in which it is compressed is not known
			skipped.Unknown++
			continue
		}
		err = visit(Member{Name: memberName(f.Name), Reader: &unpacked{Reader: encryptable{guarded{text}}, budget: b}})
		if closeErr := guard(text.Close); err == nil && closeErr != nil {
			err = closeErr
		}
		if err != nil {
			return skipped, err
		}
	}
	return skipped, nil
}

// largestSolid returns the greatest size of what is compressed in one go, in bytes. No decoder remembers more.
func largestSolid(z *sevenzip.Reader) (largest uint64) {
	sizes := map[int]uint64{}
	for _, f := range z.File {
		sizes[f.Stream] += f.UncompressedSize
		largest = max(largest, sizes[f.Stream])
	}
	return largest
}

// isEncrypted reports whether an error of the library is probably one for want of a password.
func isEncrypted(err error) bool {
	var read *sevenzip.ReadError
	return errors.As(err, &read) && read.Encrypted
}

// An encryptable text may turn out to be encrypted when it is read.
type encryptable struct{ r io.Reader }

var errEncrypted = fmt.Errorf("%w: it is encrypted", ErrUnread)

// Read implements io.Reader.
func (e encryptable) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if isEncrypted(err) {
		err = errEncrypted
	}
	return n, err
}

// rar visits the files in a RAR archive.
func (u *Unpacker) rar(level int, b *Budget, visit func(Member) error) (skipped Skipped, err error) {
	u.skipProgram()
	var r *rardecode.Reader
	u.takeLarge(maxWindow, b).forget()
	window := int64(maxWindow >> max(0, level-1))
	err = guard(func() (err error) {
		r, err = rardecode.NewReader(&u.source, rardecode.MaxDictionarySize(window))
		return err
	})
	opened := false
	for err == nil {
		var h *rardecode.FileHeader
		err = guard(func() (err error) { h, err = r.Next(); return err })
		switch {
		case err != nil || h.IsDir || h.LinkType != 0:
		case h.Encrypted:
			skipped.Encrypted++
		default:
			err = visit(Member{Name: memberName(h.Name), Reader: &unpacked{Reader: guarded{r}, budget: b}})
		}
		opened = opened || err == nil
	}
	switch {
	case errors.Is(err, io.EOF):
		return skipped, nil
	case errors.Is(err, rardecode.ErrArchiveEncrypted):
		skipped.Encrypted++
		return skipped, nil
	case errors.Is(err, rardecode.ErrDictionaryTooLarge):
		err = errWindow
	case errors.Is(err, rardecode.ErrMultiVolume):
		err = errVolumes
	case !opened:
		err = unopened(err)
	}
	return skipped, err
}

var errVolumes = fmt.Errorf("%w: it goes on in another file", ErrUnread)

// unopened says that nothing of an archive could be read.
func unopened(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUnopened, err)
}
