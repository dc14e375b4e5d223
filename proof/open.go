// Package proof is where the checker and the reference meet: targets made of references, the mutants
// that the suite must catch, and the main job.
package proof

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/target"
)

// Epoch is the time at which the clock of an in-process reference stands for each scenario.
var Epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Reference opens a fresh in-process reference for each scenario, reached through memory, on a clock
// of its own that stands still at Epoch. o.Clock must be nil; a limiter in o is shared by all.
func Reference(o reference.Options) target.Opener {
	return memory(plain(o))
}

// Mutant is [Reference] with a mutant's flaw.
func Mutant(m mutant.Mutant, o reference.Options) target.Opener {
	return memory(flawed(m, o))
}

// onClock makes the options of one server that lives by c; nil is the machine's time.
type onClock func(c clock.Clock) reference.Options

func plain(o reference.Options) onClock {
	noClock(o)
	return func(c clock.Clock) reference.Options {
		o := o
		o.Clock = c
		return o
	}
}

// noClock refuses a clock that no server would live by.
func noClock(o reference.Options) {
	if o.Clock != nil {
		panic("proof: Options.Clock must be nil: each scenario has a clock of its own")
	}
}

// flawed puts a mutant's flaw into o. The flaw sees the clock: it may have to sign calls.
func flawed(m mutant.Mutant, o reference.Options) onClock {
	noClock(o)
	return func(c clock.Clock) reference.Options {
		o := o
		o.Clock = c
		return m.Options(o)
	}
}

func memory(options onClock) target.Opener {
	return func(context.Context) (*target.Target, error) {
		return inMemory(options(clock.NewManual(Epoch)))
	}
}

// hung is after how long a call through memory has no answer. There is no network that could be slow, so what
// takes long is a process that gets next to nothing of a busy machine while an RSA key is made.
const hung = time.Minute

// inMemory makes a reference and a target that reaches it through memory.
func inMemory(o reference.Options) (*target.Target, error) {
	service, err := reference.New(o)
	if err != nil {
		return nil, err
	}
	t := describe("reference", reference.MemoryURLs(), service.Accounts())
	t.Disposable, t.Timeout = true, hung
	t.Transport = func(s target.Source) http.RoundTripper {
		from := s.Bind
		if !from.IsValid() {
			from = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
		return service.RoundTripper(from)
	}
	doors := &doors{service: service}
	t.Dial, t.OnClose = doors.dial, doors.close
	return t, nil
}

// doors are the sockets of a reference in memory, for calls that are no right HTTP. Each API gets one when
// it is first asked for.
type doors struct {
	service *reference.Service
	mu      sync.Mutex
	at      map[target.API]net.Addr
	closing []func() error
}

func (d *doors) dial(ctx context.Context, api target.API, from target.Source) (net.Conn, error) {
	at, err := d.open(api)
	if err != nil {
		return nil, err
	}
	var dialer net.Dialer
	if from.Bind.IsValid() {
		dialer.LocalAddr = &net.TCPAddr{IP: from.Bind.AsSlice()}
	}
	return dialer.DialContext(ctx, "tcp", at.String())
}

func (d *doors) open(api target.API) (net.Addr, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at, ok := d.at[api]; ok {
		return at, nil
	}
	at, closing, err := d.service.Listen(string(api))
	if err != nil {
		return nil, err
	}
	if d.at == nil {
		d.at = map[target.API]net.Addr{}
	}
	d.at[api], d.closing = at, append(d.closing, closing)
	return at, nil
}

func (d *doors) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var failed error
	for _, closing := range d.closing {
		failed = errors.Join(failed, closing())
	}
	return failed
}

// describe makes the target of a reference: the first account is the owner.
func describe(name string, urls map[string]string, accounts []reference.Account) *target.Target {
	t := &target.Target{
		Name: name, URLs: map[target.API]string{}, Credentials: map[string]target.Credential{},
		Sources: loopback(), Ledger: target.NewLedger("memory", target.Budget{}, nil),
	}
	for api, url := range urls {
		t.URLs[target.API(api)] = url
	}
	for _, a := range accounts {
		pair := a.Pair()
		t.Credentials[a.Name] = target.Credential{AccessKey: pair.AccessKey, SecretKey: pair.SecretKey, APIKey: a.APIKey}
	}
	return t
}

// loopback returns three addresses that a target on this machine can tell apart.
func loopback() []target.Source {
	var out []target.Source
	for last := range byte(3) {
		a := netip.AddrFrom4([4]byte{127, 0, 0, last + 1})
		out = append(out, target.Source{Bind: a, SeenAs: a})
	}
	return out
}
