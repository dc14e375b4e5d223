package mutant

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func cached() []Mutant {
	return []Mutant{
		{Name: "token-cached", Flaw: "A token that was found good is not looked at again for its next 20 calls.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &believer{Authority: a, spare: 20}
		})},
		{Name: "token-cached-when-busy", Flaw: "After 20 calls by tokens of a key, one that was found good is not looked at again.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &believer{Authority: a, spare: math.MaxInt, after: 20}
		})},
		{Name: "token-cached-now-and-then", Flaw: "One call in fifty by a token that was found good is not looked at again.", Apply: authority(func(a kms.Authority) kms.Authority {
			return &glancer{Authority: a, oneIn: 50}
		})},
		{Name: "acl-cached", Flaw: "What the IP ACL said of an address holds for the next 5 calls from there.", Apply: acl(func(right admits) admits {
			return (&aclMemory{right: right, spare: 5}).admits
		})},
		{Name: "acl-cached-when-busy", Flaw: "After 20 calls by tokens of a key, what its IP ACL said of an address holds for good.", Apply: acl(func(right admits) admits {
			return (&aclMemory{right: right, spare: math.MaxInt, after: 20}).admits
		})},
		{Name: "stop-cached", Flaw: "A token that was refused for the state of its key is refused for its next 5 calls.", Apply: stopCached(5, 0)},
		{Name: "stop-cached-when-busy", Flaw: "After 20 calls by tokens of a key, one that was refused for its state is refused for good.", Apply: stopCached(math.MaxInt64, 20)},
		{Name: "stop-lost-when-busy", Flaw: "After 20 calls by tokens of a key, it is disabled for no longer than a moment.", Apply: stopLost(20)},
		{Name: "acl-update-lost", Flaw: "Of two addresses that are added at once one is lost.", Apply: inPlace(reference.API20, addByWriting)},
		{Name: "rotations-counted-alike", Flaw: "Of two rotations at once both are answered with the same version.", Apply: inPlace(reference.API20, rotateByCounting)},
	}
}

// believer remembers which tokens were good.
type believer struct {
	kms.Authority
	spare, after int

	mu    sync.Mutex
	calls map[string]int        // by key tag
	good  map[string]kms.Claims // by token
	left  map[string]int
}

func (b *believer) Verify(by *kms.Creator, token string) (kms.Claims, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c, ok := b.good[token]; ok && b.left[token] > 0 && b.calls[c.KeyTag] >= b.after {
		b.left[token]--
		b.calls[c.KeyTag]++
		return c, nil
	}
	c, err := b.Authority.Verify(by, token)
	if err != nil {
		return c, err
	}
	if b.good == nil {
		b.calls, b.good, b.left = map[string]int{}, map[string]kms.Claims{}, map[string]int{}
	}
	b.calls[c.KeyTag]++
	b.good[token], b.left[token] = c, b.spare
	return c, nil
}

// glancer believes that a token is as good as it was, once in so many calls by it.
type glancer struct {
	kms.Authority
	oneIn int

	mu    sync.Mutex
	calls map[string]int        // by token
	good  map[string]kms.Claims // by token
}

func (g *glancer) Verify(by *kms.Creator, token string) (kms.Claims, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.good == nil {
		g.calls, g.good = map[string]int{}, map[string]kms.Claims{}
	}
	g.calls[token]++
	if c, ok := g.good[token]; ok && g.calls[token]%g.oneIn == 0 {
		return c, nil
	}
	c, err := g.Authority.Verify(by, token)
	if err == nil {
		g.good[token] = c
	}
	return c, err
}

// aclMemory remembers verdicts of IP ACLs.
type aclMemory struct {
	right        admits
	spare, after int

	mu    sync.Mutex
	calls map[string]int // by key tag
	said  map[seat]bool
	left  map[seat]int
}

func (m *aclMemory) admits(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.said == nil {
		m.calls, m.said, m.left = map[string]int{}, map[seat]bool{}, map[seat]int{}
	}
	at := seat{c.KeyTag, from}
	m.calls[c.KeyTag]++
	if m.left[at] > 0 && m.calls[c.KeyTag] > m.after {
		m.left[at]--
		return m.said[at]
	}
	m.said[at], m.left[at] = m.right(a, c, from, now), m.spare
	return m.said[at]
}

// tokenCalls counts the calls by tokens of each key.
type tokenCalls struct {
	mu    sync.Mutex
	times map[string]int // by key tag
}

// count counts a call that carries a token, and returns how many there were for its key.
func (t *tokenCalls) count(r *http.Request) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.times == nil {
		t.times = map[string]int{}
	}
	if carriesToken(r) {
		t.times[keyOf(r)]++
	}
	return t.times[keyOf(r)]
}

// stopCached returns a flaw by which a token that was refused for the state of its key is refused again, so
// many times, where its key has had more calls than after.
func stopCached(spare int64, after int) func(*reference.Options) {
	return func(opts *reference.Options) {
		var calls tokenCalls
		var left sync.Map // token to *atomic.Int64, its refusals to come
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
			busy := calls.count(r) > after
			if !carriesToken(r) {
				next.ServeHTTP(w, r)
				return
			}
			toCome, _ := left.LoadOrStore(r.Header.Get(tokenHeader), new(atomic.Int64))
			if toCome.(*atomic.Int64).Add(-1) >= 0 {
				refusal(http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY").send(w)
				return
			}
			c := capture(next, r)
			if busy && c.status == http.StatusUnprocessableEntity {
				toCome.(*atomic.Int64).Store(spare)
			}
			c.send(w)
		})(opts)
	}
}

// stopLost returns a flaw by which a key that has had more calls than after is enabled again as soon as it is
// disabled.
func stopLost(after int) func(*reference.Options) {
	return func(opts *reference.Options) {
		var calls tokenCalls
		inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
			busy := calls.count(r) > after
			c := capture(next, r)
			if busy && route == "POST /{keyTag}/disable" {
				o.about(next, r, http.MethodPost, "/enable")
			}
			c.send(w)
		})(opts)
	}
}

// addByWriting adds addresses by reading the list, and then writing it with them: what came between is
// taken away again.
func addByWriting(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	if route != "POST /{keyTag}/acl" {
		next.ServeHTTP(w, r)
		return
	}
	before := o.list(next, r)
	for range 2000 {
		runtime.Gosched() // time for others
	}
	after := o.list(next, r)
	for _, a := range after {
		if !slices.Contains(before, a) {
			o.call(next, r, http.MethodDelete, r.URL.Path, fmt.Appendf(nil, `{"ipList":[%q]}`, a))
		}
	}
	next.ServeHTTP(w, r)
}

// rotateByCounting names the version that comes after the one that was there when the call began.
func rotateByCounting(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	if route != "POST /{keyTag}/rotate" {
		next.ServeHTTP(w, r)
		return
	}
	var before struct {
		Data struct {
			Version int `json:"currentVersion"`
		} `json:"data"`
	}
	_ = json.Unmarshal(o.about(next, r, http.MethodGet, "").body.Bytes(), &before)
	for range 2000 {
		runtime.Gosched() // time for others
	}
	c := capture(next, r)
	if c.ok() {
		inAnswer(c, set("version", before.Data.Version+1))
	}
	c.send(w)
}

// list is the IP ACL that r is about.
func (o owner) list(next http.Handler, r *http.Request) []string {
	var out struct {
		Data struct {
			List []string `json:"allowedIpList"`
		} `json:"data"`
	}
	_ = json.Unmarshal(o.call(next, r, http.MethodGet, r.URL.Path, nil).body.Bytes(), &out)
	return out.Data.List
}
