package loadgen

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/wire"
)

// sentLate sends so many calls of a phase to where nobody listens, each of which ends after it could leave in time.
func sentLate(t *testing.T, calls int, from netip.Addr) *Played {
	t.Helper()
	server := httptest.NewServer(nil)
	server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	call, err := wire.Prepare(req, nil)
	if err != nil {
		t.Fatal(err)
	}
	key := &loaded{}
	key.ready.Store(&prepared{req, call})
	base := newWired(nil)
	defer base.close()
	base.pools[ordinary].Bind = from
	a := newPlayed(Phase{Name: "P", Role: Conform, Keys: 1, Rate: float64(calls), Length: time.Second}, 1, 0)
	a.recorded(&Recording{Seed: 1})
	s := &sender{ctx: t.Context(), rig: &rig{keys: []*loaded{key}}, base: base, played: a, began: time.Now().Add(-time.Minute),
		timeout: 10 * time.Second, gate: newGate(crew{start: 1, most: 1})}
	for n := range calls {
		s.sendOne(slot{number: n, due: time.Second})
	}
	a.Books = s.books.close()
	return a
}

// A target that takes long to refuse a connection is to blame for that, and not the generator.
func TestAConnectionThatIsRefusedLateIsAnErrorOfTheTarget(t *testing.T) {
	const calls = 20
	a := sentLate(t, calls, netip.Addr{})
	sum := a.tally()
	if got := a.of(Transport); got != calls || sum.sent != calls || sum.missed != 0 {
		t.Errorf("%d transport errors, %+v", got, sum)
	}
	if a.Books != (Books{Kept: true, Left: calls}) || a.Books.problem(sum.sent) != "" {
		t.Errorf("%+v: %s", a.Books, a.Books.problem(sum.sent))
	}
	if late := a.late.quantile(99); late != 0 {
		t.Errorf("the generator is late by %v", late)
	}
}

// What this machine could not send is missed by the generator, however late that shows.
func TestACallThatTheMachineRefusesLateIsMissed(t *testing.T) {
	const calls = 20
	a := sentLate(t, calls, netip.MustParseAddr("192.0.2.1")) // which no machine has (RFC 5737)
	sum := a.tally()
	if sum.sent != 0 || sum.missed != calls || sum.blocked != 0 {
		t.Errorf("%+v", sum)
	}
	if a.Books != (Books{Kept: true, Left: calls, Back: calls}) || a.Books.problem(sum.sent) != "" {
		t.Errorf("%+v: %s", a.Books, a.Books.problem(sum.sent))
	}
}
