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

// Draw returns the lines of s for a screen of so many columns and rows, in a language, with SGR sequences for
// colours. No line is wider than width. Where all keys do not fit, the worst are shown.
func Draw(s Snapshot, lang Language, width, height int) []string {
	p, height := painter{lang, max(width, leastWidth)}, max(height, leastHeight)
	long := height >= 20 && !slices.ContainsFunc(s.Loads, func(l Load) bool { return l.underWay() })
	lines := []string{p.head(s)}
	if s.Scenarios != nil {
		lines = append(lines, p.scenarios(s.Scenarios, height < 16)...)
		most := 5
		if height < 16 {
			most = 1
		}
		lines = append(lines, p.notPassed(s.Scenarios, most, p.room(s.Loads, height-len(lines), long))...)
	}
	for i := range s.Loads {
		l := &s.Loads[i]
		if l.underWay() {
			after := len(s.Loads) - i - 1
			lines = append(lines, p.load(l, height-len(lines)-after)...)
		} else {
			lines = append(lines, p.lines(l, long)...)
		}
	}
	return lines[:min(len(lines), height)]
}

// A painter draws in a language for a screen of so many columns.
type painter struct {
	Language
	width int
}

// fit is a line of the screen.
func (p painter) fit(left, right string) string { return fit(left, right, p.width) }

// room is how many of the rows that are left the load profiles do not need.
func (p painter) room(loads []Load, rows int, long bool) int {
	for i := range loads {
		if l := &loads[i]; l.underWay() {
			rows -= len(p.load(l, math.MaxInt))
		} else {
			rows -= len(p.lines(l, long))
		}
	}
	return rows
}

// underWay says whether the profile fills the screen.
func (l *Load) underWay() bool { return l.Stage == Playing || l.Stage == Resting }

func (p painter) head(s Snapshot) string {
	left := bold("kmsproof "+s.Command) + "  " + s.Target
	switch {
	case s.Verdict != "":
		return p.fit(left, p.say("%s after %s", p.ended(s.Verdict), clock(s.Elapsed)))
	case s.Interrupted:
		return p.fit(left, p.say("%s after %s", odd(p.say("interrupted")), clock(s.Elapsed)))
	case s.Left < 0:
		return p.fit(left, clock(s.Elapsed))
	}
	return p.fit(left, p.say("%s, about %s left", clock(s.Elapsed), clock(s.Left)))
}

// ended is a verdict of a run in a word or two.
func (p painter) ended(verdict string) string {
	if verdict == string(reports.None) {
		return odd(p.say("no verdict"))
	}
	return p.judged(verdict)
}

// scenarios says how far the scenarios are and what runs.
func (p painter) scenarios(s *Scenarios, few bool) []string {
	lines := []string{p.say("scenarios  none has ended yet")}
	if s.Total > 0 {
		done := bar(float64(s.Done)/float64(s.Total), p.width/8)
		lines[0] = p.fit(p.say("scenarios  %s %d/%d  %s", done, s.Done, s.Total, p.counts(s)), "")
	}
	running := 3
	if few {
		running = 1
	}
	for _, r := range s.Running[:min(len(s.Running), running)] {
		lines = append(lines, p.fit("  "+faint(p.say("runs"))+"  "+r.ID, since(r.For)))
	}
	return lines
}

// notPassed lists the latest scenarios that did not pass, most of them at most: a line each, or as many as its reason
// takes where there is room.
func (p painter) notPassed(s *Scenarios, most, room int) (lines []string) {
	rest := ""
	if n := s.NotPassed - most; n > 0 {
		rest = faint(p.say("  and %d more that did not pass", n))
		room--
	}
	shown := s.Failed[:min(len(s.Failed), most)]
	for i, f := range shown {
		lines = append(lines, p.failure(f, (room-len(lines))/(len(shown)-i))...)
	}
	if rest != "" {
		lines = append(lines, rest)
	}
	return lines
}

// failure tells a scenario that did not pass in a line, or in more of them, up to rows, where that is too little.
func (p painter) failure(f Failure, rows int) []string {
	word := "  " + p.judged(string(f.Outcome)) + "  "
	line := word + f.ID + ": " + f.Reason
	if rows < 2 || ansi.StringWidth(line) <= p.width {
		return []string{p.fit(line, "")}
	}
	name := strings.Repeat(" ", ansi.StringWidth(word))
	return append([]string{p.fit(word+f.ID, "")}, p.hanging(name, f.Reason, min(mostWhy, rows-1))...)
}

// since says for how long something runs, once that is worth a word.
func since(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	return clock(d)
}

