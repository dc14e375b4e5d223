package reference

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/console"
)

// admin returns the handler of the admin listener. It is no part of the imitated API.
func (s *Service) admin() http.Handler {
	ownPages := http.NewCrossOriginProtection()
	ownPages.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		complain(w, http.StatusForbidden, "the call comes from a page of another origin")
	}))
	return ownHost(ownPages.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI == "*" { // the mux would answer without a word
			s.noneSuch(w, r)
			return
		}
		adminRoutes().ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), adminOf{}, s)))
	})))
}

// adminOf is the key, in the context of a request to the admin listener, of the service that is asked.
type adminOf struct{}

// adminRoutes are the routes of every service: many a service lives for one test only, and a mux takes longer to make
// than most tests do.
var adminRoutes = sync.OnceValue(func() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(s *Service, w http.ResponseWriter, r *http.Request){
		"GET /healthz":               (*Service).tellHealth,
		"GET /admin/clock":           (*Service).tellClock,
		"POST /admin/clock":          (*Service).moveClock,
		"POST /admin/reset":          (*Service).adminReset,
		"GET /admin/state":           (*Service).tellState,
		"PUT /admin/state":           (*Service).putState,
		"GET /admin/accounts":        (*Service).tellAccounts,
		"PUT /admin/accounts/{name}": (*Service).setStanding,
		"GET /admin/journal":         (*Service).tellJournal,
		"DELETE /admin/journal":      (*Service).clearJournal,
		"GET /admin/faults":          (*Service).tellFaults,
		"PUT /admin/faults":          (*Service).putFaults,
		"DELETE /admin/faults":       (*Service).dropFaults,
		"GET /admin/regions":         (*Service).tellRegions,
		"PUT /admin/regions/{name}":  (*Service).setRegion,
		"GET /admin/limits":          (*Service).tellLimits,
		"PUT /admin/limits":          (*Service).setLimits,
		"GET /admin/decisions":       (*Service).tellDecisions,
		"GET /metrics":               func(s *Service, w http.ResponseWriter, r *http.Request) { s.metrics.handler().ServeHTTP(w, r) },
		console.Prefix:               func(s *Service, w http.ResponseWriter, r *http.Request) { s.pages().ServeHTTP(w, r) },
		"GET /ca.pem":                (*Service).tellCA,
		"/":                          (*Service).noneSuch,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			answer(r.Context().Value(adminOf{}).(*Service), w, r)
		})
	}
	mux.Handle("GET /{$}", http.RedirectHandler(console.Prefix, http.StatusFound))
	for _, name := range []string{"kms20.openapi.yaml", "kms10.openapi.yaml", "subaccount.openapi.yaml"} {
		mux.Handle("GET /"+name, text("application/yaml", features.OpenAPI(name)))
	}
	mux.Handle("GET /openapi.yaml", text("application/yaml", features.OpenAPI("admin.openapi.yaml")))
	mux.Handle("GET /state.schema.json", text("application/schema+json", features.StateSchema()))
	return mux
})

// text answers every request with the same text.
func text(contentType string, content []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(content)
	})
}

func (s *Service) noneSuch(w http.ResponseWriter, r *http.Request) {
	complain(w, http.StatusNotFound, fmt.Sprintf("the admin listener has no %s %s; /openapi.yaml lists what it has", harmlessMethod(r.Method), harmlessPath(r.URL.EscapedPath())))
}

func (s *Service) tellHealth(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, map[string]string{"product": "kmsproof-reference", "version": cmp.Or(s.options.Version, "dev")})
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
func (s *Service) tellClock(w http.ResponseWriter, _ *http.Request) {
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
	s.tellClock(w, r)
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
