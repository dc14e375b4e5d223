package reference

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// A Route says which region answers a call of an API, given the regions that are up in the order of
// [kms.Regions]. False: none does, and the call is answered with 503. A region that it names is one of
// [kms.Regions], and need not be up: that is how a front door is made that does not notice an outage. It
// must be safe for concurrent use.
type Route func(api string, up []kms.Region) (kms.Region, bool)

// Home is the documented Route: a call of API 2.0 goes to the first region that is up, an isolated key
// is served by its own region alone, and API 1.0 by Korea alone (security-kms).
func Home(api string, up []kms.Region) (kms.Region, bool) {
	switch api {
	case API20JP:
		return kms.JPN, slices.Contains(up, kms.JPN)
	case API10, API20KR:
		return kms.KR, slices.Contains(up, kms.KR)
	}
	if len(up) == 0 {
		return "", false
	}
	return up[0], true
}

// Alternate returns a Route that sends calls of API 2.0 to the regions that are up in turn. Others go
// where [Home] sends them.
func Alternate() Route {
	var turn atomic.Uint64
	return func(api string, up []kms.Region) (kms.Region, bool) {
		if api != API20 || len(up) == 0 {
			return Home(api, up)
		}
		return up[(turn.Add(1)-1)%uint64(len(up))], true
	}
}

// Regions say how the two regions are. The zero value is the documented service: both are up and
// neither lags behind.
type Regions struct {
	KR  Region `yaml:"KR,omitempty"`
	JPN Region `yaml:"JPN,omitempty"`
}

// A Region is how a region is.
type Region struct {
	Down bool `yaml:"down,omitempty"`
	// Lag is how long a change made in the other region takes to reach this one, by the server's clock.
	Lag time.Duration `yaml:"lag,omitempty"`
}

func (r *Regions) of(name kms.Region) *Region {
	if name == kms.JPN {
		return &r.JPN
	}
	return &r.KR
}

func (r *Regions) check() error {
	for _, name := range kms.Regions() {
		if r.of(name).Lag < 0 {
			return fmt.Errorf("region %s: its lag is negative", name)
		}
	}
	return nil
}

// switchboard knows which regions are up.
type switchboard struct {
	mu sync.Mutex // of changes
	up atomic.Pointer[[]kms.Region]
}

// open lists the regions that are up.
func (s *switchboard) open() []kms.Region { return *s.up.Load() }

func (s *switchboard) set(name kms.Region, up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := slices.DeleteFunc(kms.Regions(), func(r kms.Region) bool {
		if r == name {
			return !up
		}
		return !slices.Contains(s.open(), r)
	})
	s.up.Store(&now)
}

// arrange puts the world's regions as r says.
func (w *world) arrange(r Regions) {
	all := kms.Regions()
	w.switchboard.up.Store(&all)
	w.places = map[kms.Place]*kms.Store{}
	for _, name := range kms.Regions() {
		for _, p := range []kms.Place{{Region: name}, {Region: name, Isolated: true}} {
			w.places[p] = w.store.In(p)
		}
		w.switchboard.set(name, !r.of(name).Down)
		w.store.SetLag(name, r.of(name).Lag)
	}
}

// Regions returns how the regions are now.
func (s *Service) Regions() Regions { return s.world.Load().regions() }

func (w *world) regions() Regions {
	var out Regions
	for _, name := range kms.Regions() {
		*out.of(name) = Region{Down: !slices.Contains(w.switchboard.open(), name), Lag: w.store.Lag(name)}
	}
	return out
}

// SetRegion changes how a region is, for the calls that begin from now on. Changes that are under way
// arrive when they were to. It panics on a name that [kms.Regions] does not list.
func (s *Service) SetRegion(name kms.Region, r Region) {
	if !slices.Contains(kms.Regions(), name) {
		panic("reference: no region named " + name)
	}
	w := s.world.Load()
	w.store.SetLag(name, max(r.Lag, 0))
	w.switchboard.set(name, !r.Down)
}

// route finds the region that answers the call, and the keys that it has for this address.
func (c *call) route() error {
	if c.api == SubAccount {
		return nil
	}
	region, ok := c.service.route(c.api, c.switchboard.open())
	if !ok {
		return &kms.Refusal{Reason: kms.RegionDown, Detail: "no region that serves this is up"}
	}
	c.region = region
	c.store = c.places[kms.Place{Region: region, Isolated: c.api == API20KR || c.api == API20JP}]
	return nil
}

// migrateKey is POST /kms/v1/keys/{keyTag}/migrate (migrate-key).
func migrateKey(c *call) (any, error) {
	var in struct {
		To *string `json:"targetRegion"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	if bad := given("targetRegion", in.To); bad != nil {
		return nil, bad
	}
	to, bad := kms.RegionNamed("targetRegion", *in.To)
	if bad != nil {
		return nil, bad
	}
	if !slices.Contains(c.switchboard.open(), to) {
		return nil, &kms.Refusal{Reason: kms.RegionDown, Detail: "the target region is down"}
	}
	if bad := c.store.Migrate(c.key, to, c.now); bad != nil {
		return nil, bad
	}
	return struct {
		Tag    string `json:"keyTag"`
		Region string `json:"targetRegion"`
	}{c.key.Tag(), string(to)}, nil
}

// toldRegion is a region as the admin listener tells of it.
type toldRegion struct {
	Up  bool   `json:"up"`
	Lag string `json:"lag"`
}

func told(r Region) toldRegion { return toldRegion{!r.Down, r.Lag.String()} }

// tellRegions is GET /admin/regions.
func (s *Service) tellRegions(w http.ResponseWriter, _ *http.Request) {
	now, out := s.Regions(), map[kms.Region]toldRegion{}
	for _, name := range kms.Regions() {
		out[name] = told(*now.of(name))
	}
	respond(w, http.StatusOK, out)
}

// setRegion is PUT /admin/regions/{name}. What the body lacks stays as it is.
func (s *Service) setRegion(w http.ResponseWriter, r *http.Request) {
	name := kms.Region(r.PathValue("name"))
	if !slices.Contains(kms.Regions(), name) {
		complain(w, http.StatusNotFound, fmt.Sprintf("there is no region %q; there are KR and JPN", harmless(string(name))))
		return
	}
	var in struct {
		Up  *bool   `json:"up"`
		Lag *string `json:"lag"`
	}
	if err := readJSON(r, &in); err != nil || in.Up == nil && in.Lag == nil {
		complain(w, http.StatusBadRequest, `the body is not an object with up or lag, such as {"up":false,"lag":"2s"}`)
		return
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	now := s.Regions()
	region := now.of(name)
	if in.Up != nil {
		region.Down = !*in.Up
	}
	if in.Lag != nil {
		d, err := time.ParseDuration(*in.Lag)
		if err != nil || d < 0 {
			complain(w, http.StatusBadRequest, "lag: want a duration from 0 like 2s or 500ms")
			return
		}
		region.Lag = d
	}
	s.SetRegion(name, *region)
	respond(w, http.StatusOK, told(*region))
}
