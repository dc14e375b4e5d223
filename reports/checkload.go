package reports

import (
	"fmt"
	"slices"
)

// longest bounds the seconds of a load profile, so that the pages can count them; it is thirty years.
const longest = 1e9

// checkLoad refuses words, keys and times that the types allow and the format does not.
func checkLoad(l *Load) error {
	if !slices.Contains([]LoadVerdict{LoadPass, LoadFail, LoadInvalid, LoadInconclusive}, l.Verdict) {
		return fmt.Errorf("unknown verdict %q", l.Verdict)
	}
	for _, c := range l.Claims {
		if !slices.Contains([]ClaimVerdict{Proven, Refuted, ClaimInconclusive, ClaimInvalid}, c.Verdict) {
			return fmt.Errorf("claim %q: unknown verdict %q", c.Name, c.Verdict)
		}
	}
	for _, p := range l.Phases {
		if err := l.there(p.Keys...); err != nil {
			return fmt.Errorf("phase %q: %w", p.Name, err)
		}
		if p.Start < 0 || p.Seconds < 0 || p.Start+p.Seconds > longest {
			return fmt.Errorf("phase %q: it starts at %v s and takes %v s; both must be from 0 to %.0f", p.Name, p.Start, p.Seconds, longest)
		}
	}
	return l.checkExhibits()
}

// checkExhibits refuses exhibits about keys that the profile does not have.
func (l *Load) checkExhibits() error {
	for _, f := range l.Fairness {
		if err := l.there(f.Worst); err != nil {
			return fmt.Errorf("fairness: %w", err)
		}
	}
	for _, w := range l.Witnesses {
		if err := l.there(w.Keys...); err != nil {
			return fmt.Errorf("witness: %w", err)
		}
	}
	if l.Isolation == nil {
		return nil
	}
	for _, c := range l.Isolation.Cells {
		if err := l.there(c.Hot, c.Victim); err != nil {
			return fmt.Errorf("isolation: %w", err)
		}
	}
	for _, v := range l.Isolation.Victims {
		if err := l.there(v.Key); err != nil {
			return fmt.Errorf("isolation: %w", err)
		}
	}
	return nil
}

// there refuses indexes of keys that the profile does not have.
func (l *Load) there(keys ...int) error {
	for _, k := range keys {
		if k < 0 || k >= len(l.Keys) {
			return fmt.Errorf("there is no key %d", k)
		}
	}
	return nil
}
