package proof_test

import (
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
)

// A reference that tells how long an answer took it fills the third histogram.
func TestTheServersOwnTimeIsKept(t *testing.T) {
	named, err := proof.Resolve(t.Context(), "reference", reference.Options{ServerTiming: true}, "timing")
	if err != nil {
		t.Fatal(err)
	}
	to, err := named.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	p, err := loadgen.Lookup("gentle")
	if err != nil {
		t.Fatal(err)
	}
	p.MissAfter = time.Second // how punctual this machine is just now is not the subject
	l, err := loadgen.Run(t.Context(), to, p, loadgen.Options{Seed: 1, Duration: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ph := l.Phases[0]
	if ph.Accepted == 0 || ph.Server.Count != ph.Accepted || ph.Server.P50 <= 0 || ph.Server.P50 > ph.Send.P50 {
		t.Errorf("of %d accepted calls the server's own time is %+v, from send %+v", ph.Accepted, ph.Server, ph.Send)
	}
}
