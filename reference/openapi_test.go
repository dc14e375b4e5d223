package reference_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// TestEveryExchangeOfTheSuiteFitsTheDescription runs the whole suite and holds each exchange against
// the OpenAPI files: the requests of calls that succeed, and all answers.
func TestEveryExchangeOfTheSuiteFitsTheDescription(t *testing.T) {
	v := newValidator(t)
	result, err := steps.Run(t.Context(), steps.Options{Open: v.around(proof.Reference(reference.Options{Seed: 1})), Seed: 1, Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range result.Scenarios {
		if s.Outcome != reports.Passed {
			t.Errorf("%s: %s %s", s.ID, s.Outcome, s.Reason)
		}
	}
	v.rest(t)
	for api := range v.routers {
		for _, op := range operations(t, api) {
			if v.seen[op] == 0 {
				t.Errorf("%s: the suite never had an answer of %s", api, op)
			}
		}
	}
}

// rest makes the calls that no scenario makes.
func (v *validator) rest(t *testing.T) {
	newCaller(t, reference.Options{}, v).tour()
	tg, err := v.around(proof.Reference(reference.Options{Seed: 1, Accounts: []reference.Account{
		{Name: "owner", AccessKey: "AO", SecretKey: "SO", APIKey: "PO", Policy: kms.PolicyAdministrator},
		{Name: "viewer", ID: "viewers-id", AccessKey: "AV", SecretKey: "SV", Policy: kms.PolicyKMSViewer},
	}}))(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	owner := tg.Credentials["owner"]
	call := func(api target.API, method, path, body string, auth target.Auth) *target.Answer {
		a, err := tg.Do(v.t.Context(), target.Request{API: api, Method: method, Path: path, Body: []byte(body), Auth: auth})
		if err != nil {
			v.t.Fatal(err)
		}
		if a.Status != http.StatusOK {
			v.t.Errorf("%s %s: status %d: %s", method, path, a.Status, a.Body)
		}
		return a
	}
	for _, path := range []string{
		"/healthz", "/openapi.yaml", "/kms20.openapi.yaml", "/kms10.openapi.yaml", "/subaccount.openapi.yaml", "/metrics",
		"/admin/journal?limit=3&region=KR", "/admin/limits", "/admin/faults", "/admin/state", "/admin/regions", "/state.schema.json", "/ca.pem",
	} {
		call(target.Admin, http.MethodGet, path, "", nil)
	}
	call(target.Admin, http.MethodPut, "/admin/limits", `{"api20":"50/10","api10":"off"}`, nil)
	call(target.Admin, http.MethodPut, "/admin/regions/JPN", `{"up":false,"lag":"2s"}`, nil)
	call(target.Admin, http.MethodPut, "/admin/faults", `{"seed":1,"faults":[{"name":"n","op":"decrypt","header":{"A":"b"},"from":"1s","until":"2s","probability":0.5,"status":503}]}`, nil)
	call(target.Admin, http.MethodDelete, "/admin/faults", "", nil)
	call(target.Admin, http.MethodDelete, "/admin/journal", "", nil)
	const rule = "/api/v1/sub-accounts/viewers-id/access-rules/api"
	call(target.SubAccount, http.MethodPut, rule, `{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"10.0.0.0/8"}]}`, target.SignatureV2(owner))
	call(target.SubAccount, http.MethodGet, rule, "", target.SignatureV2(owner))
	call(target.Admin, http.MethodPut, "/admin/state", "keys: [{name: planted}]", nil)
	call(target.Admin, http.MethodPost, "/admin/reset", "", nil)
}

func load(t testing.TB, file string) routers.Router {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(features.OpenAPI(file))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	doc.Servers = nil
	r, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return r
}

func newValidator(t testing.TB) *validator {
	v := &validator{t: t, seen: map[string]int{}, routers: map[string]routers.Router{}}
	for api, file := range documents {
		v.routers[api] = load(t, file)
	}
	return v
}

var documents = map[string]string{
	reference.API20: "kms20.openapi.yaml", reference.API20KR: "kms20.openapi.yaml", reference.API20JP: "kms20.openapi.yaml", reference.API10: "kms10.openapi.yaml", reference.Admin: "admin.openapi.yaml",
	reference.SubAccount: "subaccount.openapi.yaml",
}

func operations(t *testing.T, api string) []string {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(features.OpenAPI(documents[api]))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			ids = append(ids, op.OperationID)
		}
	}
	return ids
}

// A validator stands between the suite and a reference in memory.
type validator struct {
	t       testing.TB
	routers map[string]routers.Router
	seen    map[string]int // successful answers by operation
}

func (v *validator) around(open target.Opener) target.Opener {
	return func(ctx context.Context) (*target.Target, error) {
		tg, err := open(ctx)
		if err != nil {
			return nil, err
		}
		inner := tg.Transport
		tg.Transport = func(s target.Source) http.RoundTripper { return checked{v, inner(s)} }
		return tg, nil
	}
}

type checked struct {
	v    *validator
	next http.RoundTripper
}

func (c checked) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		sent, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(got))
	c.v.check(r, sent, resp, got)
	return resp, err
}

func (v *validator) check(r *http.Request, sent []byte, resp *http.Response, got []byte) {
	api := r.URL.Hostname()[:len(r.URL.Hostname())-len(".kms.test")]
	router, ok := v.routers[api]
	if !ok {
		v.t.Errorf("%s %s: no description of %s", r.Method, r.URL, api)
		return
	}
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(sent))
	if len(sent) > 0 && again.Header.Get("Content-Type") == "" {
		again.Header.Set("Content-Type", "application/json")
	}
	if api == reference.Admin && !json.Valid(sent) {
		again.Header.Set("Content-Type", "application/yaml")
	}
	route, params, err := router.FindRoute(again)
	if err != nil {
		if resp.StatusCode != http.StatusNotFound {
			v.t.Errorf("%s %s: not described, and answered with %d", r.Method, r.URL, resp.StatusCode)
		}
		return
	}
	request := &openapi3filter.RequestValidationInput{
		Request: again, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if resp.StatusCode == http.StatusOK {
		v.seen[route.Operation.OperationID]++
		if err := openapi3filter.ValidateRequest(r.Context(), request); err != nil {
			v.t.Errorf("%s %s succeeded, but the request does not fit: %v", r.Method, r.URL, err)
		}
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: resp.StatusCode, Header: resp.Header, Options: request.Options,
	}
	answer.SetBodyBytes(got)
	if err := openapi3filter.ValidateResponse(r.Context(), answer); err != nil {
		v.t.Errorf("%s %s: the answer %d does not fit: %v\n%s", r.Method, r.URL, resp.StatusCode, err, got)
	}
}
