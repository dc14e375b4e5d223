package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
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

// A name that nobody knows may come, as that of a container does, or be misspelt.
func TestForHowLongAWorkerLooksForNATS(t *testing.T) {
	dial := func(err error) error { return fmt.Errorf("NATS: %w", &net.OpError{Op: "dial", Err: err}) }
	unknown, hurt := dial(&net.DNSError{Err: "no such host", IsNotFound: true}), dial(&net.DNSError{Err: "server misbehaving", IsTemporary: true})
	away, other := dial(syscall.ECONNREFUSED), nats.ErrAuthorization
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		once bool
		met  []error       // one a second, the last at the instant that is meant
		at   time.Duration // since the first
		want bool
	}{
		"away for a day":                             {false, []error{away, away}, 24 * time.Hour, true},
		"no server answers for a day":                {false, []error{nats.ErrNoServers, away}, 24 * time.Hour, true},
		"names cannot be looked up for a day":        {false, []error{hurt, hurt}, 24 * time.Hour, true},
		"unknown for less than a minute":             {false, []error{unknown, unknown}, reaching - 1, true},
		"unknown for a minute":                       {false, []error{unknown, unknown}, reaching, false},
		"unknown for a minute, but not all the time": {false, []error{unknown, away, unknown}, reaching, true},
		"one run, away for less than a minute":       {true, []error{away, unknown}, reaching - 1, true},
		"one run, away for a minute":                 {true, []error{away, unknown}, reaching, false},
		"not let in":                                 {false, []error{other}, 0, false},
		"not let in, after a wait":                   {false, []error{away, other}, time.Second, false},
	} {
		s := search{once: tt.once}
		last := len(tt.met) - 1
		for i, err := range tt.met[:last] {
			if !s.goesOn(began.Add(time.Duration(i)*time.Second), err) {
				t.Errorf("%s: it ends early", name)
			}
		}
		if got := s.goesOn(began.Add(tt.at), tt.met[last]); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What is said of a name that there is not is known for what it is. That of two dots is one about which no server is asked.
func TestANameThatNobodyKnowsIsUnknown(t *testing.T) {
	link, err := fleet.Connect(fleet.Cluster{URL: "nats://no..name"}, "worker", true)
	if err == nil {
		link.Close()
		t.Fatal("it is connected")
	}
	if !fleet.Passing(err) || !fleet.Unknown(err) {
		t.Errorf("%v: passing %v, unknown %v", err, fleet.Passing(err), fleet.Unknown(err))
	}
	if _, err := fleet.Connect(fleet.Cluster{URL: nowhere(t)}, "worker", true); !fleet.Passing(err) || fleet.Unknown(err) {
		t.Errorf("%v: passing %v, unknown %v", err, fleet.Passing(err), fleet.Unknown(err))
	}
}
