package loadgen_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
)

// The load travels over TLS as well, and its connections are kept.
func TestTheLoadTravelsOverTLS(t *testing.T) {
	s := newService(zoo.Everything)
	var mu sync.Mutex
	callers := map[string]int{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		callers[r.RemoteAddr]++
		mu.Unlock()
		w.Header().Set("Server-Timing", "db;dur=0.5, total;dur=1.5")
		s.ServeHTTP(w, r)
	}))
	defer server.Close()
	to := at(server.URL)
	to.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	defer to.Close()
	p := patient(profile(t, "gentle"))
	p.Rest, p.MissAfter = 10*time.Millisecond, time.Second // how punctual this machine is just now is not the subject
	keep := func(r loadgen.Recording) error {
		for _, a := range r.Played {
			if !a.RealTime || !a.Books.Kept || len(a.Sightings) == 0 {
				t.Errorf("%s: in real time: %v, with books: %v, %d bytes of looks", a.Phase.Name, a.RealTime, a.Books.Kept, len(a.Sightings))
			}
		}
		return nil
	}
	l, err := loadgen.Run(t.Context(), to, p, loadgen.Options{Duration: time.Second, Recorded: keep})
	if err != nil {
		t.Fatal(err)
	}
	ph := l.Phases[0]
	if ph.Accepted != ph.Sent || ph.Sent < ph.Planned/2 {
		t.Errorf("%d of %d calls sent, %d accepted", ph.Sent, ph.Planned, ph.Accepted)
	}
	if ph.Server.Count != ph.Accepted || ph.Server.P50 < 1.44 || ph.Server.Max > 1.56 {
		t.Errorf("the server's own time %+v, it says 1.5 ms", ph.Server)
	}
	if m := l.Generator.Machine; len(m) != len(l.Phases) || m[0].Phase != "P2" || m[0].Delay == nil {
		t.Errorf("of the machine: %+v", m)
	}
	mu.Lock()
	defer mu.Unlock()
	if n := len(callers); int64(n) > ph.Sent/2 {
		t.Errorf("%d connections for %d calls: they are not kept", n, ph.Sent)
	}
}

// An interrupt ends calls that wait for their answers.
func TestAnInterruptWaitsForNoAnswer(t *testing.T) {
	s := newService(zoo.Everything)
	silent := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		loaded := s.calls > 10
		s.mu.Unlock()
		if loaded && r.Method == http.MethodPost {
			once.Do(cancel)
			<-silent
		}
		s.ServeHTTP(w, r)
	}))
	defer server.Close()
	defer close(silent)
	to := at(server.URL)
	to.Disposable = true
	defer to.Close()
	p := patient(profile(t, "gentle"))
	p.Rest = 10 * time.Millisecond
	_, err := loadgen.Run(ctx, to, p, loadgen.Options{Duration: 10 * time.Second, Timeout: time.Hour})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}
