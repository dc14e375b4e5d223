// Package proof is where the checker and the reference meet: targets made of references, the mutants
// that the suite must catch, and the main job.
package proof

import (
	"context"
	"net/http"
	"net/netip"
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
	return func(c clock.Clock) reference.Options {
		o := o
		o.Clock = c
		return o
	}
}

// flawed puts a mutant's flaw into o. The flaw sees the clock: it may have to sign calls.
func flawed(m mutant.Mutant, o reference.Options) onClock {
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

// inMemory makes a reference and a target that reaches it through memory.
func inMemory(o reference.Options) (*target.Target, error) {
	service, err := reference.New(o)
	if err != nil {
		return nil, err
	}
	t := describe("reference", reference.MemoryURLs(), service.Accounts())
	t.Disposable = true
	t.Transport = func(s target.Source) http.RoundTripper {
		from := s.Bind
		if !from.IsValid() {
			from = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
		return service.RoundTripper(from)
	}
	return t, nil
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
		t.Credentials[a.Name] = target.Credential{AccessKey: a.AccessKey, SecretKey: a.SecretKey, APIKey: a.APIKey}
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
