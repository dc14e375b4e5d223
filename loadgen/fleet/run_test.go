package fleet_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reports"
)

func TestWorkersPlayOneRun(t *testing.T) {
	t.Parallel()
	for _, api := range []string{"2.0", "1.0"} {
		cluster := embedded(t)
		kms := onReference(t)
		hire(t, cluster, 3, fleet.WorkerOptions{Version: "v"})
		l, err := play(t, cluster, fleet.Options{Version: "v", Workers: 3}, kms, brief(t, api, twoPhases))
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
	l, err := play(t, cluster, fleet.Options{Workers: 2, Most: 50}, kms, brief(t, "2.0", twoPhases))
	if err != nil {
		t.Fatal(err)
	}
	books(t, l)
	for _, w := range l.Workers {
		if w.Keys != 4 || !strings.Contains(w.Striped, "of 2") {
			t.Errorf("%+v", w)
		}
	}
}

// No stream and no bucket ever holds what a call carries that others could use: each header, token and
// signature that a worker was told is looked for, and the account's secret key, which no worker was told. The
// plan and the results that they do hold are seen, so the test would see those too.
func TestNoSecretEntersAStream(t *testing.T) {
	t.Parallel()
	for _, api := range []string{"2.0", "1.0"} {
		cluster := embedded(t)
		kms := onReference(t)
		hire(t, cluster, 2, fleet.WorkerOptions{})
		stored, told := tap(t, cluster, "$KV.>", "kmsproof.run.*.result.>"), tap(t, cluster, "kmsproof.worker.*.do.arm")
		if _, err := play(t, cluster, fleet.Options{Workers: 2}, kms, brief(t, api, twoPhases)); err != nil {
			t.Fatal(err)
		}
		all, owner := bytes.Join(stored(), nil), kms.Credentials["owner"].SecretKey
		words := map[string]int{owner: 0, "plaintext": 0}
		for _, m := range told() {
			if bytes.Contains(m, []byte(owner)) {
				t.Errorf("API %s: a worker was told the account's secret key", api)
			}
			for _, secret := range secrets(t, m) {
				words[secret]++
			}
		}
		for word := range words {
			if bytes.Contains(all, []byte(word)) {
				t.Errorf("API %s: a stream holds %.12q", api, word)
			}
		}
		if n := len(words); n < 8 { // keys, or calls signed twice, with a body each
			t.Errorf("API %s: the workers were told %d secrets: the test looks at the wrong messages", api, n)
		}
		if !bytes.Contains(all, []byte(`"name":"brief"`)) || len(all) < 2500 {
			t.Errorf("API %s: the tap saw %d bytes without the plan", api, len(all))
		}
	}
}

// secrets returns what the calls of an arming carry: their bodies, and the value of each header that is not
// said of every call.
func secrets(t *testing.T, arming []byte) (found []string) {
	t.Helper()
	var m struct {
		Calls []loadgen.Signed `cbor:"4,keyasint"`
	}
	if err := cbor.Unmarshal(arming, &m); err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Calls {
		found = append(found, string(c.Body))
		for name, values := range c.Header {
			if name == "Content-Type" || name == "Accept" || name == "User-Agent" {
				continue
			}
			found = append(found, values...)
		}
	}
	return found
}

func TestWhoCannotTakePartIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		worker fleet.WorkerOptions
		want   string
	}{
		"another version": {fleet.WorkerOptions{Version: "v1.9"}, "it is kmsproof v1.9/3 and the coordinator is v2.0/3: use the same program for both"},
		"a clock ten minutes off": {fleet.WorkerOptions{Version: "v2.0", Clock: func() time.Time { return time.Now().Add(10 * time.Minute) }},
			"ahead of the coordinator's (known to"},
		"nobody": {fleet.WorkerOptions{Version: "v2.0"}, "start more with kmsproof worker"},
	} {
		cluster := embedded(t)
		kms := onReference(t)
		if name != "nobody" {
			hire(t, cluster, 1, tt.worker)
		}
		_, err := play(t, cluster, fleet.Options{Version: "v2.0", Workers: 1, Wait: time.Second}, kms, brief(t, "2.0", twoPhases))
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
			var err error
			if loads[i], err = play(t, cluster, fleet.Options{Workers: 2}, kms, p); err != nil {
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
