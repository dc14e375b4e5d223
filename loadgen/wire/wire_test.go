package wire_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/wire"
)

// prepared returns a call of the given method with a body.
func prepared(t testing.TB, method, url, body string) *wire.Call {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Key", "k 1")
	call, err := wire.Prepare(req, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// send makes one call.
func send(w *wire.Transport, call *wire.Call, a *wire.Answer) error {
	deadline := time.Now().Add(5 * time.Second)
	c, err := w.Conn(call.Origin(), deadline)
	if err != nil {
		return err
	}
	return c.Exchange(call, deadline, a)
}

// echo answers in each of the ways in which net/http frames a body.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	said := fmt.Sprintf("%s %s %s %s", r.Method, r.URL, r.Header.Get("X-Key"), body)
	switch r.URL.Path {
	case "/chunked":
		w.Header().Set("Trailer", "X-Sum")
		for _, b := range []byte(said) {
			_, _ = w.Write([]byte{b})
			w.(http.Flusher).Flush()
		}
		w.Header().Set("X-Sum", "1")
	case "/hinted":
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusProcessing)
		_, _ = io.WriteString(w, said)
	case "/none":
		w.WriteHeader(http.StatusNoContent)
	case "/moved":
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	case "/timed":
		w.Header().Set("Server-Timing", `cache;desc="a";dur=0.5, total;dur=12.25`)
	case "/last":
		w.Header().Set("Connection", "close")
		_, _ = io.WriteString(w, said)
	default:
		_, _ = io.WriteString(w, said)
	}
}

func TestOneConnectionCarriesEveryKindOfAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	w := &wire.Transport{}
	defer w.Close()
	var a wire.Answer
	for range 3 {
		for _, tt := range []struct {
			method, path string
			status       int
			body         string
		}{
			{"POST", "/plain?a=b", 200, "POST /plain?a=b k 1 secret"},
			{"POST", "/chunked", 200, "POST /chunked k 1 secret"},
			{"POST", "/hinted", 200, "POST /hinted k 1 secret"},
			{"POST", "/none", 204, ""},
			{"HEAD", "/plain", 200, ""},
			{"HEAD", "/chunked", 200, ""},
			{"PUT", "/moved", 302, ""},
		} {
			if err := send(w, prepared(t, tt.method, server.URL+tt.path, "secret"), &a); err != nil {
				t.Fatalf("%s %s: %v", tt.method, tt.path, err)
			}
			if a.Status != tt.status || string(a.Body) != tt.body {
				t.Errorf("%s %s: %d %q, want %d %q", tt.method, tt.path, a.Status, a.Body, tt.status, tt.body)
			}
		}
	}
	if n := w.Dials(); n != 1 {
		t.Errorf("%d connections were opened for calls in a row, want 1", n)
	}
}

func TestAnAnswerThatIsTheLastEndsItsConnection(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	w := &wire.Transport{}
	defer w.Close()
	var a wire.Answer
	for range 3 {
		if err := send(w, prepared(t, "POST", server.URL+"/last", "x"), &a); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.Dials(); n != 3 {
		t.Errorf("%d connections, want 3", n)
	}
}

func TestTheServersOwnTimeIsRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	w := &wire.Transport{}
	defer w.Close()
	for path, want := range map[string]time.Duration{"/timed": 12250 * time.Microsecond, "/plain": -1} {
		var a wire.Answer
		if err := send(w, prepared(t, "POST", server.URL+path, "x"), &a); err != nil || a.Server != want {
			t.Errorf("%s: %v, %v; want %v", path, a.Server, err, want)
		}
	}
}

func TestTLSIsCheckedAndKept(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	w := &wire.Transport{TLS: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}
	defer w.Close()
	call := prepared(t, "POST", server.URL+"/chunked", "x")
	if err := w.Warm(call.Origin(), 2, time.Now().Add(5*time.Second)); err != nil {
		t.Fatal(err)
	}
	var a wire.Answer
	for range 5 {
		if err := send(w, call, &a); err != nil || string(a.Body) != "POST /chunked k 1 x" {
			t.Fatalf("%q, %v", a.Body, err)
		}
	}
	if n := w.Dials(); n != 2 {
		t.Errorf("%d connections, want the 2 that were opened ahead", n)
	}
	stranger := &wire.Transport{}
	defer stranger.Close()
	var unknown *tls.CertificateVerificationError
	if err := send(stranger, call, &a); !errors.As(err, &unknown) {
		t.Errorf("a certificate that nobody vouches for: %v", err)
	}
}

