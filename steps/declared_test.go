package steps_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// TestWhatIsDeclaredAndNotThereIsTold: the scenarios that need it are skipped, and the run says why.
func TestWhatIsDeclaredAndNotThereIsTold(t *testing.T) {
	merge := func(netip.Addr) netip.Addr { return netip.MustParseAddr("203.0.113.9") }
	for name, tt := range map[string]struct {
		s    setting
		want string
	}{
		"addresses that a NAT makes one": {setting{nat: merge}, "a call from 127.0.0.1 is refused although the IP ACL lists 127.0.0.1"},
		"one of them is not seen": {setting{nat: func(a netip.Addr) netip.Addr {
			if a == netip.MustParseAddr("127.0.0.2") {
				return netip.MustParseAddr("127.0.0.1")
			}
			return a
		}}, "a call from 127.0.0.2 is refused"},
		"addresses that the file calls the same": {setting{change: func(t *target.Target) { t.Sources[1].SeenAs = t.Sources[0].SeenAs }}, "two of them are seen as 127.0.0.1"},
		"an unknown viewer": {setting{change: func(t *target.Target) {
			t.Credentials["viewer"] = target.Credential{AccessKey: strings.Repeat("V", 20), SecretKey: "v"}
		}}, "credentials.viewer"},
		"an unknown encryptor": {setting{change: func(t *target.Target) {
			t.Credentials["encryptor"] = target.Credential{AccessKey: strings.Repeat("E", 20), SecretKey: "e"}
		}}, "credentials.encryptor"},
		"another API 1.0": {setting{change: func(t *target.Target) { t.URLs[target.API10] = t.URLs[target.API20] }}, "no API 1.0 answers at"},
		"nobody at API 1.0": {setting{change: func(t *target.Target) {}, between: func(inner http.RoundTripper) http.RoundTripper {
			return tripper(func(r *http.Request) (*http.Response, error) {
				if strings.HasPrefix(r.URL.Path, "/keys/v") && strings.HasPrefix(r.URL.Host, "api10") {
					return nil, fmt.Errorf("connection refused")
				}
				return inner.RoundTrip(r)
			})
		}}, "declared and not found: API 1.0 (api10): "},
		"another API at the host of a region": {setting{change: func(t *target.Target) { t.URLs[target.API20JP] = t.URLs[target.API10] }}, "no host of isolated keys answers at"},
		"a wrong API key": {setting{change: func(t *target.Target) {
			c := t.Credentials["owner"]
			c.APIKey = "wrong"
			t.Credentials["owner"] = c
		}}, "the key is wrong, or the target does not know the older signature"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.s.prove(t, steps.Options{Seed: 2, IDs: []string{"account/*", "legacy/*", "acl/A*", "region/A global*", "permission/Who may encrypt alone*"}}, func(t *testing.T, r *steps.Result, _ *target.Target) {
				spared(20, noClock, noRegions, ", though it is declared")(t, r, nil)
				told := slices.ContainsFunc(r.Findings, func(f reports.Finding) bool {
					return f.Kind == "capability" && f.Exit == 0 && strings.Contains(f.Text, tt.want)
				})
				if !told || len(r.Target.Found) >= len(r.Target.Declared) {
					t.Errorf("findings %v, want %q; declared %v, found %v", r.Findings, tt.want, r.Target.Declared, r.Target.Found)
				}
			})
		})
	}
}

// TestABrokenRuleIsNoMissingCapability: what asking finds wrong with a rule is left to scenarios.
func TestABrokenRuleIsNoMissingCapability(t *testing.T) {
	open := func(inner http.RoundTripper) http.RoundTripper { // the IP ACL is read and kept, and denies nobody
		return tripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/acl/enable") {
				return always(200, `{"code":"SUCCESS","data":{}}`)(inner).RoundTrip(r)
			}
			return inner.RoundTrip(r)
		})
	}
	setting{between: open}.prove(t, steps.Options{Rule: "KMS2-ACL"}, func(t *testing.T, r *steps.Result, _ *target.Target) {
		if n := outcomes(r); n[reports.Failed] < 10 || len(r.Findings) > 0 {
			t.Errorf("outcomes %v, findings %v", n, r.Findings)
		}
	})
}

// TestAnExplorationTellsWhatIsDeclaredAndNotThere too: sequences leave out what needs it.
func TestAnExplorationTellsWhatIsDeclaredAndNotThere(t *testing.T) {
	for _, clients := range []int{0, 2} {
		open := over(honest, through, func(t *target.Target) {
			t.Disposable = false
			t.Credentials["viewer"] = target.Credential{AccessKey: strings.Repeat("V", 20), SecretKey: "v"}
		})
		r := run(t, steps.Options{Open: open, Seed: 2, Explore: 1, Clients: clients})
		if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Text, "credentials.viewer") {
			t.Errorf("%d clients: findings %v", clients, r.Findings)
		}
	}
}
