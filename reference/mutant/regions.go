package mutant

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func regions() []Mutant {
	return []Mutant{
		{Name: "outage-loses-calls", Flaw: "Calls on global keys go to Korea, up or down.", Apply: route(func(api string, up []kms.Region) (kms.Region, bool) {
			if api == reference.API20 {
				return kms.KR, slices.Contains(up, kms.KR)
			}
			return reference.Home(api, up)
		})},
		{Name: "outage-of-japan-counts", Flaw: "With Japan down no call is served.", Apply: route(func(api string, up []kms.Region) (kms.Region, bool) {
			if !slices.Contains(up, kms.JPN) {
				return "", false
			}
			return reference.Home(api, up)
		})},
		{Name: "isolated-needs-korea", Flaw: "With Korea down no isolated key is served.", Apply: route(func(api string, up []kms.Region) (kms.Region, bool) {
			if api == reference.API20JP && !slices.Contains(up, kms.KR) {
				return "", false
			}
			return reference.Home(api, up)
		})},
		{Name: "korea-an-hour-behind", Flaw: "Changes made elsewhere reach Korea after an hour.", Apply: func(o *reference.Options) {
			o.Regions.KR.Lag = time.Hour
		}},
		{Name: "lag-doubled", Flaw: "Changes take twice the lag.", Apply: rules(func(r *kms.Rules) {
			r.Arrives = func(made time.Time, lag time.Duration) time.Time { return made.Add(2 * lag) }
		})},
		{Name: "never-replicates", Flaw: "With a lag, changes never reach the other region.", Apply: rules(func(r *kms.Rules) { r.Arrives = never })},
		{Name: "second-change-lost", Flaw: "A change that follows another within the lag never reaches the other region.", Apply: func(o *reference.Options) {
			var f single
			rules(func(r *kms.Rules) { r.Arrives = f.arrives })(o)
		}},
		{Name: "isolated-fails-over", Flaw: "Isolated keys are served by any region that is up.", Apply: func(o *reference.Options) {
			sees(func(p kms.Place, home kms.Region) bool { return p.Isolated == (home != "") })(o)
			route(func(api string, up []kms.Region) (kms.Region, bool) {
				if api == reference.API10 {
					return reference.Home(api, up)
				}
				return reference.Home(reference.API20, up)
			})(o)
		}},
		{Name: "hosts-see-all", Flaw: "Every host has every key.", Apply: sees(func(kms.Place, kms.Region) bool { return true })},
		{Name: "global-host-sees-all", Flaw: "The host of global keys has the isolated ones too.", Apply: sees(func(p kms.Place, home kms.Region) bool {
			return !p.Isolated || home == p.Region
		})},
		{Name: "hosts-swapped", Flaw: "An isolated key of one region is found at the host of the other.", Apply: sees(func(p kms.Place, home kms.Region) bool {
			if !p.Isolated || p.Region == "" {
				return home == "" || p.Region == ""
			}
			return home != "" && home != p.Region
		})},
		{Name: "1.0-fails-over", Flaw: "API 1.0 goes on in Japan.", Apply: route(func(api string, up []kms.Region) (kms.Region, bool) {
			if api == reference.API10 {
				api = reference.API20
			}
			return reference.Home(api, up)
		})},
		{Name: "migrates-enabled", Flaw: "An enabled key is migrated.", Apply: state(kms.Enabled, kms.MigrateKey)},
		{Name: "migrates-pending", Flaw: "A key whose deletion is pending is migrated.", Apply: state(kms.Pending, kms.MigrateKey)},
		{Name: "migrates-again", Flaw: "An isolated key is migrated.", Apply: rules(func(r *kms.Rules) {
			r.Migrates = func(kms.Region) bool { return true }
		})},
		{Name: "migrates-anywhere", Flaw: "A region that does not exist is taken for Korea.", Apply: asks("POST /{keyTag}/migrate", members(func(m map[string]any) {
			if m["targetRegion"] != "JPN" {
				m["targetRegion"] = "KR"
			}
		}))},
		{Name: "migrates-to-korea", Flaw: "Whatever the region asked for, it is Korea.", Apply: asks("POST /{keyTag}/migrate", members(set("targetRegion", "KR")))},
		{Name: "never-migrates", Flaw: "No key is migrated.", Apply: rules(func(r *kms.Rules) {
			r.Migrates = func(kms.Region) bool { return false }
		})},
		{Name: "japan-decrypts-nothing", Flaw: "The host of Japan refuses to decrypt.", Apply: before(reference.API20JP,
			func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
				if at == "POST /{keyTag}/decrypt" {
					r.URL.Path += "-"
				}
				next.ServeHTTP(w, r)
			})},
	}
}

// route returns a flaw in who sends calls to regions.
func route(r reference.Route) func(*reference.Options) {
	return func(o *reference.Options) { o.Route = r }
}

// sees returns a flaw in which keys a place has.
func sees(f func(kms.Place, kms.Region) bool) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Sees = f })
}

// single replicates no change while another is on its way.
type single struct {
	mu   sync.Mutex
	busy time.Time // until when one is
}

func (f *single) arrives(made time.Time, lag time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	if made.Before(f.busy) {
		return never(made, lag)
	}
	f.busy = made.Add(lag)
	return f.busy
}

func never(made time.Time, _ time.Duration) time.Time { return made.AddDate(100, 0, 0) }
