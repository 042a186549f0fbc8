package fleet

import (
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
)

// A key that comes, goes by a rewritten history and comes back is new, closed and reopened.
func TestDiff(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	stays, stayID := keyIn(rng)
	comes, comeID := keyIn(rng)
	dir := t.TempDir()
	database := filepath.Join(t.TempDir(), "fleet.db")
	repo := newBare(t, filepath.Join(dir, "a.git"))
	with := func(keys ...string) time.Time {
		repo.commit(1_700_000_000, "", "keys", strings.Join(keys, "\n")+"\n")
		dropUnreachable(repo)
		run(t, database, statusClean, "add", dir)
		run(t, database, statusClean, "run", "--quiet")
		time.Sleep(20 * time.Millisecond)
		defer time.Sleep(20 * time.Millisecond)
		return time.Now()
	}
	before := time.Now().Add(-time.Second)
	one := with(stays)
	two := with(stays, comes)
	three := with(stays)
	with(stays, comes)
	for _, c := range []struct {
		since                      time.Time
		fresh, reopened, old, shut string
	}{
		{before, stayID + " " + comeID, "", "", ""},
		{one, comeID, "", stayID, ""},
		{two, "", "", stayID + " " + comeID, ""},
		{three, "", comeID, stayID, ""},
	} {
		d := diffSince(t, database, c.since)
		for name, want := range map[string]string{"new": c.fresh, "reopened": c.reopened, "still_open": c.old, "closed": c.shut} {
			got := d.ids(name)
			if len(strings.Fields(want)) != len(got) {
				t.Errorf("since %s: %s is %v, want %q", c.since, name, got, want)
			}
			for _, id := range strings.Fields(want) {
				if !got[id] {
					t.Errorf("since %s: %s has no %s", c.since, name, id)
				}
			}
		}
	}
	with(stays)
	if got := diffSince(t, database, three).ids("closed"); !got[comeID] {
		t.Errorf("what is gone is not closed: %v", got)
	}
	text := run(t, database, statusClean, "diff", "1d")
	if !strings.Contains(text, "1 new, 0 reopened, 1 closed, 0 still open") || !strings.Contains(text, comeID) {
		t.Errorf("the text is\n%s", text)
	}
	run(t, database, statusClean, "ignore", stayID, "--reason", "revoked")
	if text := run(t, database, statusClean, "diff", "1d"); strings.Contains(text, stayID) {
		t.Errorf("an ignored key is in\n%s", text)
	}
}

// dropUnreachable deletes the objects that the branch does not lead to: a history that is read from
// disk has them all.
func dropUnreachable(b *bare) {
	r := &gittest.Repo{T: b.t, Dir: b.dir, Now: 1_700_000_000}
	gittest.Need(b.t)
	r.Git("prune", "--expire=now")
}

type diffed map[string]json.RawMessage

func (d diffed) ids(list string) map[string]bool {
	var changes []struct{ Key string }
	_ = json.Unmarshal(d[list], &changes) // then there are none
	ids := map[string]bool{}
	for _, c := range changes {
		ids[c.Key] = true
	}
	return ids
}

func diffSince(t *testing.T, database string, since time.Time) (d diffed) {
	t.Helper()
	gittest.Check(t, json.Unmarshal([]byte(run(t, database, statusClean, "diff", since.UTC().Format(time.RFC3339Nano), "-f", "json")), &d))
	return d
}

func TestIgnore(t *testing.T) {
	s := newSample(t, 2, 1)
	id := strings.Fields(s.want[0])[2]
	database := filepath.Join(t.TempDir(), "fleet.db")
	run(t, database, statusClean, "add", s.dir)
	run(t, database, statusClean, "run")
	run(t, database, statusFailed, "ignore", id)
	run(t, database, statusFailed, "ignore", "not-an-id", "--reason", "x")
	run(t, database, statusFailed, "ignore", id, "--reason", "x", "--expires", "2020-01-01")
	run(t, database, statusClean, "ignore", id, "--reason", "revoked in May", "--author", "Eve", "--expires", "90d")
	if list := run(t, database, statusClean, "ignore"); !strings.Contains(list, id+"  revoked in May  Eve, until 20") {
		t.Errorf("the list is %q", list)
	}
	if text := run(t, database, statusClean, "report", "-f", "json"); !strings.Contains(text, `"by": "fleet"`) || !strings.Contains(text, "revoked in May (Eve, until") {
		t.Errorf("the report is\n%s", text)
	}
	run(t, database, statusClean, "report", "-f", "json=/dev/null")
	run(t, database, statusClean, "ignore", "--remove", id)
	run(t, database, statusFindings, "report")
}
