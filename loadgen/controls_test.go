package loadgen

import (
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// controlled plays the controls of a profile on virtual time against what its four keys have for limits.
func controlled(t *testing.T, c Conditions, limits ...*reserve) []reports.Control {
	t.Helper()
	p, err := Lookup("per-key-300")
	if err != nil {
		t.Fatal(err)
	}
	p, _ = p.played(Options{AllowOverload: true})
	q := controlProfile(p)
	liar := rival{rate: 1.5 * q.Phases[0].Rate, burst: 0.15 * q.Phases[0].Rate}
	r, err := Simulate(q, Options{Seed: 1}, c, func(c Call) Answer {
		l := limits[c.Key]
		return Answer{Refused: l != nil && !l.take(liar, c.At.Sub(epoch).Seconds())}
	})
	if err != nil {
		t.Fatal(err)
	}
	return shownBy(r)
}

func TestTheControlsAreToldForWhatTheyAre(t *testing.T) {
	one := &reserve{}
	if lines := failed(controlled(t, Conditions{}, nil, nil, one, one)); len(lines) > 0 {
		t.Errorf("an honest limiter and a liar: %q", lines)
	}
}

// Each row is a harness that sees less than it should; the control that it fails must say so.
func TestABlindHarnessFailsItsControls(t *testing.T) {
	one := &reserve{}
	for name, tt := range map[string]struct {
		conditions Conditions
		limits     []*reserve
		control    string
		text       string
	}{
		"refusals are not seen":         {Conditions{}, []*reserve{nil, nil, nil, nil}, controlLiar, "came out as pass"},
		"refusals where there are none": {Conditions{}, []*reserve{one, one, one, one}, controlHonest, "came out as fail"},
		"the client holds still":        {Conditions{StallEvery: 100 * time.Millisecond, StallFor: 90 * time.Millisecond}, []*reserve{nil, nil, one, one}, controlNull, "could not be tried"},
	} {
		found := false
		for _, c := range controlled(t, tt.conditions, tt.limits...) {
			found = found || c.Name == tt.control && !c.OK && strings.Contains(c.Text, tt.text)
		}
		if !found {
			t.Errorf("%s: %s did not fail with %q: %+v", name, tt.control, tt.text, controlled(t, tt.conditions, tt.limits...))
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

// The server of the controls limits two of its keys together and ends when it is told.
func TestTheControlServer(t *testing.T) {
	s, err := newControlServer(1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.shared.burst = 1
	if s.refuses("/kms/v1/keys/control1/encrypt") || s.refuses("/kms/v1/keys/control3/encrypt") || !s.refuses("/kms/v1/keys/control4/encrypt") {
		t.Error("it does not limit its third and fourth key together, and them alone")
	}
}
