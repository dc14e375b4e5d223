package loadgen

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// controlled plays the controls of a profile on virtual time against what their keys have for limits, each call served
// for some time.
func controlled(t *testing.T, c Conditions, served time.Duration, limits ...*reserve) []reports.Control {
	t.Helper()
	p, err := Lookup("per-key-300")
	if err != nil {
		t.Fatal(err)
	}
	p, _ = p.played(Options{AllowOverload: true})
	q := controlProfile(p)
	limit := rival{rate: q.Limit.Rate, burst: q.Limit.Burst}
	ask := func(_ context.Context, at time.Duration, key int, _ way) (Class, time.Duration, error) {
		if l := limits[key]; l != nil && !l.take(limit, at.Seconds()) {
			return RateLimited, served, nil
		}
		return Accepted, served, nil
	}
	r := Recording{Profile: q, Seed: 1, Keys: numbered(q.Keys)}
	if err := perform(t.Context(), &r, newVirtual(q, Options{Seed: 1}, c, ask)); err != nil {
		t.Fatal(err)
	}
	return shownBy(r)
}

func TestTheControlsAreToldForWhatTheyAre(t *testing.T) {
	one := &reserve{}
	shown := controlled(t, Conditions{Late: 200 * time.Microsecond, Travel: time.Millisecond}, 0, &reserve{}, &reserve{}, one, one, nil)
	if lines := failed(shown); len(lines) > 0 {
		t.Errorf("an honest limiter and a liar: %q", lines)
	}
	if !strings.Contains(shown[1].Text, "each key has 576 per second") {
		t.Errorf("the honest limiter %s: it was not driven into its limit", shown[1].Text)
	}
	for _, want := range []string{"refused none of 1355 calls and answered half of them within 1.", "up to 3600 calls per second were sent"} {
		if null := shown[0]; null.Name != "a null server" || !strings.Contains(null.Text, want) {
			t.Errorf("%s %s, want %q", null.Name, null.Text, want)
		}
	}
}

// Each row is a harness that sees less than it should; the control that it fails must say so.
func TestABlindHarnessFailsItsControls(t *testing.T) {
	one := &reserve{}
	for name, tt := range map[string]struct {
		conditions Conditions
		served     time.Duration
		limits     []*reserve
		control    string
		text       string
	}{
		"refusals are not seen":         {Conditions{}, 0, []*reserve{nil, nil, nil, nil, nil}, controlLiar, "came out as pass"},
		"refusals where there are none": {Conditions{}, 0, []*reserve{one, one, one, one, nil}, controlHonest, "came out as fail"},
		"refusals by nobody":            {Conditions{}, 0, []*reserve{{}, {}, one, one, one}, controlNull, "did not answer"},
		"no limit is ever met":          {Conditions{}, 0, []*reserve{nil, nil, one, one, nil}, controlHonest, "was read as everything offered"},
		"the client holds still":        {Conditions{StallEvery: 100 * time.Millisecond, StallFor: 90 * time.Millisecond}, 0, []*reserve{{}, {}, one, one, nil}, controlNull, "could not be tried"},
		"answers are handed on late":    {Conditions{}, 6 * time.Millisecond, []*reserve{{}, {}, one, one, nil}, controlNull, "after it was due, at most 5ms is allowed"},
	} {
		found := false
		for _, c := range controlled(t, tt.conditions, tt.served, tt.limits...) {
			found = found || c.Name == tt.control && !c.OK && strings.Contains(c.Text, tt.text)
		}
		if !found {
			t.Errorf("%s: %s did not fail with %q: %+v", name, tt.control, tt.text, controlled(t, tt.conditions, tt.served, tt.limits...))
		}
	}
}

// Controls that showed too little are played again, and again, and no more.
func TestControlsAreTriedThreeTimes(t *testing.T) {
	for name, tt := range map[string]struct {
		shows []bool
		said  string
	}{
		"at once":          {[]bool{true}, "was or was not"},
		"the second time":  {[]bool{false, true}, "was or was not, at the second try"},
		"the third time":   {[]bool{false, false, true}, "was or was not, at the third try"},
		"never, and asked": {[]bool{false, false, false}, "was or was not, at the third try"},
	} {
		tries := 0
		shown, err := untilShown(func() ([]reports.Control, error) {
			tries++
			return []reports.Control{{Name: controlLiar, OK: tt.shows[tries-1], Text: "was or was not"}}, nil
		})
		if err != nil || tries != len(tt.shows) || shown[0].OK != tt.shows[tries-1] || shown[0].Text != tt.said {
			t.Errorf("%s: %d tries, %+v, %v", name, tries, shown, err)
		}
	}
}

