package reference

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
)

// memoryDomain ends the host names of the in-memory transport: http://api20.kms.test and so on.
const memoryDomain = ".kms.test"

// MemoryURLs returns the base URLs under which [Service.RoundTripper] answers.
func MemoryURLs() map[string]string {
	urls := map[string]string{}
	for _, api := range APIs() {
		urls[api] = "http://" + api + memoryDomain
	}
	return urls
}

// RoundTripper returns a transport that carries requests to the service without a socket, from the
// given source address. It is safe for concurrent use; the answer's body is complete when it
// returns.
func (s *Service) RoundTripper(from netip.Addr) http.RoundTripper {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.urls) == 0 { // nobody listens: these are the base URLs of keys
		s.urls = MemoryURLs()
	}
	return memory{service: s, remote: netip.AddrPortFrom(from, 40000).String()}
}

type memory struct {
	service *Service
	remote  string
}

// RoundTrip implements http.RoundTripper.
func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := context.Cause(r.Context()); err != nil {
		return nil, err
	}
	h, ok := m.service.apis[strings.TrimSuffix(r.URL.Host, memoryDomain)]
	if !ok {
		return nil, fmt.Errorf("no such host: %s", r.URL.Host)
	}
	in := r.Clone(r.Context())
	in.RemoteAddr, in.RequestURI, in.Host = m.remote, r.URL.RequestURI(), r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	out := &memoryAnswer{header: http.Header{}}
	if broken := out.serve(h, in); broken {
		return out.torn(r)
	}
	if err := context.Cause(r.Context()); err != nil { // nobody waits for the answer any more
		return nil, err
	}
	return out.response(r), nil
}

// serve lets h answer and reports whether it broke the connection, as [http.ErrAbortHandler] asks.
func (a *memoryAnswer) serve(h http.Handler, r *http.Request) (broken bool) {
	defer func() {
		p := recover()
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			broken = true
		} else if p != nil {
			panic(p)
		}
	}()
	h.ServeHTTP(a, r)
	return false
}

// torn is what a caller gets whose connection broke: an error, or an answer that ends too early.
func (a *memoryAnswer) torn(r *http.Request) (*http.Response, error) {
	if a.status == 0 {
		return nil, &net.OpError{Op: "read", Net: "memory", Err: syscall.ECONNRESET}
	}
	resp := a.response(r)
	resp.Body = io.NopCloser(io.MultiReader(&a.body, cutOff{}))
	resp.ContentLength = -1
	return resp, nil
}

// memoryAnswer collects what a handler writes.
type memoryAnswer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *memoryAnswer) Header() http.Header { return a.header }

func (a *memoryAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *memoryAnswer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *memoryAnswer) response(r *http.Request) *http.Response {
	a.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()), Request: r,
	}
}

// cutOff is the end of a body that was cut off.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
