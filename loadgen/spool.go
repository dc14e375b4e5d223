package loadgen

import (
	"fmt"
	"os"
	"sync"
)

// A spool keeps full chunks of call logs: in memory at first, and in a file of its own once that
// would be too much. The file has no name any more, so nothing is left of it when the process ends,
// however it ends. Its methods are safe for concurrent use. The zero value is ready.
type spool struct {
	memory int // bytes kept in memory; zero means spoolMemory

	mu   sync.Mutex
	held int
	file *os.File // nil until it is needed
	end  int64
	err  error
}

const (
	// spoolMemory is what a run of a quarter of an hour with 64 keys at 300 calls a second writes.
	spoolMemory = 64 << 20

	// chunkSize holds some eight thousand calls of a key.
	chunkSize = 32 << 10
)

// A chunk is a full piece of a log.
type chunk struct {
	data []byte // nil: it lies in the file
	at   int64
	size int
}

// put keeps full and returns a buffer to go on with: the same one, where full was written to the file.
func (s *spool) put(full []byte) (chunk, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	most := s.memory
	if most == 0 {
		most = spoolMemory
	}
	if s.held+len(full) <= most {
		s.held += len(full)
		return chunk{data: full, size: len(full)}, make([]byte, 0, chunkSize)
	}
	at := s.end
	if s.err == nil {
		s.err = s.write(full)
	}
	return chunk{at: at, size: len(full)}, full[:0]
}

func (s *spool) write(full []byte) error {
	if s.file == nil {
		f, err := os.CreateTemp("", "kmsproof-calls-")
		if err != nil {
			return fmt.Errorf("the record of a long run needs a file: %w", err)
		}
		s.file = f
		_ = os.Remove(f.Name()) // where an open file cannot be removed, it stays for the system to clear
	}
	_, err := s.file.WriteAt(full, s.end)
	s.end += int64(len(full))
	return err
}

// get returns a chunk's bytes, in buf where they come from the file.
func (s *spool) get(c chunk, buf []byte) ([]byte, error) {
	if c.data != nil {
		return c.data, nil
	}
	if err := s.failed(); err != nil {
		return nil, err
	}
	buf = buf[:c.size]
	_, err := s.file.ReadAt(buf, c.at)
	return buf, err
}

// failed returns why the file could not be written; nil when it could, and where nothing was recorded.
func (s *spool) failed() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// close gives the file back. What lies in it is lost. Nothing was recorded with a spool that is nil.
func (s *spool) close() {
	if s == nil {
		return
	}
	if s.file != nil {
		_ = s.file.Close()
	}
}
