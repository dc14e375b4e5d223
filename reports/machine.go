package reports

import (
	"fmt"
	"strings"
)

// Machine is what happened on the generator's machine during one attempt at a phase. What the system
// does not tell is nil.
type Machine struct {
	Phase       string   `json:"phase"`
	Attempt     int      `json:"attempt"`
	Worker      string   `json:"worker,omitempty"`      // whose machine it is; empty: that of the process that judged
	Cores       int      `json:"cores"`                 // processors that the generator may use
	CPU         *float64 `json:"cpu,omitempty"`         // processors' worth of time that it had
	Waited      *float64 `json:"waited,omitempty"`      // share of the time in which something waited for a processor (PSI)
	Stolen      *float64 `json:"stolen,omitempty"`      // share of the processors' time that a hypervisor gave to others
	Throttled   *float64 `json:"throttledMs,omitempty"` // milliseconds in which the cgroup held its processes back
	Delay       *float64 `json:"delayMs,omitempty"`     // 99th percentile of how long the Go scheduler let ready work wait
	Pause       *float64 `json:"pauseMs,omitempty"`     // longest pause for the garbage collector
	Connections int64    `json:"connections,omitzero"`  // opened while the calls were due
}

// String says what is known, for people.
func (m Machine) String() string {
	var parts []string
	say := func(value *float64, scale float64, format string) {
		if value != nil {
			parts = append(parts, fmt.Sprintf(format, scale**value))
		}
	}
	say(m.CPU, 1, fmt.Sprintf("%%.2f of %d processors used", m.Cores))
	say(m.Waited, 100, "work waited for a processor %.0f %% of the time")
	say(m.Stolen, 100, "%.1f %% of them stolen")
	say(m.Throttled, 1, "%.0f ms throttled")
	say(m.Delay, 1, "99 %% of ready work waited at most %.2g ms")
	say(m.Pause, 1, "collector paused at most %.2g ms")
	if m.Connections > 0 {
		parts = append(parts, fmt.Sprintf("%d connections opened", m.Connections))
	}
	who := fmt.Sprintf("%s, attempt %d", m.Phase, m.Attempt)
	if m.Worker != "" {
		who += ", worker " + m.Worker
	}
	return who + ": " + strings.Join(parts, ", ")
}
