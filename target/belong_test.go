package target_test

import (
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// TestAnAdminListenerBelongsToItsServer: a run that moved the clock of another server would blame this one.
func TestAnAdminListenerBelongsToItsServer(t *testing.T) {
	start := func(o reference.Options) *reference.Server {
		s := reference.NewServer(o)
		t.Cleanup(func() { s.Close() })
		return s
	}
	at := func(s *reference.Server, admin string) *target.Target {
		tg := &target.Target{Name: "x", URLs: map[target.API]string{target.Admin: admin}}
		for api, url := range s.URLs {
			if api != reference.Admin {
				tg.URLs[target.API(api)] = url
			}
		}
		t.Cleanup(func() { tg.Close() })
		return tg
	}
	one, quiet, other := start(reference.Options{}), start(reference.Options{Journal: -1}), start(reference.Options{})
	for name, tg := range map[string]*target.Target{
		"its own": at(one, one.URLs[reference.Admin]), "one that keeps no journal": at(quiet, quiet.URLs[reference.Admin]),
		"none": at(one, ""),
	} {
		if err := tg.Belong(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, tg := range map[string]*target.Target{
		"an idle one": at(one, other.URLs[reference.Admin]), "one that keeps no journal": at(one, quiet.URLs[reference.Admin]),
	} {
		if err := tg.Belong(t.Context()); err == nil || !strings.Contains(err.Error(), "it belongs to another server") {
			t.Errorf("the admin listener of another server, %s: %v", name, err)
		}
	}
	mixed := at(one, one.URLs[reference.Admin])
	mixed.URLs[target.API10] = other.URLs[reference.API10]
	if err := mixed.Belong(t.Context()); err == nil || !strings.Contains(err.Error(), "api10") {
		t.Errorf("API 1.0 of another server: %v", err)
	}
}
