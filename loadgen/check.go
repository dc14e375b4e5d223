package loadgen

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Check returns every reason why p cannot be played, on one line; nil when there is none.
func (p Profile) Check() error {
	var errs []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	need(p.Name != "", "name: it is missing")
	need(p.API == "2.0" || p.API == "1.0", `api: %q is neither "2.0" nor "1.0", in quotes`, p.API)
	need(p.Keys >= 2, "keys: it must be at least 2, for one key cannot show sharing")
	need(p.Keys <= 10_000, "keys: %d are more than 10000", p.Keys)
	need(p.Limit.Scope == PerKey || p.Limit.Scope == System, "limit.scope: %q is neither key nor system", p.Limit.Scope)
	need(p.Limit.Rate > 0, "limit.rate: it must be above zero")
	need(p.Limit.Burst >= 1, "limit.burst: it must be at least 1")
	need(p.Rest >= 0 && p.Rest <= time.Hour, "rest: %v is not from 0 to 1h", p.Rest)
	need(p.MissAfter > 0 && p.MissAfter <= time.Second, "missAfter: %v is not above 0 and at most 1s", p.MissAfter)
	need(p.Again >= 0 && p.Again <= 24*time.Hour, "again: %v is not from 0 to 24h", p.Again)
	errs = append(errs, p.Conforming.check("conforming"), p.Saturating.check("saturating"))
	need(len(p.Phases) > 0, "phases: there is none")
	seen := map[Role]bool{}
	for i, ph := range p.Phases {
		errs = append(errs, ph.check(fmt.Sprintf("phases[%d]", i), p.Keys))
		if ph.Role == Storm {
			errs = append(errs, ph.overcomes(p.Limit, fmt.Sprintf("phases[%d]", i)))
		}
		need(!seen[ph.Role], "phases[%d].role: there is another phase with the role %s", i, ph.Role)
		seen[ph.Role] = true
	}
	need(seen[Alone] == seen[Together], "phases: alone and together are compared, so both or none must be there")
	return oneLine(errs)
}

// oneLine joins the errors that are not nil into one that fits on a line.
func oneLine(errs []error) error {
	var lines []string
	for _, err := range errs {
		if err != nil {
			lines = append(lines, err.Error())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New(strings.Join(lines, "; "))
}

func (b Bounds) check(field string) error {
	if b.Sent <= 0 || b.Sent > 1 {
		return fmt.Errorf("%s.sent: %v is not above 0 and at most 1", field, b.Sent)
	}
	if b.LateP99 <= 0 {
		return fmt.Errorf("%s.lateP99: it must be above zero", field)
	}
	return nil
}

func (ph Phase) check(field string, keys int) error {
	switch {
	case ph.Name == "":
		return fmt.Errorf("%s.name: it is missing", field)
	case !slices.Contains(roles(), ph.Role):
		return fmt.Errorf("%s.role: %q is none of %s", field, ph.Role, listed(roles()))
	case ph.Keys < 0 || ph.Keys > keys:
		return fmt.Errorf("%s.keys: %d is not from 0 to %d", field, ph.Keys, keys)
	case ph.Role == Alone && ph.Keys != 1:
		return fmt.Errorf("%s.keys: the role alone is for 1 key", field)
	case ph.Rate <= 0 || ph.Rate > 100_000:
		return fmt.Errorf("%s.rate: %v is not above 0 and at most 100000", field, ph.Rate)
	case ph.Length <= 0 || ph.Length > time.Hour:
		return fmt.Errorf("%s.for: %v is not above 0 and at most 1h", field, ph.Length)
	case ph.Role != Isolate && (ph.HotRate != 0 || ph.Blocks != 0 && ph.Role != Soak):
		return fmt.Errorf("%s: hotRate and blocks are for the role isolate, and blocks for soak", field)
	case ph.Role == Isolate && (ph.HotRate <= ph.Rate || ph.HotRate > 100_000):
		return fmt.Errorf("%s.hotRate: %v is not above rate and at most 100000", field, ph.HotRate)
	case ph.Blocks < 0 || ph.Blocks > 1000:
		return fmt.Errorf("%s.blocks: %d is not from 0 to 1000", field, ph.Blocks)
	}
	if err := ph.checkShape(field); err != nil {
		return err
	}
	if x, ok := experimentOf(ph.Role); ok {
		if err := x.check(ph, field); err != nil {
			return err
		}
	}
	if ph.planned() < 1 {
		return fmt.Errorf("%s: it is too short for one call", field)
	}
	return nil
}
