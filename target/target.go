// Package target is what a run is pointed at: its URLs, its credentials, how a call is signed, from
// which address it is sent, and the clock that it lives by.
//
// It is the checker's side of the wire. It shares no code with the reference, which verifies what
// is signed here from the published description and not from this code.
package target

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// An API is one of the base URLs of a target.
type API string

// The APIs of a target, by their names in the target file.
const (
	API20      API = "api20"
	API20KR    API = "api20kr"
	API20JP    API = "api20jp"
	API10      API = "api10"
	SubAccount API = "subaccount"
	Admin      API = "admin"
)

// APIs lists every API in the order of the target file.
func APIs() []API { return []API{API20, API20KR, API20JP, API10, SubAccount, Admin} }

// A Credential is an account's key pair. Its String hides the secrets.
type Credential struct {
	AccessKey string
	SecretKey string
	APIKey    string // only for signature v1; may be empty
}

// String implements fmt.Stringer without the secrets.
func (c Credential) String() string { return "credential " + c.AccessKey }

// GoString implements fmt.GoStringer without the secrets.
func (c Credential) GoString() string { return c.String() }

// A Source is a local address to send from.
type Source struct {
	Bind   netip.Addr // the local address; the zero value lets the system choose
	SeenAs netip.Addr // what the target sees; equals Bind unless a NAT stands between
}

// A Budget bounds what a run may do to a target. Zero fields mean no limit.
type Budget struct {
	Keys      int // alive at once
	KeysTotal int // created in all
	Requests  int // calls
}

// Target is a KMS under test. Its exported fields must not change after the first call; its
// methods are safe for concurrent use. The zero value of every optional field means "not offered".
type Target struct {
	Name        string
	URLs        map[API]string        // without a trailing slash; API20 is required
	Credentials map[string]Credential // by role; "owner" is required
	Sources     []Source              // addresses that the target can tell apart; may be empty
	Budget      Budget
	Wait        time.Duration // longest real wait where the clock cannot be set
	Ledger      *Ledger       // what the run has created here; every key is named and noted by it

	// Disposable says that the server ends with Close, so nothing on it needs to be removed, and
	// that nobody else uses it, so its clock may be moved at any time. Targets that several
	// scenarios share are not disposable: scenarios that move the clock then run one at a time.
	Disposable bool

	// Transport returns what carries calls from a source. Nil means TCP sockets, with TLS
	// verified against RootCAs.
	Transport func(Source) http.RoundTripper
	RootCAs   *x509.CertPool // nil: the system's
	Authority []byte         // PEM of RootCAs, for other processes that send calls; empty: they know it
	// Dial opens a connection for calls that are no right HTTP. Nil means a TCP socket, with TLS where
	// the URL says so.
	Dial    func(ctx context.Context, api API, from Source) (net.Conn, error)
	Timeout time.Duration // for one call; zero means DefaultTimeout

	// OnClose is called once by Close, when not nil.
	OnClose func() error

	mu         sync.Mutex
	transports map[Source]http.RoundTripper
	clock      reading
	requests   int
	closed     bool
}

// DefaultTimeout bounds one call where Target.Timeout is zero.
const DefaultTimeout = 10 * time.Second

// An Opener makes a target ready for one scenario or one load profile. The caller closes it.
type Opener func(context.Context) (*Target, error)

// ErrNoAnswer is wrapped by every error that means that no answer came.
var ErrNoAnswer = errors.New("no answer")

// ErrBudget is wrapped by the error of a call, or of a plan, that the budget does not allow.
var ErrBudget = errors.New("the budget is too small")

// Offers reports whether the target has a base URL for api.
func (t *Target) Offers(api API) bool { return t.URLs[api] != "" }

// Close releases connections and whatever the opener attached. It may be called more than once.
func (t *Target) Close() error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil
	}
	t.closed = true
	transports := t.transports
	t.transports = nil
	t.mu.Unlock()
	for _, rt := range transports {
		if c, ok := rt.(interface{ CloseIdleConnections() }); ok {
			c.CloseIdleConnections()
		}
	}
	if t.OnClose != nil {
		return t.OnClose()
	}
	return nil
}

// Requests returns how many calls Do has made.
func (t *Target) Requests() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.requests
}

// RoundTripper returns the transport for calls from s. It is kept and shared by later calls.
func (t *Target) RoundTripper(s Source) http.RoundTripper {
	t.mu.Lock()
	defer t.mu.Unlock()
	if rt, ok := t.transports[s]; ok {
		return rt
	}
	if t.transports == nil {
		t.transports = map[Source]http.RoundTripper{}
	}
	open := t.Transport
	if open == nil {
		open = t.sockets
	}
	rt := open(s)
	t.transports[s] = rt
	return rt
}

// sockets returns a transport over TCP that sends from s and follows no proxy setting: a proxy
// would hide the source address and the connection that a rule is about.
func (t *Target) sockets(s Source) http.RoundTripper {
	return &http.Transport{
		DialContext:         dialerFrom(s).DialContext,
		TLSClientConfig:     &tls.Config{RootCAs: t.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     30 * time.Second,
	}
}

// noAnswer wraps err as a call that was not answered.
func (t *Target) noAnswer(r Request, err error) error {
	return fmt.Errorf("%s: %s %s: %w: %w", t.Name, r.Method, r.Path, ErrNoAnswer, err)
}
