package reference

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/limit"
)

// The APIs of a service. Each has a listener, and a handler, of its own.
const (
	API20      = "api20"
	API20KR    = "api20kr"
	API20JP    = "api20jp"
	API10      = "api10"
	SubAccount = "subaccount"
	Admin      = "admin"
)

// APIs lists them in the order of their listeners.
func APIs() []string { return []string{API20, API20KR, API20JP, API10, SubAccount, Admin} }

// maxBody bounds what is read of a request's body: room for 32 KB in base64, escaped to the utmost.
const maxBody = 512 << 10

// A Service is the reference without listeners. It is safe for concurrent use.
type Service struct {
	options Options
	clock   clock.Clock
	rules   kms.Rules
	limit20 limit.Limiter
	limit10 limit.Limiter
	peer    func(*http.Request) netip.Addr
	random  io.Reader
	log     *slog.Logger
	apis    map[string]http.Handler

	world      atomic.Pointer[world] // swapped whole by a reset
	signatures *kms.Signatures       // outlives a reset, so that no signing key serves a key twice

	mu   sync.Mutex
	urls map[string]string // base URLs by API, once they are known
}

// world is what a reset throws away.
type world struct {
	store    *kms.Store
	accounts map[string]*kms.Account // by access key
}

// New makes a service. Its error says what is wrong with the options' accounts, keys or dialect.
func New(o Options) (*Service, error) {
	if err := o.Dialect.check(); err != nil {
		return nil, fmt.Errorf("dialect: %w", err)
	}
	s := &Service{
		options: o, clock: o.clock(), rules: o.rules(), random: o.random(), peer: o.Peer, log: o.Log,
		urls: map[string]string{},
	}
	s.limit20, s.limit10 = o.limiters()
	if s.peer == nil {
		s.peer = proxied(o.TrustedProxies)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if len(s.options.Accounts) == 0 {
		accounts, err := defaultAccounts(s.random)
		if err != nil {
			return nil, err
		}
		s.options.Accounts = accounts
	}
	s.signatures = &kms.Signatures{Keys: s.options.rsaKeys(), Random: s.random}
	if err := s.reset(); err != nil {
		return nil, err
	}
	s.apis = map[string]http.Handler{
		API20: s.api(s.routes20(), s.limit20), API10: s.api(s.routes10(), s.limit10),
		API20KR: s.api(nil, nil), API20JP: s.api(nil, nil), SubAccount: s.api(nil, nil),
		Admin: s.admin(),
	}
	if o.Wrap != nil {
		for _, api := range []string{API20, API10} {
			s.apis[api] = o.Wrap(api, s.apis[api])
		}
	}
	return s, nil
}

// reset puts the service back to the accounts and keys of its options.
func (s *Service) reset() error {
	var authority kms.Authority = s.signatures
	if s.options.Authority != nil {
		authority = s.options.Authority(authority)
	}
	w := &world{store: kms.NewStore(s.rules, authority, s.random, s.options.rsaMaterial()), accounts: map[string]*kms.Account{}}
	for _, a := range s.options.Accounts {
		account, err := a.account(&s.rules, s.random)
		if err != nil {
			return err
		}
		if w.accounts[a.AccessKey] != nil {
			return fmt.Errorf("account %s: its access key is another's already", a.Name)
		}
		w.accounts[a.AccessKey] = account
	}
	for _, k := range s.options.Keys {
		if err := k.plant(w.store, s.clock.Now()); err != nil {
			return fmt.Errorf("key %s: %w", k.Name, err)
		}
	}
	s.world.Store(w)
	return nil
}

// Handler returns the handler of an API. It panics on a name that [APIs] does not list.
func (s *Service) Handler(api string) http.Handler {
	h, ok := s.apis[api]
	if !ok {
		panic("reference: no API named " + api)
	}
	return h
}

// Accounts returns who may call, with their secrets, in the order of the options.
func (s *Service) Accounts() []Account { return s.options.Accounts }

// Clock returns the clock that the service lives by.
func (s *Service) Clock() clock.Clock { return s.clock }

// setURLs tells the service where it is reached.
func (s *Service) setURLs(urls map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urls = urls
}

func (s *Service) url(api string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.urls[api]
}

// A call is a request on its way through the checks.
type call struct {
	*world
	service *Service
	request *http.Request
	op      *operation
	now     time.Time
	key     *kms.Key // nil for a call on the collection
	version string   // in the path, as it was sent
	caller  kms.Caller
	body    []byte
}

// api returns the handler for a set of routes, whose limited calls draw on l.
func (s *Service) api(routes routes, l limit.Limiter) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := s.serve(routes, l, w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		s.stamp(w)
		respond(w, http.StatusOK, data)
	})
}

