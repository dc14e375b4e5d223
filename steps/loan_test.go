package steps_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// sharing opens one target for all scenarios, seen through wrap.
func sharing(t *testing.T, wrap func(http.RoundTripper) http.RoundTripper) target.Opener {
	t.Helper()
	shared, err := honest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inner := shared.Transport
	shared.Transport = func(s target.Source) http.RoundTripper { return wrap(inner(s)) }
	shared.Disposable = false
	return func(context.Context) (*target.Target, error) { return shared, nil }
}

// through changes nothing.
func through(inner http.RoundTripper) http.RoundTripper { return inner }

// creations counts the keys that are made.
func creations(n *atomic.Int64) func(http.RoundTripper) http.RoundTripper {
	return func(inner http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			resp, err := inner.RoundTrip(r)
			if err == nil && r.Method == "POST" && r.URL.Path == "/kms/v1/keys" && resp.StatusCode == 200 {
				n.Add(1)
			}
			return resp, err
		})
	}
}

// TestKeysThatAreOnlyUsedAreLent: keys cost money on a target that is not ours. That no finding is made
// shows that every scenario that borrows left its key as it was, in two orders.
func TestKeysThatAreOnlyUsedAreLent(t *testing.T) {
	all, err := steps.Plan(steps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var own, lent atomic.Int64
	borrowers := 0
	for _, c := range all {
		if steps.Borrows(c) {
			borrowers++
		}
	}
	run(t, steps.Options{Open: over(honest, creations(&own), nil)})
	for _, seed := range []uint64{3, 4} {
		lent.Store(0)
		r := run(t, steps.Options{Open: sharing(t, creations(&lent)), Seed: seed})
		if n := outcomes(r); n[reports.Passed] != len(r.Scenarios) || len(r.Findings)+len(r.Leftovers) > 0 {
			t.Errorf("seed %d: outcomes %v, findings %v, leftovers %v", seed, n, r.Findings, r.Leftovers)
		}
		t.Logf("%d keys made where each scenario has its own, %d where keys are lent to %d", own.Load(), lent.Load(), borrowers)
		if saved := own.Load() - lent.Load(); borrowers < 200 || saved < int64(borrowers)*8/10 {
			t.Errorf("%d keys saved among %d scenarios that borrow, want eight in ten", saved, borrowers)
		}
	}
}

// marking shows a memo on every key that has encrypted.
func marking(inner http.RoundTripper) http.RoundTripper {
	var used sync.Map
	return tripper(func(r *http.Request) (*http.Response, error) {
		resp, err := inner.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		if of, ok := strings.CutSuffix(r.URL.Path, "/encrypt"); ok {
			used.Store(of, true)
		}
		if _, ok := used.Load(r.URL.Path); ok {
			text, _ := io.ReadAll(resp.Body)
			resp.Body = io.NopCloser(bytes.NewReader(bytes.Replace(text, []byte(`"memo":""`), []byte(`"memo":"used"`), 1)))
		}
		return resp, nil
	})
}

// TestABorrowedKeyThatChangedIsToldAndNotLentAgain: what happens here by use alone would happen by a
// scenario that is wrongly taken for one that only uses its key.
func TestABorrowedKeyThatChangedIsToldAndNotLentAgain(t *testing.T) {
	var made atomic.Int64
	open := sharing(t, func(inner http.RoundTripper) http.RoundTripper { return creations(&made)(marking(inner)) })
	r := run(t, steps.Options{Open: open, IDs: []string{"cipher/A ciphertext names*"}, Parallel: 1})
	if len(r.Scenarios) != 2 || len(r.Findings) != 2 || r.Findings[0].Kind != "lent-key" || !strings.Contains(r.Findings[0].Text, "memo") {
		t.Errorf("%d scenarios, findings %v; want a finding for each of two", len(r.Scenarios), r.Findings)
	}
	if made.Load() != 2 || len(r.Leftovers) > 0 {
		t.Errorf("%d keys made, want one a scenario; leftovers %v", made.Load(), r.Leftovers)
	}
}

// TestAKeyOfAFailureIsNotLentAgain: a target that answers nonsense to encrypting fails both scenarios.
func TestAKeyOfAFailureIsNotLentAgain(t *testing.T) {
	var made atomic.Int64
	open := sharing(t, func(inner http.RoundTripper) http.RoundTripper {
		return creations(&made)(tripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/encrypt") {
				return always(200, "{}")(inner).RoundTrip(r)
			}
			return inner.RoundTrip(r)
		}))
	})
	r := run(t, steps.Options{Open: open, IDs: []string{"cipher/A ciphertext names*"}, Parallel: 1})
	if n := outcomes(r); n[reports.Failed] != 2 || made.Load() != 2 || len(r.Findings)+len(r.Leftovers) > 0 {
		t.Errorf("outcomes %v, %d keys made, findings %v, leftovers %v", n, made.Load(), r.Findings, r.Leftovers)
	}
}

// TestSubtestsLendToo runs as a consumer's go test does on a target of his own.
func TestSubtestsLendToo(t *testing.T) {
	var made atomic.Int64
	open := sharing(t, creations(&made))
	t.Run("suite", func(t *testing.T) { steps.Test(t, open, steps.Options{IDs: []string{"cipher/*"}}) })
	shared, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if alive := shared.Ledger.Alive(); made.Load() > 10 || len(alive) > 0 {
		t.Errorf("%d keys made, %d left", made.Load(), len(alive))
	}
}

// TestAKeyOfWhichNobodyHeardIsRemoved: the target makes the key, and the answer is lost on its way.
func TestAKeyOfWhichNobodyHeardIsRemoved(t *testing.T) {
	var lost atomic.Int64
	losing := func(inner http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			resp, err := inner.RoundTrip(r)
			if err == nil && r.Method == "POST" && r.URL.Path == "/kms/v1/keys" && lost.Add(1) == 1 {
				return nil, errors.New("connection reset")
			}
			return resp, err
		})
	}
	open := sharing(t, losing)
	r := run(t, steps.Options{Open: open, IDs: []string{"creator/An enabled creator is active and has an ID"}})
	shared, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keys, _, err := shared.Strays(t.Context(), 0)
	if r.Scenarios[0].Outcome != reports.Errored || err != nil || len(keys)+len(r.Leftovers) > 0 {
		t.Errorf("%s; on the target %v, %v; leftovers %v", r.Scenarios[0].Outcome, keys, err, r.Leftovers)
	}
}
