package steps

import (
	"context"
	"sync"
)

// A room bounds how many keys are alive at once on a shared target: a case enters when those that it will
// hold fit beside those of the cases inside and the idle ones. Of these it gets some to borrow; the others make way.
type room struct {
	limit int            // 0: no bound
	needs map[string]int // keys of each case, by ID

	mu      sync.Mutex
	changed *sync.Cond // a case has left, or a key is gone
	inside  int        // keys of the cases inside
	leaving int        // idle keys that are being removed
}

// newRoom returns the room for cases of which it is known how many keys they hold; without that there is none
// to be had by waiting.
func newRoom(limit int, needs map[string]int) *room {
	if needs == nil {
		limit = 0
	}
	m := &room{limit: limit, needs: needs}
	m.changed = sync.NewCond(&m.mu)
	return m
}

// need is how many keys are held free for a case.
func (m *room) need(id string) int { return min(m.needs[id], m.limit) }

// enter waits until there is room for a case beside the cases inside and the keys that are idle and not among those
// that it wishes for, or until ctx has ended, which ends the cases inside, too. What is idle makes way: remove gets
// the tags, one at a time, while others may enter and leave. What the case wishes for is kept for it, so that it makes
// way for nobody else. Who entered must leave.
func (m *room) enter(ctx context.Context, id string, wishes []wish, idle *lender, remove func(tag string)) (kept *lender) {
	m.mu.Lock()
	defer m.mu.Unlock()
	need := m.need(id)
	wishes = wishes[:min(need, len(wishes))] // a case that was measured to hold fewer keys takes no more of the idle ones
	for m.limit > 0 && ctx.Err() == nil && m.inside+m.leaving+idle.unwished(wishes)+need > m.limit {
		if tag, ok := idle.drop(wishes); ok {
			m.letGo(func() { remove(tag) })
		} else {
			m.changed.Wait()
		}
	}
	m.inside += need
	return idle.keep(wishes)
}

// letGo waits until a key is gone, which takes up room until it is gone.
func (m *room) letGo(gone func()) {
	m.leaving++
	m.mu.Unlock()
	gone()
	m.mu.Lock()
	m.leaving--
	m.changed.Broadcast()
}

func (m *room) leave(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inside -= m.need(id)
	m.changed.Broadcast()
}