// serve checks a call in the order route, size, authentication, key, permission and IP ACL, limit,
// state, body, and then does it.
func (s *Service) serve(routes routes, l limit.Limiter, w http.ResponseWriter, r *http.Request) (any, error) {
	op, tag, version := routes.match(r.Method, r.URL.EscapedPath())
	if op == nil {
		return nil, &kms.Refusal{Reason: kms.NoRoute, Detail: "there is no such call"}
	}
	body, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	// The instant of a call is when all of it is there: a body may take its time.
	c := &call{world: s.world.Load(), service: s, request: r, op: op, version: version, now: s.clock.Now(), body: body}
	if err := c.store.Settle(c.now); err != nil {
		return nil, err
	}
	if err := c.identify(tag); err != nil {
		return nil, err
	}
	data, err := c.carryOut(l)
	if c.key != nil {
		c.note(err)
	}
	if err != nil {
		return nil, err
	}
	if s.options.Dialect.OmitNulls {
		return withoutNulls(op.envelope(data)), nil
	}
	return op.envelope(data), nil
}

// carryOut does an identified call, unless it is refused.
func (c *call) carryOut(l limit.Limiter) (any, error) {
	if err := c.admit(l); err != nil {
		return nil, err
	}
	return c.op.do(c)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength == 0 || r.Body == nil {
		return nil, nil
	}
	if r.ContentLength > maxBody {
		return nil, tooLarge()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, tooLarge()
	}
	if err != nil {
		return nil, kms.BadField("", "the body could not be read to its end")
	}
	return body, nil
}

func tooLarge() *kms.Refusal {
	return &kms.Refusal{Reason: kms.TooLarge, Detail: fmt.Sprintf("a body has at most %d bytes", maxBody)}
}

// admit checks permission, limit and state of an identified call.
func (c *call) admit(l limit.Limiter) error {
	if c.key == nil {
		if !kms.Permits(c.caller.Account.Permissions, c.op.op) {
			return &kms.Refusal{Reason: kms.NoPermission, Detail: "the account holds no permission for " + string(c.op.op)}
		}
		return nil
	}
	if bad := c.key.Permit(c.caller, c.op.op, c.now); bad != nil {
		return bad
	}
	if c.op.limited {
		if d := l.Take(c.now, c.key.Tag(), 1); !d.OK {
			return &kms.Refusal{Reason: kms.OverLimit, Detail: "the rate limit is reached"}
		}
	}
	if bad := c.key.Ready(c.op.op); bad != nil {
		return bad
	}
	return nil
}

// refuse answers a call that was refused, or that the service could not carry out.
func (s *Service) refuse(w http.ResponseWriter, r *http.Request, err error) {
	refusal, ok := errors.AsType[*kms.Refusal](err)
	if !ok {
		s.stamp(w)
		s.log.Error("the service failed", "method", r.Method, "path", r.URL.Path, "error", err)
		respond(w, broken.Status, s.options.Dialect.body(broken, ""))
		return
	}
	answer := s.options.Dialect.answer(refusal)
	s.stamp(w)
	s.log.Info("refused", "method", r.Method, "path", r.URL.Path, "reason", refusal.Reason, "detail", refusal.Detail)
	respond(w, answer.Status, s.options.Dialect.body(answer, details(refusal)))
}

// details says why, with the field first.
func details(r *kms.Refusal) string {
	if r.Field == "" {
		return r.Detail
	}
	return r.Field + ": " + r.Detail
}

// stamp dates an answer by the server's clock, which is what a client would learn it from.
func (s *Service) stamp(w http.ResponseWriter) {
	w.Header().Set("Date", s.clock.Now().UTC().Format(http.TimeFormat))
}

func respond(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body, jsontext.AllowInvalidUTF8(true)) // a path may hold anything
	if err != nil {                                                  // only our own types come here
		panic("reference: " + err.Error())
	}
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	_, _ = w.Write(text) // a caller who left needs no answer
}

var jsonType = []string{"application/json;charset=UTF-8"}

// proxied returns a Peer that believes X-Forwarded-For from trusted peers alone.
func proxied(trusted []netip.Prefix) func(*http.Request) netip.Addr {
	within := func(a netip.Addr) bool {
		for _, p := range trusted {
			if p.Contains(a) {
				return true
			}
		}
		return false
	}
	return func(r *http.Request) netip.Addr {
		addr := tcpPeer(r)
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0 && within(addr); i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			addr = hop.Unmap()
		}
		return addr
	}
}

// tcpPeer returns the address at the other end of the connection; an IPv4 address mapped into IPv6
// is that IPv4 address.
func tcpPeer(r *http.Request) netip.Addr {
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap().WithZone("")
}
