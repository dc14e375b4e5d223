package reference_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
)

// BenchmarkEncryptByToken measures what the service adds to net/http on its hottest path.
func BenchmarkEncryptByToken(b *testing.B) {
	r := newRig(b, reference.Options{Limit20: limit.Off{}})
	r.do(http.MethodPost, "/tag/acl", `{"ipList":["127.0.0.1"]}`)
	access, _ := r.tokens("tag")
	text := `{"plaintext":"` + base64.StdEncoding.EncodeToString(make([]byte, 32)) + `"}`
	body := strings.NewReader(text)
	req := httptest.NewRequest(http.MethodPost, "/kms/v1/keys/tag/encrypt", body)
	req.RemoteAddr = "127.0.0.1:40000"
	access.Authorize(req, start)
	w := &discard{header: http.Header{}}
	handler := r.service.Handler(reference.API20)
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(text)
		req.Body = io.NopCloser(body)
		handler.ServeHTTP(w, req)
	}
	if w.status != http.StatusOK {
		b.Fatal(w.status)
	}
}

// discard is a ResponseWriter that keeps the status alone.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
