package zoo_test

import (
	"testing"

	"github.com/kmsproof/kmsproof/loadgen/zoo"
)

func TestTheJudgeIsNeverWrong(t *testing.T) {
	cells, err := zoo.Characterize(t.Context(), zoo.Plan{Experiments: 2, Seed: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		t.Logf("%-34s %-8s right %3d open %3d invalid %3d wrong %3d  named %3d misnamed %3d", c.Subject, c.Client, c.Right, c.Open, c.Invalid, c.Wrong, c.Named, c.Misnamed)
		if c.Wrongly() {
			t.Errorf("%s, client %s: %d wrong and %d misnamed of %d: %q", c.Subject, c.Client, c.Wrong, c.Misnamed, c.Experiments(), c.Faults)
		}
		if c.Unexplained() {
			t.Errorf("%s, client %s: %d of %d inconclusive, and nothing is said of why", c.Subject, c.Client, c.Open, c.Experiments())
		}
	}
}
