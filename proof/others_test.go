package proof

import (
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
)

// TestOnlyASendingLoadIsNoted: what comes between phases counts nothing, and would hide what was sent.
func TestOnlyASendingLoadIsNoted(t *testing.T) {
	o := &others{share: 1, started: make(chan struct{})}
	o.note(loadgen.Progress{})
	select {
	case <-o.started:
		t.Error("the load has started before its phase")
	default:
	}
	o.note(loadgen.Progress{Phase: "held", At: time.Second, Sent: 100})
	o.note(loadgen.Progress{})
	<-o.started
	if o.last.Sent != 100 {
		t.Errorf("%d calls are noted as sent, want 100", o.last.Sent)
	}
}
