//go:build e2e

package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// TestTheContainersServer runs what is in the image as it is run there: the static program in an empty
// folder, on all addresses, with a state that was mounted.
func TestTheContainersServer(t *testing.T) {
	file, text := stateFile(t)
	root := t.TempDir()
	cmd := exec.Command(static(t), "serve", "--listen", "0.0.0.0:0", "--admin", "127.0.0.1:0", "--state", file, "--tls", "--tls-name", "kms.test")
	cmd.Dir, cmd.Env = root, []string{"TMPDIR=" + root}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	p, err := start(cmd)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	defer func() {
		if err := p.end(); err != nil {
			t.Errorf("%v\n%s", err, stderr.Bytes())
		}
	}()
	ca := ask(t, nil, http.MethodGet, p.ready["admin"]+"/ca.pem", "") // as who cannot look into the container
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(ca)) {
		t.Fatalf("/ca.pem is %.60q", ca)
	}
	ask(t, roots, http.MethodPost, p.ready["admin"]+"/admin/clock", `{"freeze":true}`)
	ask(t, roots, http.MethodPost, p.ready["admin"]+"/admin/reset", "") // the times of the file begin at the clock's
	if got := ask(t, roots, http.MethodGet, p.ready["admin"]+"/admin/state", ""); got != text {
		t.Errorf("the container's export differs from that of Go's options: %d and %d bytes", len(got), len(text))
	}
	at, err := url.Parse(p.ready["api20"])
	if err != nil {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", at.Host, &tls.Config{RootCAs: roots, ServerName: "kms.test"})
	if err != nil {
		t.Fatalf("as kms.test: %v", err)
	}
	conn.Close()
}

// static builds the program as deploy/Containerfile does.
func static(t *testing.T) string {
	t.Helper()
	recipe, err := os.ReadFile("../../deploy/Containerfile")
	if err != nil || !strings.Contains(string(recipe), "CGO_ENABLED=0 go build -trimpath") {
		t.Fatalf("the container is built otherwise: %v", err)
	}
	path := filepath.Join(t.TempDir(), "kmsproof")
	build := exec.Command("go", "build", "-trimpath", "-o", path, ".")
	build.Env = append(withoutOurs(os.Environ()), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// stateFile writes a state with keys of every type and accounts of every kind, and returns with it what Go's
// options export once they were made of it.
func stateFile(t *testing.T) (path, text string) {
	t.Helper()
	export := func(o reference.Options) []byte {
		o.Clock = clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		s, err := reference.New(o)
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.State().Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	first := export(reference.Options{
		Seed: 3,
		Accounts: []reference.Account{
			{Name: "owner", Policy: kms.PolicyAdministrator, KeyPairs: []reference.KeyPair{{AccessKey: "A1", SecretKey: "S1", Disabled: true}, {AccessKey: "A2", SecretKey: "S2"}}},
			{Name: "clerk", AccessKey: "AC", SecretKey: "SC", Policies: []reference.UserPolicy{{Name: "one", Actions: []kms.Op{kms.Encrypt}, Keys: []string{"one"}}}},
			{Name: "outside", AccessKey: "AX", SecretKey: "SX", Gateway: new(false)},
		},
		Keys: []reference.Key{
			{Name: "key-one", Tag: "one", Creator: &reference.Creator{}, ACL: &reference.ACL{Enabled: true, Allowed: []string{"192.0.2.1"}}},
			{Name: "key-two", Type: kms.RSA2048, State: kms.Disabled, StateSince: "-72h"},
			{Name: "key-three", Type: kms.ECDSA, Home: kms.JPN},
		},
	})
	path = filepath.Join(t.TempDir(), "state.yaml")
	if err := os.WriteFile(path, first, 0o600); err != nil {
		t.Fatal(err)
	}
	state, err := reference.ParseState(path, first)
	if err != nil {
		t.Fatal(err)
	}
	var o reference.Options
	o.Use(state)
	return path, string(export(o))
}

// ask makes a call that must succeed. Without roots it trusts anybody.
func ask(t *testing.T, roots *x509.CertPool, method, at, body string) string {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, InsecureSkipVerify: roots == nil}}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequest(method, at, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(fmt.Sprintf("%s %s: %d %s", method, at, answer.StatusCode, text), err)
	}
	return string(text)
}
