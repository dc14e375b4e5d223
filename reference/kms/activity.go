package kms

import (
	"net/netip"
	"slices"
	"sync"
	"time"
)

// An Activity is a call about a key that changed or used something, or tried to.
type Activity struct {
	At     time.Time
	Op     Op
	By     string     // id of the account, or of the one whom the token was issued to
	From   netip.Addr // invalid for what the service did by itself
	System bool       // the service did it by itself
	Failed Reason     // empty for a success
}

// MaxActivities is how many activities a key remembers. The oldest go first.
const MaxActivities = 256

// activities are those of one key. Its zero value is empty. It is safe for concurrent use.
type activities struct {
	mu      sync.Mutex
	ring    []trace
	oldest  int      // in a full ring
	words   []string // what traces refer to
	lastUse trace    // if used
	used    bool
}

func (l *activities) add(a Activity) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.trace(a)
	if a.Failed == "" && slices.Contains(uses, a.Op) {
		l.lastUse, l.used = t, true
	}
	if len(l.ring) < MaxActivities {
		l.ring = append(l.ring, t)
		return
	}
	l.ring[l.oldest] = t
	l.oldest = (l.oldest + 1) % MaxActivities
}

// all returns what is remembered, the oldest first, and the last use, which may be nil.
func (l *activities) all() ([]Activity, *Activity) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]Activity, len(l.ring))
	for i := range list {
		list[i] = l.activity(i)
	}
	if !l.used {
		return list, nil
	}
	last := l.read(&l.lastUse)
	return list, &last
}

// recall replaces what is remembered. Of a list that is too long it keeps the newest.
func (l *activities) recall(list []Activity, lastUse *Activity) {
	l.mu.Lock()
	l.ring, l.words, l.oldest, l.used = nil, nil, 0, false
	l.mu.Unlock()
	for _, a := range list {
		l.add(a)
	}
	if lastUse == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastUse, l.used = l.trace(*lastUse), true
}

// Note remembers an activity. Operations that only read are none.
func (k *Key) Note(a Activity) {
	if !slices.Contains(reads, a.Op) {
		k.log.add(a)
	}
}

var reads = Reads()

// Activities returns what the key remembers from one instant to another, both inclusive, the newest
// first. keep, which may be nil, says which of them are wanted.
func (k *Key) Activities(from, to time.Time, keep func(Activity) bool) []Activity {
	k.log.mu.Lock()
	defer k.log.mu.Unlock()
	var out []Activity
	for i := range k.log.ring {
		a := k.log.activity(i)
		if !a.At.Before(from) && !a.At.After(to) && (keep == nil || keep(a)) {
			out = append(out, a)
		}
	}
	slices.Reverse(out)
	return out
}

// LastUse returns the newest use of the key's material that succeeded; false before the first.
func (k *Key) LastUse() (Activity, bool) {
	k.log.mu.Lock()
	defer k.log.mu.Unlock()
	if !k.log.used {
		return Activity{}, false
	}
	return k.log.read(&k.log.lastUse), true
}
