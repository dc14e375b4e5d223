package loadgen

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/machine"
)

// An Intake puts what one generator of several reports of an attempt into the record of the whole. It is
// for one caller at a time; intakes of one attempt may be used at once.
type Intake struct {
	played  *Played
	samples samples
	name    string
	lanes   []Lane
	read    []laneRead // by lane
	late    histogram
	ended   bool
}

// A laneRead is how far the log of a lane was read, and what it says.
type laneRead struct {
	fateReader
	n       int
	counts  [classes]int64
	missed  int64
	blocked int64
	booked  bool // its book was taken: nothing more comes
}

// A Part is what a worker of a fleet told of its share of an attempt.
type Part struct {
	Worker      string
	Planned     int64         // calls that it had to send; those that the target held up are none
	Sent        int64         // of them
	GivenUp     time.Duration // as [Played.GivenUp], of its share
	Late        time.Duration // 99th percentile of send minus due
	Missed      int64         // calls, by its own doing
	Peak        int           // most calls in flight at once
	Connections int64         // opened while the calls were due
	Machine     machine.Use
	Skew        time.Duration // how late it began by its own clock
	Lanes       []Lane        // that it had
	Books       Books         // as [Played.Books], of its share
	Sightings   sightings     `json:",omitempty"` // as [Played.Sightings], of its share
}

// intake begins to take what the named generator reports of some lanes.
func (p *Played) intake(name string, lanes []Lane, s samples) *Intake {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range lanes {
		if l.of() > 1 && !slices.Contains(p.Striped, l.Key) {
			p.Striped = append(p.Striped, l.Key)
		}
	}
	return &Intake{played: p, samples: s, name: name, lanes: lanes, read: make([]laneRead, len(lanes)), late: histogram{digits: 3}}
}

// Take puts a report into the record. Its error means that the report cannot be what was played: the
// books do not balance, it is cut off, or it was counted in another way.
func (in *Intake) Take(r Report) error {
	if in.ended {
		return errors.New("a report came after the last one")
	}
	for _, f := range r.Fates {
		if err := in.fates(f); err != nil {
			return err
		}
	}
	for _, b := range r.Books {
		if err := in.book(b); err != nil {
			return err
		}
	}
	return in.end(r.End)
}

func (in *Intake) lane(i int) (Lane, error) {
	if i < 0 || i >= len(in.lanes) {
		return Lane{}, fmt.Errorf("a report is of lane %d of %d", i, len(in.lanes))
	}
	return in.lanes[i], nil
}

func (in *Intake) fates(f Fates) error {
	lane, err := in.lane(f.Lane)
	if err != nil {
		return err
	}
	read, planned := &in.read[f.Lane], lane.calls(in.played.Phase)
	if read.booked {
		return fmt.Errorf("key %v: more calls came after its books", lane)
	}
	for data := f.Log; len(data) > 0; {
		var next fate
		size := read.next(data, &next)
		switch {
		case size == 0 || next.what == fateOpen || next.travel < 0:
			return fmt.Errorf("key %v: its log cannot be read from call %d on", lane, read.n+1)
		case read.n >= planned:
			return fmt.Errorf("key %v: more calls than the %d that are planned", lane, planned)
		}
		data = data[size:]
		in.played.note(lane.Key, lane.Stripe+read.n*lane.of(), next)
		read.n++
		read.count(next.what)
		if next.sent() && !next.held {
			in.late.add(next.lateness())
		}
	}
	return nil
}

func (l *laneRead) count(what uint8) {
	switch what {
	case fateBlocked:
		l.missed++
		l.blocked++
	case fateMissed:
		l.missed++
	default:
		l.counts[what]++
	}
}

// book compares what was counted elsewhere with what the log says.
func (in *Intake) book(b Book) error {
	lane, err := in.lane(b.Lane)
	if err != nil {
		return err
	}
	read := &in.read[b.Lane]
	if read.booked {
		return fmt.Errorf("key %v: its books came twice", lane)
	}
	read.booked = true
	if !slices.Equal(b.Counts, read.counts[:]) || b.Missed != read.missed || b.Blocked != read.blocked {
		return fmt.Errorf("key %v: its books do not balance: counted %d, %d missed, %d blocked; in the log %d, %d, %d",
			lane, b.Counts, b.Missed, b.Blocked, read.counts, read.missed, read.blocked)
	}
	in.played.madeAgain(lane.Key, b.Again)
	if in.samples != nil {
		for _, body := range b.Samples {
			in.samples.offer(lane.Key, body)
		}
	}
	return nil
}

func (in *Intake) end(e *End) error {
	if e == nil {
		return nil
	}
	in.ended = true
	if i := slices.IndexFunc(in.read, func(r laneRead) bool { return !r.booked }); i >= 0 {
		return fmt.Errorf("key %v: it came to its end without books", in.lanes[i])
	}
	p := in.played
	p.mu.Lock()
	defer p.mu.Unlock()
	part := Part{Worker: in.name, Late: in.late.quantile(99), Peak: e.Peak, Connections: e.Connections, Machine: e.Machine, Skew: e.Skew, GivenUp: e.GivenUp,
		Lanes: in.lanes, Books: e.Books, Sightings: e.Sightings}
	for i := range in.read {
		read := &in.read[i]
		part.Missed += read.missed - read.blocked
		part.Planned += int64(in.lanes[i].calls(p.Phase)) - read.blocked
		for _, n := range read.counts {
			part.Sent += n
		}
	}
	if e.GivenUp > 0 && (p.GivenUp == 0 || e.GivenUp < p.GivenUp) {
		p.GivenUp = e.GivenUp
	}
	p.Connections += e.Connections
	p.Parts = append(p.Parts, part)
	return nil
}
