// Package zoo holds limiters of many kinds, honest and broken, with what is true of each, and finds
// out how often the judge of load runs is right about them. Everything happens on virtual time.
package zoo

import (
	"math/rand/v2"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

// A Subject is a limiter that the judge is asked about.
type Subject struct {
	Name    string
	Profile string
	Make    func(rng *rand.Rand) loadgen.Service // rng is fresh in every experiment
	Want    reports.LoadVerdict                  // what the profile says of it when it says something
	Truth   Truth
	Kind    string  // as a model names it; empty: no one kind is right
	Scope   string  // as a model names it; empty: no one scope is right
	Rate    float64 // per second, as a model of this scope gives it; zero: there is no one rate
	Burst   float64 // calls at once, likewise
	Open    string  // why no verdict is right, too; empty: it is not
	Either  string  // why the opposite of Want is as fair; empty: it is not
	Blurred bool    // no verdict is right, too, over a line that scatters calls further than they are apart
}

// Truth says which claims hold of a subject. What is not in it is not decided by the profile: over so
// short a time both are fair to say.
type Truth map[string]bool

// Kinds and scopes of models.
const (
	tokenBucket = "token bucket"
	fixedWindow = "fixed window"
	slidingLog  = "sliding log"
	counter     = "sliding counter"
	perSecond   = "a count per second"
	severals    = "several buckets"
	delays      = "delays"
	concurrent  = "in-flight limit"
	none        = "none seen"

	byKey  = "key"
	bySys  = "system"
	byPair = "pairs"
	byConn = "connection"
	byTok  = "token"
	byAddr = "address"
)

var (
	honest       = Truth{"guarantee": true, "independence": true, "rate": true, "limit": true}
	sameByAnyWay = Truth{"guarantee": true, "independence": true, "rate": true, "limit": true, "scope": true}
	generous     = Truth{"guarantee": true, "independence": true, "rate": true, "limit": false}
	atRandom     = Truth{"independence": true, "rate": true, "limit": true}
	short        = Truth{"independence": true, "rate": false, "limit": true}
	veryShort    = Truth{"guarantee": false, "independence": true, "rate": false, "limit": true}
	sharing      = Truth{"guarantee": false, "independence": false, "rate": false}
	byToken      = Truth{"guarantee": true, "independence": true, "rate": true, "limit": false, "scope": false}
	byRoute      = Truth{"independence": false, "limit": false, "scope": false}
	inTotal      = Truth{"guarantee": true, "shared": true, "limit": true}
	notInTotal   = Truth{"shared": false, "limit": false}
)

// only is the truth about one claim, where nothing is said of the others.
func only(claim string, holds bool) Truth { return Truth{claim: holds} }

// each is a subject in which every key has a limiter of its own.
func each(one func() Limiter) func(*rand.Rand) loadgen.Service {
	return func(*rand.Rand) loadgen.Service { return Each(one) }
}

func shared(one func() Limiter) func(*rand.Rand) loadgen.Service {
	return func(*rand.Rand) loadgen.Service { return Shared(one) }
}

// What a limiter may count by itself.
func token(c loadgen.Call) int           { return c.Token }
func connection(c loadgen.Call) int      { return c.Connection }
func address(c loadgen.Call) int         { return c.Address }
func keyOnConnection(c loadgen.Call) int { return c.Key<<8 | c.Connection }

// phase draws where in a second a calendar begins.
func phase(rng *rand.Rand) time.Duration {
	return time.Duration(rng.Float64() * float64(time.Second))
}

const (
	smallBucket = "so small a bucket is emptied by the client's own unevenness"
	noPattern   = "what is known of the rate is a count over a few seconds, which is not exact enough for half a per cent"
	hiddenShare = "sharing shows only by what the keys get together, which is not exact where no kind of limiter fits"
	scattered   = "over a line that scatters calls further than they are apart a limiter of another kind can pass for a bucket with a rate of its own"
	byChance    = "calls that reach nodes at random now and then exceed what one of them has left, though not what all have: at exactly the rate that they sustain, 0.2 to 0.5 % of the calls are refused in the long run, which is more than a guarantee bears (0.1 %) and less than it is tested for (1 %); in ten seconds hardly ever one is"
	refused     = "refusals of no kind of limiter show that calls are refused, not why"
)

// right reports whether a verdict is one that the subject deserves.
func (s Subject) right(v reports.LoadVerdict) bool {
	return v == s.Want || s.Either != "" && decisive(v)
}

// wanted names the verdicts that are right.
func (s Subject) wanted() string {
	if s.Either != "" {
		return "pass or fail"
	}
	return string(s.Want)
}

// decisive reports whether a verdict says something about the limiter.
func decisive(v reports.LoadVerdict) bool { return v == reports.LoadPass || v == reports.LoadFail }

// open says why no verdict is right, too, behind a client; empty where it is not.
func (s Subject) open(c Client) string {
	if s.Open == "" && s.Blurred && c.Travel > time.Second/300/2 {
		return scattered
	}
	return s.Open
}

const own300, all200, closely = "per-key-300", "shared-200", "identify"

// Subjects returns the zoo.
func Subjects() []Subject {
	pass, fail := reports.LoadPass, reports.LoadFail
	return []Subject{
		{Name: "bucket of 300", Profile: own300, Make: each(Bucket(300, 300)), Want: pass, Truth: honest, Kind: tokenBucket, Scope: byKey, Rate: 300, Burst: 300},
		{Name: "bucket of 150", Profile: own300, Make: each(Bucket(300, 150)), Want: pass, Truth: honest, Kind: tokenBucket, Scope: byKey, Rate: 300, Burst: 150},
		{Name: "bucket of 60", Profile: own300, Make: each(Bucket(300, 60)), Want: pass, Truth: honest, Kind: tokenBucket, Scope: byKey, Rate: 300, Burst: 60},
		{Name: "bucket of 30", Profile: own300, Make: each(Bucket(300, 30)), Want: pass, Truth: honest, Kind: tokenBucket, Scope: byKey, Rate: 300, Burst: 30},
		{Name: "bucket of 3", Profile: own300, Make: each(Bucket(300, 3)), Want: pass, Truth: honest, Kind: tokenBucket, Scope: byKey, Rate: 300, Burst: 3, Open: smallBucket},
		{Name: "bucket of 1", Profile: own300, Make: each(Bucket(300, 1)), Want: pass, Truth: honest, Open: smallBucket},
		{Name: "fixed window", Profile: own300, Want: pass, Truth: honest, Kind: fixedWindow, Scope: byKey, Rate: 300, Open: noPattern,
			Make: func(rng *rand.Rand) loadgen.Service { return Each(Window(300, time.Second, phase(rng))) }},
		{Name: "sliding log", Profile: own300, Make: each(Log(300)), Want: pass, Truth: honest, Kind: slidingLog, Scope: byKey, Rate: 300, Open: noPattern},
		{Name: "sliding counter", Profile: own300, Want: pass, Truth: honest, Kind: counter, Scope: byKey, Rate: 300, Open: noPattern,
			Make: func(rng *rand.Rand) loadgen.Service { return Each(Counter(300, phase(rng))) }},
		{Name: "2 nodes of 150", Profile: own300, Want: pass, Either: byChance, Truth: atRandom, Kind: severals, Scope: byKey, Rate: 300, Open: noPattern,
			Make: func(rng *rand.Rand) loadgen.Service { return Each(nodes(2, rng, Bucket(150, 150))) }},
		{Name: "330", Profile: own300, Blurred: true, Make: each(Bucket(330, 330)), Want: fail, Truth: generous, Kind: tokenBucket, Scope: byKey, Rate: 330, Burst: 330},
		{Name: "no limit", Profile: own300, Make: func(*rand.Rand) loadgen.Service { return Everything }, Want: fail, Truth: generous, Kind: none},
		{Name: "restarts every 2 s, and forgets", Profile: own300, Make: each(forgetful(300, 300, 2*time.Second)), Want: fail, Truth: Truth{"guarantee": true, "independence": true, "limit": false}, Open: noPattern},
		{Name: "clock jumps 0.5 s ahead every 2 s", Profile: own300, Make: each(stepping(300, 300, 2*time.Second, 500*time.Millisecond)), Want: fail, Truth: Truth{"guarantee": true, "independence": true, "limit": false}, Open: noPattern},
		{Name: "4 nodes of 75", Profile: own300, Want: pass, Either: byChance, Truth: atRandom, Kind: severals, Scope: byKey, Rate: 300, Open: noPattern,
			Make: func(rng *rand.Rand) loadgen.Service { return Each(nodes(4, rng, Bucket(75, 75))) }},
		{Name: "window of 33 in 100 ms", Profile: own300, Want: fail, Truth: generous, Open: noPattern,
			Make: func(rng *rand.Rand) loadgen.Service { return Each(Window(33, 100*time.Millisecond, phase(rng))) }},
		{Name: "window of 10 s", Profile: own300, Want: fail, Truth: Truth{"guarantee": true, "independence": true, "limit": false}, Open: noPattern,
			Make: func(rng *rand.Rand) loadgen.Service { return Each(Window(3000, 10*time.Second, 10*phase(rng))) }},
		{Name: "4 nodes of 300", Profile: own300, Want: fail, Truth: generous, Kind: none,
			Make: func(rng *rand.Rand) loadgen.Service { return Each(nodes(4, rng, Bucket(300, 300))) }},

		{Name: "1 % short", Profile: own300, Blurred: true, Make: each(Bucket(297, 297)), Want: fail, Truth: short, Kind: tokenBucket, Scope: byKey, Rate: 297, Burst: 297},
		{Name: "3 % short", Profile: own300, Blurred: true, Make: each(Bucket(291, 291)), Want: fail, Truth: short, Kind: tokenBucket, Scope: byKey, Rate: 291, Burst: 291},
		{Name: "5 % short", Profile: own300, Blurred: true, Make: each(Bucket(285, 285)), Want: fail, Truth: short, Kind: tokenBucket, Scope: byKey, Rate: 285, Burst: 285},
		{Name: "one key of four 5 % short", Profile: own300, Blurred: true, Want: fail, Truth: Truth{"independence": true, "rate": false, "limit": true}, Scope: byKey,
			Make: func(*rand.Rand) loadgen.Service { return OddOneOut(2, 300, 285) }},
		{Name: "leaks a tenth", Profile: own300, Blurred: true, Make: each(leaking(300, 300, 0.1)), Want: fail, Truth: Truth{"independence": true, "rate": false, "limit": true}, Kind: tokenBucket, Scope: byKey, Rate: 270, Burst: 300},
		{Name: "charges refused calls", Profile: own300, Make: each(charging(300, 300)), Want: fail, Truth: Truth{"rate": false}, Open: noPattern},
		{Name: "clock jumps 0.5 s back every 2 s", Profile: own300, Make: each(stepping(300, 300, 2*time.Second, -500*time.Millisecond)), Want: fail, Truth: Truth{"rate": false}, Open: noPattern},
		{Name: "200 for each key", Profile: own300, Make: each(Bucket(200, 200)), Want: fail, Truth: veryShort, Kind: tokenBucket, Scope: byKey, Rate: 200, Burst: 200},
		{Name: "half dropped at random", Profile: own300, Want: fail, Truth: Truth{"guarantee": false, "rate": false},
			Make: func(rng *rand.Rand) loadgen.Service { return Dropping(0.5, rng) }},
		{Name: "1 in 100 dropped at random", Profile: own300, Want: fail, Truth: only("guarantee", false),
			Make: func(rng *rand.Rand) loadgen.Service { return Dropping(0.01, rng) }},
		{Name: "delays to 300, refuses none", Profile: own300, Make: func(*rand.Rand) loadgen.Service { return shaping(300) }, Want: pass, Truth: Truth{"guarantee": true, "independence": true, "rate": true}, Kind: delays, Scope: byKey, Rate: 300, Open: noPattern},
		{Name: "delays to 250, refuses none", Profile: own300, Make: func(*rand.Rand) loadgen.Service { return shaping(250) }, Want: fail, Truth: Truth{"guarantee": false, "rate": false}, Kind: delays, Scope: byKey, Rate: 250},
		{Name: "4 in flight for each key", Profile: own300, Want: fail, Truth: Truth{"guarantee": false, "rate": false}, Kind: concurrent, Open: refused,
			Make: func(rng *rand.Rand) loadgen.Service { return inFlight(4, 18*time.Millisecond, rng) }},

		{Name: "200 shared", Profile: own300, Make: shared(Bucket(200, 200)), Want: fail, Truth: sharing, Kind: tokenBucket, Scope: bySys, Rate: 200, Burst: 200},
		{Name: "200 shared, bucket of 20", Profile: own300, Make: shared(Bucket(200, 20)), Want: fail, Truth: sharing, Kind: tokenBucket, Scope: bySys, Rate: 200, Burst: 20},
		{Name: "200 shared, bucket of 1", Profile: own300, Make: shared(Bucket(200, 1)), Want: fail, Truth: sharing, Open: smallBucket},
		{Name: "200 shared, fixed window", Profile: own300, Want: fail, Truth: sharing, Kind: fixedWindow, Scope: bySys, Rate: 200,
			Make: func(rng *rand.Rand) loadgen.Service { return Shared(Window(200, time.Second, phase(rng))) }},
		{Name: "250 shared", Profile: own300, Make: shared(Bucket(250, 250)), Want: fail, Truth: sharing, Kind: tokenBucket, Scope: bySys, Rate: 250, Burst: 250},
		{Name: "300 shared", Profile: own300, Make: shared(Bucket(300, 300)), Want: fail, Truth: sharing, Kind: tokenBucket, Scope: bySys, Rate: 300, Burst: 300},
		{Name: "pairs share 300", Profile: own300, Want: fail, Truth: sharing, Kind: tokenBucket, Scope: byPair, Rate: 300, Burst: 300,
			Make: func(*rand.Rand) loadgen.Service { return Grouped(2, Bucket(300, 300)) }},
		{Name: "300 each, 1000 together", Profile: own300, Make: func(*rand.Rand) loadgen.Service { return Capped(300, 1000) }, Want: fail, Truth: only("independence", false), Open: hiddenShare},
		{Name: "300 each, 1150 together", Profile: own300, Make: func(*rand.Rand) loadgen.Service { return Capped(300, 1150) }, Want: fail, Truth: only("independence", false), Open: hiddenShare},

		{Name: "looked at closely: bucket of 300", Profile: closely, Make: each(Bucket(300, 300)), Want: pass, Truth: sameByAnyWay, Kind: tokenBucket, Scope: byKey, Rate: 300, Burst: 300},
		{Name: "300 for each token", Profile: closely, Want: fail, Truth: byToken, Kind: tokenBucket, Scope: byTok, Rate: 300, Burst: 300,
			Make: func(*rand.Rand) loadgen.Service { return Keyed(token, Bucket(300, 300)) }},
		{Name: "300 for each connection", Profile: closely, Want: fail, Truth: byRoute, Kind: tokenBucket, Scope: byConn, Rate: 300, Burst: 300,
			Make: func(*rand.Rand) loadgen.Service { return Keyed(connection, Bucket(300, 300)) }},
		{Name: "300 for each key on each connection", Profile: closely, Want: fail, Truth: byToken, Kind: tokenBucket, Scope: byConn, Rate: 300, Burst: 300,
			Make: func(*rand.Rand) loadgen.Service { return Keyed(keyOnConnection, Bucket(300, 300)) }},
		{Name: "300 for each address", Profile: closely, Want: fail, Truth: byRoute, Kind: tokenBucket, Scope: byAddr, Rate: 300, Burst: 300,
			Make: func(*rand.Rand) loadgen.Service { return Keyed(address, Bucket(300, 300)) }},

		{Name: "1.0: bucket of 200", Profile: all200, Make: shared(Bucket(200, 200)), Want: pass, Truth: inTotal, Kind: tokenBucket, Scope: bySys, Rate: 200, Burst: 200},
		{Name: "1.0: bucket of 20", Profile: all200, Make: shared(Bucket(200, 20)), Want: pass, Truth: inTotal, Kind: tokenBucket, Scope: bySys, Rate: 200, Burst: 20, Open: smallBucket},
		{Name: "1.0: fixed window", Profile: all200, Want: pass, Truth: inTotal, Kind: fixedWindow, Scope: bySys, Rate: 200, Open: noPattern,
			Make: func(rng *rand.Rand) loadgen.Service { return Shared(Window(200, time.Second, phase(rng))) }},
		{Name: "1.0: 200 for each key", Profile: all200, Make: each(Bucket(200, 200)), Want: fail, Truth: notInTotal, Kind: tokenBucket, Scope: byKey, Rate: 200, Burst: 200},
		{Name: "1.0: 5 % short", Profile: all200, Make: shared(Bucket(190, 190)), Want: fail, Truth: Truth{"shared": false}, Kind: tokenBucket, Scope: bySys, Rate: 190, Burst: 190},
	}
}

// A Client is the conditions under which a subject is judged.
type Client struct {
	Name string
	Text string
	loadgen.Conditions
}

// Clients returns the three clients of the table. One that holds still for long is none of them: of it the judge
// says nothing at all.
func Clients() []Client {
	return []Client{
		{"idle", "calls leave 0.2 ms late on average and travel up to 0.3 ms each way",
			loadgen.Conditions{Late: 200 * time.Microsecond, Travel: 300 * time.Microsecond}},
		{"busy", "calls leave 0.3 ms late on average and travel up to 1.5 ms each way; every 3 s the client holds still for up to 15 ms",
			loadgen.Conditions{Late: 300 * time.Microsecond, Travel: 1500 * time.Microsecond, StallEvery: 3 * time.Second, StallFor: 15 * time.Millisecond}},
		{"far", "calls leave 0.2 ms late on average and take 20 ms, and up to 2.5 ms each way besides",
			loadgen.Conditions{Late: 200 * time.Microsecond, Travel: 2500 * time.Microsecond, Line: 20 * time.Millisecond}},
	}
}
