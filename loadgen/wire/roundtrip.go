package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"time"
)

var _ http.RoundTripper = (*Transport)(nil)

// unhurried bounds a call whose context has no deadline.
const unhurried = time.Minute

// RoundTrip implements http.RoundTripper, for what is not counted in microseconds: it prepares the
// call, and the whole answer is read before it returns.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	call, err := prepareWhole(req)
	if err != nil {
		return nil, err
	}
	deadline, ok := req.Context().Deadline()
	if !ok {
		deadline = time.Now().Add(unhurried)
	}
	c, err := t.Conn(call.origin, deadline)
	if err != nil {
		return nil, orContext(req.Context(), err)
	}
	var a Answer
	stop := context.AfterFunc(req.Context(), func() { _ = c.tcp.Close() })
	keep, err := c.exchange(call, deadline, &a)
	if stop() && keep {
		t.put(c)
	} else {
		c.discard()
	}
	if err != nil {
		return nil, orContext(req.Context(), err)
	}
	return a.response(req)
}

// prepareWhole reads the body and closes it, as the contract of a RoundTripper asks for.
func prepareWhole(req *http.Request) (*Call, error) {
	var body []byte
	if req.Body != nil {
		read, err := io.ReadAll(req.Body)
		if err := errors.Join(err, req.Body.Close()); err != nil {
			return nil, err
		}
		body = read
	}
	return Prepare(req, body)
}

// orContext returns why the context ended, where that is what happened.
func orContext(ctx context.Context, err error) error {
	if ended := context.Cause(ctx); ended != nil {
		return ended
	}
	return err
}

// response returns the answer in the form of net/http.
func (a *Answer) response(req *http.Request) (*http.Response, error) {
	head := append(bytes.Clone(a.Head), '\n')
	header, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(head))).ReadMIMEHeader()
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(a.Status), StatusCode: a.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header(header), Body: io.NopCloser(bytes.NewReader(a.Body)), ContentLength: int64(len(a.Body)), Request: req,
	}, nil
}
