package kms

import (
	"cmp"
	"crypto/rsa"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unique"
)

// A Store holds the keys of a service, as one [Place] sees them. It is safe for concurrent use.
type Store struct {
	*vault
	place Place
}

// A vault is what the places of a store share.
type vault struct {
	rules     Rules
	authority Authority
	random    io.Reader
	rsaKeys   RSAMaterial

	mu     sync.RWMutex
	byTag  map[string]*body
	byName map[called]*body
	order  []*body // by creation
	lastID int
	lags   map[Region]*lag // of each region; the map does not change

	due   atomic.Int64  // Unix nanoseconds before which Settle has nothing to do
	woken atomic.Uint64 // how often a key asked for attention
}

// RSAMaterial gives a version of an RSA key its key of 2048 bits, which no other has. It returns at once;
// what it returns makes the key at its first call and returns the same one ever after. Both must be safe
// for concurrent use.
type RSAMaterial func() func() *rsa.PrivateKey

// NewStore returns an empty store that sees every key as it is. random must be safe for concurrent use.
func NewStore(rules Rules, authority Authority, random io.Reader, rsaKeys RSAMaterial) *Store {
	v := &vault{
		rules: rules, authority: authority, random: random, rsaKeys: rsaKeys,
		byTag: map[string]*body{}, byName: map[called]*body{}, lastID: 1000, lags: map[Region]*lag{},
	}
	for _, r := range Regions() {
		v.lags[r] = &lag{}
	}
	v.due.Store(never)
	return &Store{vault: v}
}

// Rules returns the rules that the store keeps.
func (s *Store) Rules() *Rules { return &s.rules }

// Create makes a key: a global one, or an isolated one where the store sees those.
func (s *Store) Create(spec Spec, now time.Time) (Info, error) {
	return s.Plant(Seed{Spec: spec}, now)
}

// Plant makes a key from a seed.
func (s *Store) Plant(seed Seed, now time.Time) (Info, error) {
	if bad := cmp.Or(s.rules.checkSpec(seed.Spec), seed.check()); bad != nil {
		return Info{}, bad
	}
	seed.Spec.Type = s.rules.Types[slices.Index(s.rules.Types, seed.Spec.Type)] // the copy that all calls read
	k := &Key{&body{vault: s.vault, tag: seed.Tag, made: now, line: new(Line)}, s.place}
	k.record = record{spec: seed.Spec, state: seed.State, since: now, home: seed.Home, issued: new(atomic.Int64)}
	k.versions = k.first[:0]
	if s.place.Isolated {
		k.home = s.place.Region
	}
	if k.state == "" {
		k.state = Enabled
	}
	if seed.Spec.AutoRotation {
		k.next = now.Add(seed.Spec.period())
	} else {
		k.spec.Period = s.rules.PeriodDays.Default // what was given does not apply
	}
	if err := k.grow(seed); err != nil {
		return Info{}, err
	}
	if k.tag == "" {
		var err error
		if k.tag, err = s.freshTag(); err != nil {
			return Info{}, err
		}
	}
	k.only = unique.Make(k.tag)
	k.tag = k.only.Value()
	if bad := s.insert(k, now); bad != nil {
		return Info{}, bad
	}
	return k.Info(), nil
}

// freshTag draws a tag that no key has. One that comes from a seed may have been drawn before, for a key
// that was planted here with its tag.
func (s *Store) freshTag() (string, error) {
	raw := make([]byte, s.rules.tagBytes())
	for {
		if _, err := io.ReadFull(s.random, raw); err != nil {
			return "", fmt.Errorf("key tag: %w", err)
		}
		tag := s.rules.tag(raw)
		s.mu.RLock()
		_, taken := s.byTag[tag]
		s.mu.RUnlock()
		if !taken {
			return tag, nil
		}
	}
}

// tagBytes is how much randomness a tag is made of, and tag makes one of it.
func (r *Rules) tagBytes() int {
	if r.SampleTags {
		return 38
	}
	return 32
}

