package loadgen

import (
	"math"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/machine"
	"github.com/kmsproof/kmsproof/reports"
)

// Recording is everything that [Judge] looks at. In memory it grows to a bound: a call takes some four
// bytes, and beyond 64 MB they lie in a file that ends with the process.
type Recording struct {
	Profile   Profile // as it was played
	Seed      uint64
	Reference bool     // the target is a reference, so the limit itself is judged as well
	Lacks     []Lack   `json:",omitempty"` // legs of the role scope that cannot be played on the target
	Left      []string // names of the phases that were left out: they push past the published limit
	Keys      []string // names of the keys
	Played    []*Played
	Checked   Checked
	Controls  []reports.Control // empty: none were asked for
	Workers   int               // most calls in flight at once
	Began     time.Time         // when the profile began; zero on virtual time
	Fleet     []reports.Worker  // that sent the calls; none: this process did

	spool *spool // nil until something is recorded
}

// Checked counts the answers that were decrypted again after their phase.
type Checked struct {
	Kept    int // drawn to be checked; the target may have answered none of the calls that do so
	Answers int
	Failed  int      // that the target failed to decrypt, twice: with a status from 500 on, or with no answer
	Wrong   []string // a line for each that did not decrypt to what was sent
}

// Played is one attempt at one phase. What it knows besides its calls is exported, and with it a verdict
// rests on nothing else: the exported fields are kept with the plan and come back as they were, all others
// are made from the calls. Its methods are safe for concurrent use.
type Played struct {
	Phase    Phase
	Attempt  int           // from 1
	Start    time.Duration // since the start of the profile
	GivenUp  time.Duration // when the generator could no longer deliver it; zero: it was played to its end
	NotAgain string        `json:",omitempty"` // why it was not played again although it fell short; empty: it was, or as often as it may be

	Down     Downtime  // what Korea was told; zero where it was told nothing
	Renewals []Renewal // of tokens, in the role soak
	Resident [2]int64  // bytes of memory that this process held after a tenth of the attempt and at its end; zero: not known
	Told     []Told    `json:",omitempty"` // by key, by the target itself; none where it does not tell
	Untold   bool      `json:",omitempty"` // it tells, but of this attempt what it told was lost
	Repeated []int64   `json:",omitempty"` // by key: calls made again after a refusal; a call that was is noted once, with its last answer

	Machine     machine.Use // while the calls were due; its zero value where no machine was in play
	Connections int64       // opened in that time

	RealTime  bool      `json:",omitempty"` // it was sent in real time: its Books and Sightings, or those of its Parts, are due
	Books     Books     // of the sender
	Sightings sightings `json:",omitempty"` // of calls in flight; none where nobody looked

	seed   uint64 // of its schedule
	forced int    // of Phase.Forced that has happened

	// Of an attempt that a fleet played; their zero values where this process did.
	Parts   []Part        // what its workers told of themselves
	Lost    []string      // why it does not count, a line for each worker that did not do its share
	Striped []int         // keys that several workers shared
	Slack   time.Duration // how far apart the workers' clocks may have been, their offsets taken off

	lanes []Lane // that this record is of; nil: of every key, whole

	mu     sync.Mutex
	live   Count     // what the workers of a fleet counted so far; its zero value where there are none
	late   histogram // send minus due, of the calls that the target did not hold up
	tracks []track   // by key
}

// A track is what one key saw in one attempt.
type track struct {
	missed  int64
	blocked int64     // of those missed: the target owed too many answers
	gaveUp  histogram // missed calls, and those that no answer came to in time: from due to given up
	counts  [classes]int64
	due     [classes]histogram // latency from the due time
	send    [classes]histogram // latency from the send
	server  [classes]histogram // what the server says it needed, where it does
	log     callLog
	law     func() law // gives the due times anew
	of      int        // of the key's calls, every so manyth is in log; zero means 1

	// slack is how far the clock that stamped its calls may be off the clocks of other tracks, or, where it
	// is striped, of its own other stripes.
	slack   time.Duration
	striped bool
}

// A call is one call that was sent: microseconds since the start of the attempt, send rounded down and done up. The
// time between them is too long by [rounded] at most.
type call struct {
	send, done uint32
	class      Class
}

