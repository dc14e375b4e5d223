package reference_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// A sluggard is a caller who sends something and then nothing, or never stops.
type sluggard struct {
	name, defends string
	api           string
	first         string // is sent once
	again         string // is sent over and over; empty: nothing
	status        int    // 0: any, or none
}

func sluggards() []sluggard {
	const (
		encrypt = "POST /kms/v1/keys/tag/encrypt HTTP/1.1\r\nHost: localhost\r\n"
		faults  = "PUT /admin/faults HTTP/1.1\r\nHost: localhost\r\n"
		limits  = "PUT /admin/limits HTTP/1.1\r\nHost: localhost\r\n"
		chunked = "Transfer-Encoding: chunked\r\n\r\n"
		waits   = "a caller who keeps a server waiting is hung up on"
		ends    = "what has no end is not read to its end"
		clear   = "where a request ends is beyond doubt"
	)
	chunk := "4000\r\n" + strings.Repeat("A", 0x4000) + "\r\n"
	var all []sluggard
	for _, api := range []string{reference.API20, reference.Admin} {
		call := map[string]string{reference.API20: encrypt, reference.Admin: faults}[api]
		all = append(all,
			sluggard{"says nothing", waits, api, "", "", 0},
			sluggard{"sends a byte", waits, api, "P", "", 0},
			sluggard{"sends half a header", waits, api, call + "X-A: ", "", 0},
			sluggard{"sends headers without end", ends, api, call, "X-A: " + strings.Repeat("a", 1000) + "\r\n", 431},
			sluggard{"sends one header without end", ends, api, call + "X-A: ", strings.Repeat("a", 1000), 431},
			sluggard{"sends a path without end", ends, api, "GET /", strings.Repeat("a", 1000), 431},
			sluggard{"promises a body and sends none", waits, api, call + "Content-Length: 10\r\n\r\n", "", 400},
			sluggard{"sends half a body", waits, api, call + "Content-Length: 100\r\n\r\n{\"plain", "", 400},
			sluggard{"sends half a chunk", waits, api, call + chunked + "64\r\n{\"plain", "", 400},
			sluggard{"sends a body without end", ends, api, call + chunked, chunk, map[string]int{reference.API20: 413, reference.Admin: 400}[api]},
			sluggard{"sends a broken chunk", clear, api, call + chunked + "zz\r\n", "", 400},
			sluggard{"sends a negative chunk", clear, api, call + chunked + "-1\r\n", "", 400},
			sluggard{"sends two lengths", clear, api, call + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "", 400},
			sluggard{"sends a negative length", clear, api, call + "Content-Length: -2\r\n\r\n{}", "", 400},
			sluggard{"sends an unknown coding", clear, api, call + "Transfer-Encoding: gzip, chunked\r\n\r\n", "", 501},
			sluggard{"sends a header with a space before its colon", clear, api, call + "Content-Length : 2\r\n\r\n{}", "", 400},
			sluggard{"sends a line that goes on", clear, api, call + " X-A: b\r\n\r\n", "", 400},
			sluggard{"speaks no HTTP", clear, api, "\x16\x03\x01\x02\x00\x01\r\n\r\n", "", 400},
		)
	}
	return append(all,
		sluggard{"promises more than is taken", ends, reference.API20, encrypt + "Content-Length: 99999999999\r\n\r\n", "", 413},
		sluggard{"asks for small limits without end", ends, reference.Admin, limits + chunked, chunk, 400})
}

// TestNobodyKeepsAServerWaiting lets callers take their time on real sockets, plain and under TLS. The
// server ends each connection by itself, and the test waits for that.
func TestNobodyKeepsAServerWaiting(t *testing.T) {
	const moment = 250 * time.Millisecond
	for name, secure := range map[string]bool{"plain": false, "TLS": true} {
		server, err := reference.Start(
			reference.Options{Seed: 1, Clock: clock.NewManual(start), Keys: []reference.Key{{Name: "orders", Tag: "tag"}}},
			reference.Listen{TLS: secure, Patience: reference.Patience{Header: moment, Read: moment, Idle: moment}},
		)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		before, err := server.State().Marshal()
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup // not as parallel tests, of which there are few at once: most only wait
		for _, s := range sluggards() {
			conn := dial(t, server, s.api)
			all.Go(func() {
				status, err := s.bother(conn)
				if err != nil || status != s.status && s.status != 0 && (status != 0 || s.again == "") {
					t.Errorf("%s: %s, %s: who %s gets %d, %v; want %d and a closed connection", s.defends, name, s.api, s.name, status, err, s.status)
				}
			})
		}
		all.Wait()
		if after, err := server.State().Marshal(); err != nil || !bytes.Equal(after, before) {
			t.Errorf("%s: the state changed (%v)", name, err)
		}
	}
}

