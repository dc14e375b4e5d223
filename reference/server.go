package reference

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// Listen says where a server listens. The zero value is loopback with free ports.
type Listen struct {
	Address string // of api20, host:port; the other APIs follow at the next free ports. Empty: 127.0.0.1:0
	Admin   string // of the admin listener. Empty: 127.0.0.1:0
	TLS     bool   // serve HTTPS under a certificate authority of the server's own, made at the start
	// Names are host names and addresses that the certificate names beside localhost and those that are
	// listened on: by these a server is reached that listens on all addresses. They need TLS.
	Names []string
	// Patience bounds how long callers may take, on every listener, in real time.
	Patience Patience
}

// Patience is how long a server waits for its callers before it closes the connection. A zero member is
// its default.
type Patience struct {
	Header time.Duration // for the header of a request: 10 s
	Read   time.Duration // for a whole request: 30 s
	Write  time.Duration // from the header of a request to the end of its answer: 60 s
	Idle   time.Duration // for the next request: 2 min
}

// A Server is a Service with listeners. Close it.
type Server struct {
	*Service
	URLs map[string]string // base URLs by API, without a trailing slash
	CA   []byte            // PEM of the certificate authority; nil without TLS

	servers []*http.Server
	serving sync.WaitGroup
	stop    context.CancelFunc
	filled  func()
	once    sync.Once
}

// NewServer starts a server on free loopback ports, like httptest.NewServer. It panics where that
// server would: when the options are wrong or no port is to be had.
func NewServer(o Options) *Server {
	s, err := Start(o, Listen{})
	if err != nil {
		panic("reference: " + err.Error())
	}
	return s
}

// Start starts a server. Its error says which option or address was wrong.
func Start(o Options, l Listen) (*Server, error) {
	if !l.TLS && len(l.Names) > 0 {
		return nil, errors.New("names for a certificate are given, and there is no TLS")
	}
	service, err := New(o)
	if err != nil {
		return nil, err
	}
	s := &Server{Service: service, URLs: map[string]string{}}
	listeners, err := l.open()
	if err != nil {
		return nil, err
	}
	scheme, config := "http", (*tls.Config)(nil)
	if l.TLS {
		if s.CA, config, err = ownTLS(listeners, l.Names); err != nil {
			closeAll(listeners)
			return nil, err
		}
		scheme = "https"
	}
	for api, listener := range listeners {
		s.URLs[api] = scheme + "://" + reachable(listener).String()
	}
	service.setReached(s.URLs, s.CA)
	for api, listener := range listeners {
		s.serve(api, listener, config, l.Patience)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop, s.filled = cancel, func() {}
	if o.Seed == 0 || o.FreshKeys {
		s.filled = fresh.fill(ctx)
	}
	return s, nil
}

func (s *Server) serve(api string, l net.Listener, config *tls.Config, p Patience) {
	if config != nil {
		l = tls.NewListener(l, config)
	}
	server := s.httpServer(api, p)
	s.servers = append(s.servers, server)
	s.serving.Go(func() { s.serveOn(server, api, l) })
}

// httpServer returns what speaks HTTP for one API: bounded in headers and in the time to read.
func (s *Service) httpServer(api string, p Patience) *http.Server {
	return &http.Server{
		Handler:           s.Handler(api),
		ReadHeaderTimeout: cmp.Or(p.Header, 10*time.Second),
		ReadTimeout:       cmp.Or(p.Read, 30*time.Second),
		WriteTimeout:      cmp.Or(p.Write, 60*time.Second),
		IdleTimeout:       cmp.Or(p.Idle, 2*time.Minute),
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),

		DisableGeneralOptionsHandler: true, // OPTIONS * is a call like any other
	}
}

// serveOn serves until the server is closed.
func (s *Service) serveOn(server *http.Server, api string, l net.Listener) {
	if api == API20 && s.options.Conn != nil {
		l = fronted{l, s.options.Conn}
	}
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		s.log.Error("a listener ended", "api", api, "error", err)
	}
}

// fronted puts something in front of each connection.
type fronted struct {
	net.Listener
	front func(net.Conn) net.Conn
}

func (f fronted) Accept() (net.Conn, error) {
	c, err := f.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return f.front(c), nil
}

// Listen serves one API of a service that has no listeners on a free loopback port, for a caller that
// has to speak HTTP by hand. The caller closes it, which ends the calls under way.
func (s *Service) Listen(api string) (at net.Addr, closing func() error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	server := s.httpServer(api, Patience{})
	var serving sync.WaitGroup
	serving.Go(func() { s.serveOn(server, api, l) })
	return l.Addr(), func() error {
		err := server.Close()
		serving.Wait()
		return err
	}, nil
}

// Close ends the listeners and waits until the calls under way are answered; after two seconds it cuts
// them off. It may be called more than once. Its error says which listener could not be closed.
func (s *Server) Close() error {
	var failed error
	s.once.Do(func() {
		s.stop()
		close(s.closing)
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		for _, server := range s.servers {
			if server.Shutdown(ctx) != nil {
				failed = errors.Join(failed, server.Close())
			}
		}
		s.serving.Wait()
		s.filled()
	})
	return failed
}

// open takes the ports of all APIs. api20 and admin get what was asked for; the others follow api20 at
// the next free ports.
func (l Listen) open() (map[string]net.Listener, error) {
	next, err := addressOf(l.Address)
	if err != nil {
		return nil, err
	}
	admin, err := addressOf(l.Admin)
	if err != nil {
		return nil, err
	}
	listeners := map[string]net.Listener{}
	for _, api := range []string{API20, Admin, API20KR, API20JP, API10, SubAccount} {
		at, tries := next, 100
		if api == Admin {
			at = admin
		}
		if api == Admin || api == API20 {
			tries = 1
		}
		listener, err := listenFrom(at, tries)
		if err != nil {
			closeAll(listeners)
			return nil, fmt.Errorf("%s: %w", api, err)
		}
		listeners[api] = listener
		if api != Admin && next.port != 0 {
			next.port = portOf(listener) + 1
		}
	}
	return listeners, nil
}

// listenFrom takes the first free port among the given one and those after it.
func listenFrom(at hostPort, tries int) (net.Listener, error) {
	var err error
	for range tries {
		var l net.Listener
		if l, err = net.Listen("tcp", at.String()); err == nil || at.port == 0 {
			return l, err
		}
		at.port++
	}
	return nil, err
}

// hostPort is an address whose port can be counted up.
type hostPort struct {
	host string
	port int
}

func (a hostPort) String() string { return net.JoinHostPort(a.host, strconv.Itoa(a.port)) }

func addressOf(text string) (hostPort, error) {
	if text == "" {
		return hostPort{"127.0.0.1", 0}, nil
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return hostPort{}, fmt.Errorf("address %q: want host:port: %w", text, err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return hostPort{}, fmt.Errorf("address %q: %q is not a port", text, port)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return hostPort{host, int(n)}, nil
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

func closeAll(listeners map[string]net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// reachable returns where a listener is reached from this machine: one on all addresses, on loopback.
func reachable(l net.Listener) netip.AddrPort {
	at := l.Addr().(*net.TCPAddr).AddrPort()
	if !at.Addr().IsUnspecified() {
		return at
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port())
}

// hosts returns the addresses that a certificate must name.
func hosts(listeners map[string]net.Listener) []net.IP {
	seen := map[netip.Addr]bool{}
	var out []net.IP
	for _, l := range listeners {
		addr := reachable(l).Addr().Unmap()
		if !seen[addr] {
			seen[addr] = true
			out = append(out, addr.AsSlice())
		}
	}
	return out
}
