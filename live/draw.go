package live

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The smallest screen that is drawn for, in columns and rows. On a smaller one lines are cut.
const (
	leastWidth  = 40
	leastHeight = 8
)

// Draw returns the lines of s for a screen of so many columns and rows, with SGR sequences for
// colours. No line is wider than width. Where all keys do not fit, the worst are shown.
func Draw(s Snapshot, width, height int) []string {
	width, height = max(width, leastWidth), max(height, leastHeight)
	few := height < 16
	lines := []string{head(s, width)}
	if s.Scenarios != nil {
		lines = append(lines, s.Scenarios.draw(width, few)...)
	}
	for i, l := range s.Loads {
		if l.Stage == Playing || l.Stage == Resting {
			after := len(s.Loads) - i - 1
			lines = append(lines, l.draw(width, height-len(lines)-after)...)
		} else {
			lines = append(lines, l.line(width))
		}
	}
	return lines[:min(len(lines), height)]
}

func head(s Snapshot, width int) string {
	left := bold("kmsproof "+s.Command) + "  " + s.Target
	switch {
	case s.Verdict != "":
		return fit(left, fmt.Sprintf("%s after %s", judged(s.Verdict), clock(s.Elapsed)), width)
	case s.Interrupted:
		return fit(left, odd("interrupted")+" after "+clock(s.Elapsed), width)
	case s.Left < 0:
		return fit(left, clock(s.Elapsed), width)
	}
	return fit(left, fmt.Sprintf("%s, about %s left", clock(s.Elapsed), clock(s.Left)), width)
}

func (s *Scenarios) draw(width int, few bool) []string {
	lines := []string{"scenarios  none has ended yet"}
	if s.Total > 0 {
		done := bar(float64(s.Done)/float64(s.Total), width/8)
		lines[0] = fit(fmt.Sprintf("scenarios  %s %d/%d  %s", done, s.Done, s.Total, s.counts()), "", width)
	}
	running, failed := 3, 5
	if few {
		running, failed = 1, 1
	}
	for _, r := range s.Running[:min(len(s.Running), running)] {
		lines = append(lines, fit("  "+faint("runs")+"  "+r.ID, since(r.For), width))
	}
	for _, f := range s.Failed[:min(len(s.Failed), failed)] {
		lines = append(lines, fit("  "+judged(string(f.Outcome))+"  "+f.ID+": "+f.Reason, "", width))
	}
	if rest := s.NotPassed - failed; rest > 0 {
		lines = append(lines, faint(fmt.Sprintf("  and %d more that did not pass", rest)))
	}
	return lines
}

// since says for how long something runs, once that is worth a word.
func since(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	return clock(d)
}

func (s *Scenarios) counts() string {
	parts := []string{fmt.Sprintf("%d passed", s.Passed)}
	if s.Warned > 0 {
		parts = append(parts, odd(fmt.Sprintf("%d warned", s.Warned)))
	}
	if s.Skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", s.Skipped))
	}
	if s.NotPassed > 0 {
		parts = append(parts, bad(fmt.Sprintf("%d not passed", s.NotPassed)))
	}
	return strings.Join(parts, ", ")
}

// line is a profile that is not under way.
func (l *Load) line(width int) string {
	name := bold("load " + l.Profile)
	switch l.Stage {
	case Ended:
		return fit(name+"  "+judged(string(l.Verdict))+"  "+l.Why, "", width)
	case SetUp:
		return fit(name+"  creates and tries its keys", "", width)
	}
	return fit(name+"  "+faint("waits"), clock(l.Left), width)
}

// draw is the profile under way, in so many rows.
func (l *Load) draw(width, rows int) []string {
	top := []string{l.now(width), labelled("phases", l.course(), width)}
	bottom := []string{labelled("certificate", l.certified(), width), labelled("certainty", l.certain(), width)}
	for _, c := range l.Claims {
		bottom = append(bottom, labelled(c.Name, judged(string(c.Verdict))+": "+c.Why, width))
	}
	table := l.table(width, max(rows-len(top)-len(bottom), 4))
	return slices.Concat(top, table, bottom)
}

func labelled(name, text string, width int) string {
	return fit(fmt.Sprintf("  %-12s  %s", name, text), "", width)
}

// now says what is sent.
func (l *Load) now(width int) string {
	name, left := bold("load "+l.Profile), clock(l.Left)+" left"
	if l.Stage == Resting {
		return fit(name+"  rests: nothing is sent", left, width)
	}
	again := ""
	if l.Attempt > 1 {
		again = odd(fmt.Sprintf(" attempt %d", l.Attempt))
	}
	share := float64(l.At) / float64(max(l.Of, 1))
	return fit(fmt.Sprintf("%s  %s%s %s %.0f/%.0f s  %s at %.4g/s%s", name, l.Phase, again, bar(share, width/12), l.At.Seconds(), l.Of.Seconds(),
		plural(len(l.Keys), "key"), l.Rate, l.published()), left, width)
}

// course names the phases, and how each went.
func (l *Load) course() string {
	var parts []string
	for _, ph := range l.Phases {
		word := faint(ph.Name)
		switch {
		case l.Stage == Playing && ph.Name == l.Phase:
			word = bold(ph.Name) + " now"
		case ph.Played && ph.OK:
			word = ph.Name + " " + good("counts")
		case ph.Played:
			word = ph.Name + " " + bad("fell short")
		}
		parts = append(parts, word)
	}
	return strings.Join(parts, ", ")
}

// published is the limit that a rate is read against.
func (l *Load) published() string {
	if l.Scope == "key" {
		return fmt.Sprintf(" of %.4g", l.Limit)
	}
	return fmt.Sprintf(" of %.4g in all", l.Limit)
}

// certified says how the generator does.
func (l *Load) certified() string {
	c, word := l.Certificate, good("holds so far")
	if !c.Holds {
		word = bad("fell short")
	}
	return fmt.Sprintf("%s: %d calls lost of %d at most, p99 late %s of %.4g ms", word, c.Lost, c.Spare, millis(c.Late), float64(c.LateMax.Microseconds())/1000)
}

// certain says what is known of refusals.
func (l *Load) certain() string {
	switch {
	case l.Over:
		return "the limit is passed on purpose; judged after the phases"
	case l.Refusable >= 1:
		return "too few calls yet"
	}
	return fmt.Sprintf("at most %s of conforming calls refused, at 99.9 %%", percent(l.Refusable))
}