func TestAServerOfAnotherProtocolIsNamed(t *testing.T) {
	lender := httptest.NewTLSServer(nil) // of its certificate
	defer lender.Close()
	config := lender.TLS.Clone()
	config.NextProtos = []string{"spdy/3.1"} // to h2 alone, crypto/tls says nothing against HTTP/1.1
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if c, err := l.Accept(); err == nil {
			_ = c.(*tls.Conn).HandshakeContext(t.Context()) // it is to fail
			_ = c.Close()
		}
	}()
	defer func() { _ = l.Close(); <-done }()
	trusted := x509.NewCertPool()
	trusted.AddCert(lender.Certificate())
	w := &wire.Transport{TLS: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}
	defer w.Close()
	var a wire.Answer
	if err := send(w, prepared(t, "POST", "https://"+l.Addr().String(), ""), &a); err == nil || !strings.Contains(err.Error(), "does not speak HTTP/1.1") {
		t.Errorf("a server of another protocol: %v", err)
	}
}

func TestACallLeavesFromTheBoundAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RemoteAddr) }))
	defer server.Close()
	w := &wire.Transport{Bind: netip.MustParseAddr("127.0.0.3")}
	defer w.Close()
	var a wire.Answer
	if err := send(w, prepared(t, "GET", server.URL, ""), &a); err != nil || !bytes.HasPrefix(a.Body, []byte("127.0.0.3:")) {
		t.Errorf("seen as %s, %v", a.Body, err)
	}
}

// A raw server answers every request with the next of the given texts and then closes the connection.
type raw struct {
	net.Listener
	asked  atomic.Int64
	closed chan struct{} // gets one for each connection that was closed
}

func answering(t *testing.T, text string) *raw {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &raw{Listener: l, closed: make(chan struct{}, 100)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.serve(c, text)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return s
}

func (s *raw) serve(c net.Conn, text string) {
	if n, err := c.Read(make([]byte, 1<<16)); err == nil && n > 0 {
		s.asked.Add(1)
	}
	_, _ = io.WriteString(c, text)
	_ = c.Close()
	s.closed <- struct{}{}
}

func (s *raw) url() string { return "http://" + s.Addr().String() }

func TestAnswersOutOfOrderAreErrors(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for name, tt := range map[string]struct{ answer, want string }{
		"nothing":            {"", "EOF"},
		"half a status":      {"HTTP/1.", "unexpected EOF"},
		"another protocol":   {"SSH-2.0-OpenSSH_9.2p1\r\n", "is not HTTP/1.1"},
		"HTTP/2":             {"HTTP/2.0 200 OK\r\n\r\n", "is not HTTP/1.1"},
		"status 20x":         {"HTTP/1.1 20x OK\r\n\r\n", "no status"},
		"status 099":         {"HTTP/1.1 099 OK\r\n\r\n", "impossible status 99"},
		"status 2000":        {"HTTP/1.1 2000 OK\r\n\r\n", "is not HTTP/1.1"},
		"switched":           {"HTTP/1.1 101 Switching\r\n\r\n", "changes the protocol"},
		"half a head":        {ok + "Content-Le", "unexpected EOF"},
		"no field":           {ok + "nonsense\r\n\r\n", "no field"},
		"folded":             {ok + "A: b\r\n c: d\r\n\r\n", "no field"},
		"short body":         {ok + "Content-Length: 5\r\n\r\nabc", "unexpected EOF"},
		"negative length":    {ok + "Content-Length: -1\r\n\r\n", "impossible content length"},
		"signed length":      {ok + "Content-Length: +1\r\n\r\na", "impossible content length"},
		"two lengths":        {ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "impossible content length"},
		"two framings":       {ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "in two ways"},
		"gzip framing":       {ok + "Transfer-Encoding: gzip\r\n\r\n", "only chunked"},
		"bad chunk":          {ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "impossible size"},
		"negative chunk":     {ok + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", "impossible size"},
		"long chunk":         {ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", "longer than it says"},
		"half a chunk":       {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nab", "unexpected EOF"},
		"half a trailer":     {ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b", "unexpected EOF"},
		"huge body":          {ok + "Content-Length: 99999999999\r\n\r\n", "longer than 65536"},
		"huge chunk":         {ok + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n", "longer than 65536"},
		"huge to the end":    {ok + "\r\n" + strings.Repeat("a", 1<<17), "longer than 65536"},
		"endless line":       {ok + "A: " + strings.Repeat("a", 1<<14), "line longer than"},
		"endless head":       {ok + strings.Repeat("A: "+strings.Repeat("a", 1000)+"\r\n", 100), "head of the answer is longer"},
		"endless trailer":    {ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("A: "+strings.Repeat("a", 1000)+"\r\n", 100), "trailer of the answer is longer"},
		"hints without end":  {"HTTP/1.1 103 Early Hints\r\n\r\n", "EOF"},
		"old and chunked":    {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "in two ways"},
		"chunked twice":      {ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "only chunked"},
		"space before colon": {ok + "Content-Length : 1\r\n\r\na", "no field"},
	} {
		t.Run(name, func(t *testing.T) {
			s := answering(t, tt.answer)
			w := &wire.Transport{}
			defer w.Close()
			var a wire.Answer
			err := send(w, prepared(t, "POST", s.url(), "x"), &a)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want an error with %q", err, tt.want)
			}
			if n := s.asked.Load(); n != 1 {
				t.Errorf("the call was sent %d times, want once", n)
			}
		})
	}
}

func TestAnswersOfEveryFormAreRead(t *testing.T) {
	for name, tt := range map[string]struct{ answer, body string }{
		"to the end":      {"HTTP/1.1 200 OK\r\n\r\nall of it", "all of it"},
		"old":             {"HTTP/1.0 200 OK\r\n\r\nall of it", "all of it"},
		"bare newlines":   {"HTTP/1.1 200 OK\nContent-Length: 2\n\nab", "ab"},
		"no reason":       {"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab", "ab"},
		"length twice":    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nab", "ab"},
		"chunk extension": {"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2;a=b\r\nab\r\n0\r\nA: b\r\n\r\n", "ab"},
		"hints first":     {"HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "ab"},
		"said too much":   {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\n\r\n", "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			s := answering(t, tt.answer)
			w := &wire.Transport{}
			defer w.Close()
			var a wire.Answer
			for call := range 2 { // the second must not get what was left of the first
				if err := send(w, prepared(t, "POST", s.url(), "x"), &a); err != nil || string(a.Body) != tt.body {
					t.Errorf("call %d: %q, %v; want %q", call, a.Body, err, tt.body)
				}
				<-s.closed
			}
			if n := s.asked.Load(); n != 2 {
				t.Errorf("2 calls were sent %d times", n)
			}
		})
	}
}

func TestAConnectionClosedWhileFreeCarriesNoCall(t *testing.T) {
	s := answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	w := &wire.Transport{}
	defer w.Close()
	var a wire.Answer
	for call := range 20 {
		if err := send(w, prepared(t, "POST", s.url(), "x"), &a); err != nil {
			t.Fatalf("call %d: %v", call, err)
		}
		<-s.closed
	}
	if n := w.Dials(); n != 20 {
		t.Errorf("%d connections, want one for each call", n)
	}
}

func TestARefusalBeforeTheWholeCallIsAnAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	}))
	defer server.Close()
	w := &wire.Transport{}
	defer w.Close()
	var a wire.Answer
	if err := send(w, prepared(t, "POST", server.URL, strings.Repeat("x", 100<<10)), &a); err != nil || a.Status != 413 {
		t.Errorf("%d, %v; want the 413", a.Status, err)
	}
}

func TestTheDeadlineHolds(t *testing.T) {
	silent := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-silent }))
	defer server.Close()
	defer close(silent)
	w := &wire.Transport{}
	defer w.Close()
	call := prepared(t, "GET", server.URL, "")
	c, err := w.Conn(call.Origin(), time.Now().Add(5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	var a wire.Answer
	if err := c.Exchange(call, time.Now().Add(10*time.Millisecond), &a); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v, want %v", err, os.ErrDeadlineExceeded)
	}
	if _, err := w.Conn(call.Origin(), time.Now().Add(-time.Second)); err == nil {
		t.Error("a connection was opened after its deadline")
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	asked, silent := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(asked); <-silent }))
	defer server.Close()
	defer close(silent)
	w := &wire.Transport{}
	failed := make(chan error)
	call := prepared(t, "GET", server.URL, "")
	go func() { failed <- send(w, call, &wire.Answer{}) }()
	<-asked
	w.Close()
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v, want %v", err, net.ErrClosed)
	}
	if err := send(w, call, &wire.Answer{}); !errors.Is(err, wire.ErrClosed) {
		t.Errorf("after Close: %v, want %v", err, wire.ErrClosed)
	}
}

