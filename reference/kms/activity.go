package kms

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"sync"
	"time"
	"unique"
)

// An Activity is a call about a key that changed or used something, or tried to.
type Activity struct {
	At     time.Time // as the service tells it: to the millisecond
	Op     Op
	By     string     // id of the account, or of the one whom the token was issued to
	From   netip.Addr // invalid for what the service did by itself
	System bool       // the service did it by itself
	Failed Reason     // empty for a success
}

// MaxActivities is how many activities a key remembers. The oldest go first.
const MaxActivities = 256

// activities are those of one key. Its zero value is empty. It is safe for concurrent use.
//
// A server under load keeps millions, so each is two or three bytes: which of the key's kinds it is, and how long
// after the one before it happened. Mostly somebody does the same over and over.
type activities struct {
	mu    sync.Mutex
	used  bool                       // there was a use
	head  uint16                     // where the oldest begins
	count uint16                     // at most MaxActivities
	usage uint16                     // the kind of the last use
	told  []byte                     // the oldest first, from head on
	last  int64                      // Unix milliseconds of the newest
	since int64                      // of the last use
	base  int64                      // of the activity before the oldest
	kinds []unique.Handle[Activity]  // what there was, without At; keys that are used alike share them
	few   [6]unique.Handle[Activity] // where kinds begin: what most keys have lies beside the rest
}

func (l *activities) add(a Activity) {
	of, at := kindOf(a), a.At.UnixMilli()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(a, of, at)
}

func (l *activities) note(a Activity, of unique.Handle[Activity], at int64) {
	kind := l.put(of, at)
	if a.Failed == "" && slices.Contains(uses, a.Op) {
		l.use(kind, at)
	}
}

// put appends an activity, and forgets the oldest of more than MaxActivities. It returns the number of its kind.
func (l *activities) put(of unique.Handle[Activity], at int64) int {
	if l.count == MaxActivities {
		_, oldest, next := l.read(int(l.head), l.base)
		l.base, l.head = oldest, uint16(next)
		l.count--
	}
	if l.head >= maxSlack {
		l.told, l.head = append(l.told[:0], l.told[l.head:]...), 0
	}
	kind := l.kind(of)
	l.told = binary.AppendUvarint(l.told, uint64(kind))
	l.told = binary.AppendVarint(l.told, at-l.last)
	l.last = at
	l.count++
	return kind
}

// maxSlack bounds the bytes of what was forgotten and still lies there.
const maxSlack = 128

// read returns the kind and the time of the activity at a place, when the one before happened, and where the next begins.
func (l *activities) read(place int, before int64) (kind int, at int64, next int) {
	n, size := binary.Uvarint(l.told[place:])
	place += size
	since, size := binary.Varint(l.told[place:])
	return int(n), before + since, place + size
}

func (l *activities) use(kind int, at int64) {
	l.used, l.usage, l.since = true, uint16(kind), at
}

// kindOf returns an activity's kind. The zone of an IPv6 address is not kept.
func kindOf(a Activity) unique.Handle[Activity] {
	a.At, a.From = time.Time{}, a.From.WithZone("")
	return unique.Make(a)
}

// kind returns the number of a kind. Handles are compared by their pointers, so a key that hundreds call costs
// its callers little.
func (l *activities) kind(of unique.Handle[Activity]) int {
	if i := slices.Index(l.kinds, of); i >= 0 {
		return i
	}
	if len(l.kinds) >= maxKinds {
		l.renumber()
	}
	if l.kinds == nil {
		l.kinds = l.few[:0]
	}
	l.kinds = append(l.kinds, of)
	return len(l.kinds) - 1
}

// maxKinds bounds the kinds, of which no more than one for each activity is needed and one for the last use.
const maxKinds = 2 * MaxActivities

// renumber forgets kinds that nothing is of any more.
func (l *activities) renumber() {
	list, last := l.list()
	l.clear()
	for _, a := range list {
		l.put(kindOf(a), a.At.UnixMilli())
	}
	if last != nil {
		l.remember(*last)
	}
}

func (l *activities) remember(use Activity) { l.use(l.kind(kindOf(use)), use.At.UnixMilli()) }

func (l *activities) clear() {
	l.kinds, l.told, l.head, l.count, l.base, l.last, l.used = nil, nil, 0, 0, 0, 0, false
	clear(l.few[:])
}

func (l *activities) activity(kind int, at int64) Activity {
	a := l.kinds[kind].Value()
	a.At = time.UnixMilli(at).UTC()
	return a
}

// list returns what is remembered, the oldest first, and the last use, which may be nil.
func (l *activities) list() ([]Activity, *Activity) {
	out, at, place, kind := make([]Activity, l.count), l.base, int(l.head), 0
	for i := range out {
		kind, at, place = l.read(place, at)
		out[i] = l.activity(kind, at)
	}
	if !l.used {
		return out, nil
	}
	last := l.activity(int(l.usage), l.since)
	return out, &last
}

// all is list for who does not hold the lock.
func (l *activities) all() ([]Activity, *Activity) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.list()
}

// recall replaces what is remembered. Of a list that is too long it keeps the newest.
func (l *activities) recall(list []Activity, lastUse *Activity) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
	for _, a := range list {
		l.note(a, kindOf(a), a.At.UnixMilli())
	}
	if lastUse != nil {
		l.remember(*lastUse)
	}
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
	list, _ := k.log.all()
	list = slices.DeleteFunc(list, func(a Activity) bool {
		return a.At.Before(from) || a.At.After(to) || keep != nil && !keep(a)
	})
	slices.Reverse(list)
	return list
}

// LastUse returns the newest use of the key's material that succeeded; false before the first.
func (k *Key) LastUse() (Activity, bool) {
	k.log.mu.Lock()
	defer k.log.mu.Unlock()
	if !k.log.used {
		return Activity{}, false
	}
	return k.log.activity(int(k.log.usage), k.log.since), true
}
