package proof_test

import (
	"testing"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
)

func TestAClockThatNoScenarioWouldSeeIsRefused(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the clock is taken, and not lived by")
		}
	}()
	proof.Reference(reference.Options{Clock: clock.NewManual(proof.Epoch)})
}
