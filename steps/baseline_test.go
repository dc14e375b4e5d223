package steps

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

func TestBaseline(t *testing.T) {
	as := Known{Reason: "r", Owner: "o", Issue: "i", Until: "2027-03-31"}
	old := Known{Rule: "KMS2-KEY-*", Symptom: "seen b", Reason: "old", Owner: "old", Issue: "old", Until: "2027-01-01"}
	ran := []reports.Scenario{
		{ID: "a/pass", Outcome: reports.Passed},
		{ID: "a/fail", Outcome: reports.Failed, Reason: "tag 0123456789abcdef to be that of kp-abcdef-00001; seen 1767603600000"},
		{ID: "a/warn", Outcome: reports.Warned, Reason: "expected: yes # no"},
		{ID: "a/known", Outcome: reports.KnownFail, Reason: "seen b", Rules: []string{"KMS2-KEY-001"}},
		{ID: "a/mended", Outcome: reports.UnexpectedPass, Reason: "gone"},
		{ID: "a/given", Outcome: reports.Blocked, Reason: "seen c", Expected: "b", Seen: "c"},
		{ID: "a/error", Outcome: reports.Errored, Reason: "no answer"},
		{ID: "a/blocked", Outcome: reports.Blocked, Reason: "the limit did not yield"},
		{ID: sequenceID, Outcome: reports.Failed, Reason: "seen d"},
		{ID: sagas()[1].row.ID, Outcome: reports.Warned, Reason: "seen e"},
	}
	entry := func(id, symptom string) Known {
		k := as
		k.Scenario, k.Symptom = id, symptom
		return k
	}
	for _, tt := range []struct {
		name   string
		strict bool
		before []Known
		want   []Known
	}{
		{"failures", false, nil, []Known{entry("a/fail", "to be that of"), entry("a/known", "seen b"), entry("a/given", "seen c")}},
		{"warnings of a strict run", true, nil, []Known{entry("a/fail", "to be that of"), entry("a/warn", "expected: yes # no"), entry("a/known", "seen b"), entry("a/given", "seen c")}},
		{"an entry that still holds", false, []Known{old}, []Known{entry("a/fail", "to be that of"), old, entry("a/given", "seen c")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Baseline(&reports.Run{Scenarios: ran, Strict: tt.strict}, as, tt.before, time.Time{})
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %v\nwant %v", got, tt.want)
			}
			var b bytes.Buffer
			if err := WriteKnown(&b, got); err != nil {
				t.Fatal(err)
			}
			if again, err := ParseKnown(b.Bytes()); err != nil || !slices.Equal(again, got) {
				t.Errorf("read back: %v, %v", again, err)
			}
		})
	}
	for strict, want := range map[bool]int{false: 4, true: 5} {
		if n := len(Unexcused(&reports.Run{Scenarios: ran, Strict: strict, Loads: []reports.Load{{Verdict: reports.LoadFail}}})); n != want {
			t.Errorf("strict %v: %d things cannot be excused, want the error, the blocked one, the load and %d of what was drawn", strict, n, want-3)
		}
	}
}

// TestABaselineOfARunUnderLoadFitsItsScenarios: the known failures see them by their names at rest.
func TestABaselineOfARunUnderLoadFitsItsScenarios(t *testing.T) {
	fail := reports.Scenario{ID: "a/one" + LoadMark + " 80 % load)", Outcome: reports.Failed, Reason: "seen b"}
	full := fail
	full.ID = "a/one" + LoadMark + " 100 % load)"
	got := Baseline(&reports.Run{Scenarios: []reports.Scenario{fail, full}}, Known{Reason: "r", Owner: "o", Issue: "i", Until: "2027-03-31"}, nil, time.Time{})
	if want := []Known{{Scenario: "a/one", Symptom: "seen b", Reason: "r", Owner: "o", Issue: "i", Until: "2027-03-31"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What nobody asked stays as it is, what is over keeps its owner, and what the suite does not know any more goes.
func TestABaselineKeepsWhatIsKnown(t *testing.T) {
	elsewhere := Known{Scenario: "acl/*", Symptom: "seen", Reason: "r", Owner: "o", Issue: "i", Until: "2027-01-01"}
	gone := Known{Scenario: "a/gone", Symptom: "seen", Reason: "r", Owner: "o", Issue: "i", Until: "2027-01-01"}
	over := Known{Scenario: "a/fail", Symptom: "seen b", Reason: "slow disk", Owner: "storage", Issue: "KMS-1", Until: "2026-01-01"}
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	run := &reports.Run{Scenarios: []reports.Scenario{{ID: "a/fail", Outcome: reports.Failed, Reason: "seen b"}, {ID: "acl/An", Outcome: reports.Skipped}}}
	renewed := over
	renewed.Until = "2026-12-30"
	if got, want := Baseline(run, Known{}, []Known{elsewhere, gone, over}, now), []Known{renewed, elsewhere}; !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	renewed.Owner, renewed.Until = "access", "2027-02-01"
	if got, want := Baseline(run, Known{Owner: "access", Until: "2027-02-01"}, []Known{over}, now), []Known{renewed}; !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// What a run makes up is in no symptom, nor a piece of it.
func TestASymptomHoldsNothingThatARunMadeUp(t *testing.T) {
	for reason, want := range map[string]string{
		`expected the caller 67c4d14c-695a-47a6-8105-7b19d4545e34; seen ""`: "expected the caller",
		"tag 0123456789abcdef to be that of kp-abcdef-00001":                "to be that of",
		"seen at 2026-11-30T02:20:10Z, a moment too late":                   "a moment too late",
	} {
		if got := symptom(reason); got != want {
			t.Errorf("%q: %q, want %q", reason, got, want)
		}
	}
}
