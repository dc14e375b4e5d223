package loadgen_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/target"
)

// A service is the least of a KMS that a load run needs. It encrypts by writing the plaintext down.
type service struct {
	take loadgen.Service
	now  func() time.Time
	slow time.Duration // of a cipher call
	lies bool          // encrypts something else under load
	last bool          // knows only the last token of a key

	mu   sync.Mutex
	keys map[string]int // tag to number
	ids  map[string]int // of connections, addresses and tokens
	sets int            // tokens given out

	tokens map[string]string // tag to the last token
	gone   int
	calls  int
}

func newService(take loadgen.Service) *service {
	return &service{take: take, now: time.Now, keys: map[string]int{}, ids: map[string]int{}, tokens: map[string]string{}}
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/kms/v1/keys"), "/keys/v2")
	part := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch {
	case part[0] == "":
		s.create(w)
	case len(part) == 1 && r.Method == http.MethodDelete:
		s.remove(w, part[0])
	case len(part) == 1 || s.number(part[0]) < 0:
		w.WriteHeader(http.StatusNotFound)
	case part[1] == "token-set":
		s.mu.Lock()
		s.sets++
		token := fmt.Sprintf("t-%s-%d", part[0], s.sets)
		s.tokens[part[0]] = token
		s.mu.Unlock()
		answer(w, map[string]string{"accessToken": token, "refreshToken": "r"})
	case part[1] == "encrypt":
		s.cipher(w, r, part[0], "plaintext", "ciphertext")
	case part[1] == "decrypt":
		s.cipher(w, r, part[0], "ciphertext", "plaintext")
	default:
		answer(w, map[string]string{})
	}
}

func (s *service) number(tag string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, ok := s.keys[tag]; ok {
		return n
	}
	return -1
}

func (s *service) knows(tag, token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.HasPrefix(token, "t-"+tag+"-") && (!s.last || token == s.tokens[tag])
}

// id numbers what calls come by.
func (s *service) id(name string) int {
	if _, ok := s.ids[name]; !ok {
		s.ids[name] = len(s.ids)
	}
	return s.ids[name]
}

func (s *service) create(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tag := fmt.Sprintf("tag%d", len(s.keys)+s.gone)
	s.keys[tag] = len(s.keys)
	answer(w, map[string]string{"keyTag": tag})
}

func (s *service) remove(w http.ResponseWriter, tag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, tag)
	s.gone++
	answer(w, map[string]string{})
}

func (s *service) alive() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.keys)
}

// cipher limits, and moves the value of one member to another.
func (s *service) cipher(w http.ResponseWriter, r *http.Request, tag, from, to string) {
	if strings.HasPrefix(r.URL.Path, "/kms") && !s.knows(tag, r.Header.Get(target.HeaderToken)) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	number := s.number(tag)
	s.mu.Lock()
	s.calls++
	lie := s.lies && s.calls > 100
	address, _, _ := strings.Cut(r.RemoteAddr, ":")
	ok := !s.take(loadgen.Call{At: s.now(), Key: number, Connection: s.id(r.RemoteAddr), Token: s.id(r.Header.Get(target.HeaderToken)), Address: s.id(address)}).Refused
	s.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"error":{"errorCode":"420","message":"Rate Limited","details":""}}`)
		return
	}
	if s.slow > 0 {
		time.Sleep(s.slow)
	}
	var asked map[string]string
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	value := asked[from]
	if lie {
		value = "AAAA"
	}
	answer(w, map[string]string{to: value})
}

func answer(w http.ResponseWriter, data any) {
	if err := json.NewEncoder(w).Encode(map[string]any{"code": "SUCCESS", "data": data}); err != nil {
		panic(err)
	}
}

// pointed returns a target for s over a real socket.
func pointed(t *testing.T, s *service) *target.Target {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	to := at(server.URL)
	t.Cleanup(func() {
		if err := to.Close(); err != nil {
			t.Error(err)
		}
	})
	return to
}

func at(url string) *target.Target {
	return &target.Target{
		Name:        "service",
		URLs:        map[target.API]string{target.API20: url, target.API10: url},
		Credentials: map[string]target.Credential{"owner": {AccessKey: "a", SecretKey: "s"}},
		Ledger:      target.NewLedger("abcdef", target.Budget{}, nil),
	}
}

// inMemory returns a target for s without a socket.
func inMemory(s *service) *target.Target {
	to := at("http://service.test")
	to.Transport = func(target.Source) http.RoundTripper { return handlerTransport{s} }
	return to
}

type handlerTransport struct{ h http.Handler }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.h.ServeHTTP(w, r)
	return w.Result(), nil
}

// patient allows what a machine that does other things at the same time does to a sender.
func patient(p loadgen.Profile) loadgen.Profile {
	p.Conforming = loadgen.Bounds{Sent: 0.5, LateP99: time.Second}
	p.Saturating = p.Conforming
	return p
}
