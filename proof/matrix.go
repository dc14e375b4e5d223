package proof

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// A Kill says what the suite made of a mutant.
type Kill struct {
	Mutant string   `json:"mutant"`
	Flaw   string   `json:"flaw"`
	By     []string `json:"by"`     // the named scenarios and claims that caught it
	Missed []string `json:"missed"` // those that did not, each with what became of it
	Others []string `json:"others"` // for a survivor: the scenarios that caught it without being named
}

// Killed reports whether every scenario and claim that is named for the mutant caught it.
func (k Kill) Killed() bool { return len(k.By) > 0 && len(k.Missed) == 0 }

// loadPrefix begins the name of a load claim among a mutant's kills.
const loadPrefix = "load:"

// underLoadPrefix begins the name of a scenario that must fail under load, under-load:ID.
const underLoadPrefix = "under-load:"

// besidePrefix begins the name of a scenario beside which the load itself must show the flaw, beside:ID.
const besidePrefix = "beside:"

// clientsPrefix begins the name of a kill by histories of several clients at once, clients:N.
const clientsPrefix = "clients:"

// sequencesPrefix begins the name of a kill by drawn sequences of calls, sequences:N, of which N are drawn.
const sequencesPrefix = "sequences:"

// mostHistories is how many histories a mutant must be caught within: which calls meet is not ours to
// say.
const mostHistories = 200

// Try puts what is named for a mutant before it. A scenario has caught it when a Then of it fails, or
// warns on a rule that is not MUST; a load claim when it is refuted. A crash, with or without an answer, an
// error and a precondition that was refused catch nothing. What is named for it under load must catch it at each of
// the shares of the limit: of [Shares], where none is given.
func Try(ctx context.Context, m mutant.Mutant, seed uint64, shares ...float64) (Kill, error) {
	if len(shares) == 0 {
		shares = Shares
	}
	k := Kill{Mutant: m.Name, Flaw: m.Flaw}
	named := byPrefix(m.Kills)
	for _, w := range []struct {
		prefix string
		try    way
	}{
		{loadPrefix, each(k.tryClaim)}, {clientsPrefix, each(k.tryClients)}, {sequencesPrefix, each(k.trySequences)},
		{"", k.tryScenarios}, {underLoadPrefix, underLoad(shares, k.judgeUnderLoad)}, {besidePrefix, underLoad(shares, k.judgeLoad)},
	} {
		if len(named[w.prefix]) == 0 {
			continue
		}
		if err := w.try(ctx, m, named[w.prefix], seed); err != nil {
			return k, fmt.Errorf("mutant %s: %w", m.Name, err)
		}
	}
	if k.Killed() {
		return k, nil
	}
	return k, k.findOthers(ctx, m, seed)
}

// A way puts a mutant before what is named after a prefix.
type way func(ctx context.Context, m mutant.Mutant, names []string, seed uint64) error

// each is the way that tries one name after the other.
func each(try func(context.Context, mutant.Mutant, string, uint64) error) way {
	return func(ctx context.Context, m mutant.Mutant, names []string, seed uint64) error {
		for _, name := range names {
			if err := try(ctx, m, name, seed); err != nil {
				return err
			}
		}
		return nil
	}
}

// byPrefix sorts the names of kills by their prefix, which is taken off. Scenarios have none.
func byPrefix(kills []string) map[string][]string {
	named := map[string][]string{}
	for _, kill := range kills {
		prefixes := []string{loadPrefix, clientsPrefix, sequencesPrefix, underLoadPrefix, besidePrefix, ""}
		i := slices.IndexFunc(prefixes, func(p string) bool { return strings.HasPrefix(kill, p) })
		named[prefixes[i]] = append(named[prefixes[i]], kill[len(prefixes[i]):])
	}
	return named
}

func (k *Kill) tryScenarios(ctx context.Context, m mutant.Mutant, ids []string, seed uint64) error {
	result, err := steps.Run(ctx, steps.Options{Open: Mutant(m, reference.Options{Seed: seed}), IDs: ids, Seed: seed})
	if err != nil {
		return err
	}
	for _, s := range result.Scenarios {
		if caught(s) {
			k.By = append(k.By, s.ID)
		} else {
			k.Missed = append(k.Missed, strings.TrimSpace(fmt.Sprintf("%s: %s %s", s.ID, s.Outcome, s.Reason)))
		}
	}
	return nil
}

