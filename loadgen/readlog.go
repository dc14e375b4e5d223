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

// windowSize is how much of a log that lies in a file is read at once: there is a cursor for each key.
const windowSize = 4 << 10

// A cursor reads a log from its beginning, a fate at a time, in the order in which the calls are due. Of
// calls whose answer never came to the log the fate is open.
type cursor struct {
	log    *callLog
	reader fateReader
	data   []byte // in hand, and not read yet
	file   chunk  // what of the chunk in hand lies in the file beyond data
	part   int    // of the chunks, the next one
	waits  int    // of the calls that wait, the next one
	window []byte
}

// next reads the next fate into f; ok is false when there is none. Its error means that the file cannot be read.
func (c *cursor) next(f *fate) (ok bool, err error) {
	for {
		if n := c.reader.next(c.data, f); n > 0 {
			c.data = c.data[n:]
			return true, nil
		}
		if err := c.more(); err != nil {
			return false, err
		}
		if len(c.data) == 0 {
			w := &c.log.waiting
			if c.waits == w.len {
				return false, nil
			}
			c.waits++
			*f = *w.at(c.waits - 1)
			return true, nil
		}
	}
}

// more brings further bytes into hand. There are none when it leaves no data.
func (c *cursor) more() error {
	switch {
	case c.file.size > 0:
		return c.slide()
	case len(c.data) > 0:
		panic("loadgen: a call log that does not read back")
	case c.part < len(c.log.full):
		next := c.log.full[c.part]
		if c.part++; next.data != nil {
			c.data = next.data
			return nil
		}
		c.file = next
		return c.slide()
	case c.part == len(c.log.full):
		c.part++
		c.data = c.log.tail
	}
	return nil
}

// slide moves the window on by what was read of it.
func (c *cursor) slide() error {
	if c.window == nil {
		c.window = make([]byte, windowSize)
	}
	kept := copy(c.window, c.data)
	n := min(len(c.window)-kept, c.file.size)
	c.data = c.window[:kept+n]
	_, err := c.log.spool.get(chunk{at: c.file.at, size: n}, c.window[kept:])
	c.file.at += int64(n)
	c.file.size -= n
	return err
}

// A fateReader decodes a log.
type fateReader struct {
	told           bool // of the last call that was sent
	travel, server int64
}

// next reads the fate with which data begins into f and returns the number of its bytes; zero bytes where data holds
// no whole fate, or is no call log.
func (r *fateReader) next(data []byte, f *fate) int {
	*f = fate{told: r.told}
	head, n := binary.Uvarint(data)
	for marks := 0; n > 0 && marks < 2 && uint8(head&15) > fateOpen; marks++ {
		f.told, f.held = f.told != (head == uint64(markTold)), f.held || head == uint64(markHeld)
		more := 0
		if head, more = binary.Uvarint(data[n:]); more <= 0 {
			return 0
		}
		n += more
	}
	f.what, f.late = uint8(head&15), head>>4
	switch {
	case n <= 0 || f.what > fateOpen:
		return 0
	case !f.sent():
		f.told, f.held = false, false
		return n
	}
	travel, m := binary.Uvarint(data[n:])
	if n += m; m <= 0 {
		return 0
	}
	if !f.told {
		f.travel = r.travel + unzigzag(travel)
		r.keep(f)
		return n
	}
	server := travel % (farApart + 1)
	if server == farApart {
		if server, m = binary.Uvarint(data[n:]); m <= 0 {
			return 0
		}
		n += m
	}
	last := fate{travel: r.travel, server: r.server}
	f.server = r.server + unzigzag(server)
	f.travel = last.beside() + unzigzag(travel/(farApart+1)) + int64(f.own()/resolution)
	r.keep(f)
	return n
}

// keep notes what the next fate is told in terms of.
func (r *fateReader) keep(f *fate) { r.told, r.travel, r.server = f.told, f.travel, f.server }
