package steps

import (
	"context"
	"sync"
)

// A room bounds how many keys are alive at once on a shared target: a case enters when those that it will
// hold fit beside those of the cases inside and the idle ones, which make way for it.
type room struct {
	limit int            // 0: no bound
	needs map[string]int // keys of each case, by ID

	mu      sync.Mutex
	changed *sync.Cond // a case has left
	inside  int        // keys of the cases inside
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

// enter waits until there is room for a case, or until ctx has ended, which ends the cases inside, too. idle
// tells how many idle keys there are, evict removes one of them. Who entered must leave.
func (m *room) enter(ctx context.Context, id string, idle func() int, evict func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	need := m.need(id)
	for m.limit > 0 && ctx.Err() == nil && m.inside+idle()+need > m.limit {
		if idle() > 0 {
			evict()
		} else {
			m.changed.Wait()
		}
	}
	m.inside += need
}

func (m *room) leave(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inside -= m.need(id)
	m.changed.Broadcast()
}
