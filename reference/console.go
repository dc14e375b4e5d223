package reference

import (
	"cmp"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reference/console"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// console returns the handler of the console, for the admin listener.
func (s *Service) console() http.Handler {
	apis := map[string]http.Handler{}
	for _, api := range []string{API20, API20KR, API20JP} {
		apis[api] = s.apis[api]
	}
	return console.New(console.Service{
		Version: cmp.Or(s.options.Version, "dev"), APIs: apis, URLs: s.allURLs, Accounts: s.callers,
		SigningTime: func() time.Time { return s.judging(s.clock.Now()) }, MachineTime: s.options.MachineSignatures, Load: s.load,
	})
}

// callers are the accounts as a console has them.
func (s *Service) callers() []console.Account {
	out := []console.Account{}
	for _, a := range s.Accounts() {
		pair := a.Pair()
		out = append(out, console.Account{Name: a.Name, Policy: policyOf(a), AccessKey: pair.AccessKey, SecretKey: pair.SecretKey})
	}
	return out
}

// policyOf names all that says what an account may do.
func policyOf(a Account) string {
	names := []string{string(a.Policy)}
	for _, p := range a.Policies {
		names = append(names, p.Name)
	}
	if a.Policy == kms.NoPolicy && len(names) > 1 {
		names = names[1:]
	}
	return strings.Join(names, ", ")
}

func (s *Service) allURLs() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.urls)
}

// load is what both limiters decided lately.
func (s *Service) load() console.Load {
	now := s.clock.Now()
	l := console.Load{
		Now:   now.UTC(),
		API20: console.Gate{Limit: s.gate20.String(), Seconds: s.gate20.meter.Seconds(0, now)},
		API10: console.Gate{Limit: s.gate10.String(), Seconds: s.gate10.meter.Seconds(0, now)},
		Names: map[string]string{},
	}
	store := s.world.Load().store // of no place: it has the keys of all, whatever regions are up
	for _, second := range l.API20.Seconds {
		for tag := range second.Keys {
			if key, refused := store.Key(tag); refused == nil {
				l.Names[tag] = key.Info().Spec.Name
			}
		}
	}
	return l
}
