package kms

import (
	"cmp"
	"crypto/rsa"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// A Spec is what a key is created with.
type Spec struct {
	Name         string
	Type         Type
	Protection   string // BASIC or COMMON_HSM
	Memo         string
	Convergent   bool
	AutoRotation bool
	Period       int // days; meaningful with AutoRotation alone

	id int
}

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
	rsaKeys   func() (*rsa.PrivateKey, error)

	mu     sync.RWMutex
	byTag  map[string]*body
	byName map[called]*body
	order  []*body // by creation
	lastID int
	lags   map[Region]*lag // of each region; the map does not change

	due   atomic.Int64  // Unix nanoseconds before which Settle has nothing to do
	woken atomic.Uint64 // how often a key asked for attention
}

// called is what no two keys may share: each region's isolated keys have names of their own.
type called struct {
	home Region
	name string
}

func (b *body) called() called { return called{b.home, b.spec.Name} }

// taken reports whether another key than b is called so. The store must be locked.
func (v *vault) taken(home Region, name string, b *body) bool {
	holder := v.byName[called{home, name}]
	return holder != nil && holder != b && !v.rules.SharedNames
}

// free gives the name of b back.
func (v *vault) free(b *body) {
	if v.byName[b.called()] == b {
		delete(v.byName, b.called())
	}
}

