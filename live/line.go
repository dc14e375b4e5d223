package live

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// log is who writes lines: they are English, as the rest of a log is.
var log = painter{Language: English}

// Line returns s as one line of plain text, for logs.
func Line(s Snapshot) string {
	parts := []string{clock(s.Elapsed)}
	if s.Scenarios != nil {
		parts = append(parts, s.Scenarios.plain()...)
	}
	for _, l := range s.Loads {
		if text := l.plain(); text != "" {
			parts = append(parts, text)
		}
	}
	if s.Left >= 0 && s.Verdict == "" {
		parts = append(parts, "about "+clock(s.Left)+" left")
	}
	return strings.Join(parts, "; ")
}

// plain says how far the scenarios are, and what has been running for long.
func (s *Scenarios) plain() []string {
	parts := []string{"no scenario has ended yet"}
	if s.Total > 0 {
		parts[0] = fmt.Sprintf("scenarios %d/%d: %s", s.Done, s.Total, ansi.Strip(log.counts(s)))
	}
	if len(s.Running) > 0 && s.Running[0].For >= time.Second {
		parts = append(parts, fmt.Sprintf("for %s: %s", clock(s.Running[0].For), s.Running[0].ID))
	}
	return parts
}

// plain says in a few words where a profile is; nothing while it waits.
func (l *Load) plain() string {
	switch l.Stage {
	case Waiting:
		return ""
	case SetUp:
		return l.Profile + " creates its keys"
	case Ended:
		return fmt.Sprintf("%s: %s", l.Profile, l.Verdict)
	case Resting:
		return l.Profile + " rests"
	}
	t := total(l.Keys)
	return fmt.Sprintf("%s %s %.0f/%.0f s: %s, offered %.0f/s, accepted %.0f/s, refused %d, other %d, missed %d, p99 %s ms", l.Profile, l.Phase,
		l.At.Seconds(), l.Of.Seconds(), log.keys(len(l.Keys)), t.Offered, t.Accepted, t.Refused, t.Other, t.Missed, latency(t.P99))
}

// Lines writes a line about the run to w every so often, until ctx ends.
func Lines(ctx context.Context, b *Board, w io.Writer, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			fmt.Fprintln(w, Line(b.Snapshot()))
		}
	}
}
