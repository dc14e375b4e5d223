package kms

import (
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// A Key is one key of the service. Its methods are safe for concurrent use; each call that changes
// something takes effect at one instant.
type Key struct {
	store *Store
	tag   string
	made  time.Time
	spec  Spec // as created; the name may change

	mu       sync.RWMutex
	state    State
	since    time.Time // of the state
	versions []*version
	next     time.Time // of the next rotation by itself; zero: none
	creator  *Creator  // nil before the first
	issued   int       // tokens that the creator has issued
	acl      ACL
	gone     bool // deleted: whoever still holds the key gets NoKey
}

// Info is what the service tells about a key.
type Info struct {
	ID             int
	Tag            string
	Spec           Spec
	State          State
	StateSince     time.Time
	CurrentVersion int
	Registered     time.Time
	NextRotation   time.Time // zero without automatic rotation
	Destroyed      time.Time // when it will go; zero unless its deletion is pending
}

// Tag returns the key's tag.
func (k *Key) Tag() string { return k.tag }

// Info returns what there is to tell about the key.
func (k *Key) Info() Info {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.info()
}

func (k *Key) info() Info {
	i := Info{
		ID: k.spec.id, Tag: k.tag, Spec: k.spec, State: k.state, StateSince: k.since,
		CurrentVersion: len(k.versions), Registered: k.made, NextRotation: k.next,
	}
	if k.state == Pending {
		i.Destroyed = k.since.Add(k.store.rules.Pending)
	}
	return i
}

// Ready refuses op in the key's present state, and on a key that is gone.
func (k *Key) Ready(op Op) *Refusal {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.ready(op)
}

func (k *Key) ready(op Op) *Refusal {
	if k.gone {
		return noKey()
	}
	return k.store.rules.Allowed(k.state, op)
}

// Permit refuses a caller who may not do op on this key: by the kind of the token, by its key, by
// the permissions, and for tokens by the key's IP ACL.
func (k *Key) Permit(c Caller, op Op, now time.Time) *Refusal {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.permit(c, op, now)
}

// use returns the key's versions if, at this one instant, nothing stands against the call: the
// caller's creator is still the one in charge, the caller is permitted and the state takes op.
func (k *Key) use(c Caller, op Op, now time.Time) ([]*version, *Refusal) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if c.Account == nil && c.Claims.KeyTag == k.tag && c.Claims.by != k.creator {
		return nil, refuse(BadToken, "its token creator left office")
	}
	if bad := k.permit(c, op, now); bad != nil {
		return nil, bad
	}
	return k.versions, k.ready(op)
}

func (k *Key) permit(c Caller, op Op, now time.Time) *Refusal {
	rules := &k.store.rules
	if c.Account == nil {
		if !slices.Contains(rules.Opens[c.Claims.Kind], op) {
			return refuse(WrongKind, "a token of kind %s does not open %s", c.Claims.Kind, op)
		}
		if !rules.OwnKey(c.Claims, k.tag) {
			return refuse(ForeignToken, "the token is another key's")
		}
	}
	if !Permits(c.permissions(), op) {
		return refuse(NoPermission, "the caller holds no permission for %s", op)
	}
	if rules.Judged(c) && !rules.Admits(k.acl, c.Claims, c.From, now) {
		return refuse(DeniedIP, "the key's IP ACL does not list the caller's address")
	}
	return nil
}

// Move changes the key's state by op and returns what it then is.
func (k *Key) Move(op Op, now time.Time) (Info, *Refusal) {
	to := k.store.rules.Moves[op]
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(op); bad != nil {
		return Info{}, bad
	}
	if k.state == to {
		return Info{}, refuse(WrongState, "the key is already in state %s", to)
	}
	k.state, k.since = to, now
	k.store.wake(k.dueAt())
	return k.info(), nil
}

// SetMemo changes the key's memo.
func (k *Key) SetMemo(memo string) *Refusal {
	if bad := k.store.rules.checkMemo(memo); bad != nil {
		return bad
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(UpdateMemo); bad != nil {
		return bad
	}
	k.spec.Memo = memo
	return nil
}

// Encrypt encrypts each plaintext under the newest version.
func (k *Key) Encrypt(c Caller, plaintexts [][]byte, now time.Time) ([]string, error) {
	total := 0
	for _, p := range plaintexts {
		total += len(p)
	}
	if most := k.store.rules.MaxPlaintext; total > most {
		return nil, BadField("plaintext", "%d bytes; at most %d are taken in one call", total, most)
	}
	versions, bad := k.use(c, Encrypt, now)
	if bad != nil {
		return nil, bad
	}
	n := len(versions)
	return sealAll(versions[n-1], k.store.rules.Prefix, n, plaintexts, k.store.random)
}

func sealAll(v *version, prefix string, n int, plaintexts [][]byte, random io.Reader) ([]string, error) {
	out := make([]string, len(plaintexts))
	for i, p := range plaintexts {
		sealed, err := v.seal(prefix, n, p, random)
		if err != nil {
			return nil, err
		}
		out[i] = sealed
	}
	return out, nil
}

// Decrypt decrypts each ciphertext by the version that it names. One bad item refuses the call.
func (k *Key) Decrypt(c Caller, ciphertexts []string, now time.Time) ([][]byte, *Refusal) {
	versions, bad := k.use(c, Decrypt, now)
	if bad != nil {
		return nil, bad
	}
	out := make([][]byte, len(ciphertexts))
	for i, text := range ciphertexts {
		n, sealed, bad := split(k.store.rules.Prefix, text)
		if bad != nil {
			return nil, bad
		}
		if n > len(versions) {
			return nil, BadField("ciphertext", "the key has no version %d", n)
		}
		if out[i], bad = versions[n-1].open(&k.store.rules, sealed); bad != nil {
			return nil, bad
		}
	}
	return out, nil
}

// ACL returns a copy of the key's IP ACL.
func (k *Key) ACL() ACL {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.acl // its list is replaced, never changed
}

// SwitchACL turns the IP ACL on or off. It keeps the list either way.
func (k *Key) SwitchACL(on bool, now time.Time) (ACL, *Refusal) {
	op := DisableACL
	if on {
		op = EnableACL
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(op); bad != nil {
		return ACL{}, bad
	}
	if on && !k.acl.Enabled {
		k.acl.EnabledAt = now
	}
	k.acl.Enabled = on
	return k.acl, nil
}

// AddACL adds addresses to the IP ACL; those that it lists already change nothing.
func (k *Key) AddACL(addrs []netip.Addr) (ACL, *Refusal) {
	return k.editACL(AddACL, func(list []netip.Addr) []netip.Addr {
		for _, a := range addrs {
			if !slices.Contains(list, a) {
				list = append(list, a)
			}
		}
		return list
	})
}

// DeleteACL takes addresses off the IP ACL; those that it does not list change nothing.
func (k *Key) DeleteACL(addrs []netip.Addr) (ACL, *Refusal) {
	return k.editACL(DeleteACL, func(list []netip.Addr) []netip.Addr {
		return slices.DeleteFunc(list, func(a netip.Addr) bool { return slices.Contains(addrs, a) })
	})
}

func (k *Key) editACL(op Op, edit func([]netip.Addr) []netip.Addr) (ACL, *Refusal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(op); bad != nil {
		return ACL{}, bad
	}
	k.acl.Allowed = edit(slices.Clone(k.acl.Allowed))
	return k.acl, nil
}
