package loadgen

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// Plan is what a run will do to a target, before it does.
type Plan struct {
	Profile string
	Keys    int           // created, and alive at once
	SetUp   int           // calls that create and try the keys
	Load    int           // calls under load at most, if no phase is repeated
	Checks  int           // sampled answers that are decrypted again, at most
	Renewal int           // calls that renew tokens, at most
	Removal int           // calls that remove the keys; a budget never stops these
	Lasts   time.Duration // if no phase is repeated; set-up and removal take a moment more
	Peak    float64       // calls per second, all keys together
	Detects []string      // what the run can tell, a line each
	Again   time.Duration // most that phases which are repeated add to Lasts
	Control int           // calls to a server of our own, before any to the target; a budget does not count them
	// ControlPeak is how many of them a second are sent at most. It is below Peak where a climb may go further.
	ControlPeak float64

	LeftOut []string // phases that push past the published limit and may not be played
	Seed    uint64   // of the run
	Hash    string   // SHA-256 of the profile and the seed, as in the run file
}

// NewPlan returns the plan of a run of p with o. Its error means that p or o is wrong.
func NewPlan(p Profile, o Options) (Plan, error) {
	q, left, err := ready(p, o)
	if err != nil {
		return Plan{}, err
	}
	plan := planned(q, left)
	plan.Seed, plan.Hash = o.Seed, q.hash(o.Seed)
	if o.Controls {
		control := planned(controlProfile(q), nil)
		plan.Control, plan.ControlPeak = control.Calls(), control.Peak
		plan.Lasts += control.Lasts
	}
	return plan, nil
}

// planned counts a profile as it will be played.
func planned(p Profile, left []string) Plan {
	plan := Plan{Profile: p.Name, Keys: p.Keys, SetUp: p.Keys * setUpCalls(p.API), Removal: 2 * p.Keys, LeftOut: left, Again: p.Again,
		Lasts: time.Duration(len(p.Phases))*p.Rest + p.Rest/4}
	for _, ph := range p.Phases {
		plan.Load += ph.most()
		plan.Checks += p.checks(ph)
		plan.Renewal += ph.renewals()
		plan.Lasts += ph.lasts(p.Rest)
		plan.Peak = max(plan.Peak, ph.atTop().rate())
	}
	if _, ok := p.phase(Scoping); ok {
		plan.SetUp += scopingCalls
	}
	plan.Detects = detects(p)
	return plan
}

// Calls returns how many calls the budget has to allow. A phase that is repeated needs its calls
// again; where the budget is too small for that it is not repeated.
func (p Plan) Calls() int { return p.SetUp + p.Load + p.Checks + p.Renewal }

// Fits returns nil when b allows the plan, else an error that wraps target.ErrBudget and says what
// the plan needs.
func (p Plan) Fits(b target.Budget) error { return p.fits(b, 0) }

func (p Plan) fits(b target.Budget, used int) error {
	var short []string
	if b.Requests > 0 && used+p.Calls() > b.Requests {
		short = append(short, fmt.Sprintf("requests: %d (%d are left)", p.Calls(), b.Requests-used))
	}
	if b.Keys > 0 && p.Keys > b.Keys {
		short = append(short, fmt.Sprintf("keys: %d (%d may be alive)", p.Keys, b.Keys))
	}
	if b.KeysTotal > 0 && p.Keys > b.KeysTotal {
		short = append(short, fmt.Sprintf("keysTotal: %d (%d may be created)", p.Keys, b.KeysTotal))
	}
	if len(short) == 0 {
		return nil
	}
	return fmt.Errorf("%w: load profile %s needs %s", target.ErrBudget, p.Profile, strings.Join(short, ", "))
}

// grouped writes a count as the reports do.
func grouped[N int | int64 | float64](n N) string { return reports.Number(int(math.Round(float64(n)))) }

// String describes the plan for people, a line each.
func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s keys, %s calls in %.1f s, at most %s per second; then %s calls to remove the keys\n",
		p.Profile, grouped(p.Keys), grouped(p.Calls()), p.Lasts.Seconds(), grouped(p.Peak), grouped(p.Removal))
	fmt.Fprintf(&b, "  calls: %s to set up, %s under load, up to %s to check answers; a phase that the generator fails is repeated, twice at most and for %v in all\n",
		grouped(p.SetUp), grouped(p.Load), grouped(p.Checks), p.Again)
	if p.Renewal > 0 {
		fmt.Fprintf(&b, "  beside the load: up to %s calls to renew tokens\n", grouped(p.Renewal))
	}
	if p.Control > 0 {
		fmt.Fprintf(&b, "  first: %s calls to a server of our own, at most %s per second, to show that the generator can tell an honest limiter from a liar\n", grouped(p.Control), grouped(p.ControlPeak))
	}
	for _, line := range p.Detects {
		fmt.Fprintf(&b, "  can tell: %s\n", line)
	}
	if len(p.LeftOut) > 0 {
		fmt.Fprintf(&b, "  left out, because they push past the published limit: %s\n", strings.Join(p.LeftOut, ", "))
	}
	return b.String()
}

