package loadgen_test

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// counted are what a limiter may count by itself.
var counted = map[string]func(loadgen.Call) int{
	"key":        func(c loadgen.Call) int { return c.Key },
	"token":      func(c loadgen.Call) int { return c.Token },
	"connection": func(c loadgen.Call) int { return c.Connection },
	"address":    func(c loadgen.Call) int { return c.Address },
	"system":     func(loadgen.Call) int { return 0 },
	"pairs":      func(c loadgen.Call) int { return c.Key / 2 },
}

func TestWhatALimitCountsIsNamed(t *testing.T) {
	for scope, of := range counted {
		l := judged(t, profile(t, "identify"), loadgen.Options{Seed: 8, AllowOverload: true}, clients["near"], zoo.Keyed(of, zoo.Bucket(300, 300)))
		want, verdict := reports.Refuted, reports.LoadFail
		if scope == "key" {
			want, verdict = reports.Proven, reports.LoadPass
		}
		if c := claim(l, "scope"); l.Model.Scope != scope || len(l.Model.Alike) > 0 || c.Verdict != want || l.Verdict != verdict {
			t.Errorf("%s: the scope is %s, or %q; the run is a %s, and scope %s: %s", scope, l.Model.Scope, l.Model.Alike, l.Verdict, c.Verdict, c.Why)
		}
		if best := l.Model.Rate.Best; best == nil || *best < 299 || *best > 301 {
			t.Errorf("%s: the rate is %v", scope, l.Model.Rate)
		}
	}
}

// What was played by one way only does not tell the ways apart, and the model says so.
func TestAModelSaysWhatLooksTheSame(t *testing.T) {
	for scope, want := range map[string]struct {
		scope string
		alike []string
	}{
		"key": {"key", []string{"token"}}, "token": {"key", []string{"token"}},
		"system": {"system", []string{"connection", "address"}}, "connection": {"system", []string{"connection", "address"}},
	} {
		l := judged(t, profile(t, "per-key-300"), loadgen.Options{Seed: 8, AllowOverload: true}, clients["near"], zoo.Keyed(counted[scope], zoo.Bucket(300, 300)))
		if l.Model.Scope != want.scope || !slices.Equal(l.Model.Alike, want.alike) {
			t.Errorf("%s: the scope is %s, or %q", scope, l.Model.Scope, l.Model.Alike)
		}
	}
}

// A run that ended after its legs says nothing of what the phases after them decide, whatever the legs show.
func TestLegsDecideNoClaimWhosePhasesWereNotPlayed(t *testing.T) {
	p := profile(t, "identify")
	isLeg := func(ph loadgen.Phase) bool { return ph.Role == loadgen.Scoping }
	slices.SortStableFunc(p.Phases, func(a, b loadgen.Phase) int {
		switch {
		case isLeg(a) == isLeg(b):
			return 0
		case isLeg(a):
			return -1
		}
		return 1
	})
	for scope, name := range map[string]string{"token": "limit", "system": "independence"} {
		r, err := loadgen.Simulate(p, loadgen.Options{Seed: 8, AllowOverload: true}, clients["near"], zoo.Keyed(counted[scope], zoo.Bucket(300, 300)))
		if err != nil {
			t.Fatal(err)
		}
		r.Played = slices.DeleteFunc(r.Played, func(a *loadgen.Played) bool { return a.Phase.Over == "" })
		l := loadgen.Judge(r)
		if c := claim(l, name); c.Verdict != reports.ClaimInvalid || len(l.Witnesses) > 0 {
			t.Errorf("%s: %s is %s (%s), with witnesses %v", scope, name, c.Verdict, c.Why, l.Witnesses)
		}
		if c := claim(l, "scope"); c.Verdict != reports.Refuted {
			t.Errorf("%s: scope is %s (%s)", scope, c.Verdict, c.Why)
		}
	}
}

// scoping is a short profile for a limit of 100 per second with 20 in reserve.
var scoping = loadgen.Profile{
	Name: "scoping", Title: "What a limit counts", API: "2.0", Keys: 2, Limit: loadgen.Limit{Scope: loadgen.PerKey, Rate: 100, Burst: 20},
	Rest: 300 * time.Millisecond, MissAfter: time.Second,
	Conforming: loadgen.Bounds{Sent: 0.5, LateP99: time.Second, Burst: 200}, Saturating: loadgen.Bounds{Sent: 0.5, LateP99: time.Second},
	Phases: []loadgen.Phase{
		{Name: "P2", Role: loadgen.Gentle, Rate: 20, Length: 300 * time.Millisecond},
		{Name: "P9", Role: loadgen.Scoping, Rate: 220, Length: 1200 * time.Millisecond},
	},
}

