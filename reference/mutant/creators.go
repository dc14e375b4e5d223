package mutant

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func creators() []Mutant {
	return []Mutant{
		{Name: "count-goes-on", Flaw: "A replaced creator counts on from the tokens of the one before.", Apply: countsOn},
		{Name: "replaced-refresh-lives", Flaw: "Replacing the creator forgets the refresh tokens of the old one: they still renew.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &remembering{Authority: a, enabled: true, kinds: []kms.Kind{kms.Refresh}}
		})},
		{Name: "replaced-access-lives", Flaw: "Replacing the creator forgets the access tokens of the old one: they still open ciphers.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &remembering{Authority: a, enabled: true, kinds: []kms.Kind{kms.Access}}
		})},
		{Name: "disabled-creator", Flaw: "A disabled creator is still honoured.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &remembering{Authority: a, disabled: true, kinds: []kms.Kind{kms.Access, kms.Refresh}}
		})},
		{Name: "revived-tokens", Flaw: "Enabling a creator again revives the tokens of the one before.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &remembering{Authority: a, revived: true, kinds: []kms.Kind{kms.Access, kms.Refresh}}
		})},
		{Name: "same-creator", Flaw: "Replacing the creator keeps its id and its key.", Apply: authority(func(a kms.Authority) kms.Authority {
			return keeping{a}
		})},
		{Name: "one-signing-key", Flaw: "Replacing one key's creator kills the tokens of every key.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &linked{Authority: a}
		})},
		{Name: "new-creator-mute", Flaw: "Tokens of a creator that followed another do not work.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &mute{Authority: a}
		})},
		{Name: "creator-revived", Flaw: "Enabling a creator again brings back the old one with its id.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &reviving{Authority: a}
		})},
		{Name: "disabling-ends-tokens", Flaw: "Disabling a key replaces its creator, which ends its tokens.", Apply: inPlace(reference.API20,
			func(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
				c := capture(next, r)
				if route == "POST /{keyTag}/disable" && c.ok() {
					o.about(next, r, http.MethodPut, "/token-generator")
				}
				c.send(w)
			})},
		{Name: "tokens-without-creator", Flaw: "Who asks for tokens without a creator in office puts one there.", Apply: inPlace(reference.API20, creatorOnDemand)},
		{Name: "creator-shown-inactive", Flaw: "A creator in office is shown as inactive.", Apply: answers("GET /{keyTag}/token-generator", set("status", "INACTIVE"))},
		{Name: "creator-shown-active", Flaw: "A disabled creator is shown as active.", Apply: answers("GET /{keyTag}/token-generator", set("status", "ACTIVE"))},
		{Name: "creator-without-date", Flaw: "A creator does not say since when it is in office.", Apply: answers("GET /{keyTag}/token-generator", set("enabledDate", nil))},
		{Name: "disabling-locks-account", Flaw: "Disabling the creator ends account authentication too.", Apply: locking()},
		{Name: "only-the-last-set", Flaw: "Issuing tokens kills those that were issued before.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &forgetful{Authority: a}
		})},
		{Name: "renewal-ages", Flaw: "A renewed token ends when the first of its kind does.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &aging{Authority: a}
		})},
		{Name: "no-tokens-after-the-end", Flaw: "After a token of a creator has ended, it issues no others.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &tired{Authority: a}
		})},
	}
}

// keeping leaves the creator as it is when it is to be replaced.
type keeping struct{ kms.Authority }

func (k keeping) Enable(line *kms.Line, old *kms.Creator, now time.Time) (*kms.Creator, error) {
	if !old.Active() {
		return k.Authority.Enable(line, old, now)
	}
	return &kms.Creator{ID: old.ID, EnabledAt: now, Key: old.Key}, nil
}

// linked lets every key's tokens die with any replacement.
type linked struct {
	kms.Authority
	mu    sync.Mutex
	made  map[string]int
	count int
}

func (l *linked) Enable(line *kms.Line, old *kms.Creator, now time.Time) (*kms.Creator, error) {
	next, err := l.Authority.Enable(line, old, now)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if old.Active() {
		l.count++
	}
	if l.made == nil {
		l.made = map[string]int{}
	}
	l.made[next.ID] = l.count
	return next, nil
}

