package proof_test

import "testing"

// unkillable are scenarios that fail on no mutant, each with the reason why there is none.
var unkillable = map[string]string{}

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
		if reason := unkillable[id]; !fails[id] && reason == "" {
			t.Errorf("%s fails on no mutant", id)
		} else if fails[id] && reason != "" {
			t.Errorf("%s fails on a mutant, so it is no exception (%s)", id, reason)
		}
		delete(unkillable, id)
	}
	for id := range unkillable {
		t.Errorf("%s is an exception, and there is no such scenario", id)
	}
}
