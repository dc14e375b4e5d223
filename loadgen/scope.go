package loadgen

import (
	"fmt"
	"slices"
)

// Over is what the calls of a leg go over in turns. All else is one: key, token, address and connection.
type Over string

// The legs of the role Scoping: the same calls per second each, so that they differ in this alone.
const (
	OverOne     Over = "one"         // way: what the others are compared with
	Connections Over = "connections" // two
	Tokens      Over = "tokens"      // two of the key
	Addresses   Over = "addresses"   // two to send from, each with a connection of its own
	Keys        Over = "keys"        // two, on one connection
)

var legs = []Over{OverOne, Connections, Tokens, Addresses, Keys}

// one names what a leg has two of.
func (o Over) one() string {
	return map[Over]string{Connections: "connection", Tokens: "token", Addresses: "address", Keys: "key"}[o]
}

// turns is how many ways the calls of a leg take.
const turns = 2

// A Lack is a leg that cannot be played on a target.
type Lack struct {
	Over Over   `json:"over"`
	Why  string `json:"why"`
}

// A way is by what a call goes: which token of its key, which address and which connection of ours, from zero.
type way struct{ token, address, line int }

// A pool is the connections of one address and line.
type pool int

const (
	ordinary  pool = iota // all calls that are of no leg
	another               // from the same address
	elsewhere             // from the second address
	pools
)

func (w way) pool() pool {
	switch {
	case w.address > 0:
		return elsewhere
	case w.line > 0:
		return another
	}
	return ordinary
}

// pools returns those over which the calls of the phase go.
func (ph Phase) pools() []pool {
	switch ph.Over {
	case Connections:
		return []pool{ordinary, another}
	case Addresses:
		return []pool{ordinary, elsewhere}
	}
	return []pool{ordinary}
}

// way returns by what a call of the phase goes.
func (ph Phase) way(s slot) way {
	turn := s.number % turns
	switch ph.Over {
	case Connections:
		return way{line: turn}
	case Tokens:
		return way{token: turn}
	case Addresses:
		return way{address: turn}
	}
	return way{}
}

// legs returns the phases that one of the role scope stands for. One call is in flight at a time, so that
// those of a pool go over one connection.
func (ph Phase) legs() (out []Phase) {
	for _, over := range legs {
		leg := ph
		leg.Name, leg.Over, leg.Keys, leg.Abreast = ph.Name+" "+string(over), over, 1, 1
		if over == Keys {
			leg.Keys, leg.Rate = 2, ph.Rate/2
		}
		out = append(out, leg)
	}
	return out
}

// without returns the profile without the legs that are lacking. Where a single connection cannot carry
// them, the others are played over as many as are needed.
func (p Profile) without(lacks []Lack) Profile {
	lacking := func(o Over) bool { return slices.ContainsFunc(lacks, func(l Lack) bool { return l.Over == o }) }
	var kept []Phase
	for _, ph := range p.Phases {
		if ph.Over != "" && lacking(ph.Over) {
			continue
		}
		if lacking(Connections) {
			ph.Abreast = 0
		}
		kept = append(kept, ph)
	}
	p.Phases = kept
	return p
}

func checkScoping(ph Phase, field string) error {
	if len(ph.Shape) > 0 || ph.Spacing != "" {
		return fmt.Errorf("%s: the legs of the role scope are at a constant rate, and their spacing is given", field)
	}
	return nil
}

func detectsScope(p Profile, ph Phase) []string {
	if ph.Over == OverOne || ph.Over == "" {
		return nil
	}
	of := map[Over]string{Connections: "one key over two connections", Tokens: "one key with two tokens", Addresses: "one key from two addresses", Keys: "two keys over one connection"}
	return []string{fmt.Sprintf("%s: whether a limit below %.0f per second counts each %s by itself (%s)", ph.Name, tellingShare*ph.rate(), ph.Over.one(), of[ph.Over])}
}
