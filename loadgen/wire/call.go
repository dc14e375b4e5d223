package wire

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
)

// A Call is a request in the form in which it goes over the wire. It can be sent any number of times,
// at the same time too.
type Call struct {
	raw    []byte
	origin Origin
	head   bool // its answer has no body
}

// Prepare makes the call of a request whose body is given apart; the body of req is not looked at.
// Its error means that the request is not one.
func Prepare(req *http.Request, body []byte) (*Call, error) {
	scheme := req.URL.Scheme
	if scheme != "http" && scheme != "https" {
		return nil, fmt.Errorf("%s: neither http nor https", req.URL.Redacted())
	}
	sent := req.Clone(req.Context())
	sent.Body, sent.ContentLength, sent.TransferEncoding = http.NoBody, 0, nil
	if len(body) > 0 {
		sent.Body, sent.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	var raw bytes.Buffer
	if err := sent.Write(&raw); err != nil {
		return nil, err
	}
	port := cmp.Or(req.URL.Port(), map[string]string{"http": "80", "https": "443"}[scheme])
	o := Origin{TLS: scheme == "https", Addr: net.JoinHostPort(req.URL.Hostname(), port)}
	return &Call{raw: raw.Bytes(), origin: o, head: req.Method == http.MethodHead}, nil
}

// Origin returns where the call goes to.
func (c *Call) Origin() Origin { return c.origin }
