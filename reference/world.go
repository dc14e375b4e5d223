package reference

import (
	"fmt"
	"slices"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// world is what a reset throws away.
type world struct {
	store *kms.Store
	pairs map[string]*kms.KeyPair // of accounts, by access key
	ids   map[string]*kms.Account // accounts by id
	list  []Account               // as they were given, each with its id

	places      map[kms.Place]*kms.Store // does not change
	switchboard switchboard
}

// A genesis is what a world is made of.
type genesis struct {
	State
	secrets []kms.Secrets // of the keys of the state, where they were drawn before; empty: they were not
	again   bool          // there was a world before: keys of these tags may have had other creators there
	before  *kms.Store    // where these had keys of the same pool; nil: they had not, or it is not known
}

// line returns which line the creators of a key go on. One of a tag that is yet to be drawn was never there.
func (g *genesis) line(k Key) *kms.Line {
	if !g.again || k.Tag == "" {
		return nil
	}
	if g.before != nil {
		if old, bad := g.before.Key(k.Tag); bad == nil {
			return old.Line()
		}
	}
	return kms.UnknownLine()
}

// begin makes the first world, and keeps what a reset leads back to.
func (s *Service) begin() error {
	if err := s.SetFaults(s.options.Faults); err != nil {
		return err
	}
	first := genesis{State: s.options.state()}
	s.stir(first.State)
	w, err := s.newWorld(first)
	if err != nil {
		return err
	}
	s.first = w.told(first.State)
	s.world.Store(w)
	return nil
}

// told returns what makes the world again that was just made of a state, with all that was drawn for it but the
// creators: no signing key serves twice.
func (w *world) told(of State) genesis {
	out := genesis{State: of, again: true}
	out.Accounts, out.Keys = slices.Clone(w.list), slices.Clone(of.Keys)
	for i, k := range w.store.List() {
		out.Keys[i].Tag = k.Tag()
		out.secrets = append(out.secrets, k.Secrets())
	}
	return out
}

// reset puts the service back to how it was at first: accounts, keys, regions, limits, faults. Clock and metrics
// go on, and the creators of keys that were given without one's key are others.
func (s *Service) reset() error {
	s.changing.Lock()
	defer s.changing.Unlock()
	w, err := s.newWorld(s.first)
	if err != nil {
		return err
	}
	if err := s.SetFaults(s.options.Faults); err != nil {
		return err
	}
	s.world.Store(w)
	s.gate20.restart()
	s.gate10.restart()
	s.journal.Clear()
	return nil
}

// newWorld makes a world. Its error says what is wrong with the state; nothing then changed.
func (s *Service) newWorld(g genesis) (*world, error) {
	back, same := s.signing.keepApart(g.Keys)
	if old := s.world.Load(); old != nil && same {
		g.before = old.store
	}
	w, err := s.made(g)
	if err != nil {
		back()
	}
	return w, err
}

func (s *Service) made(g genesis) (*world, error) {
	if err := g.Regions.check(); err != nil {
		return nil, err
	}
	var authority kms.Authority = s.signatures
	if s.options.Authority != nil {
		authority = s.options.Authority(authority)
	}
	w := &world{
		store: kms.NewStore(s.rules, counted{authority, s.metrics.tokens}, s.random, s.options.rsaMaterial(g)),
		pairs: map[string]*kms.KeyPair{}, ids: map[string]*kms.Account{},
	}
	for i, a := range g.Accounts {
		if err := s.enrol(w, a); err != nil {
			return nil, &placed{[]any{"accounts", i}, err}
		}
	}
	if err := s.plant(w.store, g); err != nil {
		return nil, err
	}
	w.arrange(g.Regions)
	return w, nil
}

// plant puts the keys into the store of a world that is being made.
func (s *Service) plant(store *kms.Store, g genesis) error {
	now := s.clock.Now()
	for i, k := range g.Keys {
		p := planting{now: now, line: g.line(k)}
		if len(g.secrets) > 0 {
			p.secrets = g.secrets[i]
		}
		if err := k.plant(store, p); err != nil {
			return &placed{[]any{"keys", i}, fmt.Errorf("key %s: %w", harmless(k.Name), err)}
		}
	}
	for i, n := range g.SpentNames {
		if bad := store.Spend(kms.Spent(n)); bad != nil {
			return &placed{[]any{"spentNames", i}, fmt.Errorf("name %s: %w", harmless(n.Name), bad)}
		}
	}
	store.SkipIDs(g.LastKeyID)
	return nil
}

// enrol takes an account into a world that is being made.
func (s *Service) enrol(w *world, a Account) error {
	if taken, _ := w.named(a.Name); a.Name == "" || taken != nil {
		return fmt.Errorf("account %q: it needs a name of its own", harmless(a.Name))
	}
	account, pairs, err := a.account(&s.rules, s.random)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if taken := w.pairs[p.AccessKey]; taken != nil && taken.Account == account {
			return fmt.Errorf("account %s: its access key is given twice", harmless(a.Name))
		} else if taken != nil {
			return fmt.Errorf("account %s: its access key is another's already", harmless(a.Name))
		}
		w.pairs[p.AccessKey] = p
	}
	if w.ids[account.ID] != nil {
		return fmt.Errorf("account %s: its id is another's already", harmless(a.Name))
	}
	w.ids[account.ID], a.ID = account, account.ID
	w.list = append(w.list, a)
	return nil
}
