package reference

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// A FaultScript says what goes wrong on purpose. For each call the first fault that matches, is in
// its window and is not spent strikes; no call is struck by two. So three one-shot faults for one
// operation strike its first, second and third call.
//
// The zero value is a service without faults. What strikes depends on the calls, their order and
// the server's clock alone.
type FaultScript struct {
	Seed   uint64  `yaml:"seed,omitempty"` // needed by faults with a probability or a jitter
	Faults []Fault `yaml:"faults"`
}

// A Fault is one entry of a script. Its members say whom it strikes, when, and how. Empty members
// of the first kind match everything.
//
// Only calls that the API has are struck. A fault strikes once it is known who calls (whom nobody
// knows is struck only by faults without Caller), before permission, limit and state are looked at.
type Fault struct {
	Name string `yaml:"name,omitempty" json:"name,omitzero"` // for the journal; empty: its place in the script

	API    string            `yaml:"api,omitempty" json:"api,omitzero"`       // any but admin
	Op     kms.Op            `yaml:"op,omitempty" json:"op,omitzero"`         // such as encrypt
	Key    string            `yaml:"key,omitempty" json:"key,omitzero"`       // tag in the path
	Caller string            `yaml:"caller,omitempty" json:"caller,omitzero"` // name of an account, for its calls and those by its tokens
	Header map[string]string `yaml:"header,omitempty" json:"header,omitzero"` // the request carries all of them; an empty value takes any

	From        time.Duration `yaml:"from,omitempty" json:"from,omitzero"`               // beginning of the window, by the server's clock since the script was set
	Until       time.Duration `yaml:"until,omitempty" json:"until,omitzero"`             // its end, exclusive; 0: none
	Skip        int           `yaml:"skip,omitempty" json:"skip,omitzero"`               // how many calls that match are let through first
	Times       int           `yaml:"times,omitempty" json:"times,omitzero"`             // how often it strikes; 0: once, or throughout the window if that has an end
	Probability float64       `yaml:"probability,omitempty" json:"probability,omitzero"` // of striking a call that matches; 0: certain

	// After strikes once the call was carried out, so what it changed stays changed and only its
	// answer suffers. Calls that are refused are then not struck. Otherwise the call is not carried
	// out, unless Delay is all there is.
	After bool `yaml:"after,omitempty" json:"after,omitzero"`

	// Delay passes before anything else, up to 30 s. It is real time, for the caller's wait is real: the
	// server's clock does not move by it. It ends early when the caller leaves or the server closes.
	Delay  time.Duration  `yaml:"delay,omitempty" json:"delay,omitzero"`
	Jitter time.Duration  `yaml:"jitter,omitempty" json:"jitter,omitzero"` // up to so much is added to Delay, by the script's seed
	Reset  bool           `yaml:"reset,omitempty" json:"reset,omitzero"`   // the connection is reset; in memory the transport's error is ECONNRESET
	Status int            `yaml:"status,omitempty" json:"status,omitzero"` // of the answer; 0: 200, or that of the call
	Body   string         `yaml:"body,omitempty" json:"body,omitzero"`     // "truncated", "garbage" (no JSON, no UTF-8) or "empty"
	JSON   any            `yaml:"json,omitempty" json:"json,omitzero"`     // the body instead of the right one
	Data   map[string]any `yaml:"data,omitempty" json:"data,omitzero"`     // members that are put into the data of the right answer; with After alone
}

// A FaultState is a fault and what became of it.
type FaultState struct {
	Fault `yaml:",inline"`
	Fired int  `yaml:"fired" json:"fired"` // how often it struck
	Spent bool `yaml:"spent" json:"spent"` // it strikes no more
}

// maxDelay bounds a fault's delay.
const maxDelay = 30 * time.Second

// check says what is wrong with a script.
func (s *FaultScript) check() error {
	for i := range s.Faults {
		f := &s.Faults[i]
		err := f.check()
		if err == nil && f.Probability != 0 && s.Seed == 0 {
			err = fmt.Errorf("a probability needs the script to have a seed")
		}
		if err == nil && f.Jitter != 0 && s.Seed == 0 {
			err = fmt.Errorf("a jitter needs the script to have a seed")
		}
		if err != nil {
			return fmt.Errorf("fault %s: %w", f.label(i), err)
		}
	}
	return nil
}

func (f *Fault) label(i int) string {
	if f.Name != "" {
		return f.Name
	}
	return fmt.Sprintf("#%d", i+1)
}

