package reports

import (
	"fmt"
	"strings"
)

// Worker is a process that sent a share of a run's calls. Times are milliseconds.
type Worker struct {
	Name    string  `json:"name"`
	Host    string  `json:"host"`
	Keys    int     `json:"keys"`          // that it had, striped ones included
	Offset  float64 `json:"offsetMs"`      // its clock less the coordinator's
	Error   float64 `json:"offsetErrorMs"` // the offset is within so much of that
	Drift   float64 `json:"driftMs"`       // most that the offset was seen to change during an attempt
	Skew    float64 `json:"skewMs"`        // the latest that it began after the agreed instant, by its own clock
	Late    float64 `json:"lateP99Ms"`     // worst 99th percentile of send minus due of an attempt
	Missed  int64   `json:"missed"`        // calls that did not leave in time, by its own doing
	Striped string  `json:"striped,omitempty"`
	Lost    string  `json:"lost,omitempty"` // why it is no longer there
}

// String says it for people.
func (w Worker) String() string {
	parts := []string{fmt.Sprintf("%s on %s: %s", w.Name, w.Host, count(w.Keys, "key"))}
	if w.Keys > 0 {
		parts = append(parts, fmt.Sprintf("began %.2f ms late, slowest 1 %% of its calls %.2f ms, missed %s", w.Skew, w.Late, grouped(w.Missed)))
	}
	parts = append(parts, fmt.Sprintf("its clock %+.3f ms off, known to %.3f ms", w.Offset, w.Error))
	if w.Striped != "" {
		parts = append(parts, w.Striped)
	}
	if w.Lost != "" {
		parts = append(parts, "lost: "+w.Lost)
	}
	return strings.Join(parts, "; ")
}

// slack is how far the clocks of a profile's workers may have been apart, in words; empty where one process
// sent all calls.
func (l *Load) slack() string {
	worst := 0.0
	for _, p := range l.Phases {
		worst = max(worst, p.Slack)
	}
	if worst == 0 {
		return ""
	}
	return fmt.Sprintf("calls of different workers are ordered only to %.3f ms, by their clocks", worst)
}

// apart says what is less certain because several workers sent: of the clocks, of keys that they shared, and of
// workers that were lost.
func (l *Load) apart() (said []string) {
	if slack := l.slack(); slack != "" {
		said = append(said, slack)
	}
	for _, w := range l.Workers {
		if w.Striped != "" {
			said = append(said, w.Name+": "+w.Striped)
		}
		if w.Lost != "" {
			said = append(said, fmt.Sprintf("%s (%s) was lost: %s", w.Name, w.Host, w.Lost))
		}
	}
	return said
}
