package loadgen_test

import (
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/target"
)

// TestAPlanCountsRenewals: what renews tokens beside the load is part of what the budget must allow, or a run
// that uses the budget up would blame the target for it.
func TestAPlanCountsRenewals(t *testing.T) {
	p := profile(t, "soak")
	plan, err := loadgen.NewPlan(p, loadgen.Options{AllowOverload: true})
	if err != nil {
		t.Fatal(err)
	}
	// Three hours of tokens that live for one, each renewed after 54 minutes at the earliest: twice an hour and
	// key at most, two calls each.
	if want := 3 * 4 * 2 * 2; plan.Renewal != want {
		t.Errorf("%d calls renew tokens, want %d", plan.Renewal, want)
	}
	if !strings.Contains(plan.String(), "renew tokens") {
		t.Errorf("the plan does not say so:\n%s", plan)
	}
	short := plan.SetUp + plan.Load + plan.Checks
	if err := plan.Fits(target.Budget{Requests: short}); err == nil {
		t.Errorf("a budget of %d calls holds %d", short, plan.Calls())
	}
}
