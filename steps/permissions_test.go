package steps_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// TestWhatAnAccountMayDoIsPutBack: scenarios change it on a target that others use too, where it is as
// before when the run ends.
func TestWhatAnAccountMayDoIsPutBack(t *testing.T) {
	shared, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shared.Disposable = false
	before, err := shared.Standing(t.Context(), "encryptor")
	if err != nil {
		t.Fatal(err)
	}
	var after target.Standing
	last := func(steps.Progress) { after, err = shared.Standing(t.Context(), "encryptor") }
	result, failed := steps.Run(t.Context(), steps.Options{
		Open: func(context.Context) (*target.Target, error) { return shared, nil }, IDs: []string{"permission/*"}, Seed: 1, Progress: last,
	})
	if failed != nil || err != nil {
		t.Fatal(failed, err)
	}
	for _, s := range result.Scenarios {
		if s.Outcome != reports.Passed {
			t.Errorf("%s: %s: %s", s.ID, s.Outcome, s.Reason)
		}
	}
	if diff := cmp.Diff(before, after); diff != "" || len(result.Leftovers) > 0 {
		t.Errorf("the account stands otherwise than before; leftovers %v\n%s", result.Leftovers, diff)
	}
}
