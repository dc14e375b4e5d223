package reports

import (
	"cmp"
	"fmt"
	"slices"
)

// known tells the failures that were expected, a line each under the entry that expects them.
func (t *text) known(failed []Scenario) {
	if len(failed) == 0 {
		return
	}
	t.line("\nKnown to fail, not counted as failures")
	for _, g := range byEntry(failed) {
		t.put("  - ", shorten(cmp.Or(g[0].Known, "no reason noted"), 400)+": "+count(len(g), "scenario"))
		for i, s := range g {
			if i == textCases {
				t.line(fmt.Sprintf("      ... and %s more", grouped(int64(len(g)-i))))
				break
			}
			t.put("      ", s.ID)
		}
	}
}

// byEntry puts together what the same entry expects. Its symptom may differ, which the other formats tell.
func byEntry(failed []Scenario) (groups [][]Scenario) {
	for _, s := range failed {
		i := slices.IndexFunc(groups, func(g []Scenario) bool { return g[0].Known == s.Known })
		if i < 0 {
			i, groups = len(groups), append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}
