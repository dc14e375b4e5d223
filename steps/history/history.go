// Package history decides whether what several clients saw of one key at once could have come from calls
// that took effect one after the other, each between its beginning and its end.
//
// The model is written from the published rules. Where these leave an answer open, it takes any.
package history

import (
	"fmt"
	"strings"
	"time"
)

// A Kind is what a call does.
type Kind string

// The kinds of calls. All but Use change something.
const (
	Use     Kind = "encrypt by token"
	Issue   Kind = "issue a token set"
	Enable  Kind = "enable the creator"
	Replace Kind = "replace the creator"
	Revoke  Kind = "disable the creator"
	On      Kind = "switch the IP ACL on"
	Off     Kind = "switch the IP ACL off"
	Add     Kind = "add an address"
	Delete  Kind = "delete an address"
	Stop    Kind = "disable the key"
	Start   Kind = "enable the key"
	Rotate  Kind = "rotate the key"
)

// A Call is one call of one client with its answer.
type Call struct {
	Client  int
	Region  string // that answered; empty: there is one
	Kind    Kind
	Token   int // of Use: which token; of Issue: which it makes. At most 63
	Address int // of Use: from where; of Add and Delete: which. At most 7
	Began   time.Duration
	Ended   time.Duration

	OK      bool  // it was accepted
	Version int   // of an accepted Use or Rotate: the version that the answer names
	Listed  uint8 // of an accepted Add or Delete: the addresses that the answer lists, a bit each
}

// changes reports whether an accepted call changes anything.
func (c Call) changes() bool { return c.Kind != Use }

// String tells the call in a line.
func (c Call) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "client %d, %.3f to %.3f ms: %s", c.Client, millis(c.Began), millis(c.Ended), c.Kind)
	switch c.Kind {
	case Use:
		fmt.Fprintf(&b, " %d from address %d", c.Token, c.Address)
	case Issue:
		fmt.Fprintf(&b, " %d", c.Token)
	case Add, Delete:
		fmt.Fprintf(&b, " %d", c.Address)
	}
	if c.Region != "" {
		b.WriteString(" in " + c.Region)
	}
	switch {
	case !c.OK:
		b.WriteString(": refused")
	case c.Version > 0:
		fmt.Fprintf(&b, ": accepted, version %d", c.Version)
	case c.Kind == Add, c.Kind == Delete:
		fmt.Fprintf(&b, ": accepted, listed %s", addresses(c.Listed))
	default:
		b.WriteString(": accepted")
	}
	return b.String()
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func addresses(bits uint8) string {
	var list []string
	for i := range 8 {
		if bits&(1<<i) != 0 {
			list = append(list, fmt.Sprint(i))
		}
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, " and ")
}

// State is what the model knows of the key. The zero value is a key that is enabled, without a creator,
// at version 1.
type State struct {
	Stopped bool
	Creator bool
	Live    uint64 // tokens of the creator in office, a bit each
	Foreign uint64 // tokens that another region issued, maybe by a creator that is not in office here
	ACL     bool
	Listed  uint8
	Older   int // versions before the current one
}

// Version is the current one.
func (s State) Version() int { return s.Older + 1 }

// String tells the state in a line.
func (s State) String() string {
	words := []string{"key enabled", "no creator", fmt.Sprintf("live tokens %b", s.Live), "IP ACL off", fmt.Sprintf("version %d", s.Version())}
	if s.Stopped {
		words[0] = "key disabled"
	}
	if s.Creator {
		words[1] = "a creator"
	}
	if s.ACL {
		words[3] = "IP ACL on, listed " + addresses(s.Listed)
	}
	return strings.Join(words, ", ")
}

// After returns the state after a call, and whether the call could have been answered so in s.
func (s State) After(c Call) (State, bool) {
	if c.Kind == Use {
		return s, s.answersUse(c)
	}
	if !c.OK {
		return s, s.mayRefuse(c.Kind)
	}
	next := s.applied(c)
	switch c.Kind {
	case Issue:
		return next, s.Creator // on a disabled key either answer is open
	case Rotate:
		return next, !s.Stopped && c.Version == next.Version()
	case Add, Delete:
		return next, c.Listed == next.Listed
	}
	return next, true
}

// answersUse compares the use of a token with what the published rules say of it: a token of a creator
// in office, from an address that the IP ACL admits, on a key that is enabled, works with its newest
// version; any other does not.
func (s State) answersUse(c Call) bool {
	admitted := !s.Stopped && (!s.ACL || s.Listed&(1<<c.Address) != 0)
	live, foreign := s.Live&(1<<c.Token) != 0, s.Foreign&(1<<c.Token) != 0
	if c.OK {
		return admitted && (live || foreign) && c.Version == s.Version()
	}
	return !admitted || !live
}

// mayRefuse says where a refusal is documented or open.
func (s State) mayRefuse(k Kind) bool {
	switch k {
	case Issue:
		return s.Stopped || !s.Creator
	case Rotate:
		return s.Stopped
	case Replace, Revoke:
		return s.Stopped || !s.Creator
	case Enable:
		return s.Stopped || s.Creator
	case Stop:
		return s.Stopped
	case Start:
		return !s.Stopped
	}
	return true
}

// applied is the state after an accepted change.
func (s State) applied(c Call) State {
	switch c.Kind {
	case Issue:
		s.Live |= 1 << c.Token
	case Enable, Replace:
		if c.Kind == Replace || !s.Creator {
			s.Live, s.Foreign = 0, 0
		}
		s.Creator = true
	case Revoke:
		s.Creator, s.Live, s.Foreign = false, 0, 0
	case On, Off:
		s.ACL = c.Kind == On
	case Add:
		s.Listed |= 1 << c.Address
	case Delete:
		s.Listed &^= 1 << c.Address
	case Stop, Start:
		s.Stopped = c.Kind == Stop
	case Rotate:
		s.Older++
	}
	return s
}

// heard is the state after a change that another region accepted.
func (s State) heard(c Call) State {
	if c.Kind == Issue {
		s.Foreign |= 1 << c.Token
		return s
	}
	return s.applied(c)
}