func (p painter) counts(s *Scenarios) string {
	parts := []string{p.say("%d passed", s.Passed)}
	if s.Warned > 0 {
		parts = append(parts, odd(p.say("%d warned", s.Warned)))
	}
	if s.Skipped > 0 {
		parts = append(parts, p.say("%d skipped", s.Skipped))
	}
	if s.NotPassed > 0 {
		parts = append(parts, bad(p.say("%d not passed", s.NotPassed)))
	}
	return strings.Join(parts, ", ")
}

// mostWhy bounds how many lines say why a profile or a scenario ended as it did.
const mostWhy = 4

// lines are a profile that is not under way: one, or with long as many as it takes to say why it ended as it did.
func (p painter) lines(l *Load, long bool) []string {
	name := bold(p.say("load %s", l.Profile))
	switch l.Stage {
	case Ended:
		name += "  " + p.judged(string(l.Verdict)) + "  "
		if !long {
			return []string{p.fit(name+p.of(l.Why), "")}
		}
		return p.hanging(name, p.of(l.Why), mostWhy)
	case SetUp:
		return []string{p.fit(name+"  "+p.say("creates and tries its keys"), "")}
	}
	return []string{p.fit(name+"  "+faint(p.say("waits")), clock(l.Left))}
}

// hanging writes text behind a name, at most most lines, those below the first as far in as it.
func (p painter) hanging(name, text string, most int) []string {
	in := ansi.StringWidth(name)
	lines := strings.Split(ansi.Wordwrap(text, max(p.width-in, leastWidth/2), ""), "\n")
	if len(lines) > most {
		lines = append(lines[:most-1], strings.Join(lines[most-1:], " "))
	}
	for i := range lines {
		lines[i] = p.fit(name+lines[i], "")
		name = strings.Repeat(" ", in)
	}
	return lines
}

// load is the profile under way, in so many rows.
func (p painter) load(l *Load, rows int) []string {
	top := []string{p.now(l), p.labelled(p.say("phases"), p.course(l))}
	bottom := []string{p.labelled(p.say("certificate"), p.certified(l)), p.labelled(p.say("certainty"), p.certain(l))}
	for _, c := range l.Claims {
		name, why := p.claim(c)
		bottom = append(bottom, p.labelled(name, p.judged(string(c.Verdict))+": "+why))
	}
	table := p.table(l, max(rows-len(top)-len(bottom), 4))
	return slices.Concat(top, table, bottom)
}

func (p painter) labelled(name, text string) string {
	return p.fit("  "+left(name, 12)+"  "+text, "")
}

// now says what is sent.
func (p painter) now(l *Load) string {
	name, left := bold(p.say("load %s", l.Profile)), p.say("%s left", clock(l.Left))
	if l.Stage == Resting {
		return p.fit(name+"  "+p.say("rests: nothing is sent"), left)
	}
	again := ""
	if l.Attempt > 1 {
		again = odd(p.say(" attempt %d", l.Attempt))
	}
	share := float64(l.At) / float64(max(l.Of, 1))
	return p.fit(fmt.Sprintf("%s  %s%s %s %.0f/%.0f s  %s", name, l.Phase, again, bar(share, p.width/12), l.At.Seconds(), l.Of.Seconds(),
		p.say("%s at %.4g/s%s", p.keys(len(l.Keys)), l.Rate, p.published(l))), left)
}

// keys is a number of them.
func (p painter) keys(n int) string {
	if n == 1 {
		return p.say("%d key", n)
	}
	return p.say("%d keys", n)
}

// course names the phases, and how each went.
func (p painter) course(l *Load) string {
	var parts []string
	for _, ph := range l.Phases {
		word := faint(ph.Name)
		switch {
		case l.Stage == Playing && ph.Name == l.Phase:
			word = p.say("%s now", bold(ph.Name))
		case ph.Played && ph.OK:
			word = ph.Name + " " + good(p.say("counts"))
		case ph.Played:
			word = ph.Name + " " + bad(p.say("fell short"))
		}
		parts = append(parts, word)
	}
	return strings.Join(parts, ", ")
}

// published is the limit that a rate is read against.
func (p painter) published(l *Load) string {
	if l.Scope == "key" {
		return p.say(" of %.4g", l.Limit)
	}
	return p.say(" of %.4g in all", l.Limit)
}

// certified says how the generator does.
func (p painter) certified(l *Load) string {
	c, word := l.Certificate, good(p.say("holds so far"))
	if !c.Holds {
		word = bad(p.say("fell short"))
	}
	return p.say("%s: lost %d of at most %d, p99 late %s of %.4g ms", word, c.Lost, c.Spare, millis(c.Late), float64(c.LateMax.Microseconds())/1000)
}

// certain says what is known of refusals.
func (p painter) certain(l *Load) string {
	switch {
	case l.Over:
		return p.say("the limit is passed on purpose; judged after the phases")
	case l.Refusable >= 1:
		return p.say("too few calls yet")
	}
	return p.say("at most %s of conforming calls refused, at 99.9 %%", percent(l.Refusable))
}
