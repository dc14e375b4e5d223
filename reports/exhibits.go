package reports

// Isolation is what keys that are asked little see of another that is driven over its limit.
type Isolation struct {
	Quiet   float64  `json:"quiet"` // calls per second on each quiet key
	Hot     float64  `json:"hot"`   // and on the hot one
	Cells   []Cell   `json:"cells"` // the matrix of hot keys and victims, a row after the other
	Victims []Victim `json:"victims"`
}

// Cell is one hot key and one victim.
type Cell struct {
	Hot       int     `json:"hot"`    // index into Load.Keys
	Victim    int     `json:"victim"` // index into Load.Keys
	Sent      int64   `json:"sent"`   // to the victim while the other was hot
	Refused   int64   `json:"refused"`
	PValue    float64 `json:"pValue"`    // of "the victim is refused hardly ever", valid however often one looks
	Disturbed bool    `json:"disturbed"` // that is refuted, corrected for the number of cells
}

// Victim is a key while others are hot, compared with itself while none is.
type Victim struct {
	Key    int      `json:"key"`    // index into Load.Keys
	Ratio  Interval `json:"ratio"`  // accepted share with a hot key over that without
	PValue float64  `json:"pValue"` // of "the hot key makes no difference to what is accepted", by sign flips over blocks
	P50    Interval `json:"p50"`    // milliseconds that the median latency from due grows by
	P99    Interval `json:"p99"`
}

// Fairness is how evenly what was accepted in a phase falls on its keys.
type Fairness struct {
	Phase      string  `json:"phase"`
	Jain       float64 `json:"jain"`       // Jain's index of the satisfied shares: 1 is even
	MaxMin     float64 `json:"maxMin"`     // share of what was accepted that another key would have got under max-min fairness
	Worst      int     `json:"worst"`      // index into Load.Keys of the key with the smallest satisfied share
	WorstShare float64 `json:"worstShare"` // accepted over what was offered within the published limit
}

// Witness is the shortest stretch of a recording that refutes a claim by itself.
type Witness struct {
	Claim    string  `json:"claim"`
	Phase    string  `json:"phase"`
	Text     string  `json:"text"` // what can be checked by hand
	Keys     []int   `json:"keys"` // indexes into Load.Keys
	From     float64 `json:"from"` // seconds from the start of the profile
	To       float64 `json:"to"`
	Calls    int64   `json:"calls"`    // sent within the stretch
	Accepted int64   `json:"accepted"` // of them

	List []Witnessed `json:"list,omitempty"` // the first of these calls
}

// Witnessed is one call of a witness, in seconds from the start of the profile.
type Witnessed struct {
	Key      int     `json:"key"` // index into Load.Keys
	Sent     float64 `json:"sent"`
	Answered float64 `json:"answered"`
	Was      string  `json:"was"` // accepted, rate limited, ...
}

// ReplayRole says why a limiter was replayed.
type ReplayRole string

// The roles of replays. One without a role is what another page could be read as.
const (
	Published ReplayRole = "published" // the limit that the profile is about
	Fitted    ReplayRole = "fitted"    // the model that fits what was seen
)

// Replay is what another limiter would have done with the calls that were sent.
type Replay struct {
	Limiter  string     `json:"limiter"` // "300 per second for each key"
	Role     ReplayRole `json:"role,omitzero"`
	Rate     float64    `json:"ratePerSecond,omitzero"` // the figures of its name; 0: it has none
	Burst    float64    `json:"burst,omitzero"`
	Scope    string     `json:"scope,omitzero"`  // "key" or "system"
	Window   bool       `json:"window,omitzero"` // it counts by the calendar second
	Apart    float64    `json:"apart"`           // share of the calls' seconds in which it differs from what was seen: 0 is alike
	Accepted [][]int64  `json:"accepted"`        // by key and second, as in KeySeries
	Refused  [][]int64  `json:"refused"`
	Step     int64      `json:"step,omitzero"` // as in KeySeries
}

// Control is something of which the truth is known, tried before the target.
type Control struct {
	Name string `json:"name"` // "a known liar"
	OK   bool   `json:"ok"`   // it came out as what it is; else the load says nothing
	Text string `json:"text"` // how it came out
}
