package loadgen

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// TestEveryAnswerHasTheSameChanceToBeChecked: whatever its place, and again in the phase after; the seed decides.
func TestEveryAnswerHasTheSameChanceToBeChecked(t *testing.T) {
	const seeds, each, offered = 4000, 4, 40
	draw := func(s samples) [][]byte {
		for i := range offered {
			s.offer(0, []byte{byte(i)})
		}
		return s.take(0)
	}
	var kept [2][offered]int
	for seed := range uint64(seeds) {
		s, again := newSamples(1, each, seed), newSamples(1, each, seed)
		for phase := range kept {
			drawn := draw(s)
			if len(drawn) != each || !slices.EqualFunc(drawn, draw(again), bytes.Equal) {
				t.Fatalf("seed %d keeps %v", seed, drawn)
			}
			for _, body := range drawn {
				kept[phase][body[0]]++
			}
		}
	}
	const chance = float64(each) / offered
	for phase, counts := range kept {
		for i, n := range counts {
			if off := math.Abs(float64(n) - seeds*chance); off > 5*math.Sqrt(seeds*chance*(1-chance)) {
				t.Errorf("phase %d: answer %d of %d is kept %d times of %d, want about %.0f", phase+1, i+1, offered, n, seeds, seeds*chance)
			}
		}
	}
}

// TestFewAnswersAreAllChecked: also one that is empty.
func TestFewAnswersAreAllChecked(t *testing.T) {
	s := newSamples(2, 3, 1)
	s.offer(1, nil)
	s.offer(1, []byte("a"))
	if got := s.take(1); len(got) != 2 || got[0] == nil || len(s.take(0)) != 0 {
		t.Errorf("kept %q", got)
	}
}

// Where enough answers were drawn their check decides, also if the target does not let them be checked: a run that looked
// at none is no pass.
func TestAnswersThatCannotBeCheckedAreNoPass(t *testing.T) {
	for _, tt := range []struct {
		checked Checked
		want    reports.ClaimVerdict
		gates   bool
	}{
		{Checked{Kept: 180, Answers: 180}, reports.Proven, true},
		{Checked{Kept: 180, Answers: 135}, reports.Proven, true},
		{Checked{Kept: 180, Answers: 134}, reports.ClaimInconclusive, true},
		{Checked{Kept: 180}, reports.ClaimInconclusive, true},
		{Checked{Kept: 180, Answers: 135, Failed: 45}, reports.ClaimInconclusive, true},
		{Checked{Kept: 180, Answers: 175, Failed: 5}, reports.ClaimInconclusive, true},
		{Checked{Kept: 20, Answers: 20}, reports.ClaimInconclusive, false},
		{Checked{Kept: 20, Answers: 1, Wrong: []string{"key 1"}}, reports.Refuted, true},
	} {
		e := &evidence{r: Recording{Checked: tt.checked}}
		if c := e.answers(); c.Verdict != tt.want || c.Gates != tt.gates {
			t.Errorf("%+v: it is %s, deciding %v: %s", tt.checked, c.Verdict, c.Gates, c.Why)
		}
	}
}

// statuses answers one call after the other with them; past the last with what was encrypted.
type statuses []int

func (s *statuses) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if len(*s) > 0 {
		w.Code = (*s)[0]
		*s = (*s)[1:]
	}
	if w.Code == http.StatusOK {
		fmt.Fprint(w, `{"code":"SUCCESS","data":{"plaintext":"aGVsbG8="}}`)
	}
	return w.Result(), nil
}

// TestAnAnswerThatTheTargetFailsToOpenIsAskedForTwice, and may be wrong if that fails as well. One that a limit refuses
// says nothing, and any other refusal is an answer.
func TestAnAnswerThatTheTargetFailsToOpenIsAskedForTwice(t *testing.T) {
	for _, tt := range []struct {
		statuses statuses
		want     Checked
		wrong    int
	}{
		{statuses{200}, Checked{Kept: 1, Answers: 1}, 0},
		{statuses{500, 200}, Checked{Kept: 1, Answers: 1}, 0},
		{statuses{500, 503}, Checked{Kept: 1, Failed: 1}, 0},
		{statuses{500, 429}, Checked{Kept: 1}, 0},
		{statuses{429}, Checked{Kept: 1}, 0},
		{statuses{400}, Checked{Kept: 1, Answers: 1}, 1},
		{statuses{500, 400}, Checked{Kept: 1, Answers: 1}, 1},
	} {
		left := slices.Clone(tt.statuses)
		to := &target.Target{Name: "x", Disposable: true, URLs: map[target.API]string{target.API20: "http://kms.test"},
			Transport: func(target.Source) http.RoundTripper { return &left }}
		s := newSamples(1, 1, 1)
		s.offer(0, []byte(`{"data":{"ciphertext":"ncpkms:v1:x"}}`))
		var got Checked
		s.check(t.Context(), &rig{t: to, api: target.API20, keys: []*loaded{{tag: "tag", plaintext: "aGVsbG8=", auth: target.Token("t")}}}, &got)
		wrong := len(got.Wrong)
		if got.Wrong = nil; !reflect.DeepEqual(got, tt.want) || wrong != tt.wrong || len(left) > 0 {
			t.Errorf("%v: %+v with %d wrong, want %+v with %d; %d answers were not asked for", tt.statuses, got, wrong, tt.want, tt.wrong, len(left))
		}
	}
}

// TestWrongAnswersAreTallied: a target that answers wrongly does so for every sample, and none of the texts is longer
// than somebody reads.
func TestWrongAnswersAreTallied(t *testing.T) {
	for want, list := range map[string][]string{
		"a": {"a"}, "a, 2 times; b": {"b", "a", "a"}, "a; b; c; d": {"d", "c", "b", "a"},
		"e, 3 times; f, 2 times; a; b; and 2 more": {"a", "e", "b", "e", "c", "e", "d", "f", "f"},
	} {
		if got := tallied(list, 4); got != want {
			t.Errorf("%q is told as %q, want %q", list, got, want)
		}
	}
}
