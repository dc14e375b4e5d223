package reference_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/target"
)

// BenchmarkEncryptByToken measures what the service adds to net/http on its hottest path: on few keys, and on so many
// that no cache of a processor holds what a call needs of its key. It lives by the machine's clock, for the load by
// key and second to move on. The tokens of 10,000 keys take half a minute to sign.
func BenchmarkEncryptByToken(b *testing.B) {
	for _, keys := range []int{16, 10_000} {
		b.Run(fmt.Sprint(keys, " keys"), func(b *testing.B) { encryptByToken(b, keys) })
	}
}

func encryptByToken(b *testing.B, keys int) {
	s, err := reference.New(reference.Options{Seed: 1, Limit20: limit.Off{}, Keys: numbered(keys)})
	if err != nil {
		b.Fatal(err)
	}
	calls := make([]byToken, keys)
	for i, place := range rand.Perm(keys) { // not in the order in which the keys lie in memory
		calls[place] = byToken{"/kms/v1/keys/" + numberedTag(i) + "/encrypt", issued(b, s, numberedTag(i))}
	}
	h, w := s.Handler(reference.API20), &discard{header: http.Header{}}
	r, body := newCall(calls[0].path, encryptBody), strings.NewReader(encryptBody)
	call := func(i int) {
		body.Reset(encryptBody)
		r.Body = io.NopCloser(body)
		r.URL.Path = strings.Clone(calls[i].path) // a server has just read path and token
		target.Token(strings.Clone(string(calls[i].token))).Authorize(r, time.Time{})
		h.ServeHTTP(w, r)
	}
	for i := range calls {
		call(i) // verifies the token
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		call(i % keys)
	}
	if w.status != http.StatusOK {
		b.Fatal(w.status)
	}
}

// byToken is a call with an access token.
type byToken struct {
	path  string
	token target.Token
}

// numbered are keys, each with a creator, whose tokens one address may use.
func numbered(n int) []reference.Key {
	keys := make([]reference.Key, n)
	for i := range keys {
		keys[i] = reference.Key{
			Name: fmt.Sprint("bench-", i), Tag: numberedTag(i), Creator: &reference.Creator{},
			ACL: &reference.ACL{Enabled: true, Allowed: []string{"127.0.0.1"}},
		}
	}
	return keys
}

// numberedTag is as long as the tags that a service makes.
func numberedTag(i int) string { return fmt.Sprintf("%064x", i) }

// issued returns a new access token.
func issued(b *testing.B, s *reference.Service, tag string) target.Token {
	owner, r, w := s.Accounts()[0], newCall("/kms/v1/keys/"+tag+"/token-set", "{}"), httptest.NewRecorder()
	target.SignatureV2{AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}.Authorize(r, time.Now())
	s.Handler(reference.API20).ServeHTTP(w, r)
	return tokenIn(b, w.Body.String())
}

// encryptBody asks for the encryption of 32 bytes.
var encryptBody = `{"plaintext":"` + base64.StdEncoding.EncodeToString(make([]byte, 32)) + `"}`

func newCall(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000"
	return r
}

// discard is a ResponseWriter that keeps the status alone.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
