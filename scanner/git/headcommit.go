package git

import (
	"context"
	"time"
)

// HeadCommit returns the full hex id of the commit at HEAD and its committer's date in UTC.
func (r *Repo) HeadCommit() (id string, when time.Time, err error) {
	s, err := r.search(context.Background(), Options{})
	if err != nil {
		return "", time.Time{}, err
	}
	defer s.objects.Close()
	c, err := s.revision("HEAD")
	if err != nil {
		return "", time.Time{}, err
	}
	return c.id.String(), time.Unix(c.when, 0).UTC(), nil
}
