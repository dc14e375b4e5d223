package kms

import (
	"cmp"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// CreatorInfo is what the service tells about a key's token creator.
type CreatorInfo struct {
	ID         string // empty before the first
	Active     bool
	EnabledAt  time.Time // zero before the first
	DisabledAt time.Time // zero while in office
	Issued     int       // tokens issued since it took office
}

// CreatorInfo returns what there is to tell about the key's token creator.
func (k *Key) CreatorInfo() CreatorInfo {
	k.mu.RLock()
	defer k.mu.RUnlock()
	r := k.seen()
	if r.creator == nil {
		return CreatorInfo{}
	}
	return CreatorInfo{
		ID: r.creator.ID, Active: r.creator.Active(),
		EnabledAt: r.creator.EnabledAt, DisabledAt: r.creator.DisabledAt, Issued: int(r.issued.Load()),
	}
}

// EnableCreator puts a first creator into office, or a new one after an earlier was disabled.
func (k *Key) EnableCreator(now time.Time) error {
	return k.newCreator(EnableCreator, now, false)
}

// ReplaceCreator puts a new creator into office in place of the present one, whose tokens all die.
func (k *Key) ReplaceCreator(now time.Time) error {
	return k.newCreator(ReplaceCreator, now, true)
}

// Line returns the line of the key's creators, also before the first.
func (k *Key) Line() *Line {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.line
}

// newCreator makes the new creator before it takes the key's lock, so that making a signing key
// never holds up the key's other calls; if another call was faster, it asks again.
func (k *Key) newCreator(op Op, now time.Time, replace bool) error {
	for {
		k.mu.RLock()
		line, old, bad := k.line, k.creator, k.ready(&k.record, op)
		k.mu.RUnlock()
		if bad != nil {
			return bad
		}
		if old.Active() && !replace {
			return asError(k.idleCreator(false))
		}
		if !old.Active() && replace && !k.rules.IdleCreators {
			return creatorRefusal(true)
		}
		next, err := k.authority.Enable(line, old, now)
		if err != nil {
			return err
		}
		if done, bad := k.swapCreator(op, old, next, now); done || bad != nil {
			return asError(bad)
		}
	}
}

func creatorRefusal(needed bool) *Refusal {
	if needed {
		return refuse(NoCreator, "the key has no token creator in office")
	}
	return refuse(NoCreator, "the key has a token creator in office already")
}

// idleCreator refuses a call that would change nothing about the creator, unless the rules let it
// succeed.
func (k *Key) idleCreator(needed bool) *Refusal {
	if k.rules.IdleCreators {
		return nil
	}
	return creatorRefusal(needed)
}

// swapCreator puts next into office unless another call was faster or the key's state changed.
func (k *Key) swapCreator(op Op, old, next *Creator, now time.Time) (done bool, bad *Refusal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, op); bad != nil {
		return false, bad
	}
	if k.creator != old {
		return false, nil
	}
	k.change(now)
	k.creator = next
	if !k.rules.KeepCount {
		k.issued = new(atomic.Int64)
	}
	return true, nil
}

// asError keeps a nil refusal from becoming an error that is not nil.
func asError(r *Refusal) error {
	if r == nil {
		return nil
	}
	return r
}

// DisableCreator takes the creator out of office. All its tokens die.
func (k *Key) DisableCreator(now time.Time) *Refusal {
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, DisableCreator); bad != nil {
		return bad
	}
	if !k.creator.Active() {
		return k.idleCreator(true)
	}
	k.change(now)
	k.creator = k.authority.Disable(k.creator, now)
	return nil
}

// An Ask is what a call for tokens asks for.
type Ask struct {
	Access, Refresh Lifetime
}

// A TokenSet is an access token and, unless only that was asked for, a refresh token.
type TokenSet struct {
	Access, Refresh string
}

// Issue issues the tokens that op asks for: a set to an account (CreateTokenSet), a set or an access
// token to the bearer of a refresh token (RenewTokenSet, RenewAccessToken). They carry the permissions that the account
// has on the key now, or those of the refresh token. A set that is renewed stays good for as long as it lives.
//
// The signing, which takes about a millisecond, is done outside the key's lock.
func (k *Key) Issue(op Op, c Caller, ask Ask, now time.Time) (TokenSet, error) {
	if _, bad := k.use(c, op, now); bad != nil {
		return TokenSet{}, bad
	}
	for {
		set, err := k.issue(op, c, ask, now)
		if left := errors.Is(err, errLeft); !left || c.Account == nil || !k.office().Active() {
			return set, err
		}
	} // the account asked the key, not the creator that left: its successor serves it
}

// issue issues tokens by the creator that is in office when it begins. Its error is errLeft when that is
// no longer so at the end.
func (k *Key) issue(op Op, c Caller, ask Ask, now time.Time) (TokenSet, error) {
	to, creator := c.Claims, k.office()
	if c.Account != nil {
		to = Claims{Subject: c.Account.ID, Permissions: k.rules.Held(c.Account, k.tag)}
		if !creator.Active() {
			return TokenSet{}, creatorRefusal(true)
		}
	} else if to.KeyTag == k.tag {
		creator = to.by // if it left office since, the tokens are not handed out
	}
	set, count, err := k.sign(creator, op, to, ask, now)
	if err != nil {
		return TokenSet{}, err
	}
	if k.rules.CountSets {
		count = 1
	}
	return set, k.count(creator, count)
}

// errLeft refuses tokens whose creator left office while they were signed.
var errLeft = refuse(NoCreator, "the token creator left office")

// count notes tokens that were signed. If their creator left office meanwhile, they are dead and are
// not handed out.
func (k *Key) count(by *Creator, tokens int) error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	r := k.seen()
	if r.creator != by {
		return errLeft
	}
	r.issued.Add(int64(tokens))
	return nil
}

func (k *Key) sign(creator *Creator, op Op, to Claims, ask Ask, now time.Time) (TokenSet, int, error) {
	rules := &k.rules
	access, bad := rules.span(rules.AccessHours, "accessTokenHours", ask.Access, now)
	if bad != nil {
		return TokenSet{}, 0, bad
	}
	var refresh time.Time
	if op != RenewAccessToken { // which has no such field
		if refresh, bad = rules.span(rules.RefreshHours, "refreshTokenHours", ask.Refresh, now); bad != nil {
			return TokenSet{}, 0, bad
		}
	}
	c := Claims{Subject: to.Subject, Permissions: to.Permissions, IssuedAt: now, KeyTag: k.tag, Kind: Access, Expires: access}
	if op == RenewAccessToken {
		token, err := k.authority.Issue(creator, c)
		return TokenSet{Access: token}, 1, err
	}
	set, err := k.signBoth(creator, c, refresh)
	return set, 2, err
}

// signBoth signs an access token and the refresh token of its set at once: a signature is most of what a set takes.
// It panics where the authority does, so that a server's recover sees it.
func (k *Key) signBoth(creator *Creator, access Claims, until time.Time) (TokenSet, error) {
	refresh := access
	refresh.Kind, refresh.Expires = Refresh, until
	var set TokenSet
	var other error
	var panicked any
	var signing sync.WaitGroup
	signing.Go(func() {
		defer func() { panicked = recover() }()
		set.Refresh, other = k.authority.Issue(creator, refresh)
	})
	defer signing.Wait() // also where this one panics
	token, err := k.authority.Issue(creator, access)
	signing.Wait()
	if panicked != nil {
		panic(panicked)
	}
	set.Access = token
	return set, cmp.Or(err, other)
}
