package reports_test

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// only is the one change between two runs.
func only(t *testing.T, before, after *reports.Run) reports.Change {
	t.Helper()
	changes := reports.Compare(before, after).Changes
	if len(changes) != 1 {
		t.Fatalf("got %d changes, want one: %v", len(changes), changes)
	}
	return changes[0]
}

func TestCompareWeighsScenarios(t *testing.T) {
	const P, F, E, B, W, K, U, S = reports.Passed, reports.Failed, reports.Errored, reports.Blocked, reports.Warned, reports.KnownFail, reports.UnexpectedPass, reports.Skipped
	for _, tt := range []struct {
		old, now reports.Outcome
		want     reports.Weight
		exit     int
	}{
		{P, F, reports.Regression, 1},
		{W, F, reports.Regression, 1},
		{U, F, reports.Regression, 1},
		{P, E, reports.Open, 3},
		{P, B, reports.Open, 3},
		{P, W, reports.Changed, 0},
		{W, P, reports.Improved, 0},
		{F, P, reports.Improved, 0},
		{K, U, reports.Improved, 0},
		{P, S, reports.Changed, 0},
		{S, F, reports.Changed, 0},
		{S, P, reports.Changed, 0},
		{F, E, reports.Changed, 0},
		{E, F, reports.Changed, 0},
		{K, F, reports.Changed, 0},
	} {
		c := only(t, ended(tt.old), with(ended(tt.now), func(*reports.Run) {}))
		if c.Weight != tt.want || c.Old != string(tt.old) || c.New != string(tt.now) {
			t.Errorf("%s -> %s: got %+v, want %s", tt.old, tt.now, c, tt.want)
		}
		if got := reports.Compare(ended(tt.old), ended(tt.now)).ExitCode(); got != tt.exit {
			t.Errorf("%s -> %s: exit %d, want %d", tt.old, tt.now, got, tt.exit)
		}
	}
}

func TestCompareOnScenariosThatComeAndGo(t *testing.T) {
	fails := ended(reports.Failed)
	if c := only(t, &reports.Run{}, fails); c.Weight != reports.Changed || c.Old != "" {
		t.Errorf("a new scenario: %+v", c)
	}
	if c := only(t, ended(reports.Passed), &reports.Run{}); c.Weight != reports.Changed || c.New != "" {
		t.Errorf("a removed scenario: %+v", c)
	}
	cut := &reports.Run{Interrupted: true}
	if c := only(t, ended(reports.Passed), cut); c.Weight != reports.Open {
		t.Errorf("a scenario that an interrupted run did not reach: %+v", c)
	}
	if c := only(t, ended(reports.Passed), with(strict(ended(reports.Warned)), func(*reports.Run) {})); c.Weight != reports.Regression {
		t.Errorf("a warning of a strict run: %+v", c)
	}
	other := with(ended(reports.Failed), func(r *reports.Run) { r.Scenarios[0].Reason = "something else" })
	if c := only(t, ended(reports.KnownFail), other); c.Weight != reports.Regression {
		t.Errorf("a known failure with another symptom: %+v", c)
	}
	if c := only(t, ended(reports.Failed), other); c.Weight != reports.Changed || c.Why != "something else" {
		t.Errorf("a failure with another symptom: %+v", c)
	}
	if c := only(t, &reports.Run{}, found(&reports.Run{}, 1)); c.Weight != reports.Regression {
		t.Errorf("a finding: %+v", c)
	}
}

func TestCompareOnRules(t *testing.T) {
	must := &reports.Run{Rules: []reports.Rule{{ID: "KMS2-KEY-001", Level: reports.Must, Statement: "It is so."}}}
	other := &reports.Run{Rules: []reports.Rule{{ID: "KMS2-KEY-001", Level: reports.Must, Statement: "It is not."}}}
	if c := only(t, must, other); c.Weight != reports.Changed || c.Old != "MUST It is so." || c.New != "MUST It is not." {
		t.Errorf("a statement: %+v", c)
	}
	if c := only(t, must, &reports.Run{}); c.New != "" {
		t.Errorf("a rule that is gone: %+v", c)
	}
}

// TestCompareTrustsIntervals: figures differ only where their intervals do not touch.
func TestCompareTrustsIntervals(t *testing.T) {
	n := func(x float64) *float64 { return &x }
	rate := func(low, high *float64) *reports.Run {
		l := loaded(reports.LoadPass)
		l.Loads[0].Model = &reports.Model{Kind: "token bucket", Scope: "key", Rate: reports.Interval{Low: low, High: high}}
		return l
	}
	old := rate(n(298), n(302))
	for _, tt := range []struct {
		name string
		now  *reports.Run
		want reports.Weight // empty: no change
	}{
		{"the same", rate(n(298), n(302)), ""},
		{"lower, overlapping", rate(n(250), n(298)), ""},
		{"lower", rate(n(250), n(297.9)), reports.Regression},
		{"higher", rate(n(302.1), n(400)), reports.Changed},
		{"lower, no upper bound", rate(n(100), nil), ""},
		{"lower, no lower bound", rate(nil, n(200)), reports.Regression},
		{"of another scope", with(rate(n(100), n(101)), func(r *reports.Run) { r.Loads[0].Model.Scope = "system" }), reports.Changed},
		{"none", with(rate(n(100), n(101)), func(r *reports.Run) { r.Loads[0].Model = nil }), ""},
	} {
		changes := reports.Compare(old, tt.now).Changes
		if tt.want == "" && len(changes) > 0 || tt.want != "" && (len(changes) != 1 || changes[0].Weight != tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, changes, tt.want)
		}
	}
}

