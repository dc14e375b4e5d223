package zoo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

// Plan says how often the judge is asked. The zero value asks three thousand times about every
// subject behind every client.
type Plan struct {
	Experiments int       // per cell, each with a seed of its own; zero means 3000
	Seed        uint64    // the first; the same seed gives the same table
	Subjects    []Subject // nil: all
	Clients     []Client  // nil: all

	// Progress is told how many experiments are done, of how many, from several goroutines. Nil:
	// nobody is.
	Progress func(done, of int)

	// Fault is told of everything wrong as it is found, one call at a time. Nil: nobody is.
	Fault func(text string)
}

// A Cell counts what the judge said of one subject behind one client.
type Cell struct {
	Subject string `json:"subject"`
	Profile string `json:"profile"`
	Client  string `json:"client"`
	Right   int    `json:"right"`   // the verdict that is true
	Open    int    `json:"open"`    // inconclusive
	Invalid int    `json:"invalid"` // the client fell short, so nothing was said
	Wrong   int    `json:"wrong"`   // a claim, a rate, a bucket or a scope that is not true

	Kind     string   `json:"kind,omitzero"`    // what it is
	Named    int      `json:"named"`            // times that the kind was named rightly
	Misnamed int      `json:"misnamed"`         // times that another was
	Faults   []string `json:"faults,omitempty"` // the first few that were wrong, with their seeds
	Allowed  string   `json:"open because,omitempty"`
}

// Wrongly reports whether something was said that is not true.
func (c Cell) Wrongly() bool { return c.Wrong > 0 || c.Misnamed > 0 }

// Unexplained reports whether nothing was said although nothing stands against it.
func (c Cell) Unexplained() bool { return c.Open > 0 && c.Allowed == "" }

// Join adds the cells of two plans up, cell by cell: those of one with more seeds. It reports false where they are of
// other subjects or clients.
func Join(a, b []Cell) (both []Cell, ok bool) {
	if len(a) != len(b) {
		return nil, false
	}
	for i, c := range a {
		d := b[i]
		if c.Subject != d.Subject || c.Profile != d.Profile || c.Client != d.Client || c.Kind != d.Kind {
			return nil, false
		}
		c.Right, c.Open, c.Invalid, c.Wrong = c.Right+d.Right, c.Open+d.Open, c.Invalid+d.Invalid, c.Wrong+d.Wrong
		c.Named, c.Misnamed = c.Named+d.Named, c.Misnamed+d.Misnamed
		c.Faults = slices.Concat(c.Faults, d.Faults)
		c.Faults = c.Faults[:min(len(c.Faults), keptFaults)]
		both = append(both, c)
	}
	return both, true
}

// Experiments returns how often the judge was asked.
func (c Cell) Experiments() int { return c.Right + c.Open + c.Invalid + c.Wrong }

const (
	experiments = 3000
	keptFaults  = 3
)

func (p *Plan) fill() {
	if p.Experiments == 0 {
		p.Experiments = experiments
	}
	if p.Subjects == nil {
		p.Subjects = Subjects()
	}
	if p.Clients == nil {
		p.Clients = Clients()
	}
}

// Characterize asks the judge. The cells come in the order of the subjects, those of a subject in the
// order of the clients. Its error is that of ctx, or means that a profile does not exist.
func Characterize(ctx context.Context, p Plan) ([]Cell, error) {
	p.fill()
	var cells []Cell
	profiles := map[string]loadgen.Profile{}
	for _, s := range p.Subjects {
		profile, err := loadgen.Lookup(s.Profile)
		if err != nil {
			return nil, err
		}
		profiles[s.Profile] = profile
		for _, c := range p.Clients {
			cells = append(cells, Cell{Subject: s.Name, Profile: s.Profile, Client: c.Name, Kind: s.Kind, Allowed: s.open(c)})
		}
	}
	var mu sync.Mutex
	var next atomic.Int64
	var wg sync.WaitGroup
	total := len(cells) * p.Experiments
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1)) - 1
				if n >= total {
					return
				}
				cell, seed := n%len(cells), p.Seed+uint64(n/len(cells))
				subject := p.Subjects[cell/len(p.Clients)]
				found := experiment(profiles[subject.Profile], subject, p.Clients[cell%len(p.Clients)], seed)
				mu.Lock()
				cells[cell].add(found)
				if p.Fault != nil {
					for _, what := range found.faults() {
						p.Fault(fmt.Sprintf("%s behind client %s, %s", subject.Name, p.Clients[cell%len(p.Clients)].Name, what))
					}
				}
				mu.Unlock()
				if p.Progress != nil {
					p.Progress(n+1, total)
				}
			}
		})
	}
	wg.Wait()
	for i := range cells {
		slices.Sort(cells[i].Faults)
	}
	return cells, ctx.Err()
}

