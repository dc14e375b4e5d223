package reports

import (
	"fmt"
	"html/template"
	"slices"
)

// page is what the template shows.
type page struct {
	*Run
	frame
	Says     phrase        // the verdict, for a manager
	Detail   []phrase      // what it rests on, for an engineer
	Outcomes []outcomeView // those that occurred
	Levels   []levelView
	Areas    []areaView
	Load     []loadView

	Reasons    []reason // in place of the run's own
	Likenesses []likeView
	Grave      []graveView // fail, unexpected-pass, error, blocked
	MoreGrave  bool
	Caught     *caughtView // nil where the run file says nothing of mutants
	LeftOut    int         // exchanges that are in the run file alone
}

// outcomeView is an outcome with its count and its place in the bar of 1000 units.
type outcomeView struct {
	Outcome Outcome
	N       int
	X, W    float64
}

type levelView struct {
	Level Level
	Cells []int // a count per page.Outcomes
}

type areaView struct {
	Area
	Name  phrase
	Cells []int // a count per page.Outcomes
	Open  bool  // something in it did not pass
	Rules []ruleView
}

// Counted are the outcomes that occurred in the area.
func (a areaView) Counted() []outcomeView {
	var found []outcomeView
	for _, o := range Outcomes() {
		if n := a.Counts[o]; n > 0 {
			found = append(found, outcomeView{Outcome: o, N: n})
		}
	}
	return found
}

type ruleView struct {
	Rule
	Cases []caseView
}

// Kept says that nothing about the rule asks for attention: on paper it is counted, and not told. A MUST that was skipped
// is why a run passes in part only.
func (r ruleView) Kept() bool {
	return !slices.ContainsFunc(r.Cases, func(c caseView) bool {
		return graver(c.Outcome, Skipped) || c.Outcome == Skipped && c.Level == Must
	})
}

type caseView struct {
	*Scenario
	Anchor    string
	Elsewhere bool // told in full under its first rule
	Shown     []exchangeView
	LeftOut   int // exchanges that are in the run file alone
	Broken    []Rule
	Again     string // the command line that runs it once more; empty: none does
}

// Last is the place of the exchange that a failure rests on, which is open; -1: none is.
func (c caseView) Last() int {
	if c.Outcome != Failed {
		return -1
	}
	return len(c.Shown) - 1
}

// Told says whether the case has more to show than its line.
func (c caseView) Told() bool { return !c.Elsewhere && (c.Outcome != Passed || len(c.Shown) > 0) }

type exchangeView struct {
	Exchange
	Heard   phrase // what came back
	Silence string // why nothing came
}

func newPage(r *Run, f frame, budget int) *page {
	p := &page{Run: r, frame: f, Says: r.headline(), Detail: r.detail(), Reasons: r.reasons(), Caught: caught(r.Rules)}
	for _, l := range r.Likenesses {
		p.Likenesses = append(p.Likenesses, likeView{l, l.phrase()})
	}
	counts := r.Counts()
	x := 0.0
	for _, o := range Outcomes() {
		if n := counts[o]; n > 0 {
			w := 1000 * float64(n) / float64(counts.Total())
			p.Outcomes = append(p.Outcomes, outcomeView{o, n, x, w})
			x += w
		}
	}
	p.levels()
	cases := caseViews(r, budget)
	for _, c := range cases {
		p.LeftOut += c.LeftOut
	}
	p.areas(cases)
	p.graves(cases)
	for i := range r.Loads {
		p.Load = append(p.Load, newLoadView(i, &r.Loads[i]))
	}
	return p
}

// levels counts the scenarios of each level, the most binding first.
func (p *page) levels() {
	counts := map[Level]Counts{}
	for i := range p.Scenarios {
		s := &p.Scenarios[i]
		if counts[s.Level] == nil {
			counts[s.Level] = Counts{}
		}
		counts[s.Level][s.Outcome.known()]++
	}
	for _, level := range []Level{Must, Should, Inferred, ""} {
		if counts[level] == nil {
			continue
		}
		v := levelView{Level: level}
		for _, o := range p.Outcomes {
			v.Cells = append(v.Cells, counts[level][o.Outcome])
		}
		p.Levels = append(p.Levels, v)
	}
}

// areas files the cases under their rules and the rules under their areas.
func (p *page) areas(cases []caseView) {
	byRule := map[string][]caseView{}
	for _, c := range cases {
		for j, rule := range orNone(c.Rules) {
			c.Elsewhere = j > 0
			byRule[rule] = append(byRule[rule], c)
		}
	}
	for _, a := range p.Run.Areas() {
		p.Areas = append(p.Areas, p.area(a, byRule))
	}
}

// orNone stands in for scenarios that name no rule.
func orNone(rules []string) []string {
	if len(rules) == 0 {
		return []string{""}
	}
	return rules
}

