package reference

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/console"
)

// admin returns the handler of the admin listener. It is no part of the imitated API.
func (s *Service) admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		respond(w, http.StatusOK, map[string]string{"product": "kmsproof-reference", "version": cmp.Or(s.options.Version, "dev")})
	})
	mux.HandleFunc("GET /admin/clock", func(w http.ResponseWriter, _ *http.Request) { s.tellClock(w) })
	mux.HandleFunc("POST /admin/clock", s.moveClock)
	mux.HandleFunc("POST /admin/reset", s.adminReset)
	mux.HandleFunc("GET /admin/state", s.tellState)
	mux.HandleFunc("PUT /admin/state", s.putState)
	mux.HandleFunc("GET /admin/accounts", s.tellAccounts)
	mux.HandleFunc("PUT /admin/accounts/{name}", s.setStanding)
	mux.HandleFunc("GET /admin/journal", s.tellJournal)
	mux.HandleFunc("DELETE /admin/journal", s.clearJournal)
	mux.HandleFunc("GET /admin/faults", s.tellFaults)
	mux.HandleFunc("PUT /admin/faults", s.putFaults)
	mux.HandleFunc("DELETE /admin/faults", s.dropFaults)
	mux.HandleFunc("GET /admin/regions", s.tellRegions)
	mux.HandleFunc("PUT /admin/regions/{name}", s.setRegion)
	mux.HandleFunc("GET /admin/limits", s.tellLimits)
	mux.HandleFunc("PUT /admin/limits", s.setLimits)
	mux.HandleFunc("GET /admin/decisions", s.tellDecisions)
	mux.Handle("GET /metrics", s.metrics.handler())
	mux.Handle(console.Prefix, s.console())
	mux.Handle("GET /{$}", http.RedirectHandler(console.Prefix, http.StatusFound))
	for path, name := range map[string]string{
		"/openapi.yaml": "admin.openapi.yaml", "/kms20.openapi.yaml": "kms20.openapi.yaml", "/kms10.openapi.yaml": "kms10.openapi.yaml",
		"/subaccount.openapi.yaml": "subaccount.openapi.yaml",
	} {
		text := features.OpenAPI(name)
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/yaml")
			_, _ = w.Write(text)
		})
	}
	mux.HandleFunc("GET /ca.pem", s.tellCA)
	mux.HandleFunc("GET /state.schema.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/schema+json")
		_, _ = w.Write(features.StateSchema())
	})
	none := func(w http.ResponseWriter, r *http.Request) {
		complain(w, http.StatusNotFound, fmt.Sprintf("the admin listener has no %s %s; /openapi.yaml lists what it has", harmlessMethod(r.Method), harmlessPath(r.URL.EscapedPath())))
	}
	mux.HandleFunc("/", none)
	ownPages := http.NewCrossOriginProtection()
	ownPages.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		complain(w, http.StatusForbidden, "the call comes from a page of another origin")
	}))
	return ownHost(ownPages.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI == "*" { // the mux would answer without a word
			none(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})))
}

// complain answers a wrong admin request with a sentence.
func complain(w http.ResponseWriter, status int, sentence string) {
	respond(w, status, map[string]string{"error": sentence})
}

// ownHost refuses requests whose Host is neither a loopback name nor the address that they came in
// on: a page in a browser could otherwise reach the listener under a name of its own (DNS rebinding).
func ownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackName(r.Host) && !boundAddress(r) {
			complain(w, http.StatusForbidden, "the Host header is neither a loopback name nor this listener's address")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func loopbackName(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return host == "localhost" || host == Admin+memoryDomain
}

func boundAddress(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && r.Host == local.String()
}

// tellClock answers with the clock's reading.
func (s *Service) tellClock(w http.ResponseWriter) {
	settable, _ := s.clock.(clock.Settable)
	respond(w, http.StatusOK, struct {
		Now    string `json:"now"`
		Frozen bool   `json:"frozen"`
	}{s.clock.Now().UTC().Format(time.RFC3339Nano), settable != nil && settable.Frozen()})
}

// moveClock freezes, sets, advances or releases the clock, in this order where a request asks for
// several. What is then due is done before the answer.
func (s *Service) moveClock(w http.ResponseWriter, r *http.Request) {
	settable, ok := s.clock.(clock.Settable)
	if !ok {
		complain(w, http.StatusBadRequest, "this server's clock cannot be moved")
		return
	}
	move, err := readMove(r)
	if err != nil {
		complain(w, http.StatusBadRequest, err.Error())
		return
	}
	if err := move.check(s.clock.Now()); err != nil {
		complain(w, http.StatusBadRequest, err.Error())
		return
	}
	move.apply(settable)
	if err := s.settle(); err != nil {
		complain(w, http.StatusInternalServerError, "what was due could not be done: "+err.Error())
		return
	}
	s.tellClock(w)
}

// clockMove is a request to move the clock. Nil members are not asked for.
type clockMove struct {
	set     *time.Time
	advance *time.Duration
	freeze  *bool
}

func readMove(r *http.Request) (clockMove, error) {
	var in struct {
		Set     *string `json:"set"`
		Advance *string `json:"advance"`
		Freeze  *bool   `json:"freeze"`
	}
	if err := readJSON(r, &in); err != nil {
		return clockMove{}, fmt.Errorf("the body is not an object with set, advance or freeze")
	}
	m := clockMove{freeze: in.Freeze}
	if in.Set != nil {
		at, err := time.Parse(time.RFC3339Nano, *in.Set)
		if err != nil {
			return m, fmt.Errorf("set: want a time like 2026-01-01T00:00:00Z")
		}
		m.set = &at
	}
	if in.Advance != nil {
		d, err := time.ParseDuration(*in.Advance)
		if err != nil {
			return m, fmt.Errorf("advance: want a duration like 72h or 1m30s")
		}
		m.advance = &d
	}
	if m == (clockMove{}) {
		return m, fmt.Errorf("nothing is asked for: want set, advance or freeze")
	}
	return m, nil
}

// The clock may be moved between these instants. Beyond them nanoseconds do not fit an int64, and
// years not an RFC 3339 text.
var (
	earliest = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// check refuses a move that leads out of bounds.
func (m clockMove) check(now time.Time) error {
	if m.set != nil {
		now = *m.set
	}
	if m.advance != nil {
		now = now.Add(*m.advance)
	}
	if now.Before(earliest) || now.After(latest) {
		return fmt.Errorf("the clock goes from %d to %d", earliest.Year(), latest.Year())
	}
	return nil
}

// apply freezes before it moves, so that a clock that is frozen at an instant shows just that.
func (m clockMove) apply(c clock.Settable) {
	if m.freeze != nil && *m.freeze {
		c.Freeze(true)
	}
	if m.set != nil {
		c.Set(*m.set)
	}
	if m.advance != nil {
		c.Advance(*m.advance)
	}
	if m.freeze != nil && !*m.freeze {
		c.Freeze(false)
	}
}

// adminReset puts accounts, keys and limits back to what they were at the start and empties the
// journal. The clock stays as it is.
func (s *Service) adminReset(w http.ResponseWriter, _ *http.Request) {
	err := s.reset()
	writeFromNow(w)
	if err != nil {
		complain(w, http.StatusInternalServerError, err.Error())
		return
	}
	respond(w, http.StatusOK, map[string]string{"reset": "done"})
}
