package loadgen

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// claimUncharged is a claim of the role Storm; the other is claimRecovery.
const claimUncharged = "uncharged"

// A Manner is when a client calls again that was refused.
type Manner string

// The manners.
const (
	AtOnce     Manner = "at once"
	RetryAfter Manner = "retry-after" // when the answer says; after a second where it says nothing
	BackOff    Manner = "back-off"    // after 100 ms, and twice as long each time, up to 2 s, less up to a half at random
)

var manners = []Manner{AtOnce, RetryAfter, BackOff}

const (
	retryAfterField = "Retry-After: "
	unsaid          = time.Second // that Retry-After stands for where it is not there
	firstBack       = 100 * time.Millisecond
	longestBack     = 2 * time.Second
	leastCounted    = time.Second // of a storm, after the reserve: the edges of a shorter count hide too much
	leastOfLimit    = 0.97        // the share of the limit that must be served in a storm
	chargedBelow    = 0.96        // below it what is missing was charged for refused calls
)

// delay returns how long a client waits that has called again so often; said is what the answer asked for,
// zero where it asked for nothing.
func (m Manner) delay(tries int, said time.Duration, rng *rand.Rand) time.Duration {
	switch m {
	case RetryAfter:
		return cmp.Or(said, unsaid)
	case BackOff:
		full := min(longestBack, firstBack<<min(tries, 10))
		return full - time.Duration(rng.Float64()*float64(full)/2)
	}
	return 0
}

// manners returns the phases that one of the role storm stands for.
func (ph Phase) manners() (out []Phase) {
	for _, m := range manners {
		one := ph
		one.Name, one.Again = ph.Name+" "+string(m), m
		out = append(out, one)
	}
	return out
}

// retryAfter reads the field in seconds; zero where there is none.
func retryAfter(head []byte) time.Duration {
	for field := range bytes.Lines(head) {
		name, value, _ := strings.Cut(string(field), ":")
		if n, err := strconv.Atoi(strings.TrimSpace(value)); strings.EqualFold(name, "Retry-After") && err == nil && n > 0 && n < 3600 {
			return time.Duration(n) * time.Second
		}
	}
	return 0
}

// insist makes a call again until it is no longer refused by a limit or its tries are used up. The call
// counts as sent when it was sent first and with its last answer.
func (s *sender) insist(key int, shot *shot, class Class) Class {
	first := shot.left
	rng := rand.New(rand.NewPCG(uint64(key), uint64(first)))
	shot.latest = math.MaxInt64
	for try := 0; class.Limited() && try < s.played.Phase.Tries; try++ {
		if wait(s.ctx, s.played.Phase.Again.delay(try, retryAfter(shot.answer.Head), rng)) != nil {
			break
		}
		s.played.madeAgain(key, 1)
		class = s.exchange(key, shot)
	}
	shot.left = first
	return class
}

// madeAgain counts calls that were made again.
func (p *Played) madeAgain(key int, calls int64) {
	if calls == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Repeated == nil {
		p.Repeated = make([]int64, p.Phase.Keys)
	}
	p.Repeated[key] += calls
}

// over returns the time in which the phase drives a key over the limit: its longest stretch.
func (ph Phase) over() (from, to time.Duration) {
	var at, longest time.Duration
	for _, s := range ph.stretches() {
		if s.Rate >= ph.Rate && s.Length > longest {
			from, to, longest = at, at+s.Length, s.Length
		}
		at += s.Length
	}
	return from, to
}

// counted returns the time of a storm in which what a key is served is counted: by then its reserve is used up,
// whatever it was published to be. The phase drives keys over the limit.
func (ph Phase) counted(l Limit) (from, to time.Duration) {
	from, to = ph.over()
	return from + seconds(l.Burst/(ph.Rate-l.Rate)), to
}

// overcomes returns nil where the storm outlasts the reserve for long enough to be counted.
func (ph Phase) overcomes(l Limit, field string) error {
	if ph.Rate <= l.Rate {
		return fmt.Errorf("%s.rate: a storm at %v is not over the limit of %v", field, ph.Rate, l.Rate)
	}
	if from, to := ph.counted(l); to-from < leastCounted {
		return fmt.Errorf("%s.shape: the storm ends %v after a reserve of %v is used up; %v are the least", field, max(0, to-from).Round(time.Millisecond), l.Burst, leastCounted)
	}
	return nil
}

// A stormKey is what a key saw in a storm.
type stormKey struct {
	rate  float64 // calls served per second while it was over its limit, but for the reserve
	after portion // calls of the last half of the calm after it
}

// weathered looks at a key. What is counted are answers: a call that was made again is served when it is
// answered at last.
func weathered(ph Phase, t *track, l Limit) (k stormKey) {
	from, to := ph.counted(l)
	calm := to + (ph.Length-to)/2
	for _, c := range t.calls {
		done, sent := time.Duration(c.done)*time.Microsecond, time.Duration(c.send)*time.Microsecond
		if c.class == Accepted && done >= from && done < to {
			k.rate++
		}
		if sent >= calm {
			k.after.add(c.class != Accepted)
		}
	}
	k.rate /= (to - from).Seconds()
	return k
}