func (l *linked) Verify(by *kms.Creator, token string) (kms.Claims, error) {
	c, err := l.Authority.Verify(by, token)
	if err != nil {
		return c, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made[by.ID] < l.count {
		return kms.Claims{}, &kms.Refusal{Reason: kms.BadToken, Detail: "its token creator left office"}
	}
	return c, nil
}

// mute verifies no token of a creator that had one before it.
type mute struct {
	kms.Authority
	followers sync.Map // ids
}

func (m *mute) Enable(line *kms.Line, old *kms.Creator, now time.Time) (*kms.Creator, error) {
	next, err := m.Authority.Enable(line, old, now)
	if err == nil && old != nil {
		m.followers.Store(next.ID, true)
	}
	return next, err
}

func (m *mute) Verify(by *kms.Creator, token string) (kms.Claims, error) {
	if by == nil {
		return m.Authority.Verify(by, token)
	}
	if _, follows := m.followers.Load(by.ID); follows {
		return kms.Claims{}, &kms.Refusal{Reason: kms.BadToken, Detail: "its creator is too new"}
	}
	return m.Authority.Verify(by, token)
}

// reviving puts the creator that was disabled back into office.
type reviving struct {
	kms.Authority
	mu  sync.Mutex
	old map[string]*kms.Creator
}

func (r *reviving) Disable(c *kms.Creator, now time.Time) *kms.Creator {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.old == nil {
		r.old = map[string]*kms.Creator{}
	}
	r.old[c.ID] = c
	return r.Authority.Disable(c, now)
}

func (r *reviving) Enable(line *kms.Line, old *kms.Creator, now time.Time) (*kms.Creator, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old != nil && !old.Active() && r.old[old.ID] != nil {
		return r.old[old.ID], nil
	}
	return r.Authority.Enable(line, old, now)
}

// locking refuses the accounts of a key once its creator was disabled.
func locking() func(*reference.Options) {
	return func(o *reference.Options) {
		var mu sync.Mutex
		locked := map[string]bool{}
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
			mu.Lock()
			defer mu.Unlock()
			key := keyOf(r)
			if locked[key] && route != "POST /{keyTag}/token-generator" {
				http.Error(w, `{"error":{"errorCode":"FORBIDDEN","message":"Forbidden","details":""}}`, http.StatusForbidden)
				return
			}
			c := capture(next, r)
			locked[key] = c.ok() && route == "DELETE /{keyTag}/token-generator"
			c.send(w)
		})(o)
	}
}

// forgetful honours the newest token of each kind alone.
type forgetful struct {
	kms.Authority
	mu     sync.Mutex
	newest map[string]string // by creator id and kind
}

func (f *forgetful) Issue(by *kms.Creator, c kms.Claims) (string, error) {
	token, err := f.Authority.Issue(by, c)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.newest == nil {
		f.newest = map[string]string{}
	}
	f.newest[by.ID+string(c.Kind)] = token
	return token, err
}

func (f *forgetful) Verify(by *kms.Creator, token string) (kms.Claims, error) {
	c, err := f.Authority.Verify(by, token)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil && f.newest[by.ID+string(c.Kind)] != token {
		return kms.Claims{}, &kms.Refusal{Reason: kms.BadToken, Detail: "a newer token was issued"}
	}
	return c, err
}

// aging gives every token the end of the first of its kind.
type aging struct {
	kms.Authority
	mu    sync.Mutex
	first map[string]time.Time // by creator id and kind
}

func (a *aging) Issue(by *kms.Creator, c kms.Claims) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.first == nil {
		a.first = map[string]time.Time{}
	}
	at := by.ID + string(c.Kind)
	if _, ok := a.first[at]; !ok {
		a.first[at] = c.Expires
	}
	c.Expires = a.first[at]
	return a.Authority.Issue(by, c)
}

// tired issues nothing once one of a creator's tokens has ended.
type tired struct {
	kms.Authority
	mu  sync.Mutex
	end map[string]time.Time // the earliest, by creator id
}

func (t *tired) Issue(by *kms.Creator, c kms.Claims) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.end == nil {
		t.end = map[string]time.Time{}
	}
	end := t.end[by.ID]
	if !end.IsZero() && !c.IssuedAt.Before(end) {
		return "", &kms.Refusal{Reason: kms.NoCreator, Detail: "the creator is tired"}
	}
	if !c.Expires.IsZero() && (end.IsZero() || c.Expires.Before(end)) {
		t.end[by.ID] = c.Expires
	}
	return t.Authority.Issue(by, c)
}

// countsOn counts the tokens of a key, whoever issued them.
func countsOn(o *reference.Options) {
	var issued sync.Map // key tag to *atomic.Int64
	before(reference.API20, func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
		c := capture(next, r)
		count, _ := issued.LoadOrStore(keyOf(r), new(atomic.Int64))
		switch {
		case c.ok() && route == "POST /{keyTag}/token-set":
			count.(*atomic.Int64).Add(2)
		case c.ok() && route == "GET /{keyTag}/token-generator":
			inAnswer(c, set("issuedTokenCount", count.(*atomic.Int64).Load()))
		}
		c.send(w)
	})(o)
}