// Short describes the plan in a few lines, for who is about to see it happen.
func (p Plan) Short() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s calls with %s keys in %.0f s, at most %s per second, and up to %v more where phases are repeated; seed %d, hash %.12s\n",
		p.Profile, grouped(p.Calls()), grouped(p.Keys), p.Lasts.Seconds(), grouped(p.Peak), p.Again, p.Seed, p.Hash)
	for _, line := range p.Detects {
		fmt.Fprintf(&b, "  can tell: %s\n", line)
	}
	if len(p.LeftOut) > 0 {
		fmt.Fprintf(&b, "  left out, because they push past the published limit: %s\n", strings.Join(p.LeftOut, ", "))
	}
	return b.String()
}

// detects says what the phases of p can show, in numbers.
func detects(p Profile) (lines []string) {
	for _, ph := range p.Phases {
		if calls := judged(p, ph); calls > 0 {
			lines = append(lines, guaranteed(ph, calls, p.Conforming.Sent))
		}
		if ph.Role == Gentle && p.Limit.Scope == PerKey {
			lines = append(lines, unshared(p, ph))
		}
		if line := shortfall(p, ph); line != "" {
			lines = append(lines, line)
		}
		if line := common(p, ph); line != "" {
			lines = append(lines, line)
		}
		if x, ok := experimentOf(ph.Role); ok {
			lines = append(lines, x.detects(p, ph)...)
		}
	}
	return append(lines, detectsIsolation(p)...)
}

// guaranteed says what the calls of a conforming phase tell of the guarantee when none of them is refused, and no more
// are sent than the share of them with which the phase still counts.
func guaranteed(ph Phase, calls int, sent float64) string {
	least := refusedAtMost(0, int(sent*float64(calls)))
	line := fmt.Sprintf("%s: refusals of conforming calls above %.2g %%, at %.1f %% certainty", ph.Name, 100*least, percentLevel)
	if least > provenBelow {
		enough := sort.Search(1<<20, func(n int) bool { return refusedAtMost(0, n) <= provenBelow })
		longer := time.Duration(math.Ceil(ph.Length.Seconds()*float64(enough)/(sent*float64(calls)))) * time.Second
		line += fmt.Sprintf("; that is too little to prove the guarantee, which takes %s: let it last %v", percent(provenBelow), longer)
	}
	return line
}

// unshared says what limit over all keys a phase below the published one excludes.
func unshared(p Profile, ph Phase) string {
	below := math.Floor(sharedBelow(float64(ph.planned()*ph.Keys), ph.Length.Seconds(), p.Limit.Burst))
	if below < 1 {
		return fmt.Sprintf("%s: nothing about a limit that keys share: %.4g in reserve outlast it", ph.Name, p.Limit.Burst)
	}
	return fmt.Sprintf("%s: a limit below %.0f per second that keys share, with at most %.4g in reserve", ph.Name, below, p.Limit.Burst)
}

// judged returns how many calls of a conforming phase are judged as one stream: those of a key, where
// it plays along, or of all.
func judged(p Profile, ph Phase) int {
	switch {
	case !ph.steady(), p.Overloads(ph), p.Limit.Scope == PerKey && ph.Keys < p.Keys:
		return 0
	case p.Limit.Scope == PerKey:
		return ph.planned()
	}
	return ph.planned() * ph.Keys
}

// common says what a phase with every key over its limit tells of what they share.
func common(p Profile, ph Phase) string {
	switch {
	case ph.Role != Together:
		return ""
	case p.Limit.Scope == System:
		return fmt.Sprintf("%s: %d keys that get more than %.4g per second together", ph.Name, ph.Keys, (1+tolerance)*p.Limit.Rate)
	}
	return fmt.Sprintf("%s: a limit below %.4g per second that all %d keys share", ph.Name, capRatio*p.Limit.Rate*float64(ph.Keys), ph.Keys)
}

// shortfall says how exactly a phase with one key over its limit gives the rate: it is counted, to
// about two calls, from when the bucket is empty to the end.
func shortfall(p Profile, ph Phase) string {
	if ph.Role != Alone {
		return ""
	}
	left := ph.Length.Seconds() - p.Limit.Burst/(ph.Rate-p.Limit.Rate)
	if left < 0.5 {
		return fmt.Sprintf("%s: nothing about the rate: a bucket of %.4g outlasts it", ph.Name, p.Limit.Burst)
	}
	exact := max(2/left, tolerance*p.Limit.Rate)
	return fmt.Sprintf("%s: a rate that is %.2g per second (%.2g %%) off, with a bucket of up to %.4g, which the rest before it fills again",
		ph.Name, exact, 100*exact/p.Limit.Rate, p.Rest.Seconds()*p.Limit.Rate)
}
