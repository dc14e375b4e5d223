package reference

import (
	"cmp"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// metrics are the Prometheus metrics of one service, in a registry of its own.
type metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	refusals *prometheus.CounterVec
	tokens   *prometheus.CounterVec
	limits   *prometheus.CounterVec
	faults   prometheus.Counter
	regions  map[kms.Region]prometheus.Counter
}

const metricPrefix = "kmsproof_reference_"

func newMetrics(keys func() float64) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: metricPrefix + name, Help: help}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		regions:  map[kms.Region]prometheus.Counter{},
		calls:    counter("calls_total", "Calls answered, by API, operation and status; status 0 is a reset connection.", "api", "op", "status"),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: metricPrefix + "call_seconds", Help: "Machine time until the answer was ready.",
			Buckets: []float64{20e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 20e-3, 100e-3, 1},
		}, []string{"api", "op"}),
		refusals: counter("refusals_total", "Calls refused, by API and reason.", "api", "reason"),
		tokens:   counter("tokens_issued_total", "Tokens signed, by kind.", "kind"),
		limits:   counter("limiter_decisions_total", "Decisions of the rate limiters, by API.", "api", "decision"),
		faults: prometheus.NewCounter(prometheus.CounterOpts{
			Name: metricPrefix + "faults_total", Help: "Faults of the script that struck.",
		}),
	}
	answered := counter("region_calls_total", "Calls answered by a region.", "region")
	for _, r := range kms.Regions() {
		m.regions[r] = answered.WithLabelValues(string(r))
	}
	m.registry.MustRegister(answered, m.calls, m.latency, m.refusals, m.tokens, m.limits, m.faults,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: metricPrefix + "keys", Help: "Keys that exist."}, keys))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// A tally counts the successes of one operation of one API without looking up its labels each time. Its
// zero value is ready.
type tally struct {
	once    sync.Once
	calls   prometheus.Counter
	latency prometheus.Observer
}

// note counts one call of an operation; nil is none of ours.
func (m *metrics) note(op *operation, e *Entry, took time.Duration) {
	if op != nil && e.Status == http.StatusOK {
		m.success(&op.tally, e, took)
	} else {
		m.calls.WithLabelValues(e.API, cmp.Or(string(e.Op), "none"), strconv.Itoa(e.Status)).Inc()
		m.latency.WithLabelValues(e.API, cmp.Or(string(e.Op), "none")).Observe(took.Seconds())
	}
	if c := m.regions[e.Region]; c != nil {
		c.Inc()
	}
	if e.Reason != "" {
		m.refusals.WithLabelValues(e.API, string(e.Reason)).Inc()
	}
	if e.Fault != "" {
		m.faults.Inc()
	}
}

func (m *metrics) success(t *tally, e *Entry, took time.Duration) {
	t.once.Do(func() {
		t.calls = m.calls.WithLabelValues(e.API, string(e.Op), strconv.Itoa(http.StatusOK))
		t.latency = m.latency.WithLabelValues(e.API, string(e.Op))
	})
	t.calls.Inc()
	t.latency.Observe(took.Seconds())
}

// counted is an Authority that counts the tokens it signs.
type counted struct {
	kms.Authority
	signed *prometheus.CounterVec
}

// Issue implements [kms.Authority].
func (c counted) Issue(by *kms.Creator, claims kms.Claims) (string, error) {
	token, err := c.Authority.Issue(by, claims)
	if err == nil {
		c.signed.WithLabelValues(string(claims.Kind)).Inc()
	}
	return token, err
}
