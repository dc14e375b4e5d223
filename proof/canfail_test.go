package proof_test

import "testing"

// TestEveryScenarioFailsOnSomeMutant: a scenario that fails on none has not shown that it can.
func TestEveryScenarioFailsOnSomeMutant(t *testing.T) {
	m := knownMatrix(t)
	fails := map[string]bool{}
	for _, s := range m.Signatures {
		for id, letter := range s {
			fails[id] = fails[id] || letter == 'f' || letter == 'w'
		}
	}
	for _, id := range m.Scenarios {
		if !fails[id] {
			t.Errorf("%s fails on no mutant", id)
		}
	}
}
