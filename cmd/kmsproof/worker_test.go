package main

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
)

// nowhere returns the URL of a NATS that is not there.
func nowhere(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "nats://" + l.Addr().String()
}

// Who ends a worker that waits has ended it well, whatever it waits for.
func TestAWorkerThatIsInterruptedWhileItLooksForNATSEndsWell(t *testing.T) {
	for _, once := range []string{"--once=false", "--once=true"} {
		ctx, interrupt := context.WithCancel(t.Context())
		interrupt()
		var said bytes.Buffer
		c := newRoot()
		c.SetErr(&said)
		c.SetArgs([]string{"worker", once, "--nats", nowhere(t)})
		if err := c.ExecuteContext(ctx); err != nil || !strings.Contains(said.String(), "it is tried again") {
			t.Errorf("%s: %v; it said %q", once, err, &said)
		}
	}
}
