package reference_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
)

// A socket carries requests to the listeners of a service through net/http, and holds each exchange against the
// OpenAPI files, unless a fault struck.
type socket struct {
	held    *validator
	service *reference.Service
	urls    map[string]string // base URLs by API
	next    http.RoundTripper
}

// clientOf returns a client of a service that listens at base URLs and trusts an authority, in PEM.
func clientOf(t *testing.T, s *reference.Service, urls map[string]string, authority []byte) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if authority != nil && !roots.AppendCertsFromPEM(authority) {
		t.Fatal("the authority is no PEM")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: &socket{newValidator(t), s, urls, transport}}
}

// RoundTrip implements http.RoundTripper.
func (s *socket) RoundTrip(r *http.Request) (*http.Response, error) {
	struck := strikes(s.service)
	described := r.Clone(r.Context())
	described.URL.Host = s.api(r) + ".kms.test"
	carry := carrier(func(d *http.Request) (*http.Response, error) {
		sent := r.Clone(r.Context())
		sent.Body = d.Body
		return s.next.RoundTrip(sent)
	})
	return s.held.hold(carry, described, func() bool { return strikes(s.service) == struck })
}

// api returns the API that a request is for.
func (s *socket) api(r *http.Request) string {
	for api, base := range s.urls {
		if strings.HasPrefix(r.URL.String(), base+"/") {
			return api
		}
	}
	s.held.t.Errorf("%s is at no listener of the service", r.URL)
	return ""
}

type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// strikes is how often faults of a service have struck.
func strikes(s *reference.Service) int {
	n := 0
	for _, f := range s.Faults() {
		n += f.Fired
	}
	return n
}

// TestWhatGoesThroughASocketIsHeld puts a server behind a handler that misspells a member.
func TestWhatGoesThroughASocketIsHeld(t *testing.T) {
	server := reference.NewServer(reference.Options{Seed: 1, Wrap: misspells})
	defer server.Close()
	told, client := &tally{TB: t}, newClient(t, server)
	client.Transport.(*socket).held.t = told
	for i, url := range []string{server.URLs[reference.Admin] + "/healthz", server.URLs[reference.API20] + "/kms/v1/keys"} {
		if ask(t, client, http.MethodGet, url, ""); told.errors != i {
			t.Errorf("%s: %d complaints, want %d", url, told.errors, i)
		}
	}
}
