package loadgen

import "slices"

// drain returns what was written to the log since the last drain, in pieces that each begin with a new
// fate, and forgets it: what travels elsewhere need not be kept here.
func (l *callLog) drain() (pieces [][]byte, err error) {
	for _, c := range l.full {
		data, err := l.spool.get(c, make([]byte, chunkSize))
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, data)
		l.spool.release(c)
	}
	l.full = nil
	if len(l.tail) > 0 {
		pieces = append(pieces, slices.Clone(l.tail))
		l.tail = l.tail[:0]
	}
	return pieces, nil
}

// release gives back the memory of a chunk that nobody will ask for again.
func (s *spool) release(c chunk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.data != nil {
		s.held -= c.size
	}
}
