package reference

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
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
	out := &memoryAnswer{header: http.Header{}}
	if broken := out.serve(h, m.arriving(r)); broken {
		return out.torn(r)
	}
	if err := context.Cause(r.Context()); err != nil { // nobody waits for the answer any more
		return nil, err
	}
	return out.response(r), nil
}

// arriving is the request as a server has it that it reached through a socket.
func (m memory) arriving(r *http.Request) *http.Request {
	in := r.Clone(r.Context())
	in.RemoteAddr, in.RequestURI, in.Host = m.remote, r.URL.RequestURI(), cmp.Or(r.Host, r.URL.Host)
	in.Header = canonical(in.Header)
	switch {
	case in.Body == nil:
		in.Body = http.NoBody
	case in.ContentLength == 0 && in.Body != http.NoBody: // to a client that is an unknown length
		in.ContentLength = -1
	}
	return in
}

// canonical returns a header under the names that a server reads, whatever their spelling: a client sends the
// names in their order.
func canonical(sent http.Header) http.Header {
	for name := range sent {
		if http.CanonicalHeaderKey(name) == name {
			continue
		}
		out := make(http.Header, len(sent))
		for _, name := range slices.Sorted(maps.Keys(sent)) {
			key := http.CanonicalHeaderKey(name)
			out[key] = append(out[key], sent[name]...)
		}
		return out
	}
	return sent
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