func (r *Rules) tag(raw []byte) string {
	if r.SampleTags {
		return strings.ToLower(base32.StdEncoding.EncodeToString(raw))[:60]
	}
	return hex.EncodeToString(raw)
}

// grow gives a new key its versions.
func (k *Key) grow(seed Seed) error {
	for _, s := range seed.Secrets.of {
		k.versions = k.versions.grown(k.near(s), k.made)
	}
	if len(k.versions) > 0 {
		return nil
	}
	materials := seed.Materials
	if len(materials) == 0 {
		materials = [][]byte{nil}
	}
	for _, m := range materials {
		secret, err := k.secret(k.spec.Type, k.spec.Convergent, m)
		if err != nil {
			return err
		}
		k.versions = k.versions.grown(k.near(secret), k.made)
	}
	return nil
}

// near returns a secret of a new key as a copy where the rest of the key lies, if there is room for its kind.
func (b *body) near(s secret) secret {
	a, ok := s.(*plainAES)
	if !ok || b.plain.aead != nil {
		return s
	}
	b.plain = *a
	return &b.plain
}

func (s *Store) insert(k *Key, now time.Time) *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	nameless := s.rules.FreePendingNames && k.state == Pending // what it is called is free
	if s.taken(k.home, k.spec.Name, k.body) && !nameless {
		return &Refusal{Reason: Duplicate, Field: "keyName", Detail: "a key of this name exists"}
	}
	if _, taken := s.byTag[k.tag]; taken {
		return &Refusal{Reason: Duplicate, Field: "keyTag", Detail: "a key of this tag exists"}
	}
	s.lastID++
	k.spec.id = s.lastID
	k.gone = true // for who has not heard of it
	k.change(now)
	k.gone = false
	s.byTag[k.tag] = k.body
	if !nameless || s.byName[k.called()] == nil {
		s.byName[k.called()] = k.body
	}
	s.order = append(s.order, k.body)
	s.wake(k.dueAt())
	return nil
}

// Key returns the key with this tag, as the store's place has it.
func (s *Store) Key(tag string) (*Key, *Refusal) {
	s.mu.RLock()
	b, ok := s.byTag[tag]
	s.mu.RUnlock()
	if !ok {
		return nil, noKey()
	}
	k := &Key{b, s.place}
	if !k.exists() {
		return nil, noKey()
	}
	return k, nil
}

// exists reports whether the key's place has it.
func (k *Key) exists() bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.here(k.seen())
}

func noKey() *Refusal { return refuse(NoKey, "there is no key with this tag") }

// List returns the keys that the store's place has, in the order of their creation.
func (s *Store) List() []*Key {
	s.mu.RLock()
	all := slices.Clone(s.order)
	s.mu.RUnlock()
	keys := make([]*Key, 0, len(all))
	for _, b := range all {
		if k := (&Key{b, s.place}); k.exists() {
			keys = append(keys, k)
		}
	}
	return keys
}

// Len returns how many keys there are in all places.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.order)
}

// Rename changes a key's name.
func (s *Store) Rename(k *Key, name string, now time.Time) *Refusal {
	if bad := s.rules.checkName(name); bad != nil {
		return bad
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, RenameKey); bad != nil {
		return bad
	}
	if s.taken(k.home, name, k.body) {
		return &Refusal{Reason: Duplicate, Field: "keyName", Detail: "a key of this name exists"}
	}
	k.change(now)
	s.free(k.body)
	k.spec.Name = name
	s.byName[k.called()] = k.body
	return nil
}

// Delete removes a key whose deletion is pending. Its name is free again.
func (s *Store) Delete(k *Key, now time.Time) *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, DeleteKey); bad != nil {
		return bad
	}
	k.change(now)
	k.gone = true
	s.free(k.body)
	if len(k.late) == 0 {
		s.drop(k.body)
	}
	return nil
}

// drop forgets a key that is gone everywhere.
func (v *vault) drop(b *body) {
	b.gone = true
	delete(v.byTag, b.tag)
	v.free(b)
	v.order = slices.DeleteFunc(v.order, func(o *body) bool { return o == b })
}