// tryClients has several clients call at once.
func (k *Kill) tryClients(ctx context.Context, m mutant.Mutant, number string, seed uint64) error {
	clients, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("%s%s: it names no number of clients", clientsPrefix, number)
	}
	result, err := steps.Run(ctx, steps.Options{
		Open: Mutant(m, reference.Options{Seed: seed}), Seed: seed, Explore: mostHistories, Clients: clients, FailFast: true,
	})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(result.Scenarios, caught) { // histories in one region or across two
		k.By = append(k.By, clientsPrefix+number)
		return nil
	}
	for _, s := range result.Scenarios {
		k.Missed = append(k.Missed, fmt.Sprintf("%s%s: %s %s", clientsPrefix, number, s.Outcome, s.Reason))
	}
	return nil
}

// trySequences draws sequences of calls.
func (k *Kill) trySequences(ctx context.Context, m mutant.Mutant, number string, seed uint64) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("%s%s: it names no number of sequences", sequencesPrefix, number)
	}
	result, err := steps.Run(ctx, steps.Options{
		Open: Mutant(m, reference.Options{Seed: seed}), Seed: seed, Explore: n, Shrink: time.Nanosecond,
	})
	if err != nil {
		return err
	}
	for _, s := range result.Scenarios {
		if caught(s) {
			k.By = append(k.By, sequencesPrefix+number)
		} else {
			k.Missed = append(k.Missed, fmt.Sprintf("%s%s: %s %s", sequencesPrefix, number, s.Outcome, s.Reason))
		}
	}
	return nil
}

// caught reports whether a scenario failed where it asserts something, and not because the service itself
// failed.
func caught(s reports.Scenario) bool {
	return s.Keyword == "Then" && (s.Outcome == reports.Failed || s.Outcome == reports.Warned) && !crashed(s)
}

// crashed reports whether an answer of a scenario was a failure of the service (5xx), and no rule of the
// scenario is about those.
func crashed(s reports.Scenario) bool {
	if s.Worst < http.StatusInternalServerError {
		return false
	}
	return !slices.ContainsFunc(features.Rules(), func(r features.Rule) bool {
		return r.Failures && slices.Contains(s.Rules, r.ID)
	})
}

// tryClaim plays a load profile on virtual time. name is PROFILE/CLAIM.
func (k *Kill) tryClaim(ctx context.Context, m mutant.Mutant, name string, seed uint64) error {
	profile, claim, _ := strings.Cut(name, "/")
	load, err := rehearse(ctx, profile, flawed(m, reference.Options{Seed: seed}), seed)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(load.Claims, func(c reports.Claim) bool { return c.Name == claim })
	if i < 0 {
		return fmt.Errorf("the profile %s has no claim %q", profile, claim)
	}
	if c := load.Claims[i]; c.Verdict == reports.Refuted {
		k.By = append(k.By, loadPrefix+name)
	} else {
		k.Missed = append(k.Missed, fmt.Sprintf("%s%s: %s", loadPrefix, name, cmp.Or(c.Bound, string(c.Verdict))))
	}
	return nil
}

// findOthers runs every scenario on a survivor.
func (k *Kill) findOthers(ctx context.Context, m mutant.Mutant, seed uint64) error {
	result, err := steps.Run(ctx, steps.Options{Open: Mutant(m, reference.Options{Seed: seed}), Seed: seed})
	if err != nil {
		return err
	}
	for _, s := range result.Scenarios {
		if caught(s) && !slices.Contains(k.By, s.ID) {
			k.Others = append(k.Others, s.ID)
		}
	}
	return nil
}

// Rehearse plays a load profile against a reference in memory on virtual time: the whole reference
// answers, and nobody waits. o.Clock must be nil.
func Rehearse(ctx context.Context, profile string, o reference.Options, seed uint64) (reports.Load, error) {
	return rehearse(ctx, profile, plain(o), seed)
}

func rehearse(ctx context.Context, profile string, options onClock, seed uint64) (reports.Load, error) {
	p, err := loadgen.Lookup(profile)
	if err != nil {
		return reports.Load{}, err
	}
	now := clock.NewManual(Epoch)
	service, err := reference.New(options(now))
	if err != nil {
		return reports.Load{}, err
	}
	t := describe("reference", reference.MemoryURLs(), service.Accounts())
	t.Disposable = true
	t.Transport = func(target.Source) http.RoundTripper {
		return service.RoundTripper(netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	}
	defer t.Close()
	set := func(at time.Time) { now.Set(at) }
	return loadgen.Rehearse(ctx, t, p, loadgen.Options{Seed: seed, AllowOverload: true}, loadgen.Conditions{}, set)
}
