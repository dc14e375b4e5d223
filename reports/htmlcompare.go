package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// comparisonPage is what the template shows of two runs.
type comparisonPage struct {
	*Comparison
	frame
	Says     phrase
	Sides    []sideView
	Outcomes []outcomeTurn
	Loads    []loadTurn
	Parts    []changesView
}

type sideView struct {
	Side
	Name phrase
	Says phrase
}

// outcomeTurn is how many scenarios ended in an outcome, in each run.
type outcomeTurn struct {
	Outcome  Outcome
	Old, New int
	Delta    string
}

// loadTurn is a profile of both runs. A run without it has an empty cell.
type loadTurn struct {
	Profile string
	Anchor  string
	Cells   [2]*loadCell
	Keys    []keyTurn
	Spectra []*spectrum // of the phases that both runs have
}

type loadCell struct {
	*Load
	Side phrase
	Lead phrase
	P99  float64 // of the worst phase, milliseconds from due
	Sum  *plot
}

type changesView struct {
	Weight Weight
	Title  phrase
	Counts []phrase // of changes that are not named
	Rows   []changeView
}

type changeView struct {
	Change
	Rules         []Rule // that the scenario checks
	Thing         phrase // its kind
	Before, After phrase
	Ground        phrase // Why, where it is of a known form
}

// HTMLIn writes the two runs side by side on one self-contained page, in one of Languages.
func (c *Comparison) HTMLIn(w io.Writer, lang string) error {
	f, l, err := newFrame(lang)
	if err != nil {
		return fmt.Errorf("comparison: %w", err)
	}
	f.Title = say("c.title")
	p := &comparisonPage{Comparison: c, frame: f, Says: c.headline(), Outcomes: c.outcomes(), Loads: c.profiles()}
	for i, s := range []Side{c.Old, c.New} {
		p.Sides = append(p.Sides, sideView{s, sideName(i), c.runs[i].headline()})
	}
	for _, t := range titles {
		named, counted := c.told(t.Weight)
		p.Parts = append(p.Parts, changesView{t.Weight, say("c." + string(t.Weight)), counted, c.views(named)})
	}
	return f.write(w, "compare.html", l, p)
}

func sideName(i int) phrase { return []phrase{say("c.old"), say("c.new")}[i] }

// Mood is the verdict that the page is coloured by.
func (p *comparisonPage) Mood() Verdict {
	return map[int]Verdict{0: Pass, 1: Fail, 3: None}[p.ExitCode()]
}

// headline is Headline in each language.
func (c *Comparison) headline() phrase {
	var parts []phrase
	for _, t := range titles {
		if n := len(c.With(t.Weight)); n > 0 {
			p := say("c." + string(t.Weight))
			parts = append(parts, phrase{grouped(int64(n)) + " " + strings.ToLower(p[english]), p[korean] + " " + grouped(int64(n))})
		}
	}
	if len(parts) == 0 {
		parts = []phrase{say("c.nothing")}
	}
	p := say("c.headline", joined(parts, comma), joined(c.kept(), comma))
	return phrase{sentence(p[english]), p[korean]}
}

// kept is what ended as before, in numbers.
func (c *Comparison) kept() (parts []phrase) {
	if c.Same > 0 || len(c.Loads) == 0 {
		parts = append(parts, say("n.scenarios", c.Same))
	}
	for i := range c.Loads {
		parts = append(parts, say("c.claims", c.Loads[i].same(), c.Loads[i].Profile))
	}
	return parts
}

// outcomes are those that occurred in either run.
func (c *Comparison) outcomes() []outcomeTurn {
	old, now := c.runs[0].Counts(), c.runs[1].Counts()
	var out []outcomeTurn
	for _, o := range Outcomes() {
		if old[o]+now[o] > 0 {
			out = append(out, outcomeTurn{o, old[o], now[o], fmt.Sprintf("%+d", now[o]-old[o])})
		}
	}
	return out
}

