// Package loadgen puts a target under load at stated due times and decides, from what was recorded
// alone, whether its rate limits are the published ones.
//
// A run has four parts, each of which can be used without the others: a [Profile] is plain data; a
// schedule says when each call is due; a recorder keeps what became of it; [Judge] is a pure
// function from the recording to claims. [Run] sends over connections of its own, or over the target's
// own transport where it has one; [Simulate] and [Rehearse] do the same on virtual time.
//
// Vegeta sends. Its stamps and metrics are not the measure: they begin when a worker is free, not
// when a call is due.
package loadgen

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// A Scope says what a published limit counts over.
type Scope string

// The scopes of a published limit.
const (
	PerKey Scope = "key"    // each key by itself (API 2.0)
	System Scope = "system" // all keys together (API 1.0)
)

// A Role says what the judge uses a phase for.
type Role string

// The roles of phases. A profile names each at most once, and none of Off, On and Step.
const (
	Gentle   Role = "gentle"   // each key below the limit, the keys together above a shared one
	Conform  Role = "conform"  // everything within the published limit: nothing may be refused
	Alone    Role = "alone"    // one key driven over the limit by itself
	Together Role = "together" // every key driven over the limit with the stream of Alone

	Isolate Role = "isolate" // each key hot in turn while the others are quiet: played as blocks of Off and On
	Off     Role = "off"     // all keys quiet
	On      Role = "on"      // one key hot

	Refill  Role = "refill" // bursts that use a key up, with rests of different lengths between
	Outage  Role = "outage" // within the limit, and Korea is down for a while
	Climb   Role = "climb"  // the largest rate that is carried is searched for: played as steps of Step
	Step    Role = "step"   // one rate of a climb
	Storm   Role = "storm"  // over the limit for a while, and clients call again when they are refused: played once for each manner
	Scoping Role = "scope"  // one stream over the limit, by one way and in turns by two: played once for each leg
	Soak    Role = "soak"   // within the limit for hours, while tokens expire: played as so many phases as blocks says
)

// Profile is a load experiment as plain data. All its fields but Title, Rest and Again are needed; [Profile.Check] says
// which is missing, and [ParseProfile] knows the usual values of some.
type Profile struct {
	Name       string        `yaml:"name" json:"name"`
	Title      string        `yaml:"title" json:"title"`           // what it decides, in a sentence
	API        string        `yaml:"api" json:"api"`               // "2.0" or "1.0"
	Keys       int           `yaml:"keys" json:"keys"`             // how many keys; Options.Keys wins
	Limit      Limit         `yaml:"limit" json:"limit"`           // the published one
	Rest       time.Duration `yaml:"rest" json:"rest"`             // silence before every phase, so that buckets are full
	MissAfter  time.Duration `yaml:"missAfter" json:"missAfter"`   // a call later than this is given up: no call leaves later
	Again      time.Duration `yaml:"again" json:"again"`           // most time for playing phases again, their rests included; zero: none is
	Conforming Bounds        `yaml:"conforming" json:"conforming"` // for the roles gentle and conform
	Saturating Bounds        `yaml:"saturating" json:"saturating"` // for the roles alone and together
	Phases     []Phase       `yaml:"phases" json:"phases"`
}

// Limit is what is published about a rate limit.
type Limit struct {
	Scope Scope   `yaml:"scope" json:"scope"`
	Rate  float64 `yaml:"rate" json:"rate"`   // calls per second
	Burst float64 `yaml:"burst" json:"burst"` // calls at once; one second's worth where nothing is published
}

// Bounds are what the generator must deliver in a phase for the phase to count.
type Bounds struct {
	Sent    float64       `yaml:"sent" json:"sent"`       // least share of planned calls that were sent
	LateP99 time.Duration `yaml:"lateP99" json:"lateP99"` // highest 99th percentile of send minus due

	// Burst is the largest bucket that the sends of a phase within the limit may ask for, in calls; zero
	// means 5.
	Burst float64 `yaml:"burst,omitempty" json:"burst,omitzero"`
}

// Phase is one stretch of load: at a constant rate, or with a course of its own.
type Phase struct {
	Name   string        `yaml:"name" json:"name"`
	Role   Role          `yaml:"role" json:"role"`
	Keys   int           `yaml:"keys,omitempty" json:"keys"` // the first so many keys; zero means all
	Rate   float64       `yaml:"rate" json:"rate"`           // calls per second on each of them; with a Shape, the highest
	Length time.Duration `yaml:"for" json:"for"`

	Shape   []Stretch     `yaml:"shape,omitempty" json:"shape,omitempty"`    // its course; none: at Rate all the time
	Spacing Spacing       `yaml:"spacing,omitempty" json:"spacing,omitzero"` // empty: as its role asks for
	Gap     time.Duration `yaml:"gap,omitempty" json:"gap,omitzero"`         // shortest time between two calls of a key, where the spacing is Poisson
	HotRate float64       `yaml:"hotRate,omitempty" json:"hotRate,omitzero"` // calls per second on the hot key of the role isolate
	Blocks  int           `yaml:"blocks,omitempty" json:"blocks,omitzero"`   // how often a key is hot; zero: as often as there are keys
	Top     float64       `yaml:"top,omitempty" json:"top,omitzero"`         // highest rate that the role climb tries, on each key; rate is the first
	Within  time.Duration `yaml:"within,omitempty" json:"within,omitzero"`   // in the role climb, what 99 of 100 calls must be answered in, from when they were due
	Tries   int           `yaml:"tries,omitempty" json:"tries,omitzero"`     // how often a client calls again, in the role storm
	Again   Manner        `yaml:"-" json:"again,omitzero"`                   // when it does
	Life    time.Duration `yaml:"life,omitempty" json:"life,omitzero"`       // of an access token, in the role soak; whole hours
	Forced  []Forced      `yaml:"forced,omitempty" json:"forced,omitempty"`  // what happens to tokens and clocks in the first block of the role soak
	Down    Span          `yaml:"down,omitempty" json:"down,omitzero"`       // when Korea is down, in the role outage
	Over    Over          `yaml:"-" json:"over,omitzero"`                    // what the calls go over in turns, in the role scope
	Abreast int           `yaml:"-" json:"abreast,omitzero"`                 // most calls in flight; zero: as many as Little's law asks for
	Hot     int           `yaml:"-" json:"hot,omitzero"`                     // number of the hot key, from 1; zero: none is
}

