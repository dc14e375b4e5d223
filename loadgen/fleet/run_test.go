package fleet_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
	"github.com/nats-io/nats.go"
)

// brief is a profile of a few seconds that a busy machine can deliver too: what is tested here is who
// sends what and what comes of it, not how well.
func brief(t *testing.T, api string, phases string) loadgen.Profile {
	t.Helper()
	p, err := loadgen.ParseProfile("brief.yaml", []byte(`
name: brief
title: A few calls
api: "`+api+`"
keys: 4
limit: {scope: key, rate: 300, burst: 300}
rest: 100ms
missAfter: 1s
again: 0s
conforming: {sent: 0.5, lateP99: 900ms, burst: 1000}
saturating: {sent: 0.5, lateP99: 900ms}
phases:
`+phases))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const twoPhases = `
  - {name: one, role: gentle, keys: 2, rate: 100, for: 1500ms}
  - {name: all, role: conform, rate: 100, for: 1500ms}
`

// onReference starts a reference, as a target that several may use.
func onReference(t *testing.T) *target.Target {
	t.Helper()
	s, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	owner := s.Accounts()[0]
	return &target.Target{Name: "reference", Ledger: target.NewLedger("fleets", target.Budget{}, nil),
		URLs:        map[target.API]string{target.API20: s.URLs["api20"], target.API10: s.URLs["api10"]},
		Credentials: map[string]target.Credential{"owner": {AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}}}
}

// embedded starts a NATS server in this process.
func embedded(t *testing.T) fleet.Cluster {
	t.Helper()
	s, err := fleet.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return fleet.Cluster{URL: s.URL}
}

func connected(t *testing.T, c fleet.Cluster, as string) *fleet.Link {
	t.Helper()
	l, err := fleet.Connect(c, as, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// hire starts workers. What it returns ends one of them and waits for it, as does the end of the test.
func hire(t *testing.T, c fleet.Cluster, n int, o fleet.WorkerOptions) (stop []func()) {
	t.Helper()
	for i := range n {
		ctx, cancel := context.WithCancel(context.Background())
		l := connected(t, c, fmt.Sprint("worker ", i))
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := fleet.Work(ctx, l, o); err != nil {
				t.Errorf("worker: %v", err)
			}
		})
		end := func() { cancel(); wg.Wait() }
		t.Cleanup(end)
		stop = append(stop, end)
	}
	return stop
}

// books checks that nothing that was planned is missing.
func books(t *testing.T, l reports.Load) {
	t.Helper()
	for _, ph := range l.Phases {
		if ph.Sent+ph.Missed != ph.Planned || ph.Accepted+ph.Limited+ph.Refused+ph.Errors != ph.Sent || ph.Send.Count != ph.Accepted {
			t.Errorf("%s: the books do not balance: %+v", ph.Name, ph)
		}
		if ph.Errors+ph.Refused > 0 || ph.Accepted == 0 {
			t.Errorf("%s: %d accepted, %d refused, %d errors", ph.Name, ph.Accepted, ph.Refused, ph.Errors)
		}
	}
}

func TestWorkersPlayOneRun(t *testing.T) {
	t.Parallel()
	for _, api := range []string{"2.0", "1.0"} {
		cluster := embedded(t)
		kms := onReference(t)
		hire(t, cluster, 3, fleet.WorkerOptions{Version: "v"})
		c := fleet.NewCoordinator(connected(t, cluster, "coordinator"), fleet.Options{Version: "v", Workers: 3})
		l, err := loadgen.Run(t.Context(), kms, brief(t, api, twoPhases), loadgen.Options{Seed: 3, Fleet: c})
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		books(t, l)
		if len(l.Phases) != 2 || l.Phases[0].Planned != 300 || l.Phases[1].Planned != 600 {
			t.Errorf("API %s: %d phases: %+v", api, len(l.Phases), l.Phases)
		}
		keys := 0
		for _, w := range l.Workers {
			keys += w.Keys
			if w.Error <= 0 || w.Error > 50 || w.Lost != "" {
				t.Errorf("API %s: %+v", api, w)
			}
		}
		if len(l.Workers) != 3 || keys != 4 {
			t.Errorf("API %s: %d workers with %d keys", api, len(l.Workers), keys)
		}
		answers := l.Claims[len(l.Claims)-1] // on API 1.0 the limit may refuse to decrypt some
		if answers.Name != "answers" || api == "2.0" && (answers.Verdict != reports.Proven || !strings.HasPrefix(answers.Bound, "180 of 180")) || answers.Verdict == reports.Refuted {
			t.Errorf("API %s: the samples that workers kept: %+v", api, answers)
		}
	}
}

// A key that is too hot for a worker is sent by several, each call of it once.
func TestAHotKeyIsStriped(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	kms := onReference(t)
	hire(t, cluster, 2, fleet.WorkerOptions{})
	c := fleet.NewCoordinator(connected(t, cluster, "coordinator"), fleet.Options{Workers: 2, Most: 50})
	l, err := loadgen.Run(t.Context(), kms, brief(t, "2.0", twoPhases), loadgen.Options{Fleet: c})
	if err != nil {
		t.Fatal(err)
	}
	books(t, l)
	for _, w := range l.Workers {
		if w.Keys != 4 || !strings.Contains(w.Striped, "of 2") {
			t.Errorf("%+v", w)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// No stream and no bucket ever holds a token, a secret key or a signature; the plan and the results that
// they do hold are seen, so the test would see those too.
func TestNoSecretEntersAStream(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	kms := onReference(t)
	hire(t, cluster, 2, fleet.WorkerOptions{})
	stored, secret := tap(t, cluster, "$KV.>", "kmsproof.run.*.result.>"), tap(t, cluster, "kmsproof.worker.*.do.arm")
	c := fleet.NewCoordinator(connected(t, cluster, "coordinator"), fleet.Options{Workers: 2})
	for _, api := range []string{"2.0", "1.0"} {
		if _, err := loadgen.Run(t.Context(), kms, brief(t, api, twoPhases), loadgen.Options{Fleet: c}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	all, told := stored(), secret()
	for _, word := range []string{http.CanonicalHeaderKey(target.HeaderToken), http.CanonicalHeaderKey(target.HeaderSignatureV2), kms.Credentials["owner"].SecretKey, "plaintext"} {
		if bytes.Contains(all, []byte(word)) {
			t.Errorf("a stream holds %q", word)
		}
		if word != kms.Credentials["owner"].SecretKey && !bytes.Contains(told, []byte(word)) {
			t.Errorf("the workers were not told %q: the test looks for the wrong words", word)
		}
	}
	if bytes.Contains(told, []byte(kms.Credentials["owner"].SecretKey)) {
		t.Error("a worker was told the account's secret key")
	}
	if !bytes.Contains(all, []byte(`"name":"brief"`)) || len(all) < 5000 {
		t.Errorf("the tap saw %d bytes without the plan", len(all))
	}
}

// tap keeps what is published to some subjects.
func tap(t *testing.T, c fleet.Cluster, subjects ...string) (seen func() []byte) {
	t.Helper()
	nc, err := nats.Connect(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	var mu sync.Mutex
	var all bytes.Buffer
	for _, s := range subjects {
		if _, err := nc.Subscribe(s, func(m *nats.Msg) {
			mu.Lock()
			defer mu.Unlock()
			all.Write(m.Data)
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	return func() []byte {
		_ = nc.Flush()
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all.Bytes())
	}
}

func TestWhoCannotTakePartIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		worker fleet.WorkerOptions
		want   string
	}{
		"another version": {fleet.WorkerOptions{Version: "v1.9"}, "it is kmsproof v1.9/1 and the coordinator is v2.0/1: use the same program for both"},
		"a clock ten minutes off": {fleet.WorkerOptions{Version: "v2.0", Clock: func() time.Time { return time.Now().Add(10 * time.Minute) }},
			"ahead of the coordinator's (known to"},
		"nobody": {fleet.WorkerOptions{Version: "v2.0"}, "start more with kmsproof worker"},
	} {
		cluster := embedded(t)
		kms := onReference(t)
		if name != "nobody" {
			hire(t, cluster, 1, tt.worker)
		}
		c := fleet.NewCoordinator(connected(t, cluster, "coordinator"), fleet.Options{Version: "v2.0", Workers: 1, Wait: time.Second})
		_, err := loadgen.Run(t.Context(), kms, brief(t, "2.0", twoPhases), loadgen.Options{Fleet: c})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "0 of 1 workers took part within 1s") {
			t.Errorf("%s: %v", name, err)
		}
		if n := kms.Requests(); n > 0 {
			t.Errorf("%s: %d calls were made to the target", name, n)
		}
	}
}

// Two runs at once on one cluster, with workers for both: each has its own, and what they record does not
// mix.
func TestTwoRunsOnOneClusterDoNotMix(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	hire(t, cluster, 4, fleet.WorkerOptions{})
	var wg sync.WaitGroup
	loads := make([]reports.Load, 2)
	for i := range loads {
		kms := onReference(t)
		p := brief(t, "2.0", twoPhases)
		p.Name = fmt.Sprint("run-", i)
		p.Phases[1].Rate = float64(50 * (i + 1))
		wg.Go(func() {
			c := fleet.NewCoordinator(connected(t, cluster, p.Name), fleet.Options{Workers: 2})
			var err error
			if loads[i], err = loadgen.Run(t.Context(), kms, p, loadgen.Options{Fleet: c}); err != nil {
				t.Error(err)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	hosts := map[string]bool{}
	for i, l := range loads {
		books(t, l)
		if len(l.Phases) != 2 || l.Phases[1].Planned != int64(300*(i+1)) {
			t.Errorf("run %d: %+v", i, l.Phases)
		}
		hosts[fmt.Sprint(l.Workers)] = true
	}
	text, err := json.Marshal(loads)
	if err != nil || len(hosts) != 2 {
		t.Errorf("%d sets of workers, %v: %.300s", len(hosts), err, text)
	}
}
