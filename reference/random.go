package reference

import (
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
)

// random is where identifiers, AES and ECDSA keys and nonces come from.
func (o *Options) random() io.Reader {
	if o.Seed == 0 {
		return crand.Reader
	}
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], o.Seed)
	return &stream{r: rand.NewChaCha8(seed)}
}

// A stream is the randomness of a seed. It is safe for concurrent use.
type stream struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (s *stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

// stir has the stream go on in a way that depends on where it is and on a text.
func (s *stream) stir(text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := make([]byte, sha256.Size)
	_, _ = s.r.Read(at) // never fails
	s.r = rand.NewChaCha8(sha256.Sum256(append(at, text...)))
}

// stir sees to it that a service with a seed draws nothing that a service with the same seed drew in the life that
// a state tells of.
func (s *Service) stir(state State) {
	drawn, seeded := s.random.(*stream)
	if !seeded || !state.lived() {
		return
	}
	text, err := json.Marshal(state)
	if err != nil { // it has no value that JSON has not
		panic("reference: " + err.Error())
	}
	drawn.stir(text)
}

// lived reports whether a state may hold what a service drew: not if it is a list of names and tags.
func (s *State) lived() bool {
	return s.LastKeyID > 0 || slices.ContainsFunc(s.Keys, func(k Key) bool {
		return k.Creator != nil && (k.Creator.ID != "" || k.Creator.Key != "") ||
			slices.ContainsFunc(k.Versions, func(v Version) bool { return v.Material != "" })
	})
}