// A weather is what clients of one manner met.
type weather struct {
	manner Manner
	least  float64 // calls served per second on the key that served least
	again  int64   // calls made again
	after  portion
	brief  error // why what was served is not counted; nil: it is
}

func (e *evidence) weathers() (all []weather, problems []string) {
	played, missing, problems := e.all(Storm)
	for _, a := range played {
		ph := a.Phase
		w := weather{manner: ph.Again, least: math.Inf(1), brief: ph.overcomes(e.p.Limit, ph.Name)}
		for key := range a.tracks {
			k := weathered(ph, &a.tracks[key], e.p.Limit)
			w.least = min(w.least, k.rate)
			w.after.n, w.after.lost = w.after.n+k.after.n, w.after.lost+k.after.lost
		}
		for _, n := range a.Repeated {
			w.again += n
		}
		all = append(all, w)
	}
	return all, append(missing, problems...)
}

// stormed: refused calls are not charged, and a key recovers.
func (e *evidence) stormed() []reports.Claim {
	all, problems := e.weathers()
	out := []reports.Claim{uncharged(all, e.p.Limit.Rate), recovery(all)}
	if len(problems) == 0 {
		return out
	}
	for i := range out {
		out[i] = settle(out[i], reports.ClaimInvalid, "the generator fell short: %s", some(problems))
	}
	return out
}

// uncharged compares counts over seconds, which say nothing of a probability: between what is clearly the
// limit and what clearly is not lies what the edges of the count may hide.
func uncharged(all []weather, limit float64) reports.Claim {
	c := reports.Claim{Name: claimUncharged, Gates: true,
		Text: fmt.Sprintf("refused calls are not charged: a key serves at least %s of its limit however clients call again", percent(leastOfLimit))}
	var rates []string
	worst := weather{least: math.Inf(1)}
	for _, w := range all {
		if w.brief != nil {
			return settle(c, reports.ClaimInconclusive, "too little was counted to tell: %v", w.brief)
		}
		rates = append(rates, fmt.Sprintf("%s %.0f per second (%d calls made again)", w.manner, w.least, w.again))
		if w.least < worst.least {
			worst = w
		}
	}
	c.Bound = "served at least on a key: " + strings.Join(rates, ", ")
	served := fmt.Sprintf("where clients call again %s, a key serves %.0f calls per second, not %.4g", worst.manner.adverb(), worst.least, limit)
	switch {
	case worst.least < chargedBelow*limit:
		return settle(c, reports.Refuted, "%s", served)
	case worst.least < leastOfLimit*limit:
		return settle(c, reports.ClaimInconclusive, "%s, which is too near to tell", served)
	}
	return settle(c, reports.Proven, "a key serves its %.4g per second however clients call again", limit)
}

// recoveryText is the claim that at most a share of the calls is lost.
func recoveryText(share float64) string {
	return fmt.Sprintf("a key serves every call again after clients have called less, at most %s are lost", percent(share))
}

// recovery tests what was lost in the calm, for each manner by itself.
func recovery(all []weather) reports.Claim {
	c := reports.Claim{Name: claimRecovery, Gates: true, Text: recoveryText(provenBelow)}
	var afters []string
	bound, level := 0.0, alpha/float64(max(1, len(all)))
	for _, w := range all {
		afters = append(afters, fmt.Sprintf("%s %v", w.manner, w.after))
		bound = max(bound, boundAt(w.after.lost, w.after.n, level))
	}
	c.Bound = "lost of the calls afterwards: " + strings.Join(afters, ", ")
	for _, w := range all {
		if exceeds(w.after.lost, w.after.n, rarely, level) {
			c.Text = recoveryText(rarely)
			return certain(c, reports.Refuted, "where clients had called again %s, %v calls were lost after they called less", w.manner.adverb(), w.after)
		}
	}
	if bound > provenBelow {
		return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %s lost can be shown", percent(bound))
	}
	return certain(c, reports.Proven, "afterwards at most %s of the calls are lost", percent(bound))
}

// adverb says a manner in a sentence.
func (m Manner) adverb() string {
	switch m {
	case RetryAfter:
		return "when the answer says"
	case BackOff:
		return "after waiting longer each time"
	}
	return string(m)
}

func checkStorm(ph Phase, field string) error {
	from, to := ph.over()
	switch {
	case ph.Tries < 1 || ph.Tries > 100:
		return fmt.Errorf("%s.tries: %d is not within 1 and 100", field, ph.Tries)
	case !slices.ContainsFunc(ph.Shape, func(s Stretch) bool { return s.Rate == ph.Rate }) || to == ph.Length:
		return fmt.Errorf("%s.shape: the role storm needs a stretch at the rate of the phase, and a calm after it", field)
	case to-from < 2*time.Second:
		return fmt.Errorf("%s.shape: the storm lasts %v; two seconds are the least", field, to-from)
	}
	return nil
}

func detectsStorm(p Profile, ph Phase) []string {
	if ph.Again != AtOnce {
		return nil
	}
	return []string{fmt.Sprintf("storm: a key that serves less than %s of its limit while refused calls are made again, up to %d times, and calls that are lost once it is asked less",
		percent(leastOfLimit), ph.Tries)}
}