func TestAHandshakeDoesNotTakeForEver(t *testing.T) {
	server, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{TLS: true, Patience: reference.Patience{Header: 50 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URLs[reference.API20], "https://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (sluggard{first: "\x16\x03\x01"}).bother(conn); err != nil {
		t.Errorf("who begins a handshake and stops is not hung up on: %v", err)
	}
}

// dial connects to a listener as it wants to be talked to.
func dial(t *testing.T, server *reference.Server, api string) net.Conn {
	t.Helper()
	_, address, _ := strings.Cut(server.URLs[api], "://")
	if server.CA == nil {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(server.CA)
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// bother sends what s sends until the server closes the connection, and returns the status of what it
// said before; 0 for nothing. Its error says that the server did not close the connection.
func (s sluggard) bother(conn net.Conn) (status int, err error) {
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, err := io.WriteString(conn, s.first)
		for s.again != "" && err == nil {
			_, err = io.WriteString(conn, s.again)
		}
	}()
	defer func() { <-sent }()
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil { // against a server that waits for ever
		return 0, err
	}
	r := bufio.NewReader(conn)
	line, err := r.ReadString('\n')
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	if fields := strings.Fields(line); len(fields) > 1 {
		status, _ = strconv.Atoi(fields[1])
	}
	if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() {
		return status, err
	}
	return status, nil // an end or a reset
}

// TestAnIdleConnectionIsClosed makes one call and then none.
func TestAnIdleConnectionIsClosed(t *testing.T) {
	server, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{Patience: reference.Patience{Idle: 20 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for api, first := range map[string]string{reference.API20: "GET /kms/v1/keys HTTP/1.1\r\nHost: localhost\r\n\r\n", reference.Admin: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"} {
		want := map[string]int{reference.API20: http.StatusUnauthorized, reference.Admin: http.StatusOK}[api]
		if status, err := (sluggard{first: first}).bother(dial(t, server, api)); status != want || err != nil {
			t.Errorf("%s: %d, %v; want %d and a closed connection", api, status, err, want)
		}
	}
}

// TestAStateThatIsLongInTheMakingIsAnswered: its RSA key has versions beyond the published pool, each of which takes
// longer to make than the server takes to write.
func TestAStateThatIsLongInTheMakingIsAnswered(t *testing.T) {
	c := clock.NewManual(start)
	server, err := reference.Start(
		reference.Options{Seed: 1, Clock: c, Keys: []reference.Key{{Name: "turning", Type: kms.RSA2048, AutoRotation: true, RotationPeriod: 1}}},
		reference.Listen{Patience: reference.Patience{Write: 10 * time.Millisecond}},
	)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	c.Advance(25 * day)
	resp, err := newClient(t, server).Get(server.URLs[reference.Admin] + "/admin/state")
	if err != nil {
		t.Fatal(err)
	}
	state, err := reference.ParseState("state", []byte(readAll(t, resp)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(state.Keys[0].Versions); n != 26 {
		t.Errorf("%d versions, want 26", n)
	}
}

// TestAWorldThatIsLongInTheMakingIsAnswered: the server's time to write is over before the world is made.
func TestAWorldThatIsLongInTheMakingIsAnswered(t *testing.T) {
	server, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{Patience: reference.Patience{Write: time.Nanosecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client := newClient(t, server)
	for _, call := range [][2]string{{http.MethodPost, "/admin/reset"}, {http.MethodPut, "/admin/state"}} {
		req, err := http.NewRequest(call[0], server.URLs[reference.Admin]+call[1], strings.NewReader("keys: [{name: orders}]"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Errorf("%s: %v", call[1], err)
		} else if text := readAll(t, resp); resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", call[1], resp.StatusCode, text)
		}
	}
}
