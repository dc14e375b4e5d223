package reports

// LoadVerdict is what a load profile says.
type LoadVerdict string

// The verdicts of a load profile.
const (
	LoadPass         LoadVerdict = "pass"
	LoadFail         LoadVerdict = "fail"
	LoadInvalid      LoadVerdict = "invalid"      // the generator fell short; nothing is said about the target
	LoadInconclusive LoadVerdict = "inconclusive" // the data allow both readings
)

// ClaimVerdict is what the data say about one claim.
type ClaimVerdict string

// The verdicts of a claim.
const (
	Proven            ClaimVerdict = "proven"
	Refuted           ClaimVerdict = "refuted"
	ClaimInconclusive ClaimVerdict = "inconclusive"
	ClaimInvalid      ClaimVerdict = "invalid"
)

// A Basis says how the error of a proven or refuted is bounded.
type Basis string

// How an error is bounded.
const (
	Bounded  Basis = "bounded" // by Claim.PError
	Premised Basis = "premise" // by it if what Claim.Given says holds, and how likely that is false is not known; with 0 it is certain then
	Counted  Basis = "counted" // by nothing that is known
)

// Load is one load profile's result.
type Load struct {
	Profile   string      `json:"profile"`
	Title     string      `json:"title"` // what the profile decides, in a sentence
	Hash      string      `json:"hash"`  // SHA-256 of the profile and the seed
	Verdict   LoadVerdict `json:"verdict"`
	Why       string      `json:"why"`             // a sentence that a person understands
	PError    float64     `json:"pError,omitzero"` // the sum over the claims that decide, each of which may be wrong: it bounds the probability that any of those is whose error is bounded, if the premises that they name hold
	Claims    []Claim     `json:"claims"`
	Model     *Model      `json:"model,omitempty"`
	Limit     *Limit      `json:"limit,omitempty"` // what is published; the line in the plots
	Generator Generator   `json:"generator"`
	Phases    []Phase     `json:"phases"`
	Keys      []KeySeries `json:"keys"`
	Controls  []Control   `json:"controls,omitempty"`  // what was tried first on a server of our own
	Climb     *Climb      `json:"climb,omitempty"`     // of the profiles that search for the largest rate that is carried
	Isolation *Isolation  `json:"isolation,omitempty"` // of the profiles in which one key is hot
	Fairness  []Fairness  `json:"fairness,omitempty"`  // a line for each phase that drives several keys over the limit
	Witnesses []Witness   `json:"witnesses,omitempty"` // of the claims that were refuted
	Replays   []Replay    `json:"replays,omitempty"`   // what other limiters would have done with the same calls
	Workers   []Worker    `json:"workers,omitempty"`   // that sent the calls; none: the process that judged them did
	LeftOut   []string    `json:"leftOut"`             // phases not played, because they push a target past its published limit
}

// API returns which API the profile was played on, "2.0" or "1.0"; empty where it has no keys.
func (l *Load) API() string {
	if len(l.Keys) == 0 {
		return ""
	}
	return l.Keys[0].API
}

// On names the profile with its API: the two published limits contradict each other only for who does
// not see that they are of two APIs.
func (l *Load) On() string {
	if api := l.API(); api != "" {
		return l.Profile + " (API " + api + ")"
	}
	return l.Profile
}

// Claim is one statement about the target, with what the data say about it.
type Claim struct {
	Name    string       `json:"name"`
	Text    string       `json:"text"` // the statement in words
	Verdict ClaimVerdict `json:"verdict"`
	Gates   bool         `json:"gates"`          // false: reported, does not decide
	Bound   string       `json:"bound"`          // what was shown, in numbers: "at least 298.6 per second"
	PError  float64      `json:"pError"`         // bound on the probability that a proven or refuted is wrong; Basis says under what condition it is one
	Basis   Basis        `json:"basis,omitzero"` // how that error is bounded; empty where nothing is proven or refuted
	Given   string       `json:"given,omitzero"` // in words: the premise, or what was merely counted
	Why     string       `json:"why"`
}

// Model is the limiter that fits what was seen.
type Model struct {
	Kind  string   `json:"kind"`            // "token bucket", "fixed window", ...; two where both explain the same; "none seen", "unknown"
	Scope string   `json:"scope"`           // what it counts by itself: "key", "system", "pairs" of keys, "token", "connection", "address", "unknown"
	Alike []string `json:"alike,omitempty"` // scopes that look the same in what was played
	Rate  Interval `json:"ratePerSecond"`
	Burst Interval `json:"burst"`
}

// Limit is a published limit that a load profile is about.
type Limit struct {
	Rate  float64 `json:"ratePerSecond"`
	Scope string  `json:"scope"` // "key": each key has it for itself; "system": all keys share it
}

// Interval is a range with the best value in it. A bound that the data do not give is null.
type Interval struct {
	Low  *float64 `json:"low"`
	Best *float64 `json:"best"`
	High *float64 `json:"high"`
}

