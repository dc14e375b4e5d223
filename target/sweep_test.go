package target_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// create makes a key as the owner and returns its tag.
func create(t *testing.T, tg *target.Target, name string) string {
	t.Helper()
	a, err := tg.Do(t.Context(), target.Request{
		Method: http.MethodPost, Path: "/kms/v1/keys", Auth: target.SignatureV2(tg.Credentials["owner"]),
		Body: []byte(`{"keyName":"` + name + `","keyType":"AES256","protectionType":"BASIC"}`),
	})
	if err != nil || a.Status != http.StatusOK {
		t.Fatalf("%s: %v, %v", name, a, err)
	}
	var made struct{ Data struct{ KeyTag string } }
	if err := json.Unmarshal(a.Body, &made); err != nil {
		t.Fatal(err)
	}
	return made.Data.KeyTag
}

func TestASweepTakesOldKeysOfRunsAlone(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	create(t, tg, "kp-abcdef-00001")
	create(t, tg, "orders")
	if err := tg.Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	create(t, tg, "kp-ghijkl-00001")
	strays, younger, err := tg.Strays(t.Context(), time.Hour)
	if err != nil || len(strays) != 1 || younger != 1 {
		t.Fatalf("strays %v, %d younger, %v; want the old key of a run and a young one", strays, younger, err)
	}
	if left := tg.Sweep(t.Context(), strays); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	if strays, _, err = tg.Strays(t.Context(), 0); err != nil || len(strays) != 1 {
		t.Errorf("then %v, %v; want the young key of a run", strays, err)
	}
}

// TestKeysAreRemovedWhereTheyLive migrates a key and makes an isolated one, and then sweeps.
func TestKeysAreRemovedWhereTheyLive(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1, Keys: []reference.Key{
		{Name: "kp-abcdef-00001", Tag: "moved", State: "DISABLE"}, {Name: "kp-abcdef-00002", Tag: "korean", Home: "KR"},
	}})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, err := tg.Do(t.Context(), target.Request{
		Method: http.MethodPost, Path: "/kms/v1/keys/moved/migrate", Auth: target.SignatureV2(tg.Credentials["owner"]),
		Body: []byte(`{"targetRegion":"JPN"}`),
	})
	if err != nil || a.Status != http.StatusOK {
		t.Fatalf("migrate: %v, %v", a, err)
	}
	strays, _, err := tg.Strays(t.Context(), 0)
	if err != nil || len(strays) != 2 {
		t.Fatalf("strays %v, %v; want both", strays, err)
	}
	if left := tg.Sweep(t.Context(), strays); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	if strays, _, err = tg.Strays(t.Context(), 0); err != nil || len(strays) != 0 {
		t.Errorf("then %v, %v; want none", strays, err)
	}
}

// TestALedgerTellsWhatARunLeft: by tag, and by the run's own prefix for a key of whose making it never
// heard. A name that it was about to give may have been somebody else's all along.
func TestALedgerTellsWhatARunLeft(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]string{}
	for _, name := range []string{"kp-abcdef-00001", "kp-abcdef-00002", "kab", "kcd", "kp-ghijkl-00001", "orders"} {
		made[name] = create(t, tg, name)
	}
	ledger := `{"created":"gone","name":"kp-abcdef-00000"}
{"removed":"gone"}
{"named":"kab"}
{"named":"kcd"}
{"created":"` + made["kcd"] + `","name":"kcd"}
{"created":"cut`
	keys, err := tg.Listed(t.Context(), strings.NewReader(ledger))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(slices.Sorted(maps.Values(keys)), " ")
	if want := "kcd kp-abcdef-00001 kp-abcdef-00002"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestAFileOfAnotherKindIsNoLedger: of a last line only what was cut short is excused, with or without a line's end.
func TestAFileOfAnotherKindIsNoLedger(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`{"schema":1}`, "{\"schema\":1}\n", `{"removed":"gone"}` + "\n" + `{"created":5}`, "orders"} {
		if keys, err := tg.Listed(t.Context(), strings.NewReader(text)); !errors.Is(err, target.ErrNoLedger) {
			t.Errorf("%q: %v, %v; want %v", text, keys, err, target.ErrNoLedger)
		}
	}
	for _, text := range []string{"", `{"removed":"gone"}`, `{"crea`} {
		if keys, err := tg.Listed(t.Context(), strings.NewReader(text)); err != nil || len(keys) > 0 {
			t.Errorf("%q: %v, %v; want no keys", text, keys, err)
		}
	}
}

// A slow is a KMS whose calls take a second each, that keeps some keys.
type slow struct {
	stubborn map[string]bool

	mu             sync.Mutex
	now, most, all int // calls under way, at most at once, and in all
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.now++
	s.all++
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	time.Sleep(time.Second)
	s.mu.Lock()
	s.now--
	s.mu.Unlock()
	w := httptest.NewRecorder()
	if s.stubborn[path.Base(r.URL.Path)] {
		w.Code = http.StatusConflict
	}
	return w.Result(), nil
}

