// Package reference is NAVER Cloud KMS in memory: API 2.0 and API 1.0 as they are published, with
// the clock and the limits under control. It is for testing: it keeps nothing, and it protects
// nothing.
//
// Embed it like httptest: [NewServer] listens on loopback, [New] serves through an in-memory
// transport without a socket.
package reference

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"

	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/limit"
)

// Options say how a service differs from the documented one. The zero value is the documented
// service on the machine's time. Each field is a seam: a service that breaks a rule on purpose is
// made from outside, by setting one.
type Options struct {
	// Clock is what the whole service lives by. Nil: the machine's time, which the admin listener
	// can move.
	Clock clock.Clock
	// Rules are the rules of the model. Nil: [kms.Documented].
	Rules *kms.Rules
	// Limit20 and Limit10 limit the cipher calls of each API, one unit a call. Nil: those of the dialect, or 300 a
	// second for each key, and 200 a second for all keys together, each with a burst of one second's worth. A reset calls
	// the method Reset of one that has it, as those of package limit have.
	Limit20, Limit10 limit.Limiter
	// Authority may put something in front of the documented token authority. Nil keeps it as it is.
	Authority func(kms.Authority) kms.Authority
	// Wrap may put something in front of the handlers of the APIs: API20, API20KR, API20JP, API10 and
	// SubAccount. Nil puts nothing there.
	Wrap func(api string, next http.Handler) http.Handler
	// Conn may put something in front of the connections that API20 takes. Nil puts nothing there.
	Conn func(net.Conn) net.Conn
	// Peer says from which address a request came. Nil: the TCP peer, or, for peers in
	// TrustedProxies, what X-Forwarded-For says of the one before.
	Peer           func(*http.Request) netip.Addr
	TrustedProxies []netip.Prefix
	// Dialect answers what the published documents leave open.
	Dialect Dialect
	// Accounts are who may call. Nil: owner, viewer, manager, infra, finance and administrator, each of the
	// policy that its name tells of, and encryptor with the policies of [Encryptor], with random key pairs.
	Accounts []Account
	// Keys exist from the start.
	Keys []Key
	// LastKeyID is the newest id that a key ever had: later ones get ids above it.
	LastKeyID int
	// SpentNames are names that keys had and that none may have; see [Dialect].
	SpentNames []SpentName
	// Regions are how the regions are at the start.
	Regions Regions
	// Route sends calls to regions. Nil: [Home].
	Route Route
	// Seed other than 0 makes the run reproducible: the same calls, one after the other, get the same
	// identifiers, keys, custom keys and token creators. RSA keys are those of a published pool while it
	// lasts and the keys to start with bring none, then derived from the seed, at some tenths of a second each. Signatures with a salt or a nonce
	// differ all the same. 0 draws everything at random.
	Seed uint64
	// FreshKeys gives each token creator a signing key that was made for it. Without, it takes one of
	// those that are published with this source, with which anybody can sign: making one takes tens of
	// milliseconds.
	FreshKeys bool
	// MachineSignatures judges the timestamps of account signatures by the machine's time, for
	// clients that cannot follow a clock that was moved.
	MachineSignatures bool
	// ServerTiming tells with each answer, in milliseconds of the machine's time, how long it took here
	// (W3C Server Timing). It is not part of the imitated API.
	ServerTiming bool
	// Version is what the admin listener tells of itself. Empty: dev.
	Version string
	// Faults are what goes wrong on purpose, from the start.
	Faults FaultScript
	// Journal is how many calls the journal keeps. 0: 1000; below 0: none.
	Journal int
	// Log takes a line for each call, with the members of its journal entry. Nil logs nothing.
	Log *slog.Logger
}

func (o *Options) clock() clock.Clock {
	if o.Clock != nil {
		return o.Clock
	}
	return clock.NewMachine()
}

func (o *Options) rules() kms.Rules {
	r := kms.Documented()
	if o.Rules != nil {
		r = *o.Rules
	}
	return o.Dialect.rules(r)
}

func (o *Options) limiters() (api20, api10 limit.Limiter) {
	api20, api10, _ = o.Dialect.limiters() // check has read them
	if o.Limit20 != nil {
		api20 = o.Limit20
	}
	if o.Limit10 != nil {
		api10 = o.Limit10
	}
	return api20, api10
}
