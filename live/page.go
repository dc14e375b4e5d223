package live

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

//go:embed page/page.html
var pageText string

//go:embed page/page.css
var pageStyle string

//go:embed page/page.js
var pageScript string

// first stands in the page for the snapshot that it begins with.
const first = "{{.First}}"

// page is the whole of it but for that: it asks for nothing but the events. Outcomes, verdicts and claims have the words
// of the report.
var page = strings.NewReplacer("{{.Style}}", pageStyle, "{{.Script}}", pageScript, "{{.Words}}", string(encode(reports.Sayings()))).Replace(pageText)

// policy lets the page run its own script and style, and talk to its own listener; nothing else.
var policy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	digest(pageStyle), digest(pageScript))

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Listen opens the listener of the page. An address without a host is on loopback; port 0 takes a free one.
func Listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%q is no HOST:PORT, such as 127.0.0.1:8300", addr)
	}
	return net.Listen("tcp", net.JoinHostPort(cmp.Or(host, "127.0.0.1"), port))
}

// Serve shows the board as a page on l until ctx ends, and then lets the pages that are open know how
// it ended. It closes l. Its error means that it could not serve.
func Serve(ctx context.Context, l net.Listener, b *Board) error {
	var ends sync.WaitGroup
	defer ends.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{Handler: Page(b), ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	ends.Go(func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if server.Shutdown(grace) != nil {
			server.Close()
		}
	})
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("live page: %w", err)
	}
	return nil
}

// Page serves a board, read-only: the page itself, a snapshot, and a stream of them. It answers only
// requests whose Host is a loopback name or the address that they came in on.
func Page(b *Board) http.Handler {
	v := &viewed{board: b}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", v.page)
	mux.HandleFunc("GET /snapshot", v.snapshot)
	mux.HandleFunc("GET /events", v.events)
	return guarded(mux)
}

// viewed is a board that pages look at.
type viewed struct {
	board *Board
	open  atomic.Int64 // streams
}

// mostStreams bounds how many pages look at a run at once.
const mostStreams = 16

// guarded refuses what a page of another name asks for (DNS rebinding), and sets what holds for every answer.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if !namedHere(r) {
			http.Error(w, "the Host header is neither a loopback name nor this listener's address", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// namedHere reports whether a request names this machine by loopback or by the address that it came in on.
func namedHere(r *http.Request) bool {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && r.Host == local.String() {
		return true
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return host == "localhost"
}

func (v *viewed) page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(strings.Replace(page, first, string(encode(v.board.Snapshot())), 1)))
}

func (v *viewed) snapshot(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encode(v.board.Snapshot()))
}

// encode writes JSON that may stand in a page: nothing in it reads as markup.
func encode(data any) []byte {
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // plain data, and no rate is infinite
	}
	return text
}

// pagePace is how often a page gets a snapshot. To draw it is work for the browser, which may be on the
// machine that sends the load.
const pagePace = time.Second

// events sends snapshots, and the last one when the run has ended.
func (v *viewed) events(w http.ResponseWriter, r *http.Request) {
	if v.open.Add(1) > mostStreams {
		v.open.Add(-1)
		http.Error(w, fmt.Sprintf("%d pages look at this run already", mostStreams), http.StatusServiceUnavailable)
		return
	}
	defer v.open.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	ticker := time.NewTicker(pagePace)
	defer ticker.Stop()
	for {
		over := r.Context().Err() != nil
		if v.send(w) != nil || over {
			return
		}
		select {
		case <-r.Context().Done():
		case <-ticker.C:
		}
	}
}

// send writes one event. A page that does not read is given up after a while.
func (v *viewed) send(w http.ResponseWriter) error {
	var event bytes.Buffer
	event.WriteString("data: ")
	event.Write(encode(v.board.Snapshot()))
	event.WriteString("\n\n")
	to := http.NewResponseController(w)
	_ = to.SetWriteDeadline(time.Now().Add(5 * time.Second)) // what has no deadlines needs none
	if _, err := w.Write(event.Bytes()); err != nil {
		return err
	}
	return to.Flush()
}
