package reports

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Prometheus writes the run in the text format of Prometheus, for a textfile collector or a push
// gateway. Times are seconds; a run without load profiles has none of the load metrics.
func Prometheus(w io.Writer, r *Run) error {
	m := &metrics{seen: map[string]bool{}}
	m.head("kmsproof_run_info", "The run that these metrics are of.")
	m.put("kmsproof_run_info", 1, "target", r.Target.Name, "version", r.Version, "command", r.Command, "seed", strconv.FormatUint(r.Seed, 10))
	m.head("kmsproof_run_started_timestamp_seconds", "When the run began.")
	m.put("kmsproof_run_started_timestamp_seconds", float64(r.Started.Unix()))
	m.head("kmsproof_run_duration_seconds", "How long the run took.")
	m.put("kmsproof_run_duration_seconds", float64(r.Millis)/1000)
	m.head("kmsproof_run_verdict", "1 for the verdict of the run, 0 for the others.")
	for _, v := range []Verdict{Pass, Fail, Partial, None} {
		m.put("kmsproof_run_verdict", truth(r.Verdict == v), "verdict", string(v))
	}
	m.head("kmsproof_run_exit_code", "The exit code that the verdict asks for.")
	m.put("kmsproof_run_exit_code", float64(r.ExitCode()))
	m.head("kmsproof_scenarios", "Scenarios by outcome.")
	counts := r.Counts()
	for _, o := range Outcomes() {
		m.put("kmsproof_scenarios", float64(counts[o]), "outcome", string(o))
	}
	m.head("kmsproof_leftovers", "What the run could not remove from the target.")
	m.put("kmsproof_leftovers", float64(len(r.Leftovers)))
	m.loads(r.Loads)
	_, err := io.WriteString(w, m.String())
	return err
}

type metrics struct {
	strings.Builder
	seen map[string]bool // series that are written: the format refuses one that comes twice
}

func (m *metrics) head(name, help string) {
	fmt.Fprintf(m, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
}

// put writes a sample, the first of its series; labels are names and values in turn.
func (m *metrics) put(name string, value float64, labels ...string) {
	var parts []string
	for i := 0; i+1 < len(labels); i += 2 {
		parts = append(parts, labels[i]+`="`+labelText.Replace(oneLine(harmless(labels[i+1])))+`"`)
	}
	if len(parts) > 0 {
		name += "{" + strings.Join(parts, ",") + "}"
	}
	if !m.seen[name] {
		m.seen[name] = true
		m.WriteString(name + " " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
	}
}

var labelText = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (m *metrics) loads(loads []Load) {
	if len(loads) == 0 {
		return
	}
	m.head("kmsproof_load_verdict", "1 for the verdict of a load profile.")
	for _, l := range loads {
		m.put("kmsproof_load_verdict", 1, "profile", l.Profile, "api", l.API(), "verdict", string(l.Verdict))
	}
	m.head("kmsproof_load_claim", "1 for what the data say about a claim.")
	for _, l := range loads {
		for _, c := range l.Claims {
			m.put("kmsproof_load_claim", 1, "profile", l.Profile, "claim", c.Name, "verdict", string(c.Verdict), "gates", strconv.FormatBool(c.Gates))
		}
	}
	m.head("kmsproof_load_rate_per_second", "The rate of the limiter that fits what was seen, with its bounds.")
	for _, l := range loads {
		m.model("kmsproof_load_rate_per_second", &l, func(x *Model) Interval { return x.Rate })
	}
	m.head("kmsproof_load_burst_calls", "The burst of that limiter, with its bounds.")
	for _, l := range loads {
		m.model("kmsproof_load_burst_calls", &l, func(x *Model) Interval { return x.Burst })
	}
	m.head("kmsproof_load_calls", "Calls of a phase by what became of them.")
	each(loads, func(l *Load, p *Phase) {
		for _, c := range []struct {
			result string
			calls  int64
		}{{"accepted", p.Accepted}, {"limited", p.Limited}, {"refused", p.Refused}, {"error", p.Errors}, {"missed", p.Missed}} {
			m.put("kmsproof_load_calls", float64(c.calls), append(phaseLabels(l, p), "result", c.result)...)
		}
	})
	m.head("kmsproof_load_latency_seconds", "Quantiles of the time that accepted calls took, from when they were due and from when they were sent.")
	each(loads, func(l *Load, p *Phase) {
		for _, from := range []struct {
			name string
			of   Quantiles
		}{{"due", p.Due}, {"send", p.Send}} {
			for _, q := range []struct {
				name   string
				millis float64
			}{{"0.5", from.of.P50}, {"0.9", from.of.P90}, {"0.99", from.of.P99}, {"0.999", from.of.P999}, {"1", from.of.Max}} {
				m.put("kmsproof_load_latency_seconds", q.millis/1000, append(phaseLabels(l, p), "from", from.name, "q", q.name)...)
			}
		}
	})
}

// each calls do for every phase of every profile.
func each(loads []Load, do func(*Load, *Phase)) {
	for i := range loads {
		for j := range loads[i].Phases {
			do(&loads[i], &loads[i].Phases[j])
		}
	}
}

func phaseLabels(l *Load, p *Phase) []string {
	return []string{"profile", l.Profile, "phase", p.Name, "attempt", strconv.Itoa(p.Attempt)}
}

func (m *metrics) model(name string, l *Load, of func(*Model) Interval) {
	if l.Model == nil {
		return
	}
	i := of(l.Model)
	for _, b := range []struct {
		bound string
		value *float64
	}{{"low", i.Low}, {"best", i.Best}, {"high", i.High}} {
		if b.value != nil {
			m.put(name, *b.value, "profile", l.Profile, "scope", l.Model.Scope, "bound", b.bound)
		}
	}
}