// A finding is what came of one experiment.
type finding struct {
	seed            uint64
	verdict         reports.LoadVerdict
	right           bool
	wrong           string // why; empty when nothing is
	called          string // the kind, as the model names it
	named, misnamed bool
}

// experiment plays a profile against a subject and compares what is said with what is true.
func experiment(profile loadgen.Profile, s Subject, c Client, seed uint64) finding {
	return s.compare(judged(profile, s, c, seed), seed)
}

// judged plays a profile against a subject and returns what is said.
func judged(profile loadgen.Profile, s Subject, c Client, seed uint64) reports.Load {
	rng := rand.New(rand.NewPCG(seed, 77))
	recording, err := loadgen.Simulate(profile, loadgen.Options{Seed: seed, AllowOverload: true}, c.Conditions, s.Make(rng))
	if err != nil {
		panic(err) // the profile is ours
	}
	return loadgen.Decide(recording)
}

// compare says what is right and wrong about a result.
func (s Subject) compare(l reports.Load, seed uint64) finding {
	f := finding{seed: seed, verdict: l.Verdict, right: s.right(l.Verdict), wrong: s.falsehood(l)}
	if m := l.Model; m != nil && s.Kind != "" {
		f.called, f.named = m.Kind, m.Kind == s.Kind
		f.misnamed = !strings.Contains(m.Kind, s.Kind) && !vague(m.Kind)
	}
	return f
}

// vague reports whether a kind is the answer of who cannot tell.
func vague(kind string) bool { return kind == "unknown" || kind == perSecond || kind == none }

// falsehood returns what is said and not true; empty when nothing is.
func (s Subject) falsehood(l reports.Load) string {
	for _, c := range l.Claims {
		holds, known := s.Truth[c.Name]
		if known && (c.Verdict == reports.Proven && !holds || c.Verdict == reports.Refuted && holds) {
			return fmt.Sprintf("%s is %s: %s", c.Name, c.Verdict, c.Why)
		}
	}
	if decisive(l.Verdict) && !s.right(l.Verdict) {
		return fmt.Sprintf("the run is a %s: %s", l.Verdict, l.Why)
	}
	return s.mismodelled(l.Model)
}

// mismodelled returns what a model says that is not so; empty when nothing is.
func (s Subject) mismodelled(m *reports.Model) string {
	switch {
	case m == nil:
		return ""
	case m.Scope != s.Scope:
		if s.Scope != "" && m.Scope != "unknown" && !slices.Contains(m.Alike, s.Scope) {
			return fmt.Sprintf("the scope is %s, not %s", m.Scope, s.Scope)
		}
		return ""
	}
	return cmp.Or(outside(m.Rate, s.Rate, "rate"), outside(m.Burst, s.Burst, "bucket"))
}

// outside says that an interval does not hold the true value; empty where it does, or where there is none.
func outside(i reports.Interval, is float64, what string) string {
	const rounded = 0.01
	switch {
	case is == 0:
	case i.Low != nil && *i.Low > is+rounded:
		return fmt.Sprintf("the %s is at least %v, but it is %v", what, *i.Low, is)
	case i.High != nil && *i.High < is-rounded:
		return fmt.Sprintf("the %s is at most %v, but it is %v", what, *i.High, is)
	}
	return ""
}

// add counts one experiment.
func (c *Cell) add(f finding) {
	switch {
	case f.wrong != "":
		c.Wrong++
	case f.verdict == reports.LoadInvalid:
		c.Invalid++
	case f.right:
		c.Right++
	default:
		c.Open++
	}
	if f.named {
		c.Named++
	}
	if f.misnamed {
		c.Misnamed++
	}
	for _, what := range f.faults() {
		if len(c.Faults) < keptFaults {
			c.Faults = append(c.Faults, what)
		}
	}
}

// faults says what is wrong, with the seed that shows it.
func (f finding) faults() []string {
	var out []string
	if f.wrong != "" {
		out = append(out, fmt.Sprintf("seed %d: %s", f.seed, f.wrong))
	}
	if f.misnamed {
		out = append(out, fmt.Sprintf("seed %d: the kind is called %s", f.seed, f.called))
	}
	return out
}
