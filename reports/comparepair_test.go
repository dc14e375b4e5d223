package reports_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// many is a run of so many scenarios, each with a rule of its own.
func many(n int) *reports.Run {
	run := &reports.Run{}
	for i := range n {
		id := fmt.Sprintf("KMS2-KEY-%03d", i)
		run.Rules = append(run.Rules, reports.Rule{ID: id, Level: reports.Must})
		run.Scenarios = append(run.Scenarios, reports.Scenario{ID: fmt.Sprintf("key/%d", i), Rules: []string{id}, Outcome: reports.Passed})
	}
	return run
}

// TestWhatOnlyOneRunSelectedIsCounted: of so many nobody reads the names. Few are named.
func TestWhatOnlyOneRunSelectedIsCounted(t *testing.T) {
	for _, tt := range []struct {
		old, now int
		says     []string
		lines    int // that name one
	}{
		{1500, 10, []string{"1,490 scenarios of the run before are not in the new run", "1,490 rules are not checked any more"}, 0},
		{10, 1500, []string{"1,490 scenarios are new and passed", "1,490 rules were not checked before"}, 0},
		{10, 8, nil, 4},
	} {
		var b bytes.Buffer
		c := reports.Compare(many(tt.old), many(tt.now))
		if err := c.Write(&b, "text"); err != nil {
			t.Fatal(err)
		}
		for _, said := range tt.says {
			if !strings.Contains(b.String(), "\n  - "+said+"\n") {
				t.Errorf("%d to %d: no %q in %s", tt.old, tt.now, said, b.String())
			}
		}
		if n := strings.Count(b.String(), "KEY-") + strings.Count(b.String(), "key/"); n != tt.lines {
			t.Errorf("%d to %d: %d are named, want %d", tt.old, tt.now, n, tt.lines)
		}
		if len(c.Changes) != 2*max(tt.old-tt.now, tt.now-tt.old) {
			t.Errorf("%d to %d: %d changes for programs", tt.old, tt.now, len(c.Changes))
		}
	}
}

// TestCompareTellsWhatIsTheSameOfALoad, with the figures that its claims bound.
func TestCompareTellsWhatIsTheSameOfALoad(t *testing.T) {
	load := func(bound string) *reports.Run {
		l := loaded(reports.LoadPass)
		l.Scenarios = nil
		l.Loads[0].Profile = "gentle"
		l.Loads[0].Claims = []reports.Claim{{Name: "guarantee", Verdict: reports.Proven, Bound: bound}, {Name: "limit", Verdict: reports.Proven}}
		return l
	}
	var b bytes.Buffer
	if err := reports.Compare(load("refused < 0.04 %"), load("refused < 0.05 %")).Write(&b, "text"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Nothing changed; 2 claims of profile gentle ended as before.\n", "  - gentle: pass as before; p99 from due in the worst phase",
		"    guarantee proven as before: refused < 0.04 % before, refused < 0.05 % now\n", "    limit proven as before\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in %s", want, b.String())
		}
	}
}

// TestAFlagThatIsAsGoodAsNotGivenMakesRunsNoLessAlike.
func TestAFlagThatIsAsGoodAsNotGivenMakesRunsNoLessAlike(t *testing.T) {
	none := &reports.Run{Config: map[string]string{"explore": "0", "under-load": "[]", "strict": "false", "duration": "0s"}}
	if c := reports.Compare(&reports.Run{}, none); len(c.Notes) > 0 {
		t.Errorf("notes %q", c.Notes)
	}
}
