package proof_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// watched is everything that references and reports tell, by who tells it.
func (l *listener) watched(t *testing.T, log *bytes.Buffer, runs ...*reports.Run) map[string]string {
	t.Helper()
	told := map[string]string{"the log": log.String(), "answers to wrong calls": l.answers.String()}
	for i, run := range runs {
		for _, format := range reports.Formats() {
			write, err := reports.Format(format)
			if err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			if err := write(&text, run); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			told[fmt.Sprintf("run %d as %s", i, format)] = text.String()
		}
	}
	for _, path := range append(openPages(t), "/console/", "/console/info", "/console/load", "/admin/decisions?sum=true", "/admin/journal?op=x%zz", "/admin/nothing") {
		var all strings.Builder
		for _, tg := range l.targets {
			all.WriteString(ask(t, tg, http.MethodGet, path, ""))
		}
		told[path] = all.String()
	}
	return told
}

// openPages are the paths that the admin listener answers with GET, as its description lists them: but for the state,
// which is there to tell secrets, and for files, which are the same of every service.
func openPages(t *testing.T) []string {
	t.Helper()
	var described struct {
		Paths map[string]map[string]any
	}
	if err := yaml.Unmarshal(features.OpenAPI("admin.openapi.yaml"), &described); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for path, methods := range described.Paths {
		if methods["get"] != nil && path != "/admin/state" && !strings.Contains(path, ".") {
			paths = append(paths, path)
		}
	}
	return paths
}

