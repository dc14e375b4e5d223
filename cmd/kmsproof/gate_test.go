package main

import (
	"bytes"
	"context"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
)

// A gate stands between a run and API 2.0 of its target. It counts the creations of keys, and can
// hold calls back.
type gate struct {
	nth   int                      // which creation is told of
	holds func(*http.Request) bool // calls that get no answer before the test ends; nil: none

	created chan struct{} // closed when the target has done the nth creation
	answer  chan struct{} // closed by the test to let the answer to it through
	held    chan struct{} // closed when the first call is held back
	open    chan struct{} // closed with the test

	mu        sync.Mutex
	creations int
	once      sync.Once
}

// guard writes a target file for p in which API 2.0 is reached through the gate.
func (g *gate) guard(t *testing.T, p *process, file string) {
	t.Helper()
	g.created, g.answer = make(chan struct{}), make(chan struct{})
	g.held, g.open = make(chan struct{}), make(chan struct{})
	real, err := url.Parse(p.ready["api20"])
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(real)
	forward.ErrorLog = log.New(io.Discard, "", 0) // a run that is interrupted breaks its calls off
	proxy := httptest.NewServer(g.before(forward))
	t.Cleanup(proxy.Close)
	t.Cleanup(func() { close(g.open) })
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("api20: "+p.ready["api20"]), []byte("api20: "+proxy.URL), 1)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (g *gate) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.holds != nil && g.holds(r) {
			g.once.Do(func() { close(g.held) })
			<-g.open
			return
		}
		if !creates(r) || g.count() != g.nth {
			next.ServeHTTP(w, r)
			return
		}
		seen := httptest.NewRecorder()
		next.ServeHTTP(seen, r.WithContext(context.WithoutCancel(r.Context())))
		close(g.created)
		select {
		case <-g.answer:
		case <-g.open:
		}
		maps.Copy(w.Header(), seen.Header())
		w.WriteHeader(seen.Code)
		_, _ = w.Write(seen.Body.Bytes())
	})
}

func (g *gate) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.creations++
	return g.creations
}

// told says whether the nth creation is done.
func (g *gate) told() bool {
	select {
	case <-g.created:
		return true
	default:
		return false
	}
}

func creates(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/kms/v1/keys"
}

func removes(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/request-deletion") }
