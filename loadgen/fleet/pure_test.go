package fleet

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
)

func TestKeysAreDealtWholeAndEvenly(t *testing.T) {
	whole := func(keys ...int) (l []loadgen.Lane) {
		for _, k := range keys {
			l = append(l, loadgen.Lane{Key: k})
		}
		return l
	}
	for name, tt := range map[string]struct {
		rates   []float64
		workers int
		want    [][]loadgen.Lane
	}{
		"evenly":             {[]float64{300, 300, 300, 300}, 2, [][]loadgen.Lane{whole(0, 2), whole(1, 3)}},
		"the hot ones first": {[]float64{100, 100, 900, 100}, 2, [][]loadgen.Lane{whole(2), whole(0, 1, 3)}},
		"more than keys":     {[]float64{300, 300}, 3, [][]loadgen.Lane{whole(0), whole(1), nil}},
		"one too hot":        {[]float64{2500, 400}, 3, [][]loadgen.Lane{{{Key: 0, Stripe: 0, Of: 3}, {Key: 1}}, {{Key: 0, Stripe: 1, Of: 3}}, {{Key: 0, Stripe: 2, Of: 3}}}},
		"just not too hot":   {[]float64{1000}, 2, [][]loadgen.Lane{whole(0), nil}},
	} {
		got := deal(tt.rates, tt.workers, 1000)
		if !slices.EqualFunc(got, tt.want, slices.Equal) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// The true offset lies within what the estimate says, however the way is shared out between there and
// back; the shortest way is believed.
func TestTheOffsetIsWithinItsError(t *testing.T) {
	ours := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const truth = -600 * time.Second
	ask := func(there, back time.Duration) ping {
		return ping{asked: ours, said: ours.Add(there + truth), heard: ours.Add(there + back)}
	}
	for name, pings := range map[string][]ping{
		"even":          {ask(time.Millisecond, time.Millisecond)},
		"slow there":    {ask(9*time.Millisecond, 0)},
		"slow back":     {ask(0, 9*time.Millisecond)},
		"best of three": {ask(40*time.Millisecond, 0), ask(0, 2*time.Millisecond), ask(0, 90*time.Millisecond)},
	} {
		got := estimate(pings)
		if off := (got.ahead - truth).Abs(); off > got.within || got.within > 5*time.Millisecond {
			t.Errorf("%s: %v, off by %v", name, got, off)
		}
	}
	if got := estimate(nil); got.within < time.Hour {
		t.Errorf("of nothing: %v", got)
	}
}

func TestClocksAreApartByTheirTwoLargestErrors(t *testing.T) {
	at := func(d time.Duration) offset { return offset{within: d} }
	for _, tt := range []struct {
		clocks []offset
		want   time.Duration
	}{{nil, 0}, {[]offset{at(3)}, 3}, {[]offset{at(3), at(1), at(5)}, 8}, {[]offset{at(5), at(1), at(3)}, 8}} {
		if got := apart(tt.clocks); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.clocks, got, tt.want)
		}
	}
}

func TestARunTakesNoWrongTurn(t *testing.T) {
	all := []state{gathering, ready, playing, done, aborted}
	allowed := map[[2]state]bool{{"", gathering}: true, {gathering, ready}: true, {gathering, aborted}: true, {ready, playing}: true,
		{ready, done}: true, {ready, aborted}: true, {playing, ready}: true, {playing, aborted}: true}
	for _, from := range append([]state{""}, all...) {
		for _, to := range all {
			err := standing{State: from}.next(standing{State: to})
			if (err == nil) != allowed[[2]state{from, to}] {
				t.Errorf("from %q to %q: %v", from, to, err)
			}
		}
	}
}

func TestAPlanIsReadAsItWasWritten(t *testing.T) {
	p, err := loadgen.Lookup("isolation")
	if err != nil {
		t.Fatal(err)
	}
	text, hash := plan{Run: "r", Version: "v/1", Profile: p, Seed: 7}.encode()
	if _, err := planOf(text, hash); err != nil {
		t.Error(err)
	}
	for name, other := range map[string][]byte{
		"a member that this program does not know": []byte(strings.Replace(string(text), `"seed"`, `"speed":2,"seed"`, 1)),
		"another seed": []byte(strings.Replace(string(text), `"seed":7`, `"seed":8`, 1)),
	} {
		sum := hashOf(other)
		if name == "another seed" {
			sum = hash
		}
		if _, err := planOf(other, sum); err == nil {
			t.Errorf("%s: it is taken for the plan", name)
		}
	}
}

func TestPasswordsAreNotShown(t *testing.T) {
	for in, want := range map[string]string{
		"nats://a:secret@h:4222,tls://k": "nats://xxxxx@h:4222,tls://k",
		"nats://secret@h":                "nats://xxxxx@h",
		"nats://h:4222":                  "nats://h:4222",
		"nats://a:sec ret@h:%%":          "(a URL that cannot be read)",
		"":                               "",
	} {
		if got := Shown(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A run of many phases is older than what it wrote last, and not abandoned.
func TestARunIsAbandonedADayAfterItsLastWord(t *testing.T) {
	now := time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, tt := range map[string]struct {
		made, result, state time.Time
		want                bool
	}{
		"just begun":                      {ago(time.Second), ago(time.Second), ago(time.Second), false},
		"a week old, and reported":        {ago(7 * keeping), ago(time.Second), ago(time.Hour), false},
		"a week old, between two phases":  {ago(7 * keeping), ago(7 * keeping), ago(time.Minute), false},
		"a day after its state":           {ago(7 * keeping), ago(2 * keeping), ago(keeping), false},
		"more than a day after its state": {ago(7 * keeping), ago(2 * keeping), ago(keeping + 1), true},
		"a day after its last report":     {ago(7 * keeping), ago(keeping), ago(2 * keeping), false},
		"made a day ago, never used":      {ago(keeping), time.Time{}, time.Time{}, false},
		"made before, never used":         {ago(keeping + 1), time.Time{}, time.Time{}, true},
	} {
		if got := abandoned(now, tt.made, tt.result, tt.state); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