// Over real sockets calls go by the ways that their leg names, from the addresses of the target. A machine that is too
// busy to answer a call before the next is due opens another connection for it, so that the counts tell nothing: three tries.
func TestLegsGoByTheirWays(t *testing.T) {
	for _, scope := range []string{"key", "token", "connection", "address"} {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			problems := strayed(t, scope)
			for tries := 1; len(problems) > 0 && tries < 3; tries++ {
				t.Logf("once more: %q", problems)
				problems = strayed(t, scope)
			}
			for _, problem := range problems {
				t.Error(problem)
			}
		})
	}
}

// strayed plays the legs against a service that limits by scope, and says which get what they should not.
func strayed(t *testing.T, scope string) (problems []string) {
	server := httptest.NewServer(newService(zoo.Keyed(counted[scope], zoo.Bucket(100, 20))))
	defer server.Close()
	to := at(server.URL)
	to.Sources = []target.Source{{Bind: netip.MustParseAddr("127.0.0.1")}, {Bind: netip.MustParseAddr("127.0.0.2")}}
	defer to.Close()
	l, err := loadgen.Run(t.Context(), to, scoping, loadgen.Options{Seed: 1, AllowOverload: true})
	if err != nil {
		t.Fatal(err)
	}
	got := map[loadgen.Over]int64{}
	for _, ph := range l.Phases {
		_, leg, _ := strings.Cut(ph.Name, " ")
		got[loadgen.Over(leg)] = ph.Accepted
	}
	more := map[string][]loadgen.Over{"key": {loadgen.Keys}, "token": {loadgen.Tokens, loadgen.Keys},
		"connection": {loadgen.Connections, loadgen.Addresses}, "address": {loadgen.Addresses}}[scope]
	for _, leg := range []loadgen.Over{loadgen.Connections, loadgen.Tokens, loadgen.Addresses, loadgen.Keys} {
		share := float64(got[leg]) / float64(got[loadgen.OverOne])
		if slices.Contains(more, leg) != (share > 1.3) {
			problems = append(problems, fmt.Sprintf("%s: %.2f times as much as by one way (%v)", leg, share, got))
		}
	}
	if c := claim(l, "scope"); c.Verdict != reports.ClaimInconclusive && (c.Verdict == reports.Proven) != (scope == "key") {
		problems = append(problems, fmt.Sprintf("scope is %s: %s (%s)", c.Verdict, c.Why, c.Bound))
	}
	return problems
}

// A leg that a target does not allow is left out, and the claim is about the others.
func TestALegThatCannotBePlayedIsLeftOut(t *testing.T) {
	s := newService(zoo.Each(zoo.Bucket(100, 20)))
	server := httptest.NewServer(s)
	defer server.Close()
	to := at(server.URL)
	defer to.Close()
	l, err := loadgen.Run(t.Context(), to, scoping, loadgen.Options{Seed: 1, AllowOverload: true})
	if err != nil {
		t.Fatal(err)
	}
	c := claim(l, "scope")
	if c.Verdict == reports.Refuted || !strings.Contains(c.Text, "whichever connection or token") || !strings.Contains(c.Bound, "two addresses were not tried: the target names no two") {
		t.Errorf("scope is %s: %s (%s; %s)", c.Verdict, c.Text, c.Bound, c.Why)
	}
}

