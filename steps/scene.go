package steps

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// try opens the target of a case, plays the case and cleans up, also after ctx has ended.
func (r *runner) try(ctx context.Context, c Case, kept *lender, s *reports.Scenario) (verdict, trial) {
	t, ledger, err := r.open(ctx)
	if err != nil {
		return verdict{outcome: reports.Errored, reason: "the target could not be opened: " + err.Error()}, trial{err: err}
	}
	w := newWorld(t, r.o.Seed^hash(c.ID))
	w.ledger, w.pace, w.retry, w.held = ledger, r.pace, r.o.Retry, r.o.Held
	w.limits = slices.Contains(c.Needs, features.Overload)
	w.settable = slices.Contains(r.has, features.Clock)
	if !t.Disposable && borrows(c) {
		w.lender, w.kept = &r.lender, kept
	}
	result := play(ctx, c, w)
	v := judge(result, c.Level)
	r.holds(c.ID, max(w.most, w.holds()))
	r.takeBack(ctx, c, w, v.outcome == reports.Passed)
	r.clean(context.WithoutCancel(ctx), c, w)
	s.Readings, s.Worst = slices.Compact(w.readings), w.worst
	if v.outcome != reports.Passed || r.o.Trace {
		s.Exchanges = w.told()
	}
	return v, result
}

// open gives a case its target: one of its own where targets are disposable.
func (r *runner) open(ctx context.Context) (*target.Target, *target.Ledger, error) {
	if !r.shared.Disposable {
		return r.shared, r.ledger, nil
	}
	t, err := r.o.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	if t.Ledger == nil {
		return t, target.NewLedger("000000", t.Budget, nil), nil
	}
	return t, t.Ledger, nil
}

// takeBack makes the keys that a case has borrowed idle again, where the case passed and the target
// shows them as they were. The others are the case's own from then on, and go with it.
func (r *runner) takeBack(ctx context.Context, c Case, w *world, passed bool) {
	for _, n := range w.loans {
		if !passed || !r.unchanged(ctx, c, w, n) || !r.lender.giveBack(n) {
			w.made = append(w.made, n.key.tag)
		}
	}
}

// holds notes how many keys a case held at once, at most.
func (r *runner) holds(id string, keys int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held[id] = keys
}

// evict removes an idle key, to make room.
func (r *runner) evict(ctx context.Context, tag string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime)
	defer cancel()
	left := r.ledger.Remove(ctx, r.shared, tag)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leftovers = append(r.leftovers, left...)
}

// unchanged asks whether a key is as it was before it was first lent, and tells of one that is not.
func (r *runner) unchanged(ctx context.Context, c Case, w *world, n *loan) bool {
	asking := newWorld(w.t, 0)
	asking.pace, asking.home = w.pace, n.home
	now, err := asking.shownOf(ctx, n.key)
	if err != nil || now == n.as {
		return err == nil
	}
	was, is := firstChange(n.as, now)
	r.tell(reports.Finding{Kind: "lent-key", Text: fmt.Sprintf(
		"%s only uses its key, and left it changed: before %q, after %q; the key was not lent again", c.ID, was, is)})
	return false
}

// cleanTime bounds the cleaning up after one case.
const cleanTime = 30 * time.Second

// clean ends what the case left: a disposable target as a whole, else its keys and the clock.
func (r *runner) clean(ctx context.Context, c Case, w *world) {
	ctx, cancel := context.WithTimeout(ctx, cleanTime)
	defer cancel()
	var left []string
	if w.t.Disposable {
		if err := w.t.Close(); err != nil {
			left = append(left, fmt.Sprintf("%s: closing the target: %v", c.ID, err))
		}
	} else {
		if slices.Contains(c.Needs, features.Regions) { // before the keys: a region that is down removes none
			left = append(left, r.mend(ctx)...)
		}
		if w.settable && (w.movedClock || slices.Contains(c.Needs, features.Clock)) {
			left = append(left, r.letRun(ctx)...)
		}
		left = append(left, w.putRuleBack(ctx)...)
		left = append(left, w.putStandingBack(ctx)...)
		if !r.o.Keep {
			left = append(left, r.ledger.Remove(ctx, w.t, w.made...)...)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leftovers = append(r.leftovers, left...)
}

// mend sets the regions of a shared target right.
func (r *runner) mend(ctx context.Context) []string {
	if err := r.shared.ResetRegions(ctx); err != nil {
		return []string{"the regions of the target could not be set right: " + err.Error()}
	}
	return nil
}

// start lets the clock of a shared target run that stands still: what scenarios share of a limit would never come back.
func (r *runner) start(ctx context.Context) {
	if r.shared.Disposable || !slices.Contains(r.has, features.Clock) {
		return
	}
	if frozen, err := r.shared.Frozen(ctx); frozen && err == nil { // the first case says what is wrong with its clock
		r.leftovers = append(r.leftovers, r.letRun(ctx)...)
	}
}

// letRun lets the clock of a shared target run on from where a case left it. It is not set back
// between cases: a limit that has seen a later time refills nothing before that time comes again.
func (r *runner) letRun(ctx context.Context) []string {
	r.moved = true
	if err := r.shared.Freeze(ctx, false); err != nil {
		return []string{"the clock of the target could not be let run: " + err.Error()}
	}
	return nil
}

// finish leaves a shared target as it was once all cases are done: without the keys that were lent or that
// nobody told of, and by the machine's time.
func (r *runner) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, cleanTime)
	defer cancel()
	if lent := r.lender.close(); !r.o.Keep {
		r.leftovers = append(r.leftovers, r.ledger.Remove(ctx, r.shared, lent...)...)
		if !r.shared.Disposable {
			r.leftovers = append(r.leftovers, r.ledger.Recover(ctx, r.shared)...)
		}
	}
	if !r.moved {
		return
	}
	if err := r.shared.SetTime(ctx, time.Now()); err != nil {
		r.leftovers = append(r.leftovers, "the clock of the target could not be set back: "+err.Error())
	}
}
