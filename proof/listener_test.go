package proof_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// A listener stands between a suite and the references that it opens. It puts every secret that goes by
// into its cage. It is safe for concurrent use.
type listener struct {
	seeds   atomic.Uint64
	mu      sync.Mutex
	cage    cage
	targets []*target.Target
	answers strings.Builder // of wrong calls
}

func (l *listener) around(open func(reference.Options) target.Opener, o reference.Options) target.Opener {
	return func(ctx context.Context) (*target.Target, error) {
		o.Seed = l.seeds.Add(1) // one seed for two would make the secrets of one the key tags of the other
		t, err := open(o)(ctx)
		if err != nil {
			return nil, err
		}
		inner := t.Transport
		t.Transport = func(s target.Source) http.RoundTripper { return heard{l, inner(s)} }
		l.mu.Lock()
		defer l.mu.Unlock()
		l.targets = append(l.targets, t)
		for role, c := range t.Credentials {
			l.cage.add("the secret key of "+role, c.SecretKey)
			l.cage.add("the API key of "+role, c.APIKey)
		}
		return t, nil
	}
}

type heard struct {
	l    *listener
	next http.RoundTripper
}

func (h heard) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		sent, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := h.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, cut := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(got), failing{cut}))
	h.l.mu.Lock()
	defer h.l.mu.Unlock()
	h.l.hear(r.Header, sent, got)
	if resp.StatusCode != http.StatusOK {
		h.l.answers.Write(got)
		h.l.answers.WriteByte('\n')
	}
	return resp, nil
}

// failing ends a body as another ended.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// hear takes the secrets out of an exchange. A token's header says nothing and its claims are no secret;
// what makes it a token is its signature.
func (l *listener) hear(header http.Header, sent, got []byte) {
	l.token(header.Get(target.HeaderToken))
	l.cage.add("a signature of an account", header.Get(target.HeaderSignatureV1)+header.Get(target.HeaderSignatureV2))
	for _, text := range [][]byte{sent, got} {
		var body any
		if json.Unmarshal(text, &body) == nil {
			l.members("", body)
		}
	}
}

func (l *listener) token(text string) {
	if i := strings.LastIndexByte(text, '.'); i >= 0 {
		l.cage.add("the signature of a token", text[i+1:])
	}
}

// members walks through a JSON value. name is that of the member that holds it.
func (l *listener) members(name string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			l.members(name, member)
		}
	case []any:
		for _, item := range value {
			l.members(name, item)
		}
	case string:
		switch name {
		case "accessToken", "refreshToken":
			l.token(value)
		case "plaintext", "plaintextList", "context", "data":
			l.cage.add("a "+name, value)
			if raw, err := base64.StdEncoding.DecodeString(value); err == nil {
				l.cage.add("a "+name+", decoded", string(raw))
			}
		}
	}
}

// materials puts what the state of each reference holds into the cage.
func (l *listener) materials(t *testing.T) {
	t.Helper()
	for _, tg := range l.targets {
		var state reference.State
		if err := yaml.Unmarshal([]byte(ask(t, tg, http.MethodGet, "/admin/state", "")), &state); err != nil {
			t.Fatal(err)
		}
		for _, k := range state.Keys {
			for _, m := range k.Versions {
				l.material("the material of a key", m.Material)
			}
			if k.Creator != nil && k.Creator.Key != "" {
				l.material("the signing key of a creator", k.Creator.Key)
			}
		}
	}
}

// material adds the private parts of a key.
func (l *listener) material(name, text string) {
	if raw, err := hex.DecodeString(text); err == nil {
		l.cage.add(name, string(raw))
		return
	}
	block, _ := pem.Decode([]byte(text))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic(err) // the reference wrote it
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		l.cage.add(name, string(key.D.Bytes()))
		for _, p := range key.Primes {
			l.cage.add(name+", a prime", string(p.Bytes()))
		}
	case *ecdsa.PrivateKey:
		raw, err := key.Bytes()
		if err != nil {
			panic(err)
		}
		l.cage.add(name, string(raw))
	}
}