// Who cannot catch a liar may not accuse: nothing is said about the target, whatever was recorded.
func TestFailedControlsLeaveNothingSaid(t *testing.T) {
	r := overloaded(t, func(int) Class { return Accepted })
	r.Controls = []reports.Control{{Name: controlLiar, OK: false, Text: "came out as pass"}}
	l := Judge(r)
	if l.Verdict != reports.LoadInvalid || !strings.Contains(l.Why, "a known liar came out as pass") {
		t.Errorf("%s: %s", l.Verdict, l.Why)
	}
	for _, c := range l.Claims {
		if c.Verdict != reports.ClaimInvalid || c.PError != 0 {
			t.Errorf("%s is %s", c.Name, c.Verdict)
		}
	}
}

// The server of the controls limits two of its keys each, two together and one not at all, and ends when it is told.
func TestTheControlServer(t *testing.T) {
	s, err := newControlServer(Limit{Rate: 1e-3, Burst: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for _, tt := range []struct {
		key     string
		refused bool
	}{{"control1", false}, {"control1", true}, {"control2", false}, {"control2", true}, {"control3", false}, {"control4", true}, {"control5", false}, {"control5", false}} {
		if got := s.refuses("/kms/v1/keys/" + tt.key + "/encrypt"); got != tt.refused {
			t.Errorf("%s is refused: %v, want %v", tt.key, got, tt.refused)
		}
	}
}

// A climb is dealt by its top, and controlled by it as far as that can be played; other phases by what they ask for.
func TestAClimbIsControlledAndDealtAtItsTop(t *testing.T) {
	steady := Phase{Keys: 4, Rate: 3000}
	for name, tt := range map[string]struct {
		phases  []Phase
		control float64 // calls per second at most
		rates   []float64
	}{
		"slow":           {[]Phase{{Keys: 4, Rate: 100}}, controlKeys * controlLeast, []float64{100, 100, 100, 100}},
		"steady":         {[]Phase{steady}, 15_000, []float64{3000, 3000, 3000, 3000}},
		"a hot key":      {[]Phase{{Keys: 4, Rate: 10, Hot: 2, HotRate: 5000}}, 1.25 * 5030, []float64{10, 5000, 10, 10}},
		"a low top":      {[]Phase{{Keys: 4, Rate: 100, Top: 1200}}, 6000, []float64{1200, 1200, 1200, 1200}},
		"a high top":     {[]Phase{{Keys: 4, Rate: 150, Top: 9600}}, controlMost, []float64{9600, 9600, 9600, 9600}},
		"steady and top": {[]Phase{steady, {Keys: 2, Rate: 150, Top: 9600}}, 15_000, []float64{9600, 9600, 3000, 3000}},
	} {
		p := Profile{Keys: 4, Phases: tt.phases}
		if got := planned(controlProfile(p), nil).Peak; math.Abs(got-tt.control) > 1e-6 {
			t.Errorf("%s: the controls play %v per second, want %v", name, got, tt.control)
		}
		if got := p.Rates(); !slices.Equal(got, tt.rates) {
			t.Errorf("%s: dealt by %v, want %v", name, got, tt.rates)
		}
	}
}

// A worker shows what it can at its share of the climb.
func TestAWorkerIsControlledAtItsShareOfTheTop(t *testing.T) {
	p := Profile{Keys: 4, Phases: []Phase{{Keys: 4, Rate: 150, Top: 1600}}}
	for want, lanes := range map[float64][]Lane{4000: {{Key: 0}, {Key: 1}}, controlKeys * controlLeast: {{Key: 0, Of: 2}}, controlMost: {{Key: 0}, {Key: 1}, {Key: 2}, {Key: 3}}} {
		if got := planned(controlProfile(p.share(lanes)), nil).Peak; math.Abs(got-want) > 1e-6 {
			t.Errorf("%v: %v per second, want %v", lanes, got, want)
		}
	}
}
