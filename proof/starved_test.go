package proof_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/reports"
)

// A generator that gets too little of the processors blames nobody: the target is honest, and the run is
// invalid and says what the generator missed, or the target is found honest in spite of it.
func TestAStarvedGeneratorBlamesNobody(t *testing.T) {
	profile, err := loadgen.Lookup("gentle")
	if err != nil {
		t.Fatal(err)
	}
	profile.Again = 0
	busy, rest := context.WithCancel(t.Context())
	var spinners sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		spinners.Go(func() {
			for busy.Err() == nil {
			}
		})
	}
	job := proof.Job{Command: "load", Version: "test", Target: resolve(t, "reference"), Seed: 1,
		Profiles: []loadgen.Profile{profile}, Load: loadgen.Options{Duration: 2 * time.Second}}
	run, err := job.Do(t.Context())
	rest()
	spinners.Wait()
	if err != nil {
		t.Fatal(err)
	}
	l := run.Loads[0]
	t.Log(l.Verdict, l.Why)
	if l.Verdict == reports.LoadFail {
		t.Errorf("an honest target is accused: %s", l.Why)
	}
	if l.Verdict == reports.LoadInvalid && (len(l.Generator.Problems) == 0 || !strings.Contains(l.Why, "Nothing is said about the target") || run.ExitCode() != 3) {
		t.Errorf("invalid, exit %d, with the problems %q: %s", run.ExitCode(), l.Generator.Problems, l.Why)
	}
}

// A limit that lets through one call at a time refuses the second call of a key's trial at first. That is no
// reason to give the target up.
func TestALimitOfOneCallAtATimeIsTried(t *testing.T) {
	load, err := proof.Rehearse(t.Context(), "gentle", reference.Options{Seed: 1, Limit20: limit.PerKey(300, 1)}, 1)
	if err != nil || load.Generator.Sent == 0 {
		t.Errorf("%d calls were sent: %v", load.Generator.Sent, err)
	}
}
