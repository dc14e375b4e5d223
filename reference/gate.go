package reference

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kmsproof/kmsproof/reference/limit"
)

// A gate is the rate limiter of one API. The limiter can be exchanged while calls go on.
type gate struct {
	first             limit.Limiter // of the options
	limiter           atomic.Pointer[limit.Limiter]
	admitted, refused prometheus.Counter
	meter             limit.Meter
}

func newGate(l limit.Limiter, m *metrics, api string) *gate {
	g := &gate{
		first:    l,
		admitted: m.limits.WithLabelValues(api, "admitted"), refused: m.limits.WithLabelValues(api, "refused"),
	}
	g.set(l)
	return g
}

// restart sets the limiter of the options, with full buckets where it can fill them.
func (g *gate) restart() {
	if l, ok := g.first.(interface{ Reset() }); ok {
		l.Reset()
	}
	g.set(g.first)
}

func (g *gate) set(l limit.Limiter) { g.limiter.Store(&l) }

// take decides whether one more call on the key fits.
func (g *gate) take(now time.Time, tag string) limit.Decision {
	d := (*g.limiter.Load()).Take(now, tag, 1)
	g.meter.Note(now, tag, d.OK)
	if d.OK {
		g.admitted.Inc()
	} else {
		g.refused.Inc()
	}
	return d
}

// String describes the limiter as --limit20 takes it; one that cannot say is "custom".
func (g *gate) String() string {
	if l, ok := (*g.limiter.Load()).(fmt.Stringer); ok {
		return l.String()
	}
	return "custom"
}

// tellLimits is GET /admin/limits.
func (s *Service) tellLimits(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, map[string]string{API20: s.gate20.String(), API10: s.gate10.String()})
}

// setLimits is PUT /admin/limits. An API that the body lacks keeps its limiter; one that it names
// gets a new one, whose buckets are full.
func (s *Service) setLimits(w http.ResponseWriter, r *http.Request) {
	var in struct {
		API20 *string `json:"api20"`
		API10 *string `json:"api10"`
	}
	if err := readJSON(r, &in); err != nil || in.API20 == nil && in.API10 == nil {
		complain(w, http.StatusBadRequest, `the body is not an object with api20 or api10, such as {"api20":"300/300","api10":"off"}`)
		return
	}
	l20, err := limitOf("api20", in.API20, limit.PerKey)
	if err == nil {
		var l10 limit.Limiter
		if l10, err = limitOf("api10", in.API10, limit.Shared); err == nil {
			s.gate20.change(l20)
			s.gate10.change(l10)
			s.tellLimits(w, r)
			return
		}
	}
	complain(w, http.StatusBadRequest, err.Error())
}

// change sets a limiter, unless there is none to set.
func (g *gate) change(l limit.Limiter) {
	if l != nil {
		g.set(l)
	}
}

func limitOf(api string, text *string, make func(rate, burst int) *limit.Bucket) (limit.Limiter, error) {
	if text == nil {
		return nil, nil
	}
	l, err := limit.Parse(*text, make)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", api, err)
	}
	return l, nil
}
