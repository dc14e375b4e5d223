package proof

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// underLoadTries is how often scenarios are run under a load that a busy machine did not hold.
const underLoadTries = 3

// Shares are the shares of the limit that are held while scenarios run under load.
var Shares = []float64{0.8, 1, 1.5}

// underLoad is the way that runs scenarios over sockets while each of the shares of the limit is held, and has each
// run judged: the mutant must be caught at every one.
func underLoad(shares []float64, judge func(*reports.Run)) way {
	return func(ctx context.Context, m mutant.Mutant, ids []string, seed uint64) error {
		for _, share := range shares {
			run, err := atShare(ctx, m, ids, share, seed)
			if err != nil {
				return err
			}
			judge(run)
		}
		return nil
	}
}

// atShare runs scenarios on a mutant under load, again where the load was not what it should be: what they see then
// may be what they see at rest.
func atShare(ctx context.Context, m mutant.Mutant, ids []string, share float64, seed uint64) (run *reports.Run, err error) {
	job := Job{
		Target: embedded("mutant:"+m.Name, "", flawed(m, reference.Options{Seed: seed})), Seed: seed,
		Conform: &steps.Options{IDs: ids}, UnderLoad: []float64{share},
	}
	for range underLoadTries {
		if run, err = job.Do(ctx); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(run.Findings, voids) || ctx.Err() != nil {
			break
		}
	}
	return run, nil
}

// voids reports whether a finding leaves scenarios under load without a load to say anything about. One that the
// target broke a rule does not: it is what a mutant is tried for.
func voids(f reports.Finding) bool { return f.Exit == 3 }

// held reports whether there was a load to say anything about, and what there was in its place is missed.
func (k *Kill) held(run *reports.Run, prefix string) bool {
	held := true
	for _, f := range run.Findings {
		if voids(f) {
			held = false
			k.Missed = append(k.Missed, prefix+f.Text)
		}
	}
	return held
}

func (k *Kill) judgeUnderLoad(run *reports.Run) {
	if !k.held(run, underLoadPrefix) {
		return
	}
	for _, s := range run.Scenarios {
		if caught(s) {
			k.By = append(k.By, underLoadPrefix+s.ID)
		} else {
			k.Missed = append(k.Missed, strings.TrimSpace(fmt.Sprintf("%s%s: %s %s", underLoadPrefix, s.ID, s.Outcome, s.Reason)))
		}
	}
}

// judgeLoad has the mutant caught by what the load saw, whatever the scenarios beside it did.
func (k *Kill) judgeLoad(run *reports.Run) {
	if !k.held(run, besidePrefix) {
		return
	}
	caught := false
	for _, f := range run.Findings {
		if f.Kind == underLoadKind && f.Exit == 1 {
			caught = true
			k.By = append(k.By, besidePrefix+f.Text)
		}
	}
	if !caught {
		k.Missed = append(k.Missed, besidePrefix+"no call of the load was answered wrongly")
	}
}
