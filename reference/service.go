package reference

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/kms"
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
	options        Options
	clock          clock.Clock
	calendar       calendar
	rules          kms.Rules
	gate20, gate10 *gate
	route          Route
	peer           func(*http.Request) netip.Addr
	random         io.Reader
	log            *slog.Logger
	metrics        *metrics
	journal        *Journal
	observer       *observer // nil: nobody is told of calls
	script         atomic.Pointer[script]
	closing        chan struct{} // closed when a server closes
	apis           map[string]http.Handler
	pages          func() http.Handler // of the console

	world      atomic.Pointer[world] // swapped whole by a reset
	first      genesis               // of the first world, with all that was drawn for it
	signing    *signingKeys
	signatures *kms.Signatures // outlives a reset, so that no signing key serves a key twice

	changing sync.Mutex // held from reading how accounts, their access rules or regions are to changing them, or to swapping the world

	mu   sync.Mutex
	urls map[string]string // base URLs by API: those in memory until a listener gives others
	ca   []byte            // PEM of the authority under which the listeners serve; nil without TLS
}

// New makes a service. Its error says what is wrong with the options' accounts, keys or dialect.
func New(o Options) (*Service, error) {
	if err := o.Dialect.check(); err != nil {
		return nil, fmt.Errorf("dialect: %w", err)
	}
	proxies, _ := o.Dialect.proxies() // check has read them
	s := &Service{
		options: o, clock: o.clock(), rules: o.rules(), random: o.random(), peer: o.Peer, log: o.Log,
		urls: MemoryURLs(), closing: make(chan struct{}),
	}
	s.metrics = newMetrics(func() float64 { return float64(s.settled().store.Len()) })
	l20, l10 := o.limiters()
	s.gate20, s.gate10 = newGate(l20, s.metrics, API20), newGate(l10, s.metrics, API10)
	if s.route = o.Route; s.route == nil {
		s.route = Home
	}
	if s.peer == nil {
		s.peer = proxied(slices.Concat(o.TrustedProxies, proxies))
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.journal = newJournal(o.Journal)
	s.observer = &observer{journal: s.journal, metrics: s.metrics, log: s.log}
	if len(s.options.Accounts) == 0 {
		accounts, err := defaultAccounts(s.random)
		if err != nil {
			return nil, err
		}
		s.options.Accounts = accounts
	}
	s.signing = s.options.signingKeys()
	s.signatures = &kms.Signatures{Keys: s.signing.take, Random: s.random}
	if err := s.begin(); err != nil {
		return nil, err
	}
	s.apis = map[string]http.Handler{
		API20: s.api(API20, s.routes20(), s.gate20), API10: s.api(API10, s.routes10(), s.gate10),
		API20KR: s.api(API20KR, s.routes20(), s.gate20), API20JP: s.api(API20JP, s.routes20(), s.gate20),
		SubAccount: s.api(SubAccount, newAccessRoutes(), nil),
	}
	if o.Wrap != nil {
		for _, api := range []string{API20, API20KR, API20JP, API10, SubAccount} {
			s.apis[api] = o.Wrap(api, s.apis[api])
		}
	}
	s.apis[Admin], s.pages = s.admin(), sync.OnceValue(s.console)
	s.follow()
	return s, nil
}

// follow does what is due whenever the clock is moved, until the server closes. The clock does not keep the
// service: it may be shared, and outlive it.
func (s *Service) follow() {
	c, ok := s.clock.(clock.Telling)
	if !ok {
		return
	}
	self := weak.Make(s)
	c.OnMove(func() bool {
		s := self.Value()
		if s == nil || s.closed() {
			return false
		}
		s.settled()
		return true
	})
}

// closed reports whether a server of the service closes.
func (s *Service) closed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// settle does what is due by now.
func (s *Service) settle() error { return s.world.Load().store.Settle(s.clock.Now()) }

// settled returns the world with all done that is due by now, for those who cannot say what failed.
func (s *Service) settled() *world {
	w := s.world.Load()
	if err := w.store.Settle(s.clock.Now()); err != nil {
		s.log.Error("what was due could not be done", "error", err)
	}
	return w
}

// Handler returns the handler of an API. It panics on a name that [APIs] does not list.
func (s *Service) Handler(api string) http.Handler {
	h, ok := s.apis[api]
	if !ok {
		panic("reference: no API named " + api)
	}
	return h
}

// Accounts returns who may call, with their secrets, as they stand now and in the order in which they were
// given.
func (s *Service) Accounts() []Account { return s.world.Load().standings() }

// Journal returns the journal of the calls of all APIs. Calls of the admin listener are not in it.
func (s *Service) Journal() *Journal { return s.journal }

// Clock returns the clock that the service lives by.
func (s *Service) Clock() clock.Clock { return s.clock }

// setReached tells the service where it is reached, and under which certificate authority.
func (s *Service) setReached(urls map[string]string, ca []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urls, s.ca = urls, ca
}

// tellCA is GET /ca.pem.
func (s *Service) tellCA(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	ca := s.ca
	s.mu.Unlock()
	if ca == nil {
		complain(w, http.StatusNotFound, "the server serves without TLS")
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	_, _ = w.Write(ca)
}

func (s *Service) url(api string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.urls[api]
}
