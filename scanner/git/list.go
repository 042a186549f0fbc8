package git

import (
	"context"
	"errors"
	"fmt"

	"github.com/neokeys/neokeys/scanner"
)

// Refs returns the full names of all refs with the hexadecimal ids of the objects that they lead
// to, as a server would advertise them. HEAD is among them unless it is unborn. While they are
// the same, so is all that they lead to. A ref that cannot be read makes it fail.
func (r *Repo) Refs(ctx context.Context) (map[string]string, error) {
	var failed []error
	refs, symbolic := r.allRefs(ctx, func(name string, err error) {
		failed = append(failed, fmt.Errorf("%s: %w", name, err))
	})
	if err := errors.Join(append(failed, ctx.Err())...); err != nil {
		return nil, err
	}
	ids := map[string]string{}
	for _, ref := range refs {
		ids[ref.name] = ref.id.String()
	}
	for _, s := range symbolic {
		if id, ok := ids[s.target]; ok {
			ids[s.name] = id
		}
	}
	if head, err := r.head(); err == nil && !head.id.IsZero() {
		ids["HEAD"] = head.id.String()
	}
	return ids, nil
}

// maxRead is the size in bytes of the largest object that ReadObject returns.
const maxRead = 1 << 30

// ReadObject returns the text of the object with a full hexadecimal id.
func (r *Repo) ReadObject(ctx context.Context, oid string) ([]byte, error) {
	id, ok := r.parseID(oid)
	if !ok {
		return nil, fmt.Errorf("%q is no object id of this repository", oid)
	}
	objects, err := r.objects(ctx, new(scanner.Progress))
	if err != nil {
		return nil, err
	}
	defer objects.Close()
	_, text, err := objects.Object(id, maxRead)
	return text, err
}