// Generator is the certificate of the load generator over all phases.
type Generator struct {
	OK       bool     `json:"ok"`
	Problems []string `json:"problems"`     // each limit that was missed, in words
	Cut      bool     `json:"cut,omitzero"` // the load ended before its last call was due, and its generator had not given up
	Planned  int64    `json:"planned"`
	Sent     int64    `json:"sent"`
	Missed   int64    `json:"missed"`           // due, and given up: nothing is made up for later
	Blocked  int64    `json:"blocked,omitzero"` // of those missed: the target owed answers to all calls that may be in flight
	Repeats  []string `json:"repeats,omitzero"` // each phase that was played again, with what was wrong before, or that could not be, and why
	Workers  int      `json:"workers"`

	SecondLook *SecondLook `json:"secondLook,omitempty"` // where the target counts by itself; its attempts that differ do not count

	Machine []Machine `json:"machine,omitzero"` // what the machine did to the generator, for each attempt; it explains, and decides nothing
}

// SecondLook is what the generator noted of all keys beside what the target's limiter says that it decided.
type SecondLook struct {
	Attempts int   `json:"attempts"`      // of which the target told
	Lost     int   `json:"lost,omitzero"` // further attempts, of which what the target told was lost
	Differ   int   `json:"differ"`        // of those, on a key of which the two counts differ
	Accepted int64 `json:"accepted"`
	Admitted int64 `json:"admitted"` // by the target's count
	Limited  int64 `json:"limited"`  // calls made again after a refusal included
	Refused  int64 `json:"refused"`  // by the target's count
	Unclear  int64 `json:"unclear"`  // answered otherwise or not at all: the target may have admitted or refused them
}

// Phase is one stretch of a load profile.
type Phase struct {
	Name     string    `json:"name"`
	Attempt  int       `json:"attempt"` // 1, or 2 and 3 when it was repeated
	OK       bool      `json:"ok"`      // the certificate
	Problems []string  `json:"problems"`
	Start    float64   `json:"start"` // seconds from the start of the profile
	Seconds  float64   `json:"seconds"`
	Keys     []int     `json:"keys"`             // indexes into Load.Keys of the keys that were under load
	Rate     float64   `json:"rate"`             // planned per key and second
	Slack    float64   `json:"slackMs,omitzero"` // of several workers: their clocks may have been so many milliseconds apart, so their calls are ordered that much less exactly
	Planned  int64     `json:"planned"`
	Sent     int64     `json:"sent"`
	Missed   int64     `json:"missed"`
	Blocked  int64     `json:"blocked,omitzero"` // of those missed, by the target's doing
	Accepted int64     `json:"accepted"`
	Limited  int64     `json:"limited"`
	Refused  int64     `json:"refused"`          // refused for another reason
	Errors   int64     `json:"errors"`           // server errors, transport errors and time-outs
	Served   *Pace     `json:"served,omitempty"` // calls per second that were accepted on all keys together
	Late     Quantiles `json:"late"`             // send minus due
	Due      Quantiles `json:"due"`              // latency of accepted calls from the due time
	Send     Quantiles `json:"send"`             // the same from the real send
	Server   Quantiles `json:"server,omitzero"`  // the server's own time for them, where it says so (Server-Timing)
	GaveUp   Quantiles `json:"gaveUp,omitzero"`  // missed calls and time-outs: from due until given up, so that what they would have taken is more
}

// Pace is calls per second, said three ways, as each hides what another shows.
type Pace struct {
	Mean          float64 `json:"mean"`
	Least         int64   `json:"least"` // in any second of the phase, wherever it begins
	Most          int64   `json:"most"`
	CalendarLeast int64   `json:"calendarLeast"` // in the seconds of the calendar that lie within the phase
	CalendarMost  int64   `json:"calendarMost"`
}

// Quantiles are milliseconds.
type Quantiles struct {
	Count int64   `json:"count"`
	P25   float64 `json:"p25,omitzero"`
	P50   float64 `json:"p50"`
	P75   float64 `json:"p75,omitzero"`
	P90   float64 `json:"p90"`
	P95   float64 `json:"p95,omitzero"`
	P99   float64 `json:"p99"`
	P995  float64 `json:"p995,omitzero"`
	P999  float64 `json:"p999"`
	P9999 float64 `json:"p9999,omitzero"`
	Max   float64 `json:"max"`
}

// KeySeries is what one key saw, second by second from the start of the profile.
type KeySeries struct {
	Name     string  `json:"name"`
	API      string  `json:"api"`           // "2.0" or "1.0"
	Offered  []int64 `json:"offered"`       // sent in that second, by due time
	Accepted []int64 `json:"accepted"`      // of those
	Limited  []int64 `json:"limited"`       // refused by a limit
	Other    []int64 `json:"other"`         // refused otherwise, server error, transport error or time-out
	Step     int64   `json:"step,omitzero"` // so many seconds does each entry add up; zero means one. Long runs have longer steps
}
