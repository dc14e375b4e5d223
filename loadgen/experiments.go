package loadgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reports"
)

// An experiment is a phase that asks a question of its own, beside those of the published rates.
type experiment struct {
	role    Role
	check   func(ph Phase, field string) error // what it needs of its phase
	detects func(p Profile, ph Phase) []string // what it can tell, before it is played
	claims  func(e *evidence) []reports.Claim  // what it has told
}

// experiments are those there are, in the order of their claims.
var experiments = []experiment{
	{Refill, checkRefill, detectsRefill, (*evidence).refill},
	{Outage, checkOutage, detectsOutage, (*evidence).outage},
	{Climb, checkClimb, detectsClimb, (*evidence).climbed},
	{Storm, checkStorm, detectsStorm, (*evidence).stormed},
	{Scoping, checkScoping, detectsScope, (*evidence).scope},
	{Soak, checkSoak, detectsSoak, (*evidence).soaked},
}

func experimentOf(r Role) (experiment, bool) {
	i := slices.IndexFunc(experiments, func(x experiment) bool { return x.role == r })
	if i < 0 {
		return experiment{}, false
	}
	return experiments[i], true
}

// roles returns the roles that a profile may name.
func roles() []Role {
	all := append(slices.Clone(steadyRoles), Isolate)
	for _, x := range experiments {
		all = append(all, x.role)
	}
	return all
}

func listed(roles []Role) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(roles)), ", "), "[]")
}
