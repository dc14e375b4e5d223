package kms

import (
	"slices"
	"sync/atomic"
	"time"
)

// A Region holds all global keys and the isolated keys that are its own. The empty one is no region:
// it stands for what holds in all of them.
type Region string

// The regions of the service (security-kms).
const (
	KR  Region = "KR"
	JPN Region = "JPN"
)

// Regions returns the regions, the one that also has API 1.0 first.
func Regions() []Region { return []Region{KR, JPN} }

// RegionNamed returns the region of this name.
func RegionNamed(field, name string) (Region, *Refusal) {
	if r := Region(name); slices.Contains(Regions(), r) {
		return r, nil
	}
	return "", BadField(field, "it is none of %v", Regions())
}

// other returns the other region.
func (r Region) other() Region {
	switch r {
	case KR:
		return JPN
	case JPN:
		return KR
	}
	return ""
}

// A Place is from where keys are seen: a region, and there the global keys or the isolated ones. The
// zero Place sees every key as it is.
type Place struct {
	Region   Region
	Isolated bool
}

// sees is the documented decision whether a place has keys whose home is that region; the home of a
// global key is empty (security-kms).
func sees(p Place, home Region) bool {
	switch {
	case p.Region == "":
		return true
	case p.Isolated:
		return home == p.Region
	}
	return home == ""
}

// In returns the store as a place sees it. What is changed through it is changed at once for that
// region; the other learns of it when its lag is over.
func (s *Store) In(p Place) *Store { return &Store{s.vault, p} }

// A lag is how long the changes made in the other region take to reach a region.
type lag struct{ nanos atomic.Int64 }

func (l *lag) get() time.Duration { return time.Duration(l.nanos.Load()) }

// Lag returns how long changes made in the other region take to reach r.
func (s *Store) Lag(r Region) time.Duration { return s.lags[r].get() }

// SetLag says how long changes take to reach r, from now on. What is under way arrives when it was to.
func (s *Store) SetLag(r Region, d time.Duration) { s.lags[r].nanos.Store(int64(d)) }

// A picture is a key as it was before a change that is still under way to the other region.
type picture struct {
	before  record
	origin  Region
	arrives time.Time
}

// change must be called before a key is changed, with the key locked. It keeps the picture that the
// other region has of the key until the change arrives there. A change takes with it all that came
// before: it is made on top of them.
func (k *Key) change(now time.Time) {
	to := k.place.Region.other()
	if to == "" || k.lags[to].get() <= 0 {
		k.late = nil
		return
	}
	arrives := k.rules.Arrives(now, k.lags[to].get())
	k.late = append(slices.Clip(k.late), picture{k.record, k.place.Region, arrives})
	k.wake(arrives)
}

// seen returns the key as its place has it. The key must be locked.
func (k *Key) seen() *record {
	for i := len(k.late) - 1; i >= 0 && k.place.Region != "" && k.late[i].origin != k.place.Region; i-- {
		if i == 0 || k.late[i-1].origin == k.place.Region {
			return &k.late[i].before
		}
	}
	return &k.record
}

// deliver ends what was under way until now.
func (b *body) deliver(now time.Time) {
	for i := len(b.late) - 1; i >= 0; i-- {
		if !now.Before(b.late[i].arrives) {
			b.late = b.late[i+1:]
			break
		}
	}
	if len(b.late) == 0 {
		b.late = nil
	}
}

// here reports whether the key's place has it.
func (k *Key) here(r *record) bool { return !r.gone && k.rules.Sees(k.place, r.home) }

// Migrate makes a global key that is disabled an isolated one of a region, for good (migrate-key,
// kms-migrate). It keeps tag, material and, unless the rules say otherwise, its token creator.
func (s *Store) Migrate(k *Key, to Region, now time.Time) *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, MigrateKey); bad != nil {
		return bad
	}
	if !s.rules.Migrates(k.home) {
		return refuse(WrongState, "the key is isolated already, in %s", k.home)
	}
	if s.taken(to, k.spec.Name, k.body) {
		return &Refusal{Reason: Duplicate, Field: "keyName", Detail: "an isolated key of this name exists there"}
	}
	k.change(now)
	s.free(k.body)
	k.home = to
	s.byName[k.called()] = k.body
	if s.rules.MigrationRetires && k.creator.Active() {
		k.creator = s.authority.Disable(k.creator, now)
	}
	return nil
}