// Where a second token ends the first, the key goes on with the second: the target is not blamed for what we asked for.
func TestAKeyGoesOnWithTheTokenThatIsGood(t *testing.T) {
	s := newService(zoo.Each(zoo.Bucket(100, 20)))
	s.last = true
	l, err := loadgen.Run(t.Context(), pointed(t, s), scoping, loadgen.Options{Seed: 1, AllowOverload: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, ph := range l.Phases {
		if ph.Accepted == 0 {
			t.Errorf("%s: none of %d calls was accepted", ph.Name, ph.Sent)
		}
	}
	if c := claim(l, "scope"); !strings.Contains(c.Bound, "two tokens were not tried: a second one ends the first") {
		t.Errorf("scope: %s", c.Bound)
	}
}

// A fleet plays no leg. The claim says so, and decides nothing.
func TestWithoutLegsTheScopeIsSaidNotToBeTried(t *testing.T) {
	r, err := loadgen.Simulate(profile(t, "identify"), loadgen.Options{Seed: 8, AllowOverload: true}, clients["near"], zoo.Each(zoo.Bucket(300, 300)))
	if err != nil {
		t.Fatal(err)
	}
	leg := func(ph loadgen.Phase) bool { return ph.Over != "" }
	r.Profile.Phases = slices.DeleteFunc(r.Profile.Phases, leg)
	r.Played = slices.DeleteFunc(r.Played, func(a *loadgen.Played) bool { return leg(a.Phase) })
	r.Lacks = []loadgen.Lack{{Over: loadgen.OverOne, Why: "several processes sent"}}
	l := loadgen.Judge(r)
	if c := claim(l, "scope"); c.Verdict != reports.ClaimInconclusive || c.Gates || c.Why != "it was not tried: several processes sent" || l.Verdict != reports.LoadPass {
		t.Errorf("the run is a %s; scope is %s: %s", l.Verdict, c.Verdict, c.Why)
	}
}

// Who delays in place of refusing keeps no promise either.
func TestDelaysInPlaceOfRefusalsAreCaught(t *testing.T) {
	shaped := func(rate float64, of func(loadgen.Call) int) loadgen.Service {
		free := map[int]time.Time{}
		return func(c loadgen.Call) loadgen.Answer {
			start := c.At
			if free[of(c)].After(start) {
				start = free[of(c)]
			}
			free[of(c)] = start.Add(time.Duration(float64(time.Second) / rate))
			return loadgen.Answer{After: free[of(c)].Sub(c.At)}
		}
	}
	o := loadgen.Options{Seed: 3, AllowOverload: true}
	l := judged(t, profile(t, "per-key-300"), o, clients["near"], shaped(250, counted["key"]))
	if c := claim(l, "guarantee"); c.Verdict != reports.Refuted || l.Verdict != reports.LoadFail {
		t.Errorf("delays to 250 for each key: guarantee is %s: %s", c.Verdict, c.Why)
	}
	l = judged(t, profile(t, "isolation"), o, clients["near"], shaped(500, counted["system"]))
	for _, name := range []string{"isolation", "latency"} {
		if c := claim(l, name); c.Verdict != reports.Refuted || l.Verdict != reports.LoadFail {
			t.Errorf("delays to 500 for all keys: %s is %s: %s", name, c.Verdict, c.Why)
		} else if c.Basis != reports.Premised || c.PError != 0.001 || !strings.Contains(c.Given, "if the differences between blocks are symmetric") {
			t.Errorf("delays to 500 for all keys: %s is wrong by a chance of %v, given %q", name, c.PError, c.Given)
		}
	}
}

// Of quiet keys that are served nothing while another is hot no latency is known: none grows by less than nothing.
func TestWhoIsServedNothingIsNotFoundFast(t *testing.T) {
	var recent []time.Time
	l := judged(t, profile(t, "isolation"), loadgen.Options{Seed: 3, AllowOverload: true}, clients["near"], func(c loadgen.Call) loadgen.Answer {
		recent = append(recent, c.At)
		for c.At.Sub(recent[0]) > 100*time.Millisecond {
			recent = recent[1:]
		}
		return loadgen.Answer{Refused: len(recent) >= 40}
	})
	if c := claim(l, "latency"); c.Verdict != reports.ClaimInconclusive || !strings.Contains(c.Why, "served no") && !strings.Contains(c.Why, "no quiet key was served") {
		t.Errorf("latency is %s: %s", c.Verdict, c.Why)
	}
	for _, v := range l.Isolation.Victims {
		if best := v.P50.Best; best != nil && *best < -0.1 {
			t.Errorf("key %d is answered faster by %v ms while another is hot", v.Key+1, -*best)
		}
	}
}

// A growth that is small beside what the blocks differ by is not called one, nor its absence proven.
func TestLatencyIsComparedBlockByBlock(t *testing.T) {
	for _, tt := range []struct {
		name  string
		grown time.Duration // while another key is hot
		want  reports.ClaimVerdict
	}{{"the same", 0, reports.Proven}, {"1 ms more", time.Millisecond, reports.Proven}, {"20 ms more", 20 * time.Millisecond, reports.Refuted}} {
		var recent []time.Time
		l := judged(t, profile(t, "isolation"), loadgen.Options{Seed: 3, AllowOverload: true}, clients["near"], func(c loadgen.Call) loadgen.Answer {
			recent = append(recent, c.At)
			for c.At.Sub(recent[0]) > 100*time.Millisecond {
				recent = recent[1:]
			}
			if len(recent) < 40 {
				return loadgen.Answer{}
			}
			return loadgen.Answer{After: tt.grown}
		})
		c := claim(l, "latency")
		if c.Verdict != tt.want || c.Gates || !strings.Contains(c.Bound, "would have shown in every block") {
			t.Errorf("%s: latency is %s, gates %v: %s (%s)", tt.name, c.Verdict, c.Gates, c.Why, c.Bound)
		}
		if i := claim(l, "isolation"); i.Verdict != reports.Proven {
			t.Errorf("%s: isolation is %s: %s", tt.name, i.Verdict, i.Why)
		} else if !strings.Contains(i.Text, "not delayed") || !strings.Contains(i.Why, "on average over the hot keys") {
			t.Errorf("%s: isolation is proven as %s: %s", tt.name, i.Text, i.Why)
		} else if i.PError != 0.002 || i.Basis != reports.Premised || !strings.HasPrefix(i.Given, "as to the delays, if") {
			t.Errorf("%s: isolation, of which each half may be wrong, is wrong by a chance of %v (%s), given %q", tt.name, i.PError, i.Basis, i.Given)
		}
	}
}
