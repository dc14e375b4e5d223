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
	"errors"
	"fmt"
	"slices"
	"strings"
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

// The roles of phases. A profile names each at most once, and neither Off nor On.
const (
	Gentle   Role = "gentle"   // each key below the limit, the keys together above a shared one
	Conform  Role = "conform"  // everything within the published limit: nothing may be refused
	Alone    Role = "alone"    // one key driven over the limit by itself
	Together Role = "together" // every key driven over the limit with the stream of Alone

	Isolate Role = "isolate" // each key hot in turn while the others are quiet: played as blocks of Off and On
	Off     Role = "off"     // all keys quiet
	On      Role = "on"      // one key hot
)

// Profile is a load experiment as plain data. All its fields are needed; [ParseProfile] and
// [Profile.Check] say which is missing.
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
	Hot     int           `yaml:"-" json:"hot,omitzero"`                     // number of the hot key, from 1; zero: none is
}

// attempts is how often a phase is played when the generator falls short: once, and twice again
// where Profile.Again leaves time for it.
const attempts = 3

// of returns the phase as one key sees it.
func (ph Phase) of(key int) Phase {
	if key+1 == ph.Hot {
		ph.Rate = ph.HotRate
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

// parts returns as how many phases this one is played, with a number of keys that holds where it
// names none.
func (ph Phase) parts(keys int) int {
	if ph.Role != Isolate {
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

// planned returns the calls of the phase on one key that is not hot. All of them are due before its end.
func (ph Phase) planned() int {
	calls := 0.0
	for _, s := range ph.stretches() {
		calls += s.calls()
	}
	return int(calls + 1e-9)
}

// saturates reports whether the phase drives keys over the limit on purpose.
func (ph Phase) saturates() bool { return ph.Role == Alone || ph.Role == Together || ph.Role == On }

// bounds returns what the generator owes in ph.
func (p Profile) bounds(ph Phase) Bounds {
	if ph.saturates() {
		return p.Saturating
	}
	return p.Conforming
}

// Overloads reports whether ph pushes a target past the published limit.
func (p Profile) Overloads(ph Phase) bool {
	offered := max(ph.Rate, ph.HotRate)
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

// Check returns every reason why p cannot be played, on one line; nil when there is none.
func (p Profile) Check() error {
	var errs []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	need(p.Name != "", "name: it is missing")
	need(p.API == "2.0" || p.API == "1.0", "api: %q is neither 2.0 nor 1.0", p.API)
	need(p.Keys >= 2 && p.Keys <= 1000, "keys: %d is not within 2 and 1000; one key cannot show sharing", p.Keys)
	need(p.Limit.Scope == PerKey || p.Limit.Scope == System, "limit.scope: %q is neither key nor system", p.Limit.Scope)
	need(p.Limit.Rate > 0, "limit.rate: it must be above zero")
	need(p.Limit.Burst >= 1, "limit.burst: it must be at least 1")
	need(p.Rest >= 0 && p.Rest <= time.Hour, "rest: %v is not within 0 and 1h", p.Rest)
	need(p.MissAfter > 0 && p.MissAfter <= time.Second, "missAfter: %v is not within 0 and 1s", p.MissAfter)
	need(p.Again >= 0 && p.Again <= time.Hour, "again: %v is not within 0 and 1h", p.Again)
	errs = append(errs, p.Conforming.check("conforming"), p.Saturating.check("saturating"))
	need(len(p.Phases) > 0, "phases: there is none")
	seen := map[Role]bool{}
	for i, ph := range p.Phases {
		errs = append(errs, ph.check(fmt.Sprintf("phases[%d]", i), p.Keys))
		need(!seen[ph.Role], "phases[%d].role: there is another phase with the role %s", i, ph.Role)
		seen[ph.Role] = true
	}
	need(seen[Alone] == seen[Together], "phases: alone and together are compared, so both or none must be there")
	return oneLine(errs)
}

// oneLine joins the errors that are not nil into one that fits on a line.
func oneLine(errs []error) error {
	var lines []string
	for _, err := range errs {
		if err != nil {
			lines = append(lines, err.Error())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New(strings.Join(lines, "; "))
}

func (b Bounds) check(field string) error {
	if b.Sent <= 0 || b.Sent > 1 {
		return fmt.Errorf("%s.sent: %v is not within 0 and 1", field, b.Sent)
	}
	if b.LateP99 <= 0 {
		return fmt.Errorf("%s.lateP99: it must be above zero", field)
	}
	return nil
}

func (ph Phase) check(field string, keys int) error {
	switch {
	case ph.Name == "":
		return fmt.Errorf("%s.name: it is missing", field)
	case !slices.Contains([]Role{Gentle, Conform, Alone, Together, Isolate}, ph.Role):
		return fmt.Errorf("%s.role: %q is none of gentle, conform, alone, together, isolate", field, ph.Role)
	case ph.Keys < 0 || ph.Keys > keys:
		return fmt.Errorf("%s.keys: %d is not within 0 and %d", field, ph.Keys, keys)
	case ph.Role == Alone && ph.Keys != 1:
		return fmt.Errorf("%s.keys: the role alone is for 1 key", field)
	case ph.Rate <= 0 || ph.Rate > 100_000:
		return fmt.Errorf("%s.rate: %v is not within 0 and 100000", field, ph.Rate)
	case ph.Length <= 0 || ph.Length > time.Hour:
		return fmt.Errorf("%s.for: %v is not within 0 and 1h", field, ph.Length)
	case ph.Role != Isolate && (ph.HotRate != 0 || ph.Blocks != 0):
		return fmt.Errorf("%s: hotRate and blocks are for the role isolate", field)
	case ph.Role == Isolate && (ph.HotRate <= ph.Rate || ph.HotRate > 100_000):
		return fmt.Errorf("%s.hotRate: %v is not within rate and 100000", field, ph.HotRate)
	case ph.Blocks < 0 || ph.Blocks > 1000:
		return fmt.Errorf("%s.blocks: %d is not within 0 and 1000", field, ph.Blocks)
	}
	if err := ph.checkShape(field); err != nil {
		return err
	}
	if ph.planned() < 1 {
		return fmt.Errorf("%s: it is too short for one call", field)
	}
	return nil
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
