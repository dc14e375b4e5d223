package target_test

import (
	"net/http"
	"net/netip"
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

// A crowded server gets calls of others after each of ours.
type crowded struct {
	http.RoundTripper
	times, others int // after so many of our calls, so many each
}

func (b *crowded) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := b.RoundTripper.RoundTrip(r)
	if strings.HasPrefix(r.URL.Path, "/admin/") || err != nil || b.times == 0 {
		return a, err
	}
	b.times--
	for range b.others {
		other, err := http.NewRequestWithContext(r.Context(), http.MethodGet, r.URL.Scheme+"://"+r.URL.Host+"/others", nil)
		if err != nil {
			return nil, err
		}
		if _, err := b.RoundTripper.RoundTrip(other); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// TestABusyServersAdminListenerBelongsToIt: calls of others push ours out of its journal of three.
func TestABusyServersAdminListenerBelongsToIt(t *testing.T) {
	for name, times := range map[string]int{"for a while": 1, "all the time": 1000} {
		s, err := reference.New(reference.Options{Journal: 3})
		if err != nil {
			t.Fatal(err)
		}
		through := &crowded{RoundTripper: s.RoundTripper(netip.MustParseAddr("127.0.0.1")), times: times, others: 3}
		urls := reference.MemoryURLs()
		tg := &target.Target{Name: "x", URLs: map[target.API]string{target.API20: urls[reference.API20], target.Admin: urls[reference.Admin]},
			Transport: func(target.Source) http.RoundTripper { return through }}
		if err := tg.Belong(t.Context()); err != nil {
			t.Errorf("busy %s: %v", name, err)
		}
	}
}