// newPlayed returns an empty record of one attempt at ph.
func newPlayed(ph Phase, attempt int, start time.Duration) *Played {
	p := &Played{Phase: ph, Attempt: attempt, Start: start}
	p.empty()
	return p
}

// empty makes room for what the attempt sees of its calls. Nothing was noted yet.
func (p *Played) empty() {
	p.late, p.tracks = histogram{digits: 3}, make([]track, p.Phase.Keys)
	for key := range p.tracks {
		p.tracks[key].law = func() law { return p.Phase.of(key).law(key, p.seed) }
	}
}

// recorded lets the attempt write into a recording. It comes before the first call.
func (p *Played) recorded(r *Recording) {
	if r.spool == nil {
		r.spool = &spool{}
	}
	p.seed = r.Seed
	for key := range p.tracks {
		p.tracks[key].log.spool = r.spool
	}
}

// sent notes a call with its answer. send and done count from the start of the attempt.
func (p *Played) sent(s slot, send, done time.Duration, c Class) { p.served(s, send, done, -1, c) }

// served is sent with what the server says that the answer took it, to a step of it; negative where it does not say.
func (p *Played) served(s slot, send, done, server time.Duration, c Class) {
	f := fate{what: uint8(c), held: s.held, late: units(send - s.due), travel: int64(units(done - send))}
	if server >= 0 {
		f.told, f.server = true, step(server)
	}
	p.note(s.key, s.number, f)
}

// missed notes a call that could not be sent in time and was given up so long after it was due. It
// is not made up for.
func (p *Played) missed(s slot, after time.Duration) {
	f := fate{what: fateMissed, late: units(after)}
	if s.held {
		f.what = fateBlocked
	}
	p.note(s.key, s.number, f)
}

// note counts a fate and logs it. All that an attempt knows of its calls comes in here, with instants
// as exact as the log keeps them: who reads a log back and notes it again knows the same.
func (p *Played) note(key, number int, f fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := &p.tracks[key]
	if f.sent() {
		if !f.held {
			p.late.add(f.lateness())
		}
		t.took(f)
	} else {
		t.missed++
		t.gaveUp.add(f.lateness())
		if f.what == fateBlocked {
			t.blocked++
		}
	}
	t.log.note(number/max(t.of, 1), f)
}

// took counts a call that was sent.
func (t *track) took(f fate) {
	t.counts[f.what]++
	t.due[f.what].add(f.lateness() + f.way())
	t.send[f.what].add(f.way())
	if f.told {
		t.server[f.what].add(f.own())
	}
	if Class(f.what) == TimedOut {
		t.gaveUp.add(f.lateness() + f.way())
	}
}

// of returns how many calls of all keys ended in a class.
func (p *Played) of(c Class) (n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.tracks {
		n += p.tracks[i].counts[c]
	}
	return n
}

// micros counts the microseconds of d. A phase lasts an hour at most, so that it fits.
func micros(d time.Duration) uint32 {
	return uint32(min(max(d.Microseconds(), 0), math.MaxUint32))
}

// tally is the sum over all keys of an attempt.
type tally struct {
	planned, sent, missed, blocked, accepted, limited, refused, errors int64
}

// neverDue returns how many planned calls were neither sent nor missed: the attempt was ended before.
func (t tally) neverDue() int64 { return t.planned - t.sent - t.missed }

// tally counts what was noted so far.
func (p *Played) tally() tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := tally{planned: int64(p.Phase.calls())}
	for i := range p.tracks {
		t.missed += p.tracks[i].missed
		t.blocked += p.tracks[i].blocked
		for c, n := range p.tracks[i].counts {
			t.sent += n
			switch c := Class(c); {
			case c == Accepted:
				t.accepted += n
			case c.Limited():
				t.limited += n
			case c == RefusedOther || c == Unauthorized:
				t.refused += n
			default:
				t.errors += n
			}
		}
	}
	return t
}

// merged adds up a histogram over all keys.
func (p *Played) merged(of func(*track) *histogram) *histogram {
	all := &histogram{digits: of(&track{}).digits}
	for i := range p.tracks {
		all.merge(of(&p.tracks[i]))
	}
	return all
}
