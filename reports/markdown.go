package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// markdownCases is how many scenarios a job summary tells; CI systems cut summaries that grow long.
const markdownCases = 30

// Markdown writes the summary for a CI job page: the verdict in one sentence, its reasons, and what did
// not pass. It is short when all is well. Text from the target shows as written, never as markup.
func Markdown(w io.Writer, r *Run) error {
	m := &markdown{}
	m.printf("## kmsproof: %s\n\n%s\n", strings.ToUpper(string(r.Verdict)), plain(r.Headline()))
	m.items("", r.Reasons)
	m.counts(r)
	m.cases(r)
	m.likenesses(r)
	m.loads(r)
	m.items("### Left on the target\n", r.Leftovers)
	m.printf("\nTarget %s, seed %d, %s, kmsproof %s.\n", code(r.Target.Name), r.Seed, span(r.Millis)[english], plain(cmp.Or(r.Version, "unversioned")))
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct{ strings.Builder }

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(&m.Builder, format, args...) }

func (m *markdown) items(title string, items []string) {
	if len(items) == 0 {
		return
	}
	m.printf("\n%s", title)
	if title != "" {
		m.printf("\n")
	}
	for _, item := range items {
		m.printf("- %s\n", plain(item))
	}
}

func (m *markdown) counts(r *Run) {
	c := r.Counts()
	if len(c) == 0 {
		return
	}
	head, rule, row := "| scenarios |", "| ---: |", "| "+grouped(int64(c.Total()))+" |"
	for _, o := range Outcomes() {
		if c[o] > 0 {
			head += " " + string(o) + " |"
			rule += " ---: |"
			row += " " + grouped(int64(c[o])) + " |"
		}
	}
	m.printf("\n%s\n%s\n%s\n", head, rule, row)
}

// cases lists what did not pass, skips aside: the reasons name them.
func (m *markdown) cases(r *Run) {
	found := alike(r.With(Failed, UnexpectedPass, Errored, Blocked, Warned, KnownFail))
	if len(found) == 0 {
		return
	}
	m.printf("\n### Not passed\n\n")
	for i, g := range found {
		if i == markdownCases {
			m.printf("- and %s more\n", grouped(int64(cases(found[i:]))))
			break
		}
		m.scenario(r, &g[0])
		for _, s := range g[1:] {
			m.printf("  - alike: %s\n", code(s.ID))
		}
	}
}

func (m *markdown) likenesses(r *Run) {
	var said []string
	for _, l := range r.Likenesses {
		said = append(said, "The target "+l.String())
	}
	m.items("", said)
}

func (m *markdown) scenario(r *Run, s *Scenario) {
	m.printf("- **%s** %s\n", s.Outcome, code(s.ID))
	for _, id := range s.Rules {
		rule := r.Rule(id)
		m.printf("  - %s %s: %s\n", code(rule.ID), rule.Level, plain(rule.Statement))
		if rule.Rival != "" {
			m.printf("  - or, as the documents can be read too: %s\n", plain(rule.Rival))
		}
	}
	if s.Expected != "" || s.Seen != "" {
		m.printf("  - expected: %s\n  - seen: %s\n", plain(shorten(s.Expected, 300)), plain(shorten(s.Seen, 300)))
	} else {
		m.printf("  - %s\n", plain(shorten(cmp.Or(s.Reason, "no reason noted"), 300)))
	}
	if s.Known != "" {
		m.printf("  - %s\n", plain(s.Known))
	}
	m.printf("  - %s\n", code(fmt.Sprintf("%s:%d", s.File, s.Line)))
	if x := s.last(); x != nil && r.grave(s.Outcome) {
		m.printf("  - %s %s: %s\n", code(shorten(x.Request, 300)), plain(x.answered()), code(shorten(x.Answer, 300)))
		if x.Curl != "" {
			m.printf("  - repeat:\n\n    ~~~bash\n    %s\n    ~~~\n", command(x.Curl))
		}
	}
	if again := r.again(s); again != "" {
		m.printf("  - run it again: %s\n", code(again))
	}
}

func (m *markdown) loads(r *Run) {
	if len(r.Loads) == 0 {
		return
	}
	m.printf("\n### Load\n\n| profile | claim | verdict | shown | wrong with p at most |\n| --- | --- | --- | --- | --- |\n")
	for i := range r.Loads {
		l := &r.Loads[i]
		m.printf("| **%s** | %s | **%s** | | |\n", plain(l.On()), plain(l.Why), l.Verdict)
		for _, c := range l.Claims {
			m.printf("| | %s%s | %s | %s | %s |\n", plain(cmp.Or(c.Text, c.Name)), pickGate(c), c.Verdict, plain(c.Bound), plain(c.certainty()))
		}
	}
	for i := range r.Loads {
		m.workers(&r.Loads[i])
		m.exhibits(&r.Loads[i])
	}
}

// workers tells who sent the calls of a profile, where others did.
func (m *markdown) workers(l *Load) {
	if len(l.Workers) == 0 {
		return
	}
	m.printf("\n| worker of %s | keys | began late, ms | late p99, ms | missed | clock off, ms | known to, ms |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n", plain(l.Profile))
	for _, w := range l.Workers {
		m.printf("| %s on %s | %d | %.2f | %.2f | %s | %+.3f | %.3f |\n", plain(w.Name), plain(w.Host), w.Keys, w.Skew, w.Late, grouped(w.Missed), w.Offset, w.Error)
	}
	m.items("", l.apart())
}

// exhibits says what illustrates the verdict of a profile, and of one that fell short what the machine did.
func (m *markdown) exhibits(l *Load) {
	var said []string
	for _, n := range l.notes() {
		said = append(said, l.Profile+", "+n[0]+": "+n[1])
	}
	for _, n := range l.strained() {
		said = append(said, l.Profile+", machine: "+n.String())
	}
	m.items("", said)
}

func pickGate(c Claim) string {
	if c.Gates {
		return ""
	}
	return " (does not decide)"
}

// certainty says how likely a verdict is wrong, and on what that rests.
func (c Claim) certainty() string {
	return strings.Join(slices.DeleteFunc([]string{risk(c.PError), c.Given}, func(s string) bool { return s == "" }), ", ")
}

// risk writes an error probability; 0 means that none is claimed.
func risk(p float64) string {
	if p == 0 {
		return ""
	}
	return strings.Replace(fmt.Sprintf("%.2g", p), "e-0", "e-", 1)
}

// escapes are the characters that Markdown or the HTML in it would read as markup.
var escapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "|", `\|`, "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"#", `\#`, "~", `\~`, "!", `\!`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "&#64;",
)

// plain is s as text of one line.
func plain(s string) string { return escapes.Replace(oneLine(harmless(s))) }

// command is s as the one line of a fenced block, which it cannot end.
func command(s string) string { return strings.TrimLeft(oneLine(harmless(s)), "~") }

// code is s as a code span of one line. A code span knows no escapes, so a backtick in it becomes an
// apostrophe; a pipe would end a table's cell.
func code(s string) string {
	s = strings.NewReplacer("`", "'", "|", "¦").Replace(oneLine(harmless(s)))
	return "`" + cmp.Or(s, "-") + "`"
}
