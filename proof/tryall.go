package proof

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/kmsproof/kmsproof/reference/mutant"
)

// loadsAtOnce is how many mutants are tried at once that must be caught under load. Their loads wait most of the time:
// two for each core make some five thousand calls a second there, less than half of what it carries.
func loadsAtOnce() int { return min(4, 2*runtime.GOMAXPROCS(0)) }

// TryAll tries mutants as [Try] does, several at once; those that must be caught under load come last, beside no
// others. Its kills are in the order of the mutants. begun, unless it is nil, hears of each mutant as it begins and of
// how many are done, one at a time. Its error is the first of Try, or that of ctx when it ended before all were tried.
func TryAll(ctx context.Context, mutants []mutant.Mutant, seed uint64, begun func(done int, m mutant.Mutant)) ([]Kill, error) {
	kills := make([]Kill, len(mutants))
	var mu sync.Mutex
	done := 0
	begin := func(m mutant.Mutant) {
		mu.Lock()
		defer mu.Unlock()
		if begun != nil {
			begun(done, m)
		}
	}
	try := func(n int, loaded bool) error {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(n)
		for i, m := range mutants {
			if loads(m) != loaded || ctx.Err() != nil {
				continue
			}
			group.Go(func() (err error) {
				begin(m)
				kills[i], err = Try(ctx, m, seed)
				mu.Lock()
				defer mu.Unlock()
				done++
				return err
			})
		}
		return group.Wait()
	}
	err := try(runtime.GOMAXPROCS(0), false)
	if err == nil {
		err = try(loadsAtOnce(), true)
	}
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return nil, err
	}
	return kills, nil
}

// loads reports whether a mutant must be caught under load.
func loads(m mutant.Mutant) bool {
	return slices.ContainsFunc(m.Kills, func(kill string) bool {
		return strings.HasPrefix(kill, underLoadPrefix) || strings.HasPrefix(kill, besidePrefix)
	})
}
