package kms

import (
	"cmp"
	"crypto/rsa"
	"runtime"
	"slices"
	"sync"
	"time"
)

// A Past is what a key has lived through since it was made: what a [Seed] leaves to the moment of
// planting. Zero times leave it at that.
type Past struct {
	ID       int       // keyId; 0: the next free one
	Made     time.Time // when it was made
	Since    time.Time // since when it is in its state
	Next     time.Time // when it rotates by itself
	Period   int       // days between rotations, kept also while it does not rotate by itself; 0: the usual ones
	Versions []VersionInfo
	ACL      ACL
	Creator  *Office // nil: none so far
	Line     *Line   // that its creators go on; nil: a new one
	// Activities are what the key remembers, the oldest first, and LastUse the newest use that
	// succeeded, which may be older than all of them.
	Activities []Activity
	LastUse    *Activity
}

// An Office is what is left of a token creator, or makes one.
type Office struct {
	ID                    string          // empty: drawn at random
	EnabledAt, DisabledAt time.Time       // DisabledAt is zero while in office
	Key                   *rsa.PrivateKey // nil out of office; nil in office: a new one
	Issued                int
}

// Snapshot returns what there is to tell of the key, what it has lived through, and the material of its
// versions as [Seed] takes it, all at one instant and as it is in no region in particular. RSA keys that
// nobody has used so far are made for it, with nothing locked; [Store.MakeKeys] makes those of all keys faster.
func (k *Key) Snapshot() (Info, Past, [][]byte) {
	info, p, versions := k.snapshot()
	materials := make([][]byte, len(versions))
	for i, v := range versions {
		materials[i] = slices.Clone(v.secret.material())
	}
	return info, p, materials
}

// MakeKeys makes the RSA keys that nobody has used so far, on all processors and with nothing locked.
func (s *Store) MakeKeys() {
	secrets := make(chan rsaSecret)
	var making sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		making.Go(func() {
			for r := range secrets {
				r.key()
			}
		})
	}
	for _, k := range s.List() {
		_, _, versions := k.snapshot()
		for _, v := range versions {
			if r, ok := v.secret.(rsaSecret); ok {
				secrets <- r
			}
		}
	}
	close(secrets)
	making.Wait()
}

func (k *Key) snapshot() (Info, Past, versions) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	p := Past{ID: k.spec.id, Made: k.made, Since: k.since, Next: k.next, Period: k.spec.Period, ACL: k.acl}
	for _, v := range k.versions {
		p.Versions = append(p.Versions, v.info())
	}
	p.Activities, p.LastUse = k.log.all()
	if c := k.creator; c != nil {
		p.Creator = &Office{ID: c.ID, EnabledAt: c.EnabledAt, DisabledAt: c.DisabledAt, Key: c.Key, Issued: int(k.issued.Load())}
	}
	return k.info(&k.record), p, k.versions
}

// Recall gives a key that was just planted its past. A version of the past that says nothing of its
// state is enabled, and one that says nothing of its times has those of the key.
func (s *Store) Recall(tag string, p Past, now time.Time) error {
	line := p.line()
	creator, err := s.recallCreator(p.Creator, line, now)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.byTag[tag]
	if k == nil {
		return noKey()
	}
	if bad := s.takeID(k, p.ID); bad != nil {
		return bad
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.recallVersions(p); bad != nil {
		return bad
	}
	for _, at := range []struct {
		from time.Time
		into *time.Time
	}{{p.Made, &k.made}, {p.Since, &k.since}, {p.Next, &k.next}} {
		if !at.from.IsZero() {
			*at.into = at.from
		}
	}
	k.spec.Period = cmp.Or(p.Period, k.spec.Period)
	k.log.recall(p.Activities, p.LastUse)
	k.acl, k.creator, k.line = p.ACL, creator, line
	k.acl.Allowed = k.beside(k.acl.Allowed)
	if creator != nil {
		k.issued.Store(int64(p.Creator.Issued))
	}
	s.wake(k.dueAt())
	return nil
}

// recallVersions gives the versions of a key their states and times.
func (b *body) recallVersions(p Past) *Refusal {
	if len(p.Versions) > len(b.versions) {
		return BadField("versions", "the key has %d of them, not %d", len(b.versions), len(p.Versions))
	}
	made := p.Made
	if made.IsZero() {
		made = b.made
	}
	out := slices.Clone(b.versions)
	for i := range out {
		v := &out[i]
		v.since, v.rotated = made, made
		if i < len(p.Versions) {
			v.recall(p.Versions[i])
		}
	}
	if out.newest().state != Enabled && !b.rules.NewestStops {
		return BadField("versions", "the newest one cannot be disabled")
	}
	b.versions = out
	return nil
}

func (v *version) recall(i VersionInfo) {
	v.state = cmp.Or(i.State, v.state)
	if !i.Rotated.IsZero() {
		v.rotated, v.since = i.Rotated, i.Rotated
	}
	if !i.Since.IsZero() {
		v.since = i.Since
	}
}

// LastID returns the newest id that a key ever had.
func (s *Store) LastID() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.lastID
}

// SkipIDs sees to it that later keys have ids above id, also where the key that had it is gone.
func (s *Store) SkipIDs(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID = max(s.lastID, id)
}

// takeID gives k an id of its own.
func (s *Store) takeID(k *body, id int) *Refusal {
	if id == 0 || id == k.spec.id {
		return nil
	}
	if id < s.lastID && slices.ContainsFunc(s.order, func(o *body) bool { return o.spec.id == id }) {
		return &Refusal{Reason: Duplicate, Field: "keyId", Detail: "a key of this id exists"}
	}
	k.spec.id = id
	s.lastID = max(s.lastID, id)
	return nil
}

// line is which line the creators of the key go on.
func (p *Past) line() *Line {
	if p.Creator.past() {
		return UnknownLine()
	}
	return cmp.Or(p.Line, new(Line))
}

// past reports whether there is an office that somebody holds or held.
func (o *Office) past() bool { return o != nil && (o.Key != nil || !o.DisabledAt.IsZero()) }

// recallCreator makes a creator of what is left of one.
func (s *Store) recallCreator(o *Office, line *Line, now time.Time) (*Creator, error) {
	if o == nil {
		return nil, nil
	}
	if o.past() {
		return &Creator{ID: o.ID, EnabledAt: o.EnabledAt, DisabledAt: o.DisabledAt, Key: o.Key}, nil
	}
	fresh, err := s.authority.Enable(line, nil, now)
	if err != nil {
		return nil, err
	}
	if o.ID != "" {
		fresh.ID = o.ID
	}
	if !o.EnabledAt.IsZero() {
		fresh.EnabledAt = o.EnabledAt
	}
	return fresh, nil
}