// profiles pairs the load profiles of both runs by name, those of the new run first.
func (c *Comparison) profiles() []loadTurn {
	var out []loadTurn
	for side := 1; side >= 0; side-- {
		for i := range c.runs[side].Loads {
			l := &c.runs[side].Loads[i]
			at := slices.IndexFunc(out, func(t loadTurn) bool { return t.Profile == l.Profile })
			if at < 0 {
				at = len(out)
				out = append(out, loadTurn{Profile: l.Profile})
			}
			out[at].Cells[side] = &loadCell{Load: l, Side: sideName(side), Lead: l.lead(), P99: worst99(l)}
		}
	}
	for i := range out {
		out[i].draw(i)
		out[i].keys()
		out[i].spectra()
	}
	return out
}

// draw gives both plots one height for a call, so that they compare.
func (t *loadTurn) draw(n int) {
	t.Anchor = fmt.Sprintf("load-%d", n+1)
	top, shared := 0.0, 0.0
	for _, c := range t.Cells {
		if c == nil {
			continue
		}
		top = max(top, c.together().peak())
		if c.Limit != nil && c.Limit.Scope == "system" {
			shared = max(shared, c.Limit.Rate)
		}
	}
	for side, c := range t.Cells {
		if c == nil || len(c.Keys) == 0 {
			continue
		}
		all := c.together()
		c.Sum = draw(all, 520, 210, ceiling(top, shared), shared, c.Phases)
		c.Sum.name(fmt.Sprintf("pair-%d-%d", n+1, side+1), say("c.all-of", t.Profile, sideName(side)), describe(all))
	}
}

func worst99(l *Load) float64 {
	worst := 0.0
	for _, ph := range l.Phases {
		worst = max(worst, ph.Due.P99)
	}
	return worst
}

func (c *Comparison) views(changes []Change) []changeView {
	var rows []changeView
	for _, x := range changes {
		why := translated("y.", x.Why)
		if why[english] == why[korean] {
			why = read(shorten(x.Why, 300))
		}
		x.Why = why[english]
		rows = append(rows, changeView{x, c.checked(x), sayOr("ck.", x.Kind), c.state(0, x, x.Old, say("c.new-here")), c.state(1, x, x.New, say("c.gone")), why})
	}
	return rows
}

// checked are the rules that a scenario checks, as the latest run that has it says; of another change there are none.
func (c *Comparison) checked(x Change) (rules []Rule) {
	for _, r := range []*Run{c.runs[1], c.runs[0]} {
		at := slices.IndexFunc(r.Scenarios, func(s Scenario) bool { return x.Kind == "scenario" && s.ID == x.Name })
		if at < 0 {
			continue
		}
		for _, id := range r.Scenarios[at].Rules {
			rules = append(rules, r.Rule(id))
		}
		return rules
	}
	return nil
}

// state is a word of the table where what stood in a run is an outcome, a verdict or a limiter, anything else as it is.
func (c *Comparison) state(run int, x Change, word string, none phrase) phrase {
	if word == "" {
		return none
	}
	switch x.Kind {
	case "scenario", "load", "claim":
		return sayOr("o.", word)
	case "rule":
		r := c.runs[run].Rule(x.Name)
		return phrase{word, strings.TrimSpace(string(r.Level) + " " + r.states()[korean])}
	case "limiter", "rate", "burst":
		if m := c.runs[run].model(x.Name); m != nil {
			return map[string]phrase{"limiter": m.limiter(), "rate": say("model-rate", m.Rate.words()), "burst": say("model-burst", m.Burst.words())}[x.Kind]
		}
	}
	return same(shorten(word, 300))
}

// model is the limiter that fits a profile of the run; nil where there is none.
func (r *Run) model(profile string) *Model {
	i := slices.IndexFunc(r.Loads, func(l Load) bool { return l.Profile == profile })
	if i < 0 {
		return nil
	}
	return r.Loads[i].Model
}

// Unlike is what makes the runs unlike, in each language.
func (p *comparisonPage) Unlike() []phrase { return p.unlike }