func TestCompareOnLoadVerdicts(t *testing.T) {
	claim := func(v reports.ClaimVerdict, gates bool) *reports.Run {
		l := loaded(reports.LoadPass)
		l.Loads[0].Claims = []reports.Claim{{Name: "limit", Verdict: v, Gates: gates}}
		return l
	}
	for _, tt := range []struct {
		name     string
		old, now *reports.Run
		want     reports.Weight
	}{
		{"fails", loaded(reports.LoadPass), loaded(reports.LoadFail), reports.Regression},
		{"is invalid", loaded(reports.LoadPass), loaded(reports.LoadInvalid), reports.Open},
		{"passes", loaded(reports.LoadInvalid), loaded(reports.LoadPass), reports.Improved},
		{"is refuted", claim(reports.Proven, true), claim(reports.Refuted, true), reports.Regression},
		{"is refuted and does not decide", claim(reports.Proven, false), claim(reports.Refuted, false), reports.Changed},
		{"is open", claim(reports.Proven, true), claim(reports.ClaimInconclusive, true), reports.Open},
		{"is left out", loaded(reports.LoadPass), loaded(), reports.Changed},
	} {
		if c := only(t, tt.old, tt.now); c.Weight != tt.want {
			t.Errorf("%s: got %+v, want %s", tt.name, c, tt.want)
		}
	}
}

func TestCompareNamesWhatMakesRunsUnlike(t *testing.T) {
	after := passing()
	after.Target.Name, after.Version, after.Command, after.Config["rule"] = "staging", "0.2.0", "conform", "KMS2-ACL"
	notes := reports.Compare(passing(), after).Notes
	for _, want := range []string{"the target differs: reference before, staging now", "0.1.0 before, 0.2.0 now", "the verb differs", "--rule differs: none before, KMS2-ACL now"} {
		if !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, want) }) {
			t.Errorf("no note %q in %q", want, notes)
		}
	}
	if c := reports.Compare(passing(), passing()); len(c.Notes)+len(c.Changes) > 0 || c.Same != 4 || c.ExitCode() != 0 {
		t.Errorf("a run against itself: %+v", c)
	}
}

func TestComparisonFormats(t *testing.T) {
	for name, c := range map[string]*reports.Comparison{
		"worse": reports.Compare(passing(), mixed()), "same": reports.Compare(mixed(), mixed()), "evil": reports.Compare(passing(), hostile()),
	} {
		for _, format := range reports.ComparisonFormats() {
			t.Run(name+"."+format, func(t *testing.T) {
				var b bytes.Buffer
				if err := c.Write(&b, format); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", "compare", name+"."+format), b.String())
			})
		}
	}
	if err := reports.Compare(passing(), passing()).Write(nil, "pdf"); err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Errorf("got %v, want the formats", err)
	}
}

// TestTheComparisonPageDrawsBothRuns: each profile once, on one scale, and where a run lacks it, it says so.
func TestTheComparisonPageDrawsBothRuns(t *testing.T) {
	var b bytes.Buffer
	if err := reports.Compare(passing(), mixed()).HTMLIn(&b, "en"); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		`id="pair-1-1-t"`, `id="pair-1-2-t"`, `<html lang="en">`, `id="load-1-1-k4-t"`, `id="load-1-2-k4-t"`,
		"Latency in phase P4, before and now", `<path class="fit"`, `<path class="send"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if n := strings.Count(page, "not in this run"); n != 2 {
		t.Errorf("%d profiles of one run alone, want gentle and shared-200", n)
	}
	if err := reports.Compare(passing(), mixed()).WriteIn(&b, "text", "ko"); err == nil {
		t.Error("a text comparison in Korean was promised")
	}
}

// TestKeysOfBothRunsAreDrawnOnOneScale: the first of one beside the first of the other, on axes of the same height.
func TestKeysOfBothRunsAreDrawnOnOneScale(t *testing.T) {
	after := passing()
	for i := range after.Loads[0].Keys {
		k := &after.Loads[0].Keys[i]
		k.Name = "kp-later-" + k.Name[len(k.Name)-5:]
		for s := range k.Offered {
			k.Offered[s] *= 3
		}
	}
	var b bytes.Buffer
	if err := reports.Compare(passing(), after).HTMLIn(&b, "en"); err != nil {
		t.Fatal(err)
	}
	heights := map[string]bool{}
	for _, id := range []string{"load-1-1-k1", "load-1-2-k1", "load-1-2-k4"} {
		_, plot, found := strings.Cut(b.String(), `aria-labelledby="`+id+`-t `)
		plot, _, _ = strings.Cut(plot, "</svg>")
		ticks := regexp.MustCompile(`<text class="end"[^>]*>([\d,]+)</text>`).FindAllStringSubmatch(plot, -1)
		if !found || len(ticks) < 3 {
			t.Fatalf("%s is drawn with %d heights", id, len(ticks))
		}
		heights[ticks[len(ticks)-1][1]] = true
	}
	if len(heights) != 1 {
		t.Errorf("plots of one profile end at %v calls per second", heights)
	}
	if at := strings.Index(b.String(), "<code>kp-later-"); at < strings.Index(b.String(), "<code>kp-1a2b3c-") {
		t.Error("the key of the new run does not stand behind that of the old one")
	}
}

// TestALargeComparisonStaysUnderTwoMegabytes: 64 keys for an hour in each run, and every scenario failed.
func TestALargeComparisonStaysUnderTwoMegabytes(t *testing.T) {
	var b bytes.Buffer
	if err := reports.Compare(large(), failing()).HTMLIn(&b, "auto"); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", b.Len())
	if b.Len() >= 2_000_000 || !strings.Contains(b.String(), `id="load-1-2-k64-t"`) {
		t.Errorf("%d bytes, want less than 2 MB with every key", b.Len())
	}
}
