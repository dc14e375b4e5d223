package loadgen

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// Told is what the target itself counted of a key during an attempt: what its limiter let pass and what it refused.
type Told struct{ Admitted, Refused int64 }

// A secondLook asks a reference for its own count while an attempt lasts.
type secondLook struct {
	t    *target.Target
	api  target.API
	at   time.Time // the target's time of the last look
	took time.Time // this machine's
	seen map[int64]map[string]target.Decided
	told map[string]Told
	lost bool // nothing can be told: it was not answered, or the target's clock was moved
}

const (
	lookAgain  = 25 * time.Second       // between two looks, well within the minute that a reference remembers
	clockMoved = 500 * time.Millisecond // more than this off the machine's time between two looks, and the target's clock was moved
)

// looking looks a second time at an attempt of a rig until the function that it returns is called, which returns what
// the target told of each of the first so many keys; none where it does not tell, or what it told was lost.
func looking(ctx context.Context, r *rig, keys int) (end func() (told []Told, lost bool)) {
	if !r.t.Offers(target.Admin) {
		return func() ([]Told, bool) { return nil, false }
	}
	l := &secondLook{t: r.t, api: r.api, told: map[string]Told{}}
	l.look(ctx)
	clear(l.told) // what was decided before
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		ticker := time.NewTicker(lookAgain)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ctx.Done():
				return
			case <-ticker.C:
				l.look(ctx)
			}
		}
	})
	return func() (all []Told, lost bool) {
		close(stop)
		wg.Wait()
		if l.look(ctx); l.lost {
			return nil, true
		}
		for _, k := range r.keys[:keys] {
			all = append(all, l.told[k.tag])
		}
		return all, false
	}
}

// look adds what was decided since the last look.
func (l *secondLook) look(ctx context.Context) {
	began := time.Now()
	now, seconds, err := l.t.Decisions(ctx, l.api, l.at)
	if l.lost = l.lost || err != nil || !l.took.IsZero() && l.moved(now, began); l.lost {
		return
	}
	seen := map[int64]map[string]target.Decided{}
	for _, s := range seconds {
		for tag, n := range s.Keys {
			before, told := l.seen[s.At][tag], l.told[tag]
			l.told[tag] = Told{told.Admitted + n.Admitted - before.Admitted, told.Refused + n.Refused - before.Refused}
		}
		if s.At >= now.Unix() {
			seen[s.At] = s.Keys // this second may go on
		}
	}
	l.at, l.took, l.seen = now, began, seen
}

// moved reports whether the target's clock went on otherwise than this machine's.
func (l *secondLook) moved(now, began time.Time) bool {
	return (now.Sub(l.at) - began.Sub(l.took)).Abs() > clockMoved
}

// compared says where the target counted otherwise than the record has it. What was answered neither by the limiter nor
// after it, or not at all, may be in either count of the target.
func (p *Played) compared() (problems []string) {
	for key, n := range p.noted() {
		told := p.Told[key]
		if told.Admitted < n.accepted || told.Admitted > n.accepted+n.unclear || told.Refused < n.limited || told.Refused > n.limited+n.unclear {
			problems = append(problems, fmt.Sprintf("the target let %d calls on key %d pass and refused %d, but %d are noted as accepted, %d as limited and %d as neither",
				told.Admitted, key+1, told.Refused, n.accepted, n.limited, n.unclear))
		}
	}
	return problems
}

// noted is what the record has of a key's calls, with those that were made again after a refusal and those that tried a
// new token.
type noted struct{ accepted, limited, unclear int64 }

// noted is of the keys of which the target told.
func (p *Played) noted() []noted {
	all := make([]noted, len(p.Told))
	for key := range all {
		counts, n := &p.tracks[key].counts, &all[key]
		n.accepted, n.limited = counts[Accepted], counts[RateLimited]
		for class := RateLimited + 1; class < classes; class++ {
			n.unclear += counts[class]
		}
		if key < len(p.Repeated) {
			n.limited += p.Repeated[key]
		}
	}
	for _, r := range p.Renewals {
		switch {
		case r.Key >= len(all):
		case r.OK:
			all[r.Key].accepted++
		default: // the call that tries the token may not have been made
			all[r.Key].unclear++
		}
	}
	return all
}

// secondLook adds up what the target told of all attempts; nil where it told nothing.
func (e *evidence) secondLook() *reports.SecondLook {
	var out reports.SecondLook
	for _, a := range e.r.Played {
		if a.Untold {
			out.Lost++
		}
		if len(a.Told) == 0 {
			continue
		}
		out.Attempts++
		for key, n := range a.noted() {
			told := a.Told[key]
			out.Accepted, out.Limited, out.Unclear = out.Accepted+n.accepted, out.Limited+n.limited, out.Unclear+n.unclear
			out.Admitted, out.Refused = out.Admitted+told.Admitted, out.Refused+told.Refused
		}
		if len(a.compared()) > 0 {
			out.Differ++
		}
	}
	if out.Attempts+out.Lost == 0 {
		return nil
	}
	return &out
}
