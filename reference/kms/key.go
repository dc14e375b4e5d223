package kms

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unique"
)

// A Key is one key of the service as a [Place] has it. Its methods are safe for concurrent use; each
// call that changes something takes effect at one instant, and is judged by what then holds in all
// regions.
type Key struct {
	*body
	place Place
}

// A body is what the places of a key share. What a call by token reads lies side by side, from the end of record to the
// beginning of first: with thousands of keys most of it is in no cache of the processor, and each line of 64 bytes is a wait.
type body struct {
	only unique.Handle[string] // keeps the tag the one copy that its tokens read
	made time.Time
	line *Line // of its creators, those that it had in another store included

	record // as it is
	*vault
	tag    string
	mu     sync.RWMutex
	late   []picture       // the changes that are under way to a region, the first first
	single [1]netip.Prefix // where the list of the IP ACL begins: many have one address
	log    activities
	plain  plainAES   // the secret of the first version, where it is of that kind
	first  [1]version // where versions begin: most keys have one
}

// A record is what changes about a key. Its lists are replaced, never changed.
type record struct {
	since  time.Time     // of the state
	next   time.Time     // of the next rotation by itself; zero: none
	issued *atomic.Int64 // tokens that the creator has issued

	spec     Spec // name, memo and rotation may change
	acl      ACL
	home     Region
	gone     bool // deleted: whoever still holds the key gets NoKey
	state    State
	versions versions
	creator  *Creator // nil before the first
}

// Info is what the service tells about a key.
type Info struct {
	ID             int
	Home           Region // of an isolated key; empty for a global one
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
	return k.info(k.seen())
}

func (b *body) info(r *record) Info {
	i := Info{
		ID: r.spec.id, Home: r.home, Tag: b.tag, Spec: r.spec, State: r.state, StateSince: r.since,
		CurrentVersion: len(r.versions), Registered: b.made, NextRotation: r.next,
	}
	if r.state == Pending {
		i.Destroyed = r.since.Add(b.rules.Pending)
	}
	return i
}

// Ready refuses op in the key's present state, on a key whose type does not serve it and on a key that
// is gone.
func (k *Key) Ready(op Op) *Refusal {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.ready(k.seen(), op)
}

// ready judges by r, which is the key as it is or as the place has it.
func (k *Key) ready(r *record, op Op) *Refusal {
	if !k.here(r) {
		return noKey()
	}
	rules := &k.rules
	if bad := rules.Allowed(r.state, op); bad != nil {
		return bad
	}
	if slices.Contains(uses, op) && !slices.Contains(rules.Serves[k.spec.Type], op) {
		return k.wrongType(op)
	}
	return nil
}

// uses is what [Rules.Serves] is asked about.
var uses = Uses()

// Permit refuses a caller who may not do op on this key: by the kind of the token, by its key, by
// the permissions, and for tokens by the key's IP ACL.
func (k *Key) Permit(c Caller, op Op, now time.Time) *Refusal {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.permit(k.seen(), c, op, now)
}

func (k *Key) permit(r *record, c Caller, op Op, now time.Time) *Refusal {
	rules := &k.rules
	if c.Account == nil {
		if !slices.Contains(rules.Opens[c.Claims.Kind], op) {
			return refuse(WrongKind, "a token of kind %s does not open %s", c.Claims.Kind, op)
		}
		if !rules.OwnKey(c.Claims, k.tag) {
			return refuse(ForeignToken, "the token is another key's")
		}
	}
	if !rules.holds(c, op, k.tag) {
		return refuse(NoPermission, "the caller holds no permission for %s", op)
	}
	if rules.Judged(c, op) && !rules.Admits(r.acl, c.Claims, c.From, now) {
		return refuse(DeniedIP, "the key's IP ACL does not list the caller's address")
	}
	return nil
}

// Move changes the key's state by op and returns what it then is.
func (k *Key) Move(op Op, now time.Time) (Info, *Refusal) {
	to := k.rules.Moves[op]
	if k.rules.FreePendingNames {
		k.vault.mu.Lock()
		defer k.vault.mu.Unlock()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, op); bad != nil {
		return Info{}, bad
	}
	if k.state == to || op == CancelDeletion && k.state != Pending {
		return k.info(&k.record), k.idle(WrongState, "the key is in state %s already", k.state)
	}
	if k.rules.FreePendingNames && k.state == Pending {
		if k.taken(k.home, k.spec.Name, k.body) {
			return Info{}, &Refusal{Reason: Duplicate, Field: "keyName", Detail: "another key has taken the name"}
		}
		k.byName[k.called()] = k.body
	}
	k.change(now)
	k.state, k.since = to, now
	k.wake(k.dueAt())
	return k.info(&k.record), nil
}

// SetMemo changes the key's memo.
func (k *Key) SetMemo(memo string, now time.Time) *Refusal {
	if bad := k.rules.checkMemo(memo); bad != nil {
		return bad
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, UpdateMemo); bad != nil {
		return bad
	}
	k.change(now)
	k.spec.Memo = memo
	return nil
}
