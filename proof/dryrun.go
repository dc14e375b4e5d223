package proof

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// A Cost is what a job does to its target. That of scenarios is counted while they run on a reference
// in memory that offers no more than the target does; a target that answers otherwise may see other
// counts.
type Cost struct {
	Scenarios int
	Suite     int            // scenarios of which those were selected; 0: none were, calls are drawn
	Routes    map[string]int // calls of the scenarios by method and path, removals included
	Removals  int            // of these calls, those that remove keys; no budget counts them
	Keys      int            // created in all
	Alive     int            // keys of the scenarios that must be alive at once; 0 where each has its own server
	KeysOf    map[string]int // keys that each of them holds; see [steps.Options]
	Rate      int            // calls of the scenarios a second, at most; 0: as many as the target answers
	Loads     []loadgen.Plan
}

// createRoute is the call that makes a key.
const createRoute = "POST /kms/v1/keys"

// Cost plans the job. It makes no call to the target. Its error means that the job cannot be run.
func (j Job) Cost(ctx context.Context) (Cost, error) {
	var c Cost
	if j.Conform != nil {
		if err := j.tryScenarios(ctx, &c); err != nil {
			return c, err
		}
		if err := j.suite(&c); err != nil {
			return c, err
		}
	}
	for _, p := range j.Profiles {
		o := j.Load
		o.Controls = true
		plan, err := loadgen.NewPlan(p, o)
		if err != nil {
			return c, err
		}
		c.Loads = append(c.Loads, plan)
		c.Keys += plan.Keys
	}
	return c, nil
}

// suite counts the scenarios from which was selected.
func (j Job) suite(c *Cost) error {
	if j.Conform.Explore > 0 {
		return nil
	}
	all, err := steps.Plan(steps.Options{Features: j.Conform.Features, Files: j.Conform.Files})
	c.Suite = len(all)
	return err
}

// tryScenarios runs the selected scenarios in memory and counts their calls.
func (j Job) tryScenarios(ctx context.Context, c *Cost) error {
	if j.Target.Shared == nil {
		return j.rehearse(ctx, c, Reference(reference.Options{Seed: 1}))
	}
	like, err := j.rehearseShared(ctx, c, nil)
	if err != nil {
		return err
	}
	if most := j.Target.Shared.Budget.Keys; most > 0 && like.Ledger.Most() > most && c.Alive <= most {
		like, err = j.rehearseShared(ctx, c, c.KeysOf) // with so few keys they make way for each other, and are made anew
	}
	if err == nil && !like.Offers(target.Admin) {
		c.Rate = max(cmp.Or(j.Conform.Rate, steps.ForeignRate), 0)
	}
	return err
}

// rehearseShared plays them on a likeness of the target that they share.
func (j Job) rehearseShared(ctx context.Context, c *Cost, keys map[string]int) (*target.Target, error) {
	like, err := likeness(j.Target.Shared)
	if err != nil {
		return nil, err
	}
	if keys != nil {
		like.Budget.Keys = j.Target.Shared.Budget.Keys
	}
	o := *j.Conform
	o.Keys = keys
	j.Conform = &o
	err = j.rehearse(ctx, c, func(context.Context) (*target.Target, error) { return like, nil })
	c.Removals = c.scenarioCalls() - like.Requests()
	switch {
	case o.Keep:
		c.Alive = c.Keys
	case c.KeysOf == nil: // sequences follow one after the other
		c.Alive = like.Ledger.Most()
	default:
		c.Alive = slices.Max(append(slices.Collect(maps.Values(c.KeysOf)), 1))
	}
	return like, err
}

func (j Job) rehearse(ctx context.Context, c *Cost, open target.Opener) error {
	calls := &counter{routes: map[string]int{}}
	o := *j.Conform
	o.Seed, o.Started, o.Progress, o.Rate, o.Keep = j.Seed, nil, nil, -1, false
	o.Open = calls.counting(open)
	result, err := steps.Run(ctx, o)
	if err != nil {
		return err
	}
	c.Scenarios, c.Routes, c.Keys, c.KeysOf = len(result.Scenarios), calls.routes, calls.routes[createRoute], result.Keys
	return nil
}

// likeness makes a reference in memory that offers what t does. All scenarios share it, and it lives by
// the machine's time, so that keys are lent and limits met as they would be on t. Without an admin
// listener nobody learns its clock, so it judges signatures by the machine's.
func likeness(t *target.Target) (*target.Target, error) {
	like, err := inMemory(reference.Options{Seed: 1, MachineSignatures: !t.Offers(target.Admin)})
	if err != nil {
		return nil, err
	}
	like.Disposable = false
	maps.DeleteFunc(like.URLs, func(api target.API, _ string) bool { return !t.Offers(api) })
	maps.DeleteFunc(like.Credentials, func(role string, _ target.Credential) bool { return t.Credentials[role].AccessKey == "" })
	for role, c := range like.Credentials {
		if t.Credentials[role].APIKey == "" {
			c.APIKey = ""
			like.Credentials[role] = c
		}
	}
	like.Sources = like.Sources[:min(len(like.Sources), len(t.Sources))]
	return like, nil
}

