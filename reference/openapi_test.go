package reference_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/console"
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
		"/admin/journal?limit=3&region=KR", "/admin/limits", "/admin/decisions", "/admin/decisions?since=1", "/admin/decisions?since=now&api=api10&sum=true", "/admin/faults", "/admin/state", "/admin/regions", "/state.schema.json",
	} {
		call(target.Admin, http.MethodGet, path, "", nil)
	}
	v.authority(t)
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

// authority asks a server with TLS for its authority.
func (v *validator) authority(t *testing.T) {
	t.Helper()
	s, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{Address: "127.0.0.1:0", Admin: "127.0.0.1:0", TLS: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, reference.MemoryURLs()[reference.Admin]+"/ca.pem", nil)
	r.RequestURI = ""
	resp, err := v.hold(s.RoundTripper(netip.MustParseAddr("127.0.0.1")), r, func() bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("GET /ca.pem: %s", resp.Status)
	}
}

// descriptions are the routers of the OpenAPI files, by API. They are read once for all tests.
var descriptions = sync.OnceValues(func() (map[string]routers.Router, error) {
	openapi3filter.RegisterBodyDecoder("application/x-pem-file", openapi3filter.FileBodyDecoder)
	out := map[string]routers.Router{}
	for api, file := range documents {
		doc, err := openapi3.NewLoader().LoadFromData(features.OpenAPI(file))
		if err == nil {
			err = doc.Validate(context.Background())
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		doc.Servers = nil
		if out[api], err = legacy.NewRouter(doc); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return out, nil
})

func newValidator(t testing.TB) *validator {
	t.Helper()
	all, err := descriptions()
	if err != nil {
		t.Fatal(err)
	}
	return &validator{t: t, seen: map[string]int{}, routers: all}
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
	mu      sync.Mutex
	seen    map[string]int // successful answers by operation
}

// saw counts a successful answer of an operation.
func (v *validator) saw(id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen[id]++
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
	return c.v.hold(c.next, r, func() bool { return true })
}

// hold sends a request and holds the exchange against the description if asked says so once the answer is there.
func (v *validator) hold(next http.RoundTripper, r *http.Request, asked func() bool) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		sent, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := next.RoundTrip(r)
	if err != nil || !asked() {
		return resp, err
	}
	got, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(got))
	v.check(r, sent, resp, got)
	return resp, err
}

func (v *validator) check(r *http.Request, sent []byte, resp *http.Response, got []byte) {
	v.t.Helper()
	for _, err := range v.misfits(r, sent, resp, got) {
		v.t.Errorf("%s %s: %v\n%d %.2000s", r.Method, r.URL, err, resp.StatusCode, got)
	}
}

// misfits are what of an exchange is not as described: the request of a call that succeeded, and any answer.
func (v *validator) misfits(r *http.Request, sent []byte, resp *http.Response, got []byte) []error {
	api := r.URL.Hostname()[:len(r.URL.Hostname())-len(".kms.test")]
	if page := r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, console.Prefix); api == reference.Admin && page { // no API
		return nil
	}
	router, ok := v.routers[api]
	if !ok {
		return []error{fmt.Errorf("no description of %s", api)}
	}
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(sent))
	if len(sent) > 0 && (again.Header.Get("Content-Type") == "" || api != reference.Admin) { // the APIs take a body for JSON whatever it is called
		again.Header.Set("Content-Type", "application/json")
	}
	if api == reference.Admin && !json.Valid(sent) {
		again.Header.Set("Content-Type", "application/yaml")
	}
	route, params, err := router.FindRoute(again)
	if err != nil {
		stranger := api == reference.Admin && resp.StatusCode == http.StatusForbidden // is refused wherever he knocks
		if resp.StatusCode != http.StatusNotFound && !stranger {
			return []error{errors.New("not described, and not answered with 404")}
		}
		return nil
	}
	request := &openapi3filter.RequestValidationInput{
		Request: again, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	var wrong []error
	if resp.StatusCode == http.StatusOK {
		v.saw(route.Operation.OperationID)
		if err := openapi3filter.ValidateRequest(r.Context(), request); err != nil {
			wrong = append(wrong, fmt.Errorf("it succeeded, but the request does not fit: %w", err))
		}
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: resp.StatusCode, Header: resp.Header, Options: request.Options,
	}
	answer.SetBodyBytes(got)
	if err := openapi3filter.ValidateResponse(r.Context(), answer); err != nil {
		wrong = append(wrong, fmt.Errorf("the answer does not fit: %w", err))
	}
	// The description has the flat refusals of a dialect, too; what is held here against it speaks none.
	if strings.HasPrefix(api, string(target.API20)) && resp.StatusCode >= 400 && !bytes.Contains(got, []byte(`"error"`)) {
		wrong = append(wrong, errors.New("a refusal without the member error"))
	}
	return wrong
}

