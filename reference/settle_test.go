package reference_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/kms"
)

const day = 24 * time.Hour

// turning are keys of all types that rotate by themselves, in an order of creation that is not the one
// of their turns, and one that goes.
func turning() []reference.Key {
	return []reference.Key{
		{Name: "every-7-days", Tag: "seven", AutoRotation: true, RotationPeriod: 7},
		{Name: "every-5-days", Tag: "five", Type: kms.ECDSA, AutoRotation: true, RotationPeriod: 5},
		{Name: "every-day", Tag: "one", AutoRotation: true, RotationPeriod: 1},
		{Name: "every-90-days", Tag: "ninety", Type: kms.RSA2048, AutoRotation: true, RotationPeriod: 90},
		{Name: "leaves", Tag: "leaves", State: kms.Pending},
	}
}

// TestOneJumpIsManyJumps: with a seed, what rotations draw does not depend on how the time passed.
func TestOneJumpIsManyJumps(t *testing.T) {
	after := func(jumps int) string {
		r := newRig(t, reference.Options{Keys: turning()})
		for range jumps {
			r.clock.Advance(180 * day / time.Duration(jumps))
		}
		text, err := r.service.State().Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	want := after(1)
	for _, jumps := range []int{2, 9, 180} {
		if diff := cmp.Diff(want, after(jumps)); diff != "" {
			t.Errorf("180 days in one jump and in %d:\n%s", jumps, diff)
		}
	}
}

// TestAnAdvanceDoesWhatIsDueInOrderOfTime numbers what is drawn. Nobody calls the service meanwhile.
func TestAnAdvanceDoesWhatIsDueInOrderOfTime(t *testing.T) {
	rules, drawn := kms.Documented(), 0
	rules.Material = func(io.Reader) ([]byte, error) {
		drawn++
		return fmt.Appendf(nil, "%032d", drawn), nil
	}
	r := newRig(t, reference.Options{Rules: &rules, Keys: []reference.Key{
		{Name: "every-7-days", Tag: "seven", AutoRotation: true, RotationPeriod: 7},
		{Name: "every-5-days", Tag: "five", AutoRotation: true, RotationPeriod: 5},
		{Name: "every-day", Tag: "one", AutoRotation: true, RotationPeriod: 1},
	}})
	r.clock.Advance(21 * day)
	if want := 3 + 3 + 4 + 21; drawn != want {
		t.Errorf("after 21 days %d versions were drawn, want %d", drawn, want)
	}
	type turn struct {
		at   time.Duration
		draw string
	}
	var turns []turn
	for _, k := range r.service.State().Keys {
		for _, v := range k.Versions[1:] {
			at, err := time.ParseDuration(string(v.Made))
			if err != nil {
				t.Fatal(err)
			}
			turns = append(turns, turn{at, v.Material})
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return int(a.at - b.at) }) // at one instant: by creation
	if !slices.IsSortedFunc(turns, func(a, b turn) int { return strings.Compare(a.draw, b.draw) }) {
		t.Errorf("drawn in another order than that of time: %v", turns)
	}
}

// TestTheClockMovedByHTTPIsSettled asks for the state, and for the metrics, right after a move.
func TestTheClockMovedByHTTPIsSettled(t *testing.T) {
	r := newRig(t, reference.Options{Keys: turning()})
	keys := func() string {
		_, text := r.admin(http.MethodGet, "/metrics", "")
		_, rest, _ := strings.Cut(text, "\nkmsproof_reference_keys ")
		n, _, _ := strings.Cut(rest, "\n")
		return n
	}
	for _, step := range []struct {
		advance, keys string
		there         bool
		versions      int // of the key that rotates daily
	}{{"71h59m59.999s", "5", true, 3}, {"1ms", "4", false, 4}, {"48h", "4", false, 6}} {
		r.admin(http.MethodPost, "/admin/clock", `{"advance":"`+step.advance+`"}`)
		_, file := r.admin(http.MethodGet, "/admin/state", "")
		state, err := reference.ParseState("state", []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		there := slices.ContainsFunc(state.Keys, func(k reference.Key) bool { return k.Tag == "leaves" })
		daily := slices.IndexFunc(state.Keys, func(k reference.Key) bool { return k.Tag == "one" })
		if n := len(state.Keys[daily].Versions); there != step.there || n != step.versions || keys() != step.keys {
			t.Errorf("%s later: deleted key there %v, %d versions, %s keys counted; want %v, %d, %s",
				step.advance, there, n, keys(), step.there, step.versions, step.keys)
		}
	}
}

// TestWhatIsDueOnARunningClockIsDoneBeforeItIsTold: nobody moves the clock and nobody calls.
func TestWhatIsDueOnARunningClockIsDoneBeforeItIsTold(t *testing.T) {
	for name, told := range map[string]func(*rig) string{
		"the state in Go":   func(r *rig) string { return fmt.Sprint(len(r.service.State().Keys), " keys") },
		"the state by HTTP": func(r *rig) string { _, text := r.admin(http.MethodGet, "/admin/state", ""); return text },
		"the metrics":       func(r *rig) string { _, text := r.admin(http.MethodGet, "/metrics", ""); return text },
	} {
		synctest.Test(t, func(t *testing.T) {
			c := clock.NewMachine()
			s, err := reference.New(reference.Options{Seed: 1, Clock: c, Keys: []reference.Key{{Name: "leaves", Tag: "leaves", State: kms.Pending}}})
			if err != nil {
				t.Fatal(err)
			}
			r := &rig{t: t, service: s, clock: c, from: "127.0.0.1"}
			time.Sleep(72*time.Hour - 1)
			before := told(r)
			time.Sleep(time.Nanosecond)
			if after := told(r); before == after || strings.Contains(after, "leaves") || strings.Contains(after, "reference_keys 1") {
				t.Errorf("%s after 72 h: %s", name, after)
			}
		})
	}
}

func TestServersThatShareAClockAllDoWhatIsDue(t *testing.T) {
	rules, drawn := kms.Documented(), 0
	rules.Material = func(io.Reader) ([]byte, error) { drawn++; return make([]byte, 32), nil }
	shared := clock.NewManual(start)
	var servers []*reference.Service
	for range 3 {
		s, err := reference.New(reference.Options{Seed: 1, Rules: &rules, Clock: shared, Keys: turning()[2:3]})
		if err != nil {
			t.Fatal(err)
		}
		servers = append(servers, s)
	}
	drawn = 0
	shared.Set(start.Add(2 * day))
	if drawn != 2*len(servers) {
		t.Errorf("two days later %d versions were drawn, want two on each of %d servers", drawn, len(servers))
	}
	runtime.KeepAlive(servers)
}

// TestAClockMovesOnWithoutTheServersThatAreGone: one that nobody holds, and one that is closed.
func TestAClockMovesOnWithoutTheServersThatAreGone(t *testing.T) {
	rules, drawn := kms.Documented(), 0
	rules.Material = func(io.Reader) ([]byte, error) { drawn++; return make([]byte, 32), nil }
	shared := clock.NewManual(start)
	options := reference.Options{Seed: 1, Rules: &rules, Clock: shared, Keys: turning()[2:3]}
	for name, leave := range map[string]func(){
		"dropped": func() {
			s, err := reference.New(options)
			if err != nil {
				t.Fatal(err)
			}
			gone := make(chan struct{})
			runtime.AddCleanup(s, func(gone chan struct{}) { close(gone) }, gone)
			if !collected(gone) {
				t.Error("the clock keeps a server that nobody holds")
			}
		},
		"closed": func() {
			s := reference.NewServer(options)
			t.Cleanup(func() { runtime.KeepAlive(s) })
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		leave()
		before := drawn
		shared.Advance(2 * day)
		if drawn != before {
			t.Errorf("a server that is %s draws %d versions when the clock moves, want none", name, drawn-before)
		}
	}
}

// collected collects garbage until gone is closed, and gives up after so many times: a cleanup runs some time after
// the collection that finds its object gone.
func collected(gone <-chan struct{}) bool {
	for range 200 {
		runtime.GC()
		select {
		case <-gone:
			return true
		default:
			runtime.Gosched()
		}
	}
	return false
}

// still is a clock that tells nobody when it is moved.
type still struct{ clock.Settable }

// TestWhatCannotBeDoneIsSaid: whoever moves the clock or takes the state by HTTP hears that rotation failed.
func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	rules, broken := kms.Documented(), false
	rules.Material = func(io.Reader) ([]byte, error) {
		if broken {
			return nil, errors.New("the well is dry")
		}
		return make([]byte, 32), nil
	}
	c := clock.NewManual(start)
	s, err := reference.New(reference.Options{Seed: 1, Clock: still{c}, Rules: &rules, Keys: turning()[2:3]})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, service: s, clock: c, from: "127.0.0.1"}
	broken = true
	for call, body := range map[string]string{"POST /admin/clock": `{"advance":"24h"}`, "GET /admin/state": ""} {
		method, path, _ := strings.Cut(call, " ")
		c.Set(start.Add(day))
		if status, text := r.admin(method, path, body); status != 500 || !strings.Contains(text, "the well is dry") {
			t.Errorf("%s: %d %s, want 500 and why", call, status, text)
		}
	}
	broken = false
	if n := len(s.State().Keys[0].Versions); n < 2 {
		t.Errorf("what failed is not done later: %d versions", n)
	}
}
