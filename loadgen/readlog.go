package loadgen

import "encoding/binary"

// chunks gives the bytes of a log piece by piece, fates whole: what is full, then what is not. They are
// good until the next piece is asked for.
func (l *callLog) chunks(yield func([]byte) bool) error {
	buf := make([]byte, chunkSize)
	for _, c := range l.full {
		data, err := l.spool.get(c, buf)
		if err != nil {
			return err
		}
		if !yield(data) {
			return nil
		}
	}
	yield(l.tail)
	return nil
}

// fates returns the fates of all calls in the order in which they are due. Of calls whose answer never
// came to the log the fate is open. The error of yield's caller ends it.
func (l *callLog) fates(yield func(fate) bool) error {
	var r fateReader
	more := true
	err := l.chunks(func(data []byte) bool {
		for more && len(data) > 0 {
			f, n := r.next(data)
			if n == 0 {
				panic("loadgen: a call log that does not read back")
			}
			data, more = data[n:], yield(f)
		}
		return more
	})
	for i := 0; err == nil && more && i < l.waiting.len; i++ {
		more = yield(*l.waiting.at(i))
	}
	return err
}

// A fateReader decodes a log.
type fateReader struct{ last fate } // that was sent

// next returns the fate with which data begins and the number of its bytes; zero bytes where data holds
// no whole fate, or is no call log.
func (r *fateReader) next(data []byte) (fate, int) {
	f := fate{told: r.last.told}
	head, n := binary.Uvarint(data)
	for marks := 0; n > 0 && marks < 2 && uint8(head&15) > fateOpen; marks++ {
		f.told, f.held = f.told != (head == uint64(markTold)), f.held || head == uint64(markHeld)
		more := 0
		if head, more = binary.Uvarint(data[n:]); more <= 0 {
			return fate{}, 0
		}
		n += more
	}
	f.what, f.late = uint8(head&15), head>>4
	switch {
	case n <= 0 || f.what > fateOpen:
		return fate{}, 0
	case !f.sent():
		return fate{what: f.what, late: f.late}, n
	}
	travel, m := binary.Varint(data[n:])
	if n += m; m <= 0 {
		return fate{}, 0
	}
	f.travel = r.last.travel + travel
	if f.told {
		server, m := binary.Varint(data[n:])
		if n += m; m <= 0 {
			return fate{}, 0
		}
		f.server = r.last.server + server
	}
	r.last = f
	return f, n
}
