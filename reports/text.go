package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	textWidth = 96 // columns; CI logs put a time stamp before each line
	textCases = 20 // told at length; the files tell the rest
)

// Text writes the summary for a terminal or a CI log: verdict and reasons, what did not pass, counts,
// load verdicts, and the verdict again in the last line. Lines have at most 96 columns but for longer words
// and commands to paste, no colour and no control characters.
func Text(w io.Writer, r *Run) error { return writeText(w, r, false) }

// ColorText is Text with the verdicts coloured by ANSI sequences.
func ColorText(w io.Writer, r *Run) error { return writeText(w, r, true) }

func writeText(w io.Writer, r *Run, color bool) error {
	t := &text{color: color}
	t.verdict(r)
	t.cases(r)
	t.counts(r)
	for _, l := range r.Likenesses {
		t.put("Target     ", l.String())
	}
	for i := range r.Loads {
		t.load(&r.Loads[i])
	}
	t.items("Left on the target", r.Leftovers)
	t.end(r)
	_, err := io.WriteString(w, t.String())
	return err
}

type text struct {
	strings.Builder
	color bool
}

// put writes s after a head, wrapped, the next lines aligned under the first. s comes from anywhere
// and may say anything; head is ours.
func (t *text) put(head, s string) { t.painted("", head, s) }

// painted is put with the head in the colour of a word.
func (t *text) painted(word, head, s string) {
	indent := strings.Repeat(" ", len(head))
	for i, line := range wrap(harmless(s), textWidth-len(head)) {
		if i > 0 {
			t.line(indent + line)
		} else {
			t.line(t.paint(word, head) + line)
		}
	}
}

func (t *text) line(s string) { t.WriteString(strings.TrimRight(s, " ") + "\n") }

