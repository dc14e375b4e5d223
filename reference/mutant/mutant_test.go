package mutant

import (
	"slices"
	"testing"
)

func TestEachMutantHasANameAndKillsOfItsOwn(t *testing.T) {
	listed := map[string]bool{}
	for _, m := range All() {
		if listed[m.Name] {
			t.Errorf("two mutants are called %s", m.Name)
		}
		listed[m.Name] = true
		if len(m.Kills) == 0 {
			t.Errorf("nothing is named to catch %s", m.Name)
		}
		if ids := slices.Sorted(slices.Values(m.Kills)); len(slices.Compact(slices.Clone(ids))) < len(ids) {
			t.Errorf("%s is to be caught by the same scenario twice: %q", m.Name, ids)
		}
	}
	for name := range kills {
		if !listed[name] {
			t.Errorf("kills are listed for %s, and there is no such mutant", name)
		}
	}
}

func TestKillsThatAreListedTwiceAreAMistake(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("one list of kills hid another")
		}
	}()
	merged(map[string][]string{"a": {"key/one"}}, map[string][]string{"a": {"key/two"}})
}
