package reference_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/target"
)

// loopback is where calls in memory come from.
var loopback = netip.MustParseAddr("127.0.0.1")

// A rig is a service in memory and who calls it.
type rig struct {
	t       testing.TB
	service *reference.Service
	clock   *clock.Manual
	from    string
	held    *validator // holds exchanges against the OpenAPI files; nil: nobody does, for a dialect leaves them
}

// newRig starts a service with a key of the tag "tag" on a clock that stands still at start.
func newRig(t testing.TB, o reference.Options) *rig {
	t.Helper()
	c := clock.NewManual(start)
	o.Seed, o.Clock = 1, c
	if o.Keys == nil {
		o.Keys = []reference.Key{{Name: "orders", Tag: "tag"}}
	}
	s, err := reference.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, service: s, clock: c, from: "127.0.0.1"}
	if reflect.ValueOf(o.Dialect).IsZero() {
		r.held = newValidator(t)
	}
	return r
}

// in returns the rig as a subtest uses it.
func (r *rig) in(t testing.TB) *rig {
	in := *r
	in.t = t
	return &in
}

// signed authorizes as one of the service's accounts.
func (r *rig) signed(name string) target.Auth {
	for _, a := range r.service.Accounts() {
		if a.Name == name {
			return target.SignatureV2{AccessKey: a.AccessKey, SecretKey: a.SecretKey, APIKey: a.APIKey}
		}
	}
	r.t.Fatalf("no account %s", name)
	return nil
}

// try sends one request; header holds names and values in turn.
func (r *rig) try(auth target.Auth, api, method, path, body string, header ...string) (*http.Response, error) {
	req, err := http.NewRequest(method, "http://"+api+".kms.test"+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if auth != nil {
		auth.Authorize(req, r.clock.Now())
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return r.send(req)
}

// send sends a request and holds the exchange against the OpenAPI files, unless a fault struck.
func (r *rig) send(req *http.Request) (*http.Response, error) {
	next := r.service.RoundTripper(netip.MustParseAddr(r.from))
	if r.held == nil {
		return next.RoundTrip(req)
	}
	struck := strikes(r.service)
	return r.held.hold(next, req, func() bool { return strikes(r.service) == struck })
}

// call sends one request that must be answered.
func (r *rig) call(auth target.Auth, api, method, path, body string, header ...string) (int, string) {
	r.t.Helper()
	resp, err := r.try(auth, api, method, path, body, header...)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, readAll(r.t, resp)
}

// do sends one call of API 2.0 as the owner.
func (r *rig) do(method, path, body string, header ...string) (int, string) {
	r.t.Helper()
	return r.call(r.signed("owner"), reference.API20, method, "/kms/v1/keys"+path, body, header...)
}

// admin asks the admin listener.
func (r *rig) admin(method, path, body string) (int, string) {
	r.t.Helper()
	return r.call(nil, reference.Admin, method, path, body)
}

// tokens puts a creator into office on the key and returns an access and a refresh token of it.
func (r *rig) tokens(tag string) (access, refresh target.Token) {
	r.t.Helper()
	if status, text := r.do(http.MethodPost, "/"+tag+"/token-generator", ""); status != 200 {
		r.t.Fatalf("creator: %d %s", status, text)
	}
	_, text := r.do(http.MethodPost, "/"+tag+"/token-set", "")
	return tokenIn(r.t, text), target.Token(member(r.t, text, "refreshToken"))
}

// tokenIn returns the access token of an answer.
func tokenIn(t testing.TB, answer string) target.Token {
	t.Helper()
	return target.Token(member(t, answer, "accessToken"))
}

// member returns a text in the data of an answer of API 2.0.
func member(t testing.TB, answer, name string) string {
	t.Helper()
	var envelope struct{ Data map[string]any }
	text, ok := "", json.Unmarshal([]byte(answer), &envelope) == nil
	if ok {
		text, ok = envelope.Data[name].(string)
	}
	if !ok {
		t.Fatalf("no %s in %s", name, answer)
	}
	return text
}

const hello = `{"plaintext":"aGVsbG8="}`