func graver(o, than Outcome) bool { return o.rank() < than.rank() }

func (p *page) area(a Area, byRule map[string][]caseView) areaView {
	v := areaView{Area: a, Name: a.phrase()}
	for _, o := range p.Outcomes {
		v.Cells = append(v.Cells, a.Counts[o.Outcome])
		v.Open = v.Open || o.N > 0 && graver(o.Outcome, KnownFail) && a.Counts[o.Outcome] > 0
	}
	for _, rule := range withUnregistered(a, byRule) {
		v.Rules = append(v.Rules, ruleView{rule, byRule[rule.ID]})
	}
	return v
}

// withUnregistered adds rules that scenarios name and the run does not carry.
func withUnregistered(a Area, byRule map[string][]caseView) []Rule {
	rules, seen := a.Rules, map[string]bool{}
	for _, rule := range rules {
		seen[rule.ID] = true
	}
	for _, id := range sortedKeys(byRule) {
		if areaOf(id) == a.Code && !seen[id] {
			rules = append(rules, Rule{ID: id})
		}
	}
	return rules
}

const (
	pageExchanges = 6         // per scenario, the last ones
	pageBody      = 2_000     // bytes of a request's or an answer's body
	pageSize      = 1_900_000 // bytes of a page
	pageBudget    = 650_000   // of which exchanges may have so many, but where the rest leaves less, and
	pageFloor     = 60_000    // at least so many: a failure is told by its last exchange
)

// exchangeBudget is how many bytes the exchanges may have on a page that takes so many without them.
func exchangeBudget(bare int) int { return max(pageFloor, min(pageBudget, pageSize-bare)) }

// caseViews are the scenarios of a run in its order. Exchanges are shown until the budget is spent, the gravest
// outcomes first, and of one outcome the last exchange of each scenario before any more.
func caseViews(r *Run, budget int) []caseView {
	cases, byOutcome := make([]caseView, len(r.Scenarios)), map[Outcome][]int{}
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		c := caseView{Scenario: s, Anchor: fmt.Sprintf("s%d", i+1), Again: r.again(s)}
		for _, id := range s.Rules {
			c.Broken = append(c.Broken, r.Rule(id))
		}
		cases[i] = c
		byOutcome[s.Outcome.known()] = append(byOutcome[s.Outcome.known()], i)
	}
	for _, o := range Outcomes() {
		for _, most := range []int{1, pageExchanges} {
			for _, i := range byOutcome[o] {
				cases[i].show(&budget, most)
			}
		}
	}
	return cases
}

// show takes up to so many of the last exchanges, from the end back, as far as the budget reaches.
func (c *caseView) show(budget *int, most int) {
	for before := len(c.Exchanges) - len(c.Shown); before > 0 && len(c.Shown) < most; before-- {
		v := newExchangeView(c.Exchanges[before-1])
		size := v.size()
		if !c.Told() {
			size += c.size()
		}
		if *budget < size {
			break
		}
		*budget -= size
		c.Shown = slices.Insert(c.Shown, 0, v)
	}
	c.LeftOut = len(c.Exchanges) - len(c.Shown)
}

// caseMarkup and ruleMarkup are how many bytes of a page the markup of a case takes that is told, and of each of its rules,
// about.
const caseMarkup, ruleMarkup = 400, 450

// size is how many bytes the case takes in a page once it is told, but for its exchanges.
func (c *caseView) size() int {
	size := caseMarkup + len(template.HTMLEscapeString(c.Again))
	for _, r := range c.Broken {
		size += ruleMarkup
		for _, p := range []phrase{r.states(), r.rivals(), same(r.Origin)} {
			size += len(template.HTMLEscapeString(p[english])) + len(template.HTMLEscapeString(p[korean]))
		}
	}
	return size
}

func newExchangeView(x Exchange) exchangeView {
	v := exchangeView{Exchange: x}
	v.Heard, v.Silence = x.heard()
	v.Body, v.Answer, v.Headers = shorten(x.Body, pageBody), shorten(x.Answer, pageBody), shorten(x.Headers, pageBody)
	v.Curl = shorten(x.Curl, 2*pageBody)
	return v
}

// exchangeMarkup is how many bytes of a page the markup of an exchange takes, about.
const exchangeMarkup = 500

// size is how many bytes the exchange takes in a page: text that is not markup is longer there. What came back is told
// twice.
func (v *exchangeView) size() int {
	size := exchangeMarkup
	for _, text := range []string{v.Request, v.Headers, v.Body, v.Answer, v.Curl, v.Step, v.Silence, v.Silence} {
		size += len(template.HTMLEscapeString(text))
	}
	return size + 2*len(v.Heard.html("span"))
}