// Many keys are removed sixteen at once; what could not be is told in their order.
func TestManyKeysAreRemovedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{stubborn: map[string]bool{"t007": true, "t150": true}}
		tg := &target.Target{Name: "slow", URLs: map[target.API]string{target.API20: "http://slow.test"},
			Credentials: map[string]target.Credential{"owner": {AccessKey: "a", SecretKey: "s"}}, Transport: func(target.Source) http.RoundTripper { return s }}
		l := target.NewLedger("abcdef", target.Budget{}, nil)
		for i := range 160 {
			if err := l.Created(fmt.Sprintf("t%03d", i), "n"); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		left := l.RemoveMany(t.Context(), tg, l.Alive()...)
		if took := time.Since(began); took != 20*time.Second || s.most != 16 || s.all != 320 {
			t.Errorf("%d calls in %v, %d at once; want 320 in 20s, 16 at once", s.all, took, s.most)
		}
		if len(left) != 2 || !strings.Contains(left[0], "t007") || !strings.Contains(left[1], "t150") || !slices.Equal(l.Alive(), []string{"t007", "t150"}) {
			t.Errorf("left over: %q, %q", left, l.Alive())
		}
	})
}

// TestANameIsEnoughForASweep: the run was interrupted before the answer to its first creation.
func TestANameIsEnoughForASweep(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ledger strings.Builder
	name, err := target.NewLedger("abcdef", target.Budget{}, &ledger).NextName()
	if err != nil {
		t.Fatal(err)
	}
	tag := create(t, tg, name)
	create(t, tg, "orders")
	if keys, err := tg.Listed(t.Context(), strings.NewReader(ledger.String())); err != nil || len(keys) != 1 || keys[tag] != name {
		t.Errorf("got %v, %v; want %s", keys, err, name)
	}
}

// TestLostKeysAreRecovered: by the run's own prefix for good, by another name only in words.
func TestLostKeysAreRecovered(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l := target.NewLedger("abcdef", target.Budget{}, nil)
	for _, name := range []string{"kp-abcdef-00001", "kab", "kp-ghijkl-00001", "orders"} {
		create(t, tg, name)
	}
	if err := l.Created(create(t, tg, "kp-abcdef-00002"), "kp-abcdef-00002"); err != nil {
		t.Fatal(err)
	}
	if left := l.Recover(t.Context(), tg); left != nil || l.Unsure() {
		t.Fatalf("nothing was lost, and it reports %v", left)
	}
	l.Lost("kp-abcdef-00001")
	l.Lost("kab")
	l.Lost("")
	if !l.Unsure() {
		t.Error("it is sure of keys of which nobody has heard")
	}
	left := l.Recover(t.Context(), tg)
	if len(left) != 1 || !strings.Contains(left[0], "(kab)") || l.Unsure() {
		t.Errorf("left over: %q, want kab alone", left)
	}
	keys, _, err := tg.Strays(t.Context(), 0)
	if got := strings.Join(slices.Sorted(maps.Values(keys)), " "); err != nil || got != "kp-abcdef-00002 kp-ghijkl-00001" {
		t.Errorf("then there are %s, %v; want the key that is known and another run's", got, err)
	}
}

// busy is over a limit for the first calls, and then lists no keys.
type busy struct{ refused, calls int }

func (b *busy) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if b.calls++; b.calls <= b.refused {
		w.WriteHeader(http.StatusTooManyRequests)
	}
	_, _ = w.WriteString(`{"data":{"keyList":[],"totalPageNo":1}}`)
	return w.Result(), nil
}

// TestKeysAreListedAsPatientlyAsRemoved: every call waits for its turn, and one that is over a limit is made again.
func TestKeysAreListedAsPatientlyAsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, turns := &busy{refused: 2}, 0
		tg := &target.Target{Name: "busy", URLs: map[target.API]string{target.API20: "http://busy.test"},
			Credentials: map[string]target.Credential{"owner": {AccessKey: "a", SecretKey: "s"}}, Transport: func(target.Source) http.RoundTripper { return b }}
		l := target.NewLedger("abcdef", target.Budget{}, nil)
		l.Pace(func(context.Context) error { turns++; return nil })
		l.Lost("kp-abcdef-00001")
		began := time.Now()
		if left := l.Recover(t.Context(), tg); left != nil || l.Unsure() {
			t.Errorf("left over: %q, unsure %v", left, l.Unsure())
		}
		if took := time.Since(began); b.calls != 3 || turns != 3 || took != 2*time.Second {
			t.Errorf("%d calls in %d turns and %v, want 3 in 3 and 2s", b.calls, turns, took)
		}
	})
}

// TestLostKeysThatCannotBeListedAreTold also holds that the ledger stays unsure of them.
func TestLostKeysThatCannotBeListedAreTold(t *testing.T) {
	tg := echo(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	tg.Credentials = map[string]target.Credential{"owner": {AccessKey: "a", SecretKey: "s"}}
	l := target.NewLedger("abcdef", target.Budget{}, nil)
	l.Lost("kp-abcdef-00001")
	if left := l.Recover(t.Context(), tg); len(left) != 1 || !strings.Contains(left[0], "503") || !l.Unsure() {
		t.Errorf("left over: %q, unsure %v", left, l.Unsure())
	}
}

func TestUncertain(t *testing.T) {
	dial, read := &net.OpError{Op: "dial", Err: errors.New("refused")}, &net.OpError{Op: "read", Err: errors.New("reset")}
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{nil, false}, {target.ErrBudget, false},
		{fmt.Errorf("x: %w: %w", target.ErrNoAnswer, dial), false},
		{fmt.Errorf("x: %w: %w", target.ErrNoAnswer, read), true},
		{fmt.Errorf("x: %w: %w", target.ErrNoAnswer, context.DeadlineExceeded), true},
	} {
		if got := target.Uncertain(tt.err); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.err, got, tt.want)
		}
	}
}