// wrap breaks s at blanks into lines of at most width characters; a longer word runs over, so
// that it can be copied.
func wrap(s string, width int) []string {
	var lines []string
	var line []rune
	for word := range strings.FieldsSeq(s) {
		w := []rune(word)
		if len(line) > 0 && len(line)+1+len(w) > width {
			lines, line = append(lines, string(line)), nil
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		line = append(line, w...)
	}
	return append(lines, string(line))
}

func (t *text) verdict(r *Run) {
	t.line(t.paint(string(r.Verdict), strings.Join(wrap(r.Headline(), textWidth), "\n")))
	for _, why := range r.Reasons {
		t.put("  - ", why)
	}
}

// cases tells what did not pass: the gravest at length, the rest in a line each.
func (t *text) cases(r *Run) {
	grave, noted := []Outcome{Failed, UnexpectedPass, Errored, Blocked}, []Outcome{Warned}
	if r.Strict {
		grave, noted = append(grave, Warned), nil
	}
	t.graves(r, alike(r.With(grave...)))
	var notes []string
	for _, s := range r.With(noted...) {
		notes = append(notes, fmt.Sprintf("%s  %s: %s%s", s.Outcome, s.ID, cmp.Or(s.why(), "no reason noted"), r.rivals(&s)))
	}
	t.items("Noted, not counted as failures", notes)
	t.known(r.With(KnownFail))
}

func (t *text) graves(r *Run, grave [][]Scenario) {
	for i, g := range grave {
		if i == textCases {
			t.line(fmt.Sprintf("\n... and %s more; the other formats list them all.", grouped(int64(cases(grave[i:])))))
			break
		}
		t.scenario(r, &g[0])
		for _, s := range g[1:] {
			t.put("  alike     ", s.ID)
		}
	}
}

// TextOf is what [Text] tells of a scenario that did not pass: its rules, what was expected and seen, the last call
// with its answer, a line that repeats it, and one that runs the scenario again. It ends without a line break.
func (r *Run) TextOf(s Scenario) string {
	t := &text{}
	t.scenario(r, &s)
	return strings.TrimSpace(t.String())
}

func (t *text) scenario(r *Run, s *Scenario) {
	t.line("")
	t.painted(string(s.Outcome), strings.ToUpper(string(s.Outcome))+"  ", s.ID)
	for _, id := range s.Rules {
		rule := r.Rule(id)
		t.put("  rule      ", strings.TrimSpace(fmt.Sprintf("%s %s  %s", rule.ID, rule.Level, rule.Statement)))
		if rule.Rival != "" {
			t.put("  or        ", rule.Rival)
		}
	}
	if s.Step != "" {
		t.put("  step      ", s.Keyword+" "+s.Step)
	}
	if s.Expected != "" || s.Seen != "" {
		t.put("  expected  ", shorten(s.Expected, 400))
		t.put("  seen      ", shorten(s.Seen, 400))
	} else {
		t.put("  reason    ", shorten(cmp.Or(s.Reason, "none was noted"), 400))
	}
	if s.Known != "" {
		t.put("  known     ", s.Known)
	}
	if s.File != "" {
		t.put("  at        ", fmt.Sprintf("%s:%d", s.File, s.Line))
	}
	if x := s.last(); x != nil && r.grave(s.Outcome) {
		t.put("  call      ", shorten(x.asked()+" "+x.Body, 300))
		t.put("  answer    ", shorten(strings.TrimPrefix(x.answered(), "answer ")+" "+x.Answer, 300))
		if x.Curl != "" {
			t.line("  repeat    " + oneLine(harmless(x.Curl))) // whole: a line that is broken cannot be pasted
		}
	}
	if again := r.again(s); again != "" {
		t.line("  again     " + again)
	}
}

func (t *text) counts(r *Run) {
	if c := r.Counts(); len(c) > 0 {
		t.line("")
		t.put("Scenarios  ", fmt.Sprintf("%s: %s", grouped(int64(c.Total())), c))
	}
	if n := len(r.NotRun); n > 0 {
		t.put("Not run    ", fmt.Sprintf("%s, for the run ended before; --rerun takes them up", grouped(int64(n))))
	}
}

func (t *text) load(l *Load) {
	t.line("")
	t.painted(string(l.Verdict), strings.ToUpper(string(l.Verdict))+"  ", fmt.Sprintf("load %s: %s", l.On(), l.Why))
	for _, c := range l.Claims {
		head := fmt.Sprintf("  %-12s  ", c.Verdict)
		t.put(head, cmp.Or(c.Text, c.Name))
		if c.Verdict == ClaimInvalid && c.Why != "" && strings.Contains(l.Why, c.Why) {
			c.Why = "as said above"
		}
		if grounds := c.grounds(); grounds != "" {
			t.put(strings.Repeat(" ", len(head)+2), grounds)
		}
	}
	for _, n := range l.notes() {
		t.put(fmt.Sprintf("  %-12s  ", n[0]), n[1])
	}
	g := l.Generator
	t.put("  generator     ", fmt.Sprintf("sent %s of %s, missed %s; %s", grouped(g.Sent), grouped(g.Planned), grouped(g.Missed), certificate(g)))
	for _, w := range l.Workers {
		t.put("  worker        ", w.String())
	}
	if slack := l.slack(); slack != "" {
		t.put("  clocks        ", slack)
	}
	for _, m := range l.strained() {
		t.put("  machine       ", m.String())
	}
}

// grounds is what a claim's verdict rests on.
func (c Claim) grounds() string {
	var parts []string
	if c.Bound != "" {
		parts = append(parts, c.Bound)
	}
	if c.Verdict != Proven && c.Why != "" {
		parts = append(parts, c.Why)
	}
	if c.PError > 0 {
		parts = append(parts, "wrong with p <= "+risk(c.PError))
	}
	if c.Given != "" {
		parts = append(parts, c.Given)
	}
	if !c.Gates {
		parts = append(parts, "does not decide")
	}
	return strings.Join(parts, "; ")
}

// certificate says in words whether the generator kept to its plan.
func certificate(g Generator) string {
	const most = 6 // of hundreds, where there is one for each key; the run file has them all
	said := []string{list(g.Problems, "; ", most)}
	switch {
	case g.OK:
		said = []string{"it kept to its plan"}
	case len(g.Problems) == 0:
		said = []string{"it did not keep to its plan"}
	}
	if g.Blocked > 0 {
		said = append(said, fmt.Sprintf("%s of them because the target owed too many answers", grouped(g.Blocked)))
	}
	if g.SecondLook != nil {
		said = append(said, g.SecondLook.String())
	}
	return strings.Join(slices.Concat(said, g.Repeats), "; ")
}

// String compares the two counts.
func (s *SecondLook) String() string {
	said := fmt.Sprintf("the target's limiter counted the same, %s admitted and %s refused", grouped(s.Admitted), grouped(s.Refused))
	switch {
	case s.Attempts == 0:
		return "what the target's limiter counted was lost in every attempt"
	case s.Differ > 0:
		said = fmt.Sprintf("in %d of %d attempts the target's limiter counted otherwise", s.Differ, s.Attempts)
	case s.Unclear > 0:
		said = fmt.Sprintf("the target's limiter counted %s admitted and %s refused, which fits %s accepted, %s limited and %s answered otherwise or not at all",
			grouped(s.Admitted), grouped(s.Refused), grouped(s.Accepted), grouped(s.Limited), grouped(s.Unclear))
	}
	if s.Lost > 0 {
		said += fmt.Sprintf(", in %d of %d attempts; of the others its count was lost", s.Attempts, s.Attempts+s.Lost)
	}
	return said
}

func (t *text) items(title string, items []string) {
	if len(items) == 0 {
		return
	}
	t.line("\n" + title)
	for i, item := range items {
		if i == textCases {
			t.line(fmt.Sprintf("  ... and %s more", grouped(int64(len(items)-i))))
			break
		}
		t.put("  - ", shorten(item, 400))
	}
}

func (t *text) end(r *Run) {
	t.line("")
	name := cmp.Or(shorten(oneLine(r.Target.Name), 36), "-")
	t.painted(string(r.Verdict), strings.ToUpper(string(r.Verdict))+"  ",
		fmt.Sprintf("exit %d, target %s, seed %d, %s", r.ExitCode(), name, r.Seed, span(r.Millis)[english]))
}

// paint colours s by what a word says: green for good, red for bad, yellow for the rest, none for no word.
func (t *text) paint(word, s string) string {
	if !t.color || word == "" {
		return s
	}
	code := "33"
	switch word {
	case string(Pass):
		code = "32"
	case string(Fail), string(UnexpectedPass):
		code = "31"
	}
	return "\x1b[1;" + code + "m" + s + "\x1b[0m"
}