// NewStore returns an empty store that sees every key as it is. random and rsaKeys must be safe for concurrent use; rsaKeys hands
// out keys of 2048 bits that nobody else has, for the material of RSA keys.
func NewStore(rules Rules, authority Authority, random io.Reader, rsaKeys func() (*rsa.PrivateKey, error)) *Store {
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

// Seed is a key with what is otherwise left to chance. Empty members are drawn at random.
type Seed struct {
	Spec      Spec
	Tag       string
	State     State
	Home      Region   // of an isolated key; empty: the store's place decides, and that is global for no place
	Materials [][]byte // one a version, the first first: 32 bytes for AES256, PKCS #8 for other types
}

// Create makes a key: a global one, or an isolated one where the store sees those.
func (s *Store) Create(spec Spec, now time.Time) (Info, error) {
	return s.Plant(Seed{Spec: spec}, now)
}

// check refuses a tag that no path could name and a state that does not exist.
func (s Seed) check() *Refusal {
	if s.Tag != "" && !tagForm.MatchString(s.Tag) {
		return BadField("keyTag", "it needs 1 to 128 letters, digits, - or _")
	}
	if s.State != "" && s.State != Enabled && s.State != Disabled && s.State != Pending {
		return BadField("status", "it is none of %s, %s and %s", Enabled, Disabled, Pending)
	}
	return nil
}

var tagForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// Plant makes a key from a seed.
func (s *Store) Plant(seed Seed, now time.Time) (Info, error) {
	if bad := cmp.Or(s.rules.checkSpec(seed.Spec), seed.check()); bad != nil {
		return Info{}, bad
	}
	k := &Key{&body{vault: s.vault, tag: seed.Tag, made: now}, s.place}
	k.record = record{spec: seed.Spec, state: seed.State, since: now, home: seed.Home, issued: new(atomic.Int64)}
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
	if err := k.grow(seed.Materials); err != nil {
		return Info{}, err
	}
	if k.tag == "" {
		var err error
		if k.tag, err = s.freshTag(); err != nil {
			return Info{}, err
		}
	}
	if bad := s.insert(k, now); bad != nil {
		return Info{}, bad
	}
	return k.Info(), nil
}

// freshTag draws a tag that no key has. One that comes from a seed may have been drawn before, for a key
// that was planted here with its tag.
func (s *Store) freshTag() (string, error) {
	raw := make([]byte, 32)
	for {
		if _, err := io.ReadFull(s.random, raw); err != nil {
			return "", fmt.Errorf("key tag: %w", err)
		}
		tag := hex.EncodeToString(raw)
		s.mu.RLock()
		_, taken := s.byTag[tag]
		s.mu.RUnlock()
		if !taken {
			return tag, nil
		}
	}
}

// grow gives a new key its versions.
func (k *Key) grow(materials [][]byte) error {
	if len(materials) == 0 {
		materials = [][]byte{nil}
	}
	for _, m := range materials {
		secret, err := k.secret(k.spec.Type, k.spec.Convergent, m)
		if err != nil {
			return err
		}
		k.versions = k.versions.grown(secret, k.made)
	}
	return nil
}

func (s *Store) insert(k *Key, now time.Time) *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken(k.home, k.spec.Name, k.body) {
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
	s.byTag[k.tag], s.byName[k.called()] = k.body, k.body
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

// Bearer verifies a token and returns what it says. The creator of the key that the token names
// must have signed it and be in office, and it must be alive. Which key and call it is presented for
// is not looked at; see [Key.Permit]. path, which may be nil, is the key that it is presented for:
// most tokens are its own, and then nothing needs to be decoded first.
func (s *Store) Bearer(token string, path *Key, now time.Time) (Claims, error) {
	signer, bad := s.signer(token, path)
	if bad != nil {
		return Claims{}, bad
	}
	creator := signer.office()
	c, err := s.authority.Verify(creator, token)
	if err != nil {
		return Claims{}, err
	}
	if !s.rules.Lives(now, c.Expires) {
		return Claims{}, refuse(Expired, "it expired at %s", c.Expires.UTC().Format(time.RFC3339))
	}
	c.by = creator
	return c, nil
}

// signer returns the key whose creator must have signed a token.
func (s *Store) signer(token string, path *Key) (*Key, *Refusal) {
	if path != nil {
		if c := path.office(); c != nil {
			if _, known := c.verified.Load(token); known {
				return path, nil
			}
		}
	}
	tag, bad := named(token)
	if bad != nil {
		return nil, bad
	}
	k, bad := s.Key(tag)
	if bad != nil {
		return nil, refuse(BadToken, "it names a key that does not exist")
	}
	return k, nil
}

// office returns the key's creator, in office or not; nil before the first.
func (k *Key) office() *Creator {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.seen().creator
}

func (r *Rules) checkName(name string) *Refusal {
	if !r.Name.MatchString(name) {
		return BadField("keyName", "it needs 3 to 15 letters, digits, - or _, and a letter first")
	}
	return nil
}

func (r *Rules) checkMemo(memo string) *Refusal {
	n, most, unit := utf8.RuneCountInString(memo), r.MaxMemo, "characters"
	if r.MemoInBytes {
		n, most, unit = 0, 2*r.MaxMemo, "bytes"
		for _, c := range memo {
			n += min(utf8.RuneLen(c), 2)
		}
	}
	if n > most {
		return BadField("memo", "%d %s; at most %d are taken", n, unit, most)
	}
	return nil
}

func (r *Rules) checkSpec(s Spec) *Refusal {
	if !slices.Contains(r.Types, s.Type) {
		return BadField("keyType", "it is not a type that this server makes; it makes %v", r.Types)
	}
	if !slices.Contains(r.Protections, s.Protection) {
		return BadField("protectionType", "it is none of %v", r.Protections)
	}
	if s.Convergent && s.Type != AES256 {
		return BadField("isConvergent", "a key of type %s cannot be convergent", s.Type)
	}
	if s.AutoRotation {
		if bad := r.checkPeriod(s.Period); bad != nil {
			return bad
		}
	}
	return cmp.Or(r.checkName(s.Name), r.checkMemo(s.Memo))
}

func (r *Rules) checkPeriod(days int) *Refusal {
	if !r.PeriodDays.holds(days) {
		return BadField("rotationPeriod", "%d is not between %d and %d days", days, r.PeriodDays.Min, r.PeriodDays.Max)
	}
	return nil
}
