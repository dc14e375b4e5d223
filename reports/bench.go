package reports

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Bench writes the load in the format of Go benchmarks, a line a phase, so that benchstat can set many
// runs against each other. An operation is an accepted call; its time is the median from when it was due.
// Phases whose generator fell short are left out: they measured something else.
func Bench(w io.Writer, r *Run) error {
	var b strings.Builder
	for _, line := range [][2]string{{"target", r.Target.Name}, {"kmsproof", r.Version}, {"command", r.Command}} {
		fmt.Fprintf(&b, "%s: %s\n", line[0], oneLine(harmless(line[1])))
	}
	if n := len(r.Scenarios); n > 0 {
		var millis float64
		for _, s := range r.Scenarios {
			millis += s.Millis
		}
		fmt.Fprintf(&b, "BenchmarkScenarios %d %.0f ns/op\n", n, millis*1e6/float64(n))
	}
	each(r.Loads, func(l *Load, p *Phase) {
		if !p.OK || p.Due.Count == 0 || p.Seconds <= 0 {
			return
		}
		fmt.Fprintf(&b, "BenchmarkLoad/profile=%s/phase=%s %d %.0f ns/op %.0f p99-ns/op %.0f late-p99-ns/op %.1f accepted/s\n",
			benchName(l.Profile), benchName(p.Name), max(p.Accepted, 1), p.Due.P50*1e6, p.Due.P99*1e6, p.Late.P99*1e6, float64(p.Accepted)/p.Seconds)
	})
	_, err := io.WriteString(w, b.String())
	return err
}

// benchName is a name without what the format gives a meaning.
func benchName(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '_' || c == '-' || c == '.' || unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return '_'
	}, harmless(s))
}