// TestTheValidatorSeesOneMemberThatIsWrong alters exchanges that fit by one member each.
func TestTheValidatorSeesOneMemberThatIsWrong(t *testing.T) {
	v := newValidator(t)
	const (
		encrypt = "POST http://api20.kms.test/kms/v1/keys/tag/encrypt"
		sealed  = `{"code":"SUCCESS","data":{"ciphertext":"ncpkms:v1:AAAA"}}`
		refusal = `{"error":{"errorCode":"300","message":"Not Found Exception","details":"x"}}`
		clock   = "GET http://admin.kms.test/admin/clock"
	)
	for name, tt := range map[string]struct {
		call, sent string
		status     int
		got        string
		fits       bool
	}{
		"a success":               {encrypt, hello, 200, sealed, true},
		"a refusal":               {encrypt, `{"plaintext":7}`, 400, refusal, true},
		"a request without data":  {encrypt, `{}`, 200, sealed, false},
		"a member of wrong type":  {encrypt, `{"plaintext":7}`, 200, sealed, false},
		"an answer without data":  {encrypt, hello, 200, `{"code":"SUCCESS"}`, false},
		"another code":            {encrypt, hello, 200, strings.Replace(sealed, "SUCCESS", "OK", 1), false},
		"an invented member":      {encrypt, hello, 200, strings.Replace(sealed, `"ciphertext"`, `"keyMaterial":"AAAA","ciphertext"`, 1), false},
		"one beside the data":     {encrypt, hello, 200, strings.Replace(sealed, `"data"`, `"debug":{},"data"`, 1), false},
		"a misspelt member":       {encrypt, hello, 200, strings.Replace(sealed, "ciphertext", "cipherText", 1), false},
		"a text that is a number": {encrypt, hello, 200, strings.Replace(sealed, `"ncpkms:v1:AAAA"`, "7", 1), false},
		"a refusal without code":  {encrypt, hello, 400, strings.Replace(refusal, "errorCode", "code", 1), false},
		"a code that is a number": {encrypt, hello, 404, strings.Replace(refusal, `"300"`, "300", 1), false},
		"a flat refusal":          {encrypt, hello, 400, `{"code":"300","msg":"Not Found Exception","data":null}`, false},
		"no JSON":                 {encrypt, hello, 400, "not found", false},
		"another path":            {"POST http://api20.kms.test/kms/v1/keys/tag/encrypts", hello, 200, sealed, false},
		"the clock":               {clock, "", 200, `{"now":"2026-01-01T00:00:00Z","frozen":false}`, true},
		"the clock, not frozen":   {clock, "", 200, `{"now":"2026-01-01T00:00:00Z","frozen":"no"}`, false},
	} {
		method, url, _ := strings.Cut(tt.call, " ")
		r, err := http.NewRequest(method, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp := &http.Response{StatusCode: tt.status, Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}}}
		if wrong := v.misfits(r, []byte(tt.sent), resp, []byte(tt.got)); (len(wrong) == 0) != tt.fits {
			t.Errorf("%s: %v; fits is to be %v", name, wrong, tt.fits)
		}
	}
}

// A tally counts what a test is told off for.
type tally struct {
	testing.TB
	errors int
}

func (t *tally) Helper()               {}
func (t *tally) Errorf(string, ...any) { t.errors++ }

// misspells answers as a handler does, but for a member of refusals.
func misspells(_ string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept := httptest.NewRecorder()
		next.ServeHTTP(kept, r)
		w.Header().Set("Content-Type", kept.Header().Get("Content-Type"))
		w.WriteHeader(kept.Code)
		_, _ = w.Write(bytes.Replace(kept.Body.Bytes(), []byte("errorCode"), []byte("errorcode"), 1))
	})
}

// TestARigHoldsWhatItSends puts a service behind a handler that misspells a member.
func TestARigHoldsWhatItSends(t *testing.T) {
	r, told := newRig(t, reference.Options{Wrap: misspells}), &tally{TB: t}
	r.held.t = told
	if status, text := r.do(http.MethodPost, "/tag/encrypt", hello); status != 200 || told.errors != 0 {
		t.Errorf("the right call: %d %s, %d complaints", status, text, told.errors)
	}
	if status, text := r.do(http.MethodPost, "/tag/encrypt", "{"); status != 400 || told.errors != 1 {
		t.Errorf("the wrong call: %d %s, %d complaints, want one", status, text, told.errors)
	}
}