// Calls returns how many calls the job makes in all, beside those that remove keys.
func (c Cost) Calls() int {
	total := c.scenarioCalls() - c.Removals
	for _, p := range c.Loads {
		total += p.Calls()
	}
	return total
}

func (c Cost) scenarioCalls() (n int) {
	for _, calls := range c.Routes {
		n += calls
	}
	return n
}

// pacedTime is how long the calls of the scenarios take at least, for their pace alone.
func (c Cost) pacedTime() time.Duration {
	if c.Rate == 0 {
		return 0
	}
	return time.Duration(c.scenarioCalls()) * time.Second / time.Duration(c.Rate)
}

func (c Cost) loadKeys() (n int) {
	for _, p := range c.Loads {
		n += p.Keys
	}
	return n
}

// Fits returns nil when b allows the job, else an error that wraps target.ErrBudget and says what the
// job needs.
func (c Cost) Fits(b target.Budget) error {
	var short []string
	if b.Requests > 0 && c.Calls() > b.Requests {
		short = append(short, fmt.Sprintf("requests: about %d, allowed %d", c.Calls(), b.Requests))
	}
	if b.KeysTotal > 0 && c.Keys > b.KeysTotal {
		short = append(short, fmt.Sprintf("keysTotal: about %d, allowed %d", c.Keys, b.KeysTotal))
	}
	if b.Keys > 0 && c.Alive > b.Keys {
		short = append(short, fmt.Sprintf("keys: %d at once for the scenarios, allowed %d", c.Alive, b.Keys))
	}
	for _, p := range c.Loads {
		if b.Keys > 0 && p.Keys > b.Keys {
			short = append(short, fmt.Sprintf("keys: %d for load profile %s, allowed %d", p.Keys, p.Profile, b.Keys))
		}
	}
	if len(short) == 0 {
		return nil
	}
	return fmt.Errorf("%w: the run needs %s; raise budget in the target file, or ask for less", target.ErrBudget, strings.Join(short, "; "))
}

// Write writes the cost for people: each call by route with its count, the keys, the time that a pace or a load profile takes.
func (c Cost) Write(w io.Writer) error {
	var b strings.Builder
	if c.Suite > 0 {
		fmt.Fprintf(&b, "%s of %s scenarios are selected\n", reports.Number(c.Scenarios), reports.Number(c.Suite))
	}
	if c.Scenarios > 0 {
		fmt.Fprintf(&b, "%s scenarios, counted on a reference in memory:\n", reports.Number(c.Scenarios))
		if c.Alive > 0 {
			fmt.Fprintf(&b, "  %6s  keys alive at once are enough; with more, more scenarios run side by side\n", reports.Number(c.Alive))
		}
		if c.Rate > 0 {
			fmt.Fprintf(&b, "  %6s  at least, at %d calls per second\n", c.pacedTime().Round(time.Second), c.Rate)
		}
		for _, route := range slices.Sorted(maps.Keys(c.Routes)) {
			fmt.Fprintf(&b, "  %6s  %s\n", reports.Number(c.Routes[route]), route)
		}
	}
	for _, p := range c.Loads {
		b.WriteString(p.String())
	}
	fmt.Fprintf(&b, "about %s calls and %s keys in all; %s calls more to remove keys\n",
		reports.Number(c.Calls()), reports.Number(c.Keys), reports.Number(c.Removals+2*c.loadKeys()))
	_, err := io.WriteString(w, b.String())
	return err
}

// A counter counts calls by route.
type counter struct {
	mu     sync.Mutex
	routes map[string]int
}

// counting returns open with every transport counted.
func (c *counter) counting(open target.Opener) target.Opener {
	return func(ctx context.Context) (*target.Target, error) {
		t, err := open(ctx)
		if err != nil {
			return nil, err
		}
		carry := t.Transport
		t.Transport = func(s target.Source) http.RoundTripper { return counted{c, carry(s)} }
		dial := t.Dial
		t.Dial = func(ctx context.Context, api target.API, from target.Source) (net.Conn, error) {
			c.count("PUT /kms/v1/keys/{keyTag}/memo") // what is sent by hand is a spoiled memo change
			return dial(ctx, api, from)
		}
		return t, nil
	}
}

func (c *counter) count(route string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.routes[route]++
}

type counted struct {
	c    *counter
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t counted) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Path, "/admin/") {
		t.c.count(r.Method + " " + route(r.URL.Path))
	}
	return t.next.RoundTrip(r)
}

// route writes a path with names in place of key tags and account IDs.
func route(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		switch {
		case len(p) < 32:
		case parts[i-1] == "sub-accounts":
			parts[i] = "{subAccountId}"
		default:
			parts[i] = "{keyTag}"
		}
	}
	return strings.Join(parts, "/")
}
