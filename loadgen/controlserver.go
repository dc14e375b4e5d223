package loadgen

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// A controlServer is the least of a KMS that a load run needs, on a loopback socket. Its first two keys
// have a limit each, the next two share one, and the others have none.
type controlServer struct {
	server *http.Server
	ended  sync.WaitGroup
	url    string
	limit  rival

	mu    sync.Mutex
	keys  int
	began time.Time
	used  [3]reserve // of the first key, of the second, and of the next two
}

func newControlServer(limit Limit) (*controlServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &controlServer{url: "http://" + l.Addr().String(), limit: rival{rate: limit.Rate, burst: limit.Burst}, began: time.Now()}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: callTimeout}
	s.ended.Go(func() { _ = s.server.Serve(l) }) // ends with close
	return s, nil
}

// close ends the server and waits for it.
func (s *controlServer) close() {
	_ = s.server.Close()
	s.ended.Wait()
}

// target returns the server as a target. The caller closes it.
func (s *controlServer) target() *target.Target {
	return &target.Target{Name: "controls", URLs: map[target.API]string{target.API20: s.url}, Disposable: true,
		Credentials: map[string]target.Credential{"owner": {AccessKey: "control", SecretKey: "control"}}}
}

// ServeHTTP makes keys, and encrypts a text as itself.
func (s *controlServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch _, operation, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/kms/v1/keys/"), "/"); {
	case r.URL.Path == "/kms/v1/keys":
		fmt.Fprintf(w, `{"code":"SUCCESS","data":{"keyTag":"control%d"}}`, s.made())
	case operation == "token-set":
		fmt.Fprint(w, `{"code":"SUCCESS","data":{"accessToken":"control"}}`)
	case operation == "encrypt" && s.refuses(r.URL.Path):
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"error":{"errorCode":"420","message":"Rate Limited","details":""}}`)
	default:
		echo(w, r)
	}
}

// echo answers with the text that was sent, as plaintext and as ciphertext.
func echo(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Plaintext, Ciphertext string }
	if err := json.NewDecoder(io.LimitReader(r.Body, maxAnswer)).Decode(&asked); err != nil && err != io.EOF {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	text := asked.Plaintext + asked.Ciphertext
	fmt.Fprintf(w, `{"code":"SUCCESS","data":{"plaintext":%q,"ciphertext":%q}}`, text, text)
}

// made returns the number of a new key.
func (s *controlServer) made() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys++
	return s.keys
}

// refuses reports whether the limit that is a key's own, or that it shares, refuses a call.
func (s *controlServer) refuses(path string) bool {
	var key int
	if _, err := fmt.Sscanf(path, "/kms/v1/keys/control%d/", &key); err != nil || key >= controlKeys {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.used[min(key, len(s.used))-1].take(s.limit, time.Since(s.began).Seconds())
}