// A Span is a stretch of a phase.
type Span struct {
	From   time.Duration `yaml:"from" json:"from"` // since the start of the phase
	Length time.Duration `yaml:"for" json:"for"`
}

// attempts is how often a phase is played when the generator falls short: once, and twice again
// where Profile.Again leaves time for it.
const attempts = 3

// of returns the phase as one key sees it. A hot key is driven as in any saturated phase: the spacing of
// the phase is that of the quiet ones.
func (ph Phase) of(key int) Phase {
	if key+1 == ph.Hot {
		ph.Rate, ph.Spacing, ph.Gap = ph.HotRate, "", 0
	}
	return ph
}

// calls returns the calls of the phase on all keys.
func (ph Phase) calls() (n int) {
	for key := range ph.Keys {
		n += ph.of(key).planned()
	}
	return n
}

// most returns the calls that the phase makes at most.
func (ph Phase) most() int {
	if ph.Role == Climb {
		return worst(ph).calls
	}
	return ph.calls() * (1 + ph.Tries)
}

// parts returns as how many phases this one is played, with a number of keys that holds where it
// names none.
func (ph Phase) parts(keys int) int {
	switch ph.Role {
	case Soak:
		return max(1, ph.Blocks)
	case Storm:
		return len(manners)
	case Scoping:
		return len(legs)
	case Isolate:
	default:
		return 1
	}
	return 2 * max(ph.Blocks, cmp.Or(ph.Keys, keys))
}

// rate returns the calls per second on all keys together.
func (ph Phase) rate() (sum float64) {
	for key := range ph.Keys {
		sum += ph.of(key).Rate
	}
	return sum
}

// atTop returns the phase at the highest rate that it may come to: a climb at its last step.
func (ph Phase) atTop() Phase {
	ph.Rate = max(ph.Rate, ph.Top)
	return ph
}

// planned returns the calls of the phase on one key that is not hot. All of them are due before its end.
func (ph Phase) planned() int {
	calls := 0.0
	for _, s := range ph.stretches() {
		calls += s.calls()
	}
	return int(calls + 1e-9)
}

// steady reports whether the phase tells by its rate alone what the limiter is: those of the published
// limits do, the experiments of other roles have claims of their own.
func (ph Phase) steady() bool { return slices.Contains(steadyRoles, ph.Role) }

var steadyRoles = []Role{Gentle, Conform, Alone, Together}

// saturates reports whether the phase drives keys over the limit on purpose.
func (ph Phase) saturates() bool {
	return slices.Contains([]Role{Alone, Together, On, Refill, Climb, Step, Storm, Scoping}, ph.Role)
}

// bounds returns what the generator owes in ph.
func (p Profile) bounds(ph Phase) Bounds {
	if ph.saturates() {
		return p.Saturating
	}
	return p.Conforming
}

// Overloads reports whether ph pushes a target past the published limit.
func (p Profile) Overloads(ph Phase) bool {
	offered := max(ph.Rate, ph.HotRate, ph.Top)
	if p.Limit.Scope == System {
		offered *= float64(ph.Keys)
	}
	return offered > p.Limit.Rate
}

// phase returns the phase with the given role.
func (p Profile) phase(r Role) (Phase, bool) {
	i := slices.IndexFunc(p.Phases, func(ph Phase) bool { return ph.Role == r })
	if i < 0 {
		return Phase{}, false
	}
	return p.Phases[i], true
}

// hash identifies what was played: the profile as it was played, with the seed.
func (p Profile) hash(seed uint64) string {
	data, err := json.Marshal(struct {
		Profile Profile
		Seed    uint64
	}{p, seed})
	if err != nil {
		panic(err) // plain data
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// played returns p as o asks for it: with the number of keys filled in everywhere, stretched to the
// wanted duration, and without the phases that may not be played; those are named in left.
func (p Profile) played(o Options) (q Profile, left []string) {
	q = p
	q.Keys = cmp.Or(o.Keys, p.Keys)
	q.Phases = nil
	stretch := p.stretch(o.Duration)
	q.Again = time.Duration(float64(p.Again) * max(1, stretch))
	for _, ph := range p.Phases {
		ph.Keys = min(cmp.Or(ph.Keys, q.Keys), q.Keys)
		rate := 1.0
		if p.Limit.Scope == System && ph.Role == Conform {
			rate = float64(p.Keys) / float64(q.Keys) // the same total, however many keys share it
		}
		ph = ph.scaled(stretch, rate)
		if q.Overloads(ph) && !o.AllowOverload {
			left = append(left, ph.Name)
			continue
		}
		q.Phases = append(q.Phases, ph)
	}
	return q, left
}

// stretch returns the factor that makes the phases last d together; 1 for a zero d.
func (p Profile) stretch(d time.Duration) float64 {
	if d <= 0 {
		return 1
	}
	var all time.Duration
	for _, ph := range p.Phases {
		all += ph.Length * time.Duration(ph.parts(p.Keys))
	}
	return float64(d) / float64(all)
}
