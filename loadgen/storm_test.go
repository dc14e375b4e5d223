package loadgen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// TestAStormShowsWhoChargesRefusedCalls: a bucket serves its rate however clients call again, and everything
// afterwards; one that charges refused calls does neither, and one that is shut by a storm stays shut.
func TestAStormShowsWhoChargesRefusedCalls(t *testing.T) {
	charging := func() loadgen.Service {
		type level struct {
			at    time.Time
			units float64
		}
		keys := map[int]level{}
		return func(c loadgen.Call) loadgen.Answer {
			l, ok := keys[c.Key]
			if !ok {
				l = level{c.At, 300}
			}
			units := min(300, l.units+300*c.At.Sub(l.at).Seconds())
			keys[c.Key] = level{c.At, max(-300, units-1)}
			return loadgen.Answer{Refused: units < 1}
		}
	}
	shut := func() loadgen.Service {
		inner, closed := zoo.Each(zoo.Bucket(300, 300)), false
		refused := 0
		return func(c loadgen.Call) loadgen.Answer {
			a := inner(c)
			if a.Refused {
				refused++
			}
			closed = closed || refused > 5000
			return loadgen.Answer{Refused: a.Refused || closed}
		}
	}
	for _, tt := range []struct {
		name                string
		make                func() loadgen.Service
		uncharged, recovery reports.ClaimVerdict
	}{
		{"bucket", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, reports.Proven, reports.Proven},
		{"small bucket", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 30)) }, reports.Proven, reports.Proven},
		{"285", func() loadgen.Service { return zoo.Each(zoo.Bucket(285, 285)) }, reports.Refuted, reports.Proven},
		{"charges", charging, reports.Refuted, reports.Refuted},
		{"shuts", shut, reports.Refuted, reports.Refuted},
	} {
		for _, name := range []string{"perfect", "near", "stalls"} {
			l := judged(t, profile(t, "retry-storm"), loadgen.Options{Seed: 2, AllowOverload: true}, clients[name], tt.make())
			if got := claim(l, "uncharged"); got.Verdict != tt.uncharged {
				t.Errorf("%s, %s: uncharged is %s (%s; %s), want %s", tt.name, name, got.Verdict, got.Why, got.Bound, tt.uncharged)
			}
			if got := claim(l, "recovery"); got.Verdict != tt.recovery {
				t.Errorf("%s, %s: recovery is %s (%s; %s), want %s", tt.name, name, got.Verdict, got.Why, got.Bound, tt.recovery)
			}
		}
	}
}

// A run that ended after the first manner says nothing of how clients call again by the others, nor one that ended
// before a soak of what was to be served.
func TestWhatWasNotPlayedIsNotProven(t *testing.T) {
	for name, names := range map[string][]string{"retry-storm": {"uncharged", "recovery"}, "soak": {"served", "refresh"}} {
		p := profile(t, name)
		for i := range p.Phases {
			if p.Phases[i].Role == loadgen.Soak {
				p.Phases[i].Blocks, p.Phases[i].Length, p.Phases[i].Forced = 2, 10*time.Second, nil
			}
		}
		r, err := loadgen.Simulate(p, loadgen.Options{Seed: 2, AllowOverload: true}, clients["near"], zoo.Each(zoo.Bucket(300, 300)))
		if err != nil {
			t.Fatal(err)
		}
		for kept := range len(r.Played) {
			part := r
			part.Played = r.Played[:kept]
			l := loadgen.Judge(part)
			for _, name := range names {
				if c := claim(l, name); c.Verdict != reports.ClaimInvalid || !strings.Contains(c.Why, "was not played") {
					t.Errorf("%s after %d attempts: %s is %s (%s)", name, kept, name, c.Verdict, c.Why)
				}
			}
		}
	}
}

// TestAStormOutlastsTheReserve: a storm that ends before a second can be counted is not played, and where it was, it
// tells nothing.
func TestAStormOutlastsTheReserve(t *testing.T) {
	o := loadgen.Options{Seed: 2, AllowOverload: true}
	p := profile(t, "retry-storm")
	o.Duration = 23400 * time.Millisecond // 7.8 s a manner, 3 s of them over the limit, of which the reserve lasts 2 s
	r, err := loadgen.Simulate(p, o, clients["perfect"], zoo.Each(zoo.Bucket(300, 300)))
	if err != nil {
		t.Fatal(err)
	}
	if got := claim(loadgen.Judge(r), "uncharged"); got.Verdict != reports.Proven {
		t.Errorf("a second counted: uncharged is %s (%s)", got.Verdict, got.Why)
	}
	r.Profile.Limit.Burst = 450 // as a recording from elsewhere may say
	if got := claim(loadgen.Judge(r), "uncharged"); got.Verdict != reports.ClaimInconclusive {
		t.Errorf("nothing counted: uncharged is %s (%s)", got.Verdict, got.Why)
	}
	o.Duration = 15600 * time.Millisecond
	if _, err := loadgen.NewPlan(p, o); err == nil || !strings.Contains(err.Error(), "the storm ends 0s after a reserve of 300 is used up") {
		t.Errorf("a storm of two seconds: %v", err)
	}
	p.Phases[0].Rate, p.Phases[0].Shape[0].Rate = 300, 300
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "not over the limit") {
		t.Errorf("a storm within the limit: %v", err)
	}
}
