package target

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Raw sends text to API20 as it stands, over a connection of its own, and reads the answers: as many as
// wanted, or until the target closes the connection. half closes the writing side after the text. The
// budget counts one call. Its error wraps ErrNoAnswer, where the target could not be reached or neither
// answered nor closed in time, or ErrBudget; no answer at all is none.
func (t *Target) Raw(ctx context.Context, text []byte, half bool, wanted int) ([]*Answer, error) {
	if err := t.spend(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	dial := t.Dial
	if dial == nil {
		dial = t.dialSocket
	}
	c, err := dial(ctx, API20, Source{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", t.Name, ErrNoAnswer, err)
	}
	var writing sync.WaitGroup
	writing.Go(func() { // who refuses early reads no more
		_, _ = c.Write(text)
		if w, ok := c.(interface{ CloseWrite() error }); ok && half {
			_ = w.CloseWrite()
		}
	})
	stop := context.AfterFunc(ctx, func() { c.Close() })
	answers := readAnswers(c, wanted)
	stop()
	c.Close()
	writing.Wait()
	if err := ctx.Err(); err != nil && len(answers) == 0 {
		return nil, fmt.Errorf("%s: %w: %w", t.Name, ErrNoAnswer, err)
	}
	return answers, nil
}

// readAnswers reads until there are as many as wanted, or no more.
func readAnswers(c net.Conn, wanted int) (answers []*Answer) {
	r := bufio.NewReader(c)
	for len(answers) < wanted {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return answers
		}
		body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer))
		resp.Body.Close()
		if err != nil {
			return answers
		}
		answers = append(answers, &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body})
		if resp.Close {
			return answers
		}
	}
	return answers
}

func (t *Target) dialSocket(ctx context.Context, api API, from Source) (net.Conn, error) {
	base, err := url.Parse(t.URLs[api])
	if err != nil {
		return nil, err
	}
	secure := base.Scheme == "https"
	port := map[bool]string{false: "80", true: "443"}[secure]
	at := net.JoinHostPort(base.Hostname(), cmp.Or(base.Port(), port))
	dialer := dialerFrom(from)
	if !secure {
		return dialer.DialContext(ctx, "tcp", at)
	}
	// Only HTTP/1.1 is spoken by hand.
	config := &tls.Config{RootCAs: t.RootCAs, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	return (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, "tcp", at)
}

// dialerFrom returns a dialer that sends from s.
func dialerFrom(s Source) *net.Dialer {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if s.Bind.IsValid() {
		dialer.LocalAddr = &net.TCPAddr{IP: s.Bind.AsSlice()}
	}
	return dialer
}