func (f *Fault) check() error {
	spoils := 0
	for _, given := range []bool{f.Body != "", f.JSON != nil, f.Data != nil} {
		if given {
			spoils++
		}
	}
	switch {
	case f.Delay < 0 || f.Jitter < 0 || f.Delay > maxDelay || f.Jitter > maxDelay-f.Delay:
		return fmt.Errorf("delay: want at most %v, jitter included", maxDelay)
	case f.Until < 0 || f.From < 0 || f.Until != 0 && f.Until <= f.From:
		return fmt.Errorf("until: the window ends before it begins")
	case f.Skip < 0 || f.Times < 0:
		return fmt.Errorf("skip and times: want numbers from 0")
	case f.Probability < 0 || f.Probability > 1:
		return fmt.Errorf("probability: want a number from 0 to 1")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status: want a number from 200 to 599")
	case spoils > 1:
		return fmt.Errorf("body, json and data: want at most one of them")
	case f.Reset && (f.Status != 0 || spoils > 0):
		return fmt.Errorf("reset: it leaves no room for another answer")
	case f.Data != nil && !f.After:
		return fmt.Errorf("data: it changes the right answer, so it needs after")
	case f.Body == bodyTruncated && !f.After && f.Status == 0:
		return fmt.Errorf("body: to be truncated it needs a status or after")
	case f.Body != "" && f.Body != bodyTruncated && f.Body != bodyGarbage && f.Body != bodyEmpty:
		return fmt.Errorf("body: want truncated, garbage or empty")
	case !f.acts() && f.Delay+f.Jitter == 0:
		return fmt.Errorf("it does nothing: want delay, reset, status, body, json or data")
	}
	for name, value := range map[string]any{"json": f.JSON, "data": f.Data} {
		if err := plainJSON(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return f.checkMatch()
}

// checkMatch refuses what no call could ever match.
func (f *Fault) checkMatch() error {
	if apis := []string{API20, API20KR, API20JP, API10, SubAccount}; f.API != "" && !slices.Contains(apis, f.API) {
		return fmt.Errorf("api: it is none of %v", apis)
	}
	if f.Op != "" && !isOp(f.Op) {
		return noOp(f.Op)
	}
	return nil
}

// acts reports whether the fault does more than delay.
func (f *Fault) acts() bool {
	return f.Reset || f.Status != 0 || f.Body != "" || f.JSON != nil || f.Data != nil
}

// script is a FaultScript at work. It is safe for concurrent use.
type script struct {
	mu     sync.Mutex
	source FaultScript
	set    time.Time // by the server's clock
	faults []*fault
}

// fault is a Fault at work.
type fault struct {
	Fault
	label string
	dice  func(call int) *rand.Rand // for the call of that number among those that matched
	seen  int                       // calls that matched
	fired int
}

// newScript puts a script to work. It must have been checked.
func newScript(s FaultScript, now time.Time) *script {
	out := &script{source: s, set: now}
	for i, f := range s.Faults {
		dice := func(call int) *rand.Rand { return rand.New(rand.NewPCG(s.Seed, uint64(i)<<32|uint64(call))) }
		out.faults = append(out.faults, &fault{Fault: f, label: f.label(i), dice: dice})
	}
	return out
}

// A turn is what a script does to one call.
type turn struct {
	fault *fault // that strikes; nil: none does
	delay time.Duration
	after []*fault // that wait until the call is carried out, and counted it ahead
}

// pick decides which fault strikes the call, which then counts as fired.
func (s *script) pick(c *call) (t turn) {
	if len(s.faults) == 0 {
		return t
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if !f.matches(c) || !f.open(c.now.Sub(s.set)) {
			continue
		}
		if f.After {
			t.after = append(t.after, f)
		}
		if dice, hit := f.hits(); hit {
			f.fired++
			t.fault, t.delay = f, f.delay(dice)
			return t
		}
	}
	return t
}

// delay draws how long a call is held up.
func (f *fault) delay(dice *rand.Rand) time.Duration {
	if f.Jitter == 0 {
		return f.Delay
	}
	return f.Delay + time.Duration(dice.Int64N(int64(f.Jitter)+1))
}

// release takes back what faults that strike carried out calls made of one that was not: it gave them nothing
// to strike, so it is as if it had never come.
func (s *script) release(t turn) {
	if len(t.after) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range t.after {
		f.seen--
		if f == t.fault {
			f.fired--
		}
	}
}

func (f *fault) matches(c *call) bool {
	name, _ := c.whose()
	return (f.API == "" || f.API == c.api) && (f.Op == "" || f.Op == c.op.op) && (f.Key == "" || f.Key == c.tag) &&
		(f.Caller == "" || f.Caller == name) && carries(c.request.Header, f.Header)
}

func carries(have http.Header, want map[string]string) bool {
	for name, value := range want {
		values := have.Values(name)
		if len(values) == 0 || value != "" && values[0] != value {
			return false
		}
	}
	return true
}

// open reports whether a fault can strike so long after its script was set.
func (f *fault) open(since time.Duration) bool {
	return since >= f.From && (f.Until == 0 || since < f.Until) && !f.spent()
}

func (f *fault) spent() bool {
	most := f.Times
	if most == 0 && f.Until == 0 {
		most = 1
	}
	return most > 0 && f.fired >= most
}

// hits counts a call that matches and reports whether it is struck.
func (f *fault) hits() (dice *rand.Rand, hit bool) {
	f.seen++
	if f.seen <= f.Skip {
		return nil, false
	}
	dice = f.dice(f.seen)
	return dice, f.Probability == 0 || dice.Float64() < f.Probability
}

// states returns the faults and what became of them.
func (s *script) states() []FaultState {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]FaultState, len(s.faults))
	for i, f := range s.faults {
		out[i] = FaultState{Fault: f.Fault, Fired: f.fired, Spent: f.spent()}
	}
	return out
}

// noOp is about a name that no operation has.
func noOp(op kms.Op) error {
	return fmt.Errorf("op: there is no operation %s; there are %s", harmless(string(op)), listed(append(kms.Ops(), accessOps()...)))
}

func isOp(op kms.Op) bool {
	return slices.Contains(append(kms.Ops(), accessOps()...), op)
}
