package fleet

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/nats-io/nats.go/jetstream"
)

// A worker that does not know yet that its last report came in is armed for the next attempt by a coordinator that
// has it. The end of the one leaves the other armed.
func TestTheEndOfAnAttemptLeavesTheNextOneArmed(t *testing.T) {
	t.Parallel()
	kms := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer kms.Close()
	l := linked(t)
	p, err := loadgen.Lookup("gentle")
	if err != nil {
		t.Fatal(err)
	}
	waits := make(chan struct{}, 1)
	s := &session{run: "r", name: "w1", plan: plan{Profile: p}, w: &worker{link: l, o: WorkerOptions{Log: func(format string, a ...any) {
		if strings.Contains(fmt.Sprintf(format, a...), "a report waits") {
			select {
			case waits <- struct{}{}:
			default:
			}
		}
	}}}}
	s.ctx, s.leave = context.WithCancelCause(t.Context())
	defer s.end("the test ends")
	arm := func(n int) error {
		return s.arm(packed(arming{Run: "r", N: n, Calls: []loadgen.Signed{{Method: http.MethodPost, URL: kms.URL}}, Share: written(loadgen.Share{
			Phase:   loadgen.Phase{Name: "P", Role: loadgen.Conform, Keys: 1, Rate: 100, Length: 50 * time.Millisecond},
			Attempt: 1, Lanes: []loadgen.Lane{{}}})}))
	}
	if err := arm(1); err != nil {
		t.Fatal(err)
	}
	played, next := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(played)
		s.play(standing{N: 1, Start: time.Now(), Offsets: map[string]time.Duration{"w1": 0}})
	}()
	<-waits // there is no stream that takes the report
	go func() { next <- arm(2) }()
	if _, err := l.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "R", Subjects: []string{l.subject("run", "r", "result", ">")}}); err != nil {
		t.Fatal(err)
	}
	<-played
	if err := <-next; err != nil {
		t.Fatal(err)
	}
	armed, over := s.start(2, true)
	if armed == nil {
		t.Fatal("it is not armed for the next attempt")
	}
	if other, _ := s.start(2, true); other != nil {
		t.Error("it plays an attempt twice at once")
	}
	armed.Close()
	close(over)
}
