package sequence

import (
	"flag"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A Search draws sequences until one fails, and then looks for a shorter one.
type Search struct {
	Seed   uint64 // 0 counts as 1
	Count  int
	Has    []string      // capabilities that the sentences may use
	Shrink time.Duration // longest time for making a failing sequence shorter
}

// Run puts sequences before try, one after the other, until it reports that one fails or Count have been
// tried. Then it tries shorter ones that come from the failing one. It returns whether any failed. Searches
// wait for each other: what draws is set up by variables of the whole program.
func (s Search) Run(try func(Sequence) (fails bool)) bool {
	setUp.Lock()
	defer setUp.Unlock()
	defer s.set()()
	var k keeper
	rapid.Check(&k, func(t *rapid.T) {
		m := newModel(s.Has)
		t.Repeat(m.actions())
		if k.keep(func() bool { return try(m.done()) }) {
			t.FailNow()
		}
	})
	if k.panicked != nil {
		panic(k.panicked)
	}
	return k.failed
}

var setUp sync.Mutex

// set sets rapid's flags, which is the only way to tell it anything, and returns what sets them back.
func (s Search) set() (back func()) {
	if flag.Lookup("test.short") == nil {
		testing.Init() // rapid asks for -test.short
	}
	if !flag.Parsed() {
		_ = flag.CommandLine.Parse(nil) // of nothing: it cannot fail
	}
	wanted := map[string]string{
		"rapid.seed": strconv.FormatUint(max(s.Seed, 1), 10), "rapid.checks": strconv.Itoa(s.Count),
		"rapid.shrinktime": s.Shrink.String(), "rapid.nofailfile": "true", "rapid.steps": "16",
	}
	before := map[string]string{}
	for name, value := range wanted {
		before[name] = flag.Lookup(name).Value.String()
		must(flag.Set(name, value))
	}
	return func() {
		for name, value := range before {
			must(flag.Set(name, value))
		}
	}
}

func must(err error) {
	if err != nil {
		panic(err) // a flag of rapid that is gone, or a value that it never took
	}
}

// keeper stands where rapid expects a test: it keeps whether it failed and says nothing.
type keeper struct {
	failed   bool
	panicked any
}

// keep calls try and keeps its panic, which rapid would take for a finding. After one it calls no more.
func (k *keeper) keep(try func() bool) (fails bool) {
	defer func() {
		if p := recover(); p != nil {
			k.panicked = p
		}
	}()
	return k.panicked == nil && try()
}

func (*keeper) Helper()                 {}
func (*keeper) Name() string            { return "sequence" }
func (*keeper) Logf(string, ...any)     {}
func (*keeper) Log(...any)              {}
func (*keeper) Skipf(string, ...any)    {}
func (*keeper) Skip(...any)             {}
func (*keeper) SkipNow()                {}
func (k *keeper) Errorf(string, ...any) { k.failed = true }
func (k *keeper) Error(...any)          { k.failed = true }
func (k *keeper) Fatalf(string, ...any) { k.failed = true }
func (k *keeper) Fatal(...any)          { k.failed = true }
func (k *keeper) FailNow()              { k.failed = true }
func (k *keeper) Fail()                 { k.failed = true }
func (k *keeper) Failed() bool          { return k.failed }
