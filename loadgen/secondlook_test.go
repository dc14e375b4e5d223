package loadgen

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// TestManyKeysAreLookedAt: those of a busy minute before do not make the first look's answer too long, nor those of
// many seconds the later ones'.
func TestManyKeysAreLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const keys, seconds = 2000, 30 // about 5.6 MB of decisions
		o := reference.Options{Seed: 1}
		for i := range keys {
			o.Keys = append(o.Keys, reference.Key{Name: fmt.Sprintf("key-%d", i), Tag: fmt.Sprintf("%064d", i)})
		}
		s, err := reference.New(o)
		if err != nil {
			t.Fatal(err)
		}
		urls, owner := reference.MemoryURLs(), s.Accounts()[0]
		tg := &target.Target{Name: "many", URLs: map[target.API]string{target.API20: urls[reference.API20], target.Admin: urls[reference.Admin]},
			Transport: func(target.Source) http.RoundTripper { return s.RoundTripper(netip.MustParseAddr("127.0.0.1")) }}
		auth := target.SignatureV2{AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}
		busy := func() {
			for range seconds {
				for _, k := range o.Keys {
					if _, err := tg.Do(t.Context(), target.Request{Method: http.MethodPost, Path: "/kms/v1/keys/" + k.Tag + "/encrypt", Auth: auth, Body: []byte("{}")}); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Second)
			}
		}
		r := &rig{t: tg, api: target.API20}
		for _, k := range o.Keys {
			r.keys = append(r.keys, &loaded{tag: k.Tag})
		}
		busy()
		end := looking(context.WithoutCancel(t.Context()), r, keys)
		busy()
		told, lost := end()
		if lost || len(told) != keys {
			t.Fatalf("of %d keys is told, and it is lost: %v", len(told), lost)
		}
		for i, n := range told {
			if n != (Told{Admitted: seconds}) {
				t.Fatalf("key %d: %+v, want %d admitted", i, n, seconds)
			}
		}
	})
}

// What the target counted otherwise than is noted costs the certificate, but for what it may have counted either way.
func TestATargetThatCountsOtherwiseCostsTheCertificate(t *testing.T) {
	for name, tt := range map[string]struct {
		told    Told // of the first key
		noted   map[Class]int64
		again   int64
		problem string

		renewals []Renewal
	}{
		"the same":                    {Told{1100, 100}, map[Class]int64{Accepted: 1100, RateLimited: 100}, 0, "", nil},
		"one accepted too many":       {Told{1099, 100}, map[Class]int64{Accepted: 1100, RateLimited: 100}, 0, "let 1099 calls on key 1 pass and refused 100, but 1100 are noted as accepted", nil},
		"one accepted too few":        {Told{1101, 100}, map[Class]int64{Accepted: 1100, RateLimited: 100}, 0, "let 1101 calls", nil},
		"a refusal that none was":     {Told{1200, 0}, map[Class]int64{Accepted: 1199, RateLimited: 1}, 0, "1 as limited", nil},
		"a refusal that is not noted": {Told{1100, 101}, map[Class]int64{Accepted: 1100, RateLimited: 100}, 0, "refused 101", nil},
		"time-outs, served":           {Told{1100, 100}, map[Class]int64{Accepted: 1090, TimedOut: 10, RateLimited: 100}, 0, "", nil},
		"time-outs, not served":       {Told{1090, 100}, map[Class]int64{Accepted: 1090, TimedOut: 10, RateLimited: 100}, 0, "", nil},
		"more than the time-outs":     {Told{1101, 100}, map[Class]int64{Accepted: 1090, TimedOut: 10, RateLimited: 100}, 0, "10 as neither", nil},
		"made again":                  {Told{1100, 150}, map[Class]int64{Accepted: 1100, RateLimited: 100}, 50, "", nil},
		"a new token was tried":       {told: Told{1101, 100}, noted: map[Class]int64{Accepted: 1100, RateLimited: 100}, renewals: []Renewal{{OK: true}}},
		"it was not counted":          {Told{1100, 100}, map[Class]int64{Accepted: 1100, RateLimited: 100}, 0, "1101 are noted as accepted", []Renewal{{OK: true}}},
		"a new token did not come":    {told: Told{1100, 100}, noted: map[Class]int64{Accepted: 1100, RateLimited: 100}, renewals: []Renewal{{}}},
		"a new token was refused":     {told: Told{1100, 101}, noted: map[Class]int64{Accepted: 1100, RateLimited: 100}, renewals: []Renewal{{}}},
		"another key's token":         {told: Told{1100, 100}, noted: map[Class]int64{Accepted: 1100, RateLimited: 100}, renewals: []Renewal{{Key: 1}}},
	} {
		p, a := booked(t)
		a.Renewals = tt.renewals
		a.Told, a.Repeated = []Told{tt.told, {1200, 0}}, []int64{tt.again, 0}
		a.tracks[0].counts = [classes]int64{}
		for class, n := range tt.noted {
			a.tracks[0].counts[class] = n
		}
		problems := certify(p, a)
		if tt.problem == "" && len(problems) > 0 || tt.problem != "" && (len(problems) != 1 || !strings.Contains(problems[0], tt.problem)) {
			t.Errorf("%s: %q, want %q", name, problems, tt.problem)
		}
	}
}