func ask(t *testing.T, tg *target.Target, method, path, body string) string {
	t.Helper()
	a, err := tg.Do(context.WithoutCancel(t.Context()), target.Request{API: target.Admin, Method: method, Path: path, Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return string(a.Body)
}

// trouble is what goes wrong in a run whose answers are torn and spoilt.
var trouble = reference.FaultScript{Seed: 1, Faults: []reference.Fault{
	{Name: "torn", After: true, Body: "truncated", Times: 1000, Probability: 0.1},
	{Name: "garbage", After: true, Body: "garbage", Times: 1000, Probability: 0.1},
	{Name: "lost", After: true, Reset: true, Times: 1000, Probability: 0.05},
	{Name: "down", Status: 503, Times: 1000, Probability: 0.1},
	{Name: "changed", After: true, Data: map[string]any{"more": "x"}, Times: 1000, Probability: 0.1},
}}

// TestNoSecretGetsOut marks every secret that goes through the whole suite: on a right reference, on one
// whose answers are spoilt, on broken ones whose scenarios fail and say why; and looks for it in
// everything that is written down. Every exchange is kept, as with --trace.
func TestNoSecretGetsOut(t *testing.T) {
	var log bytes.Buffer
	options := reference.Options{Journal: 5000, Log: slog.New(slog.NewJSONHandler(&log, nil))}
	spoilt := options
	spoilt.Faults = trouble
	l := &listener{}
	var runs []*reports.Run
	for name, of := range map[string]struct {
		open func(reference.Options) target.Opener
		with reference.Options
		rule string // that is run; empty: all
	}{
		"right": {proof.Reference, options, ""}, "spoilt": {proof.Reference, spoilt, ""},
		"alg-none": {broken(t, "alg-none"), options, "KMS2-TOK"}, "acl-default-allow": {broken(t, "acl-default-allow"), options, "KMS2-ACL"},
		"wrong-plaintext": {broken(t, "wrong-plaintext"), options, "KMS2-DEC"},
	} {
		job := proof.Job{Command: "conform", Version: "test", Seed: 1, Target: &proof.Target{Name: name, Scenario: l.around(of.open, of.with)}, Conform: &steps.Options{Trace: true, Rule: of.rule}}
		run, err := job.Do(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	l.abuse(t, options)
	l.materials(t)
	kinds := map[string]int{}
	for _, name := range l.cage.names {
		kinds[name]++
	}
	t.Logf("%d secrets: %v", len(l.cage.names), kinds)
	for _, name := range []string{"the secret key of owner", "the API key of owner", "a plaintext, decoded", "a context, decoded", "a data, decoded", "the signature of a token", "the material of a key", "the signing key of a creator", "a signature of an account"} {
		if kinds[name] == 0 {
			t.Errorf("the run showed the test no %s", name)
		}
	}
	for where, text := range l.watched(t, &log, runs...) {
		if len(text) < 20 {
			t.Errorf("%s holds nothing: %s", where, text)
		}
		for _, leak := range l.cage.search(text) {
			t.Errorf("%s shows %s as %s: …%s…", where, leak.secret, leak.form, leak.around)
		}
	}
}

// random is the base64 of 24 bytes that nobody else has.
func random() string {
	raw := make([]byte, 24)
	_, _ = rand.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

// TestALeakIsHeard lets a reference write the tokens that it gets into its log.
func TestALeakIsHeard(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	leaky := reference.Options{Log: logger, Wrap: func(_ string, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			logger.Info("call", "token", []byte(r.Header.Get(target.HeaderToken)))
			next.ServeHTTP(w, r)
		})
	}}
	l := &listener{}
	job := proof.Job{Command: "conform", Seed: 1, Target: &proof.Target{Name: "leaky", Scenario: l.around(proof.Reference, leaky)}, Conform: &steps.Options{Rule: "KMS2-TOK-020"}}
	if _, err := job.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := l.cage.search(log.String())
	if len(found) == 0 || found[0].secret != "the signature of a token" || !strings.HasPrefix(found[0].form, "base64") {
		t.Errorf("a log with every token in base64: %v, want them found", found)
	}
}

// broken opens a mutant.
func broken(t *testing.T, name string) func(reference.Options) target.Opener {
	t.Helper()
	m, err := mutant.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return func(o reference.Options) target.Opener { return proof.Mutant(m, o) }
}

// abuse sends secrets to where they do not belong.
func (l *listener) abuse(t *testing.T, o reference.Options) {
	t.Helper()
	tg, err := l.around(proof.Reference, o)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	owner := target.SignatureV2(tg.Credentials["owner"])
	send := func(auth target.Auth, method, path, body string) string {
		a, err := tg.Do(t.Context(), target.Request{Method: method, Path: "/kms/v1/keys" + path, Body: []byte(body), Auth: auth})
		if err != nil {
			t.Fatal(err)
		}
		return string(a.Body)
	}
	var made struct {
		Data struct{ KeyTag, AccessToken, RefreshToken, Plaintext string }
	}
	read := func(text string) {
		if err := json.Unmarshal([]byte(text), &made); err != nil {
			t.Fatal(err)
		}
	}
	read(send(owner, "POST", "", `{"keyName":"abused","keyType":"AES256","protectionType":"BASIC"}`))
	key := "/" + made.Data.KeyTag
	send(owner, "POST", key+"/token-generator", "")
	read(send(owner, "POST", key+"/token-set", ""))
	read(send(owner, "POST", key+"/create-custom-key", `{"requestPlainKey":true}`))
	secret := made.Data.Plaintext
	token := made.Data.AccessToken
	read(send(owner, "POST", "", `{"keyName":"equal","keyType":"AES256","protectionType":"BASIC","isConvergent":true}`))
	send(owner, "POST", "/"+made.Data.KeyTag+"/encrypt", `{"plaintext":"","context":"`+random()+`"}`)
	read(send(owner, "POST", "", `{"keyName":"signer","keyType":"ECDSA","protectionType":"BASIC"}`))
	send(owner, "POST", "/"+made.Data.KeyTag+"/sign", `{"data":"`+random()+`"}`)
	send(target.Token(token+"x"), "POST", key+"/encrypt", "")
	send(target.Token(made.Data.RefreshToken), "POST", key+"/encrypt", "")
	send(target.Token(token), "PUT", key+"/token-set", "")
	for _, body := range []string{
		`{"plaintext":"` + secret, `{"plaintext":"` + secret + `!"}`, `{"plaintext":["` + secret + `",1]}`, `{"plaintext":{"x":"` + secret + `"}}`, `{"unknown":"` + secret + `"}`, `{"plaintext":"","plaintext":"` + secret + `"}`,
		`{"ciphertext":"` + secret + `"}`, `{"ciphertext":"ncpkms:v1:` + secret + `"}`, `{"signature":"` + secret + `","data":"` + secret + `"}`, `{"keyName":"` + secret + `"}`, `{"memo":["` + secret + `"]}`,
		`{"keyType":"` + secret + `","keyName":"abc","protectionType":"BASIC"}`, `{"ipList":["` + secret + `"]}`, `{"rotationPeriod":"` + secret + `"}`, `{"accessTokenHours":"` + secret + `"}`, `{"bits":"` + secret + `"}`, `{"targetRegion":"` + secret + `"}`, secret, `"` + secret + `"`,
	} {
		for _, action := range []string{"", "/encrypt", "/decrypt", "/re-encrypt", "/create-custom-key", "/sign", "/verify", "/get-pub-key", "/token-set", "/acl", "/migrate", "/rotate"} {
			path := key + action
			if action == "" {
				path = ""
			}
			send(owner, "POST", path, body)
		}
		for _, action := range []string{"/name", "/memo", "/rotation-period"} {
			send(owner, "PUT", key+action, body)
		}
		for _, path := range []string{"/admin/faults", "/admin/state", "/admin/limits"} {
			l.answers.WriteString(ask(t, tg, http.MethodPut, path, body) + "\n")
		}
		l.answers.WriteString(ask(t, tg, http.MethodPost, "/admin/clock", body) + "\n")
	}
	var state reference.State
	if err := yaml.Unmarshal([]byte(ask(t, tg, http.MethodGet, "/admin/state", "")), &state); err != nil {
		t.Fatal(err)
	}
	material := state.Keys[0].Versions[0].Material // in hex, as long as a key tag
	for _, secret := range []string{secret, material, tg.Credentials["owner"].SecretKey, tg.Credentials["owner"].APIKey} {
		l.misplace(t, tg, send, owner, key, secret)
	}
	for _, path := range []string{"/" + token, "/" + token + "/encrypt", key + "/" + token, key + "/encrypt?token=" + token, key + "/activities?keyword=" + token, key + "/activities?timestampTo=" + token, "?pageNo=" + token} {
		send(owner, "GET", path, "")
		send(owner, "POST", path, "")
	}
}

// misplace puts a secret where names belong: of members, of keys, of calls.
func (l *listener) misplace(t *testing.T, tg *target.Target, send func(auth target.Auth, method, path, body string) string, owner target.Auth, key, secret string) {
	t.Helper()
	in := url.PathEscape(secret)
	for _, body := range []string{
		`{"` + secret + `":1}`, `{"` + secret + `":1,"` + secret + `":2}`, `{"x":{"` + secret + `":1,"` + secret + `":2}}`, `{"plaintext":{"` + secret + `":1}}`, `{"plaintext":[{"` + secret + `":"\ud800"}]}`, `{"` + secret + `":`, `{"a\"` + secret + `\"b":1}`,
	} {
		for _, action := range []string{"", "/encrypt", "/rotate", "/token-set", "/acl", "/sign"} {
			send(owner, "POST", strings.TrimSuffix(key, map[bool]string{true: key}[action == ""])+action, body)
		}
		for _, path := range []string{"/admin/faults", "/admin/state", "/admin/limits", "/admin/regions/KR"} {
			l.answers.WriteString(ask(t, tg, http.MethodPut, path, body) + "\n")
		}
	}
	for _, body := range []string{`{"policy":"` + secret + `"}`, `{"policies":[{"name":"x","actions":["` + secret + `"]}]}`, `{"keyPairs":[{"accessKey":"` + secret + `","disabled":true}]}`} {
		l.answers.WriteString(ask(t, tg, http.MethodPut, "/admin/accounts/owner", body) + "\n")
		l.answers.WriteString(ask(t, tg, http.MethodPut, "/admin/accounts/"+in, body) + "\n")
	}
	for _, body := range []string{`{"api20":"` + secret + `"}`, `{"api10":"` + secret + `/1"}`} {
		l.answers.WriteString(ask(t, tg, http.MethodPut, "/admin/limits", body) + "\n")
	}
	for _, text := range []string{"keys: [{name: " + secret + "}]", "keys: [{name: abc, tag: t}, {name: " + secret + ", tag: t}]", "keys: []\nspentNames: [{name: " + secret + ", tag: none}]",
		"accounts: [{name: " + secret + "}]\nkeys: []", "accounts: [{name: " + secret + ", policy: none}]\nkeys: []"} {
		l.answers.WriteString(ask(t, tg, http.MethodPut, "/admin/state", text) + "\n")
	}
	for _, text := range []string{secret + ": 1", "faults: [{" + secret + ": 1}]", "faults: [{op: " + secret + "}]", "faults: [{delay: " + secret + "}]", "keys: [{name: abc, registered: " + secret + "}]", "keys: [{name: abc, " + secret + ": 1}]", "keys: [{name: abc, acl: {allowed: [" + secret + "]}}]", "a: *" + secret, "a: !" + secret + " x", "? [" + secret + "]", "a: {" + secret, secret} {
		for _, path := range []string{"/admin/faults", "/admin/state"} {
			l.answers.WriteString(ask(t, tg, http.MethodPut, path, text) + "\n")
		}
	}
	for _, path := range []string{"/" + in, "/" + in + "/encrypt", key + "/" + in, key + "/versions/" + in + "/enable", key + "/encrypt?" + in + "=1", key + "/activities?keyword=" + in, "?" + in} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			send(owner, method, path, "")
			send(nil, method, path, "")
		}
	}
	for _, path := range []string{"/" + in, "/admin/" + in, "/admin/regions/" + in, "/admin/journal?" + in + "=1", "/admin/journal?since=" + in, "/console/" + in} {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			l.answers.WriteString(ask(t, tg, method, path, `{"up":true}`) + "\n")
		}
	}
}
