package live

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/kmsproof/kmsproof/reports"
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
	long := height >= 20 && !slices.ContainsFunc(s.Loads, func(l Load) bool { return l.underWay() })
	lines := []string{head(s, width)}
	if s.Scenarios != nil {
		lines = append(lines, s.Scenarios.draw(width, height < 16)...)
		most := 5
		if height < 16 {
			most = 1
		}
		lines = append(lines, s.Scenarios.notPassed(width, most, s.room(height-len(lines), width, long))...)
	}
	for i, l := range s.Loads {
		if l.underWay() {
			after := len(s.Loads) - i - 1
			lines = append(lines, l.draw(width, height-len(lines)-after)...)
		} else {
			lines = append(lines, l.lines(width, long)...)
		}
	}
	return lines[:min(len(lines), height)]
}

// room is how many of the rows that are left the load profiles do not need.
func (s Snapshot) room(rows, width int, long bool) int {
	for _, l := range s.Loads {
		if l.underWay() {
			rows -= len(l.draw(width, math.MaxInt))
		} else {
			rows -= len(l.lines(width, long))
		}
	}
	return rows
}

// underWay says whether the profile fills the screen.
func (l *Load) underWay() bool { return l.Stage == Playing || l.Stage == Resting }

func head(s Snapshot, width int) string {
	left := bold("kmsproof "+s.Command) + "  " + s.Target
	switch {
	case s.Verdict != "":
		return fit(left, fmt.Sprintf("%s after %s", ended(s.Verdict), clock(s.Elapsed)), width)
	case s.Interrupted:
		return fit(left, odd("interrupted")+" after "+clock(s.Elapsed), width)
	case s.Left < 0:
		return fit(left, clock(s.Elapsed), width)
	}
	return fit(left, fmt.Sprintf("%s, about %s left", clock(s.Elapsed), clock(s.Left)), width)
}

// ended is a verdict of a run in a word or two.
func ended(verdict string) string {
	if verdict == string(reports.None) {
		return odd("no verdict")
	}
	return judged(verdict)
}

// draw says how far the scenarios are and what runs.
func (s *Scenarios) draw(width int, few bool) []string {
	lines := []string{"scenarios  none has ended yet"}
	if s.Total > 0 {
		done := bar(float64(s.Done)/float64(s.Total), width/8)
		lines[0] = fit(fmt.Sprintf("scenarios  %s %d/%d  %s", done, s.Done, s.Total, s.counts()), "", width)
	}
	running := 3
	if few {
		running = 1
	}
	for _, r := range s.Running[:min(len(s.Running), running)] {
		lines = append(lines, fit("  "+faint("runs")+"  "+r.ID, since(r.For), width))
	}
	return lines
}

// notPassed lists the latest scenarios that did not pass, most of them at most: a line each, or as many as its reason
// takes where there is room.
func (s *Scenarios) notPassed(width, most, room int) (lines []string) {
	rest := ""
	if n := s.NotPassed - most; n > 0 {
		rest = faint(fmt.Sprintf("  and %d more that did not pass", n))
		room--
	}
	shown := s.Failed[:min(len(s.Failed), most)]
	for i, f := range shown {
		lines = append(lines, f.draw(width, (room-len(lines))/(len(shown)-i))...)
	}
	if rest != "" {
		lines = append(lines, rest)
	}
	return lines
}

// draw tells a scenario that did not pass in a line, or in more of them, up to rows, where that is too little.
func (f Failure) draw(width, rows int) []string {
	word := "  " + judged(string(f.Outcome)) + "  "
	line := word + f.ID + ": " + f.Reason
	if rows < 2 || ansi.StringWidth(line) <= width {
		return []string{fit(line, "", width)}
	}
	name := strings.Repeat(" ", ansi.StringWidth(word))
	return append([]string{fit(word+f.ID, "", width)}, hanging(name, f.Reason, width, min(mostWhy, rows-1))...)
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

// mostWhy bounds how many lines say why a profile or a scenario ended as it did.
const mostWhy = 4

// lines are a profile that is not under way: one, or with long as many as it takes to say why it ended as it did.
func (l *Load) lines(width int, long bool) []string {
	name := bold("load " + l.Profile)
	switch l.Stage {
	case Ended:
		name += "  " + judged(string(l.Verdict)) + "  "
		if !long {
			return []string{fit(name+l.Why.English, "", width)}
		}
		return hanging(name, l.Why.English, width, mostWhy)
	case SetUp:
		return []string{fit(name+"  creates and tries its keys", "", width)}
	}
	return []string{fit(name+"  "+faint("waits"), clock(l.Left), width)}
}

// hanging writes text behind a name, at most most lines, those below the first as far in as it.
func hanging(name, text string, width, most int) []string {
	in := ansi.StringWidth(name)
	lines := strings.Split(ansi.Wordwrap(text, max(width-in, leastWidth/2), ""), "\n")
	if len(lines) > most {
		lines = append(lines[:most-1], strings.Join(lines[most-1:], " "))
	}
	for i := range lines {
		lines[i] = fit(name+lines[i], "", width)
		name = strings.Repeat(" ", in)
	}
	return lines
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
	return fmt.Sprintf("%s: lost %d of at most %d, p99 late %s of %.4g ms", word, c.Lost, c.Spare, millis(c.Late), float64(c.LateMax.Microseconds())/1000)
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
