package kms

import (
	"net/netip"
	"slices"
	"time"
)

// A trace is an activity in 40 bytes and without a pointer. A server under load keeps millions, and what
// holds no pointer the garbage collector passes over.
type trace struct {
	second           int64 // Unix time
	nanos            int32
	from             [16]byte // an address in its form of 16 bytes
	family           family
	system           bool
	op, account, why uint16 // places in the log's words
}

// family tells what an address was before it was written in 16 bytes.
type family uint8

const (
	noAddress family = iota
	ipv4
	ipv6
)

// trace puts an activity into short form. The zone of an IPv6 address is not kept.
func (l *activities) trace(a Activity) trace {
	t := trace{
		second: a.At.Unix(), nanos: int32(a.At.Nanosecond()), system: a.System,
		op: l.word(string(a.Op)), account: l.word(a.By), why: l.word(string(a.Failed)),
	}
	switch {
	case a.From.Is4():
		t.family, t.from = ipv4, a.From.As16()
	case a.From.IsValid():
		t.family, t.from = ipv6, a.From.As16()
	}
	return t
}

// word returns the place of a word. There are as many as operations, reasons and accounts that use the
// key: some tens.
func (l *activities) word(text string) uint16 {
	if i := slices.Index(l.words, text); i >= 0 {
		return uint16(i)
	}
	l.words = append(l.words, text)
	return uint16(len(l.words) - 1)
}

// activity returns the i-th activity, the oldest first.
func (l *activities) activity(i int) Activity {
	return l.read(&l.ring[(l.oldest+i)%len(l.ring)])
}

// read puts a trace back into its long form.
func (l *activities) read(t *trace) Activity {
	a := Activity{
		At: time.Unix(t.second, int64(t.nanos)).UTC(), System: t.system,
		Op: Op(l.words[t.op]), By: l.words[t.account], Failed: Reason(l.words[t.why]),
	}
	switch address := netip.AddrFrom16(t.from); t.family {
	case ipv4:
		a.From = address.Unmap()
	case ipv6:
		a.From = address
	}
	return a
}
