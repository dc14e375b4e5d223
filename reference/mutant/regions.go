package mutant

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
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
		{Name: "1.0-stays-down", Flaw: "After an outage of Korea API 1.0 does not come back.", Apply: func(o *reference.Options) {
			var was atomic.Bool
			o.Route = func(api string, up []kms.Region) (kms.Region, bool) {
				if !slices.Contains(up, kms.KR) {
					was.Store(true)
				}
				if api == reference.API10 && was.Load() {
					return "", false
				}
				return reference.Home(api, up)
			}
		}},
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
		{Name: "japan-decrypts-nothing", Flaw: "The host of Japan refuses to decrypt.", Apply: refuses(reference.API20JP, onRoute("POST /{keyTag}/decrypt"))},
		{Name: "korea-decrypts-nothing", Flaw: "The host of Korea refuses to decrypt.", Apply: refuses(reference.API20KR, onRoute("POST /{keyTag}/decrypt"))},
		{Name: "outage-of-japan-forgets", Flaw: "What is done while Japan is down never reaches it.", Apply: outageForgets},
		{Name: "isolated-without-tokens", Flaw: "The hosts of isolated keys know no tokens.", Apply: isolated(func(api string) func(*reference.Options) {
			return refuses(api, func(r *http.Request, _ string) bool { return carriesToken(r) })
		})},
		{Name: "isolated-without-verifying", Flaw: "The hosts of isolated keys verify no signature.", Apply: isolated(func(api string) func(*reference.Options) {
			return refuses(api, onRoute("POST /{keyTag}/verify"))
		})},
		{Name: "isolated-deletion-cancels", Flaw: "Deleting an isolated key cancels its deletion.", Apply: isolated(func(api string) func(*reference.Options) {
			return inPlace(api, deletionCancels)
		})},
		{Name: "isolated-for-anybody", Flaw: "The hosts of isolated keys carry out calls without credentials for the owner.", Apply: isolated(func(api string) func(*reference.Options) {
			return asOwner(api, func(r *http.Request, _ string) bool { return !carriesToken(r) && !isSigned(r) })
		})},
		{Name: "one-base-url", Flaw: "Key info names one base URL for all keys.", Apply: func(o *reference.Options) {
			for _, api := range hosts {
				answersOf(api, "GET /{keyTag}", inData(set("baseUrl", "https://ocapi.ncloud.com")))(o)
			}
		}},
		{Name: "names-across-hosts", Flaw: "A name is taken for good at every host, wherever a key got it.", Apply: namesAcrossHosts},
		{Name: "1.0-serves-isolated", Flaw: "API 1.0 serves the isolated keys too.", Apply: sees(func(p kms.Place, home kms.Region) bool {
			return !p.Isolated || home == p.Region
		})},
		{Name: "migration-ends-tokens", Flaw: "Migration takes the creator of a key out of office.", Apply: rules(func(r *kms.Rules) { r.MigrationRetires = true })},
		{Name: "migration-enables", Flaw: "Migration enables a key.", Apply: migrationEnables},
	}
}

// hosts are those of API 2.0, and the isolated ones among them.
var (
	hosts         = []string{reference.API20, reference.API20KR, reference.API20JP}
	isolatedHosts = hosts[1:]
)

// isolated returns a flaw of each host of isolated keys.
func isolated(flaw func(api string) func(*reference.Options)) func(*reference.Options) {
	return func(o *reference.Options) {
		for _, api := range isolatedHosts {
			flaw(api)(o)
		}
	}
}

// refuses returns a flaw by which a host does not know some calls.
func refuses(api string, which func(r *http.Request, route string) bool) func(*reference.Options) {
	return before(api, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if which(r, at) {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func onRoute(route string) func(*http.Request, string) bool {
	return func(_ *http.Request, at string) bool { return at == route }
}

// namesAcrossHosts refuses a name that a key ever got, at whichever host.
func namesAcrossHosts(o *reference.Options) {
	taken := &tally{}
	for _, api := range hosts {
		before(api, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			if at != "POST /" {
				next.ServeHTTP(w, r)
				return
			}
			var asked struct {
				Name string `json:"keyName"`
			}
			r = rewritten(r, func(body []byte) []byte {
				_ = json.Unmarshal(body, &asked)
				return body
			})
			if taken.of(asked.Name) > 0 {
				http.Error(w, `{"error":{"errorCode":"UNPROCESSABLE_ENTITY","message":"Invalid status"}}`, http.StatusUnprocessableEntity)
				return
			}
			c := capture(next, r)
			if c.ok() {
				taken.count(asked.Name)
			}
			c.send(w)
		})(o)
	}
}

// outageForgets loses on the way to Japan what is done while it is down.
func outageForgets(o *reference.Options) {
	var down atomic.Bool
	o.Regions.JPN.Lag = time.Nanosecond
	route(func(api string, up []kms.Region) (kms.Region, bool) {
		down.Store(!slices.Contains(up, kms.JPN))
		return reference.Home(api, up)
	})(o)
	rules(func(r *kms.Rules) {
		r.Arrives = func(made time.Time, _ time.Duration) time.Time {
			if down.Load() {
				return made.AddDate(100, 0, 0)
			}
			return made
		}
	})(o)
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

// migrationEnables enables a key that was migrated, at the host where it lives then.
func migrationEnables(opts *reference.Options) {
	o, inner := ownerOf(opts), opts.Wrap
	at := map[string]http.Handler{}
	opts.Wrap = func(api string, next http.Handler) http.Handler {
		if inner != nil {
			next = inner(api, next)
		}
		at[api] = next
		if api != reference.API20 {
			return next
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := capture(next, r)
			if routeOf(r) == "POST /{keyTag}/migrate" && c.ok() {
				for _, host := range isolatedHosts {
					o.about(at[host], r, http.MethodPost, "/enable")
				}
			}
			c.send(w)
		})
	}
}
