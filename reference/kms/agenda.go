package kms

import (
	"container/heap"
	"time"
)

// An agenda lists the keys for which something is due, what is due first at its head. It is a heap.
type agenda []item

// An item is a key on an agenda.
type item struct {
	due   time.Time
	place int // among the keys, by creation
	body  *body
}

// agenda lists the keys for which something is due at now. The store must be locked.
func (v *vault) agenda(now time.Time) agenda {
	var a agenda
	for i, b := range v.order {
		b.mu.RLock()
		due := b.dueAt()
		b.mu.RUnlock()
		if !due.IsZero() && !now.Before(due) {
			a = append(a, item{due, i, b})
		}
	}
	heap.Init(&a)
	return a
}

// put moves the key at the head to when it is due again; zero: never.
func (a *agenda) put(due, now time.Time) {
	if due.IsZero() || now.Before(due) {
		heap.Pop(a)
		return
	}
	(*a)[0].due = due
	heap.Fix(a, 0)
}

// Len implements [heap.Interface].
func (a agenda) Len() int { return len(a) }

// Less implements [heap.Interface].
func (a agenda) Less(i, j int) bool {
	if a[i].due.Equal(a[j].due) {
		return a[i].place < a[j].place
	}
	return a[i].due.Before(a[j].due)
}

// Swap implements [heap.Interface].
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push implements [heap.Interface].
func (a *agenda) Push(x any) { *a = append(*a, x.(item)) }

// Pop implements [heap.Interface].
func (a *agenda) Pop() any {
	last := len(*a) - 1
	out := (*a)[last]
	(*a)[last], *a = item{}, (*a)[:last]
	return out
}
