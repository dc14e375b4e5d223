package kms

import (
	"cmp"
	"slices"
	"strings"
)

// called is what no two keys may share: each region's isolated keys have names of their own.
type called struct {
	home Region
	name string
}

func (b *body) called() called { return b.rules.called(b.home, b.spec.Name) }

func (r *Rules) called(home Region, name string) called {
	if r.OneNamespace {
		home = ""
	}
	if r.CaseBlindNames {
		name = strings.ToLower(name)
	}
	return called{home, name}
}

// taken reports whether another key than b is called so. The store must be locked, and of all keys b
// alone.
func (v *vault) taken(home Region, name string, b *body) bool {
	holder := v.byName[v.rules.called(home, name)]
	if holder == nil || holder == b || v.rules.SharedNames {
		return false
	}
	if v.rules.FreePendingNames {
		holder.mu.RLock()
		defer holder.mu.RUnlock()
		return holder.state != Pending
	}
	return true
}

// free gives the name of b back.
func (v *vault) free(b *body) {
	if v.byName[b.called()] == b && !v.rules.SpentNames {
		delete(v.byName, b.called())
	}
}

// A Spent is a name that no key has and none may have, as [Rules.SpentNames] says.
type Spent struct {
	Home Region // of the isolated key that had it; empty: of a global one
	Name string
	Tag  string // of the key that had it and may have it again; empty: that is deleted
}

// Spent returns the names that are spent, in order.
func (s *Store) Spent() []Spent {
	if !s.rules.SpentNames {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Spent
	for c, b := range s.byName {
		if spent, is := b.spent(c); is {
			out = append(out, spent)
		}
	}
	slices.SortFunc(out, func(a, b Spent) int { return cmp.Or(cmp.Compare(a.Home, b.Home), cmp.Compare(a.Name, b.Name)) })
	return out
}

// spent reports whether a name that the key holds is none that it has.
func (b *body) spent(c called) (Spent, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	switch {
	case b.gone:
		return Spent{Home: c.home, Name: c.name}, true
	case b.called() != c:
		return Spent{Home: c.home, Name: c.name, Tag: b.tag}, true
	}
	return Spent{}, false
}

// Spend takes a name out of use, unless the rules give it back. A name that a key has stays its own.
func (s *Store) Spend(n Spent) *Refusal {
	if !s.rules.SpentNames {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.rules.called(n.Home, n.Name)
	if s.byName[c] != nil {
		return &Refusal{Reason: Duplicate, Field: "keyName", Detail: "a key has the name, or it is listed twice"}
	}
	b := s.byTag[n.Tag]
	if n.Tag == "" {
		b = &body{vault: s.vault}
		b.gone = true
	}
	if b == nil {
		return noKey()
	}
	s.byName[c] = b
	return nil
}