func TestRoundTripServesAnOrdinaryClient(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	w := &wire.Transport{}
	defer w.Close()
	client := &http.Client{Transport: w, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/moved", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 302 || resp.Header.Get("Location") != "/elsewhere" {
		t.Errorf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if resp, err := w.RoundTrip(req.WithContext(ended)); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
		if err == nil {
			resp.Body.Close()
		}
	}
}

// TestALongCallIsWrittenWhole: what the socket does not take at once follows, and the answer is read all the same, call
// after call on one connection.
func TestALongCallIsWrittenWhole(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 1<<19) // 8 MB
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		got.Add(n)
		_, _ = fmt.Fprint(w, n)
	}))
	defer s.Close()
	w := &wire.Transport{}
	defer w.Close()
	var a wire.Answer
	for _, body := range []string{"x", long, "xy", long, "xyz", "xyz"} {
		if err := send(w, prepared(t, "POST", s.URL, body), &a); err != nil || string(a.Body) != fmt.Sprint(len(body)) {
			t.Fatalf("%d bytes: %v, the server has read %s", len(body), err, a.Body)
		}
	}
	if n := w.Dials(); n != 1 || got.Load() != int64(2*len(long)+9) {
		t.Errorf("%d connections carried %d bytes", n, got.Load())
	}
}
