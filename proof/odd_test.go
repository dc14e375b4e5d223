package proof_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// A carrier carries a call; inner reaches a sound reference.
type carrier func(inner http.RoundTripper, r *http.Request) (*http.Response, error)

// oddly opens a sound reference behind a carrier.
func oddly(carry carrier) *proof.Target {
	open := proof.Reference(reference.Options{Seed: 1})
	return &proof.Target{Name: "odd", Scenario: func(ctx context.Context) (*target.Target, error) {
		t, err := open(ctx)
		if err != nil {
			return nil, err
		}
		sound := t.Transport
		t.Transport = func(s target.Source) http.RoundTripper { return carried{carry, sound(s)} }
		return t, nil
	}}
}

type carried struct {
	carry carrier
	inner http.RoundTripper
}

func (c carried) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/admin/") {
		return c.inner.RoundTrip(r)
	}
	return c.carry(c.inner, r)
}

func answers(status int, body string) carrier {
	return func(http.RoundTripper, *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

// dies answers so many calls and no more.
func dies(after int64) carrier {
	var calls atomic.Int64
	return func(inner http.RoundTripper, r *http.Request) (*http.Response, error) {
		if calls.Add(1) > after {
			return nil, errors.New("connection refused")
		}
		return inner.RoundTrip(r)
	}
}

// TestOddTargetsAndTheirExitCodes: only a target that keeps the rules ends with 0, and only one that
// answered wrongly with 1.
func TestOddTargetsAndTheirExitCodes(t *testing.T) {
	const yes = `{"code":"SUCCESS","msg":"","data":{"keyTag":"k","accessToken":"a.b.c","refreshToken":"a.b.c","ciphertext":"ncpkms:v1:AAAA"}}`
	for _, tt := range []struct {
		name  string
		carry carrier
		exit  int
	}{
		{"sound", func(inner http.RoundTripper, r *http.Request) (*http.Response, error) { return inner.RoundTrip(r) }, 0},
		{"late", func(inner http.RoundTripper, r *http.Request) (*http.Response, error) {
			time.Sleep(4 * time.Second) // of the bubble
			return inner.RoundTrip(r)
		}, 0},
		{"says yes to everything", answers(200, yes), 1},
		{"answers garbage", answers(200, "<html>welcome</html>"), 1},
		{"refuses everything", answers(401, `{"error":{"errorCode":"200","message":"Authentication Failed","details":""}}`), 1},
		{"fails itself", answers(503, "gone"), 1},
		{"dies mid-run", dies(20), 3},
		{"is not there", dies(0), 3},
		{"hangs", func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				job := proof.Job{Command: "conform", Target: oddly(tt.carry), Seed: 1, Conform: &steps.Options{Rule: "KMS2-KEY", Parallel: 1}}
				run, err := job.Do(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got := run.ExitCode(); got != tt.exit {
					t.Errorf("exit code %d, want %d: %s %q", got, tt.exit, run.Counts(), run.Reasons)
				}
			})
		})
	}
}

// TestASelectionThatExcludesItselfIsNoPass: what is named exists, and nothing is left to run.
func TestASelectionThatExcludesItselfIsNoPass(t *testing.T) {
	job := proof.Job{Command: "conform", Target: resolve(t, "reference"), Seed: 1, Conform: &steps.Options{Rule: "KMS2-ACL", IDs: []string{"key/*"}}}
	run, err := job.Do(t.Context())
	if err != nil || run.ExitCode() != 3 {
		t.Errorf("exit code %d, %v; want 3", run.ExitCode(), err)
	}
}

// TestAnEmptyListIsNoFinding: whether who may do nothing with keys is refused the list, or is shown none, is
// open.
func TestAnEmptyListIsNoFinding(t *testing.T) {
	shown := false
	none := oddly(func(inner http.RoundTripper, r *http.Request) (*http.Response, error) {
		resp, err := inner.RoundTrip(r)
		if err != nil || r.Method != http.MethodGet || r.URL.Path != "/kms/v1/keys" || resp.StatusCode != http.StatusForbidden {
			return resp, err
		}
		shown = true
		resp.Body.Close()
		return answers(http.StatusOK, `{"code":"SUCCESS","msg":"","data":{"totalCount":0,"keyList":[]}}`)(inner, r)
	})
	job := proof.Job{Command: "conform", Target: none, Seed: 1, Conform: &steps.Options{IDs: []string{"subaccount/*nothing with keys*"}, Parallel: 1}}
	run, err := job.Do(t.Context())
	if err != nil || run.ExitCode() != 0 || !shown {
		t.Errorf("exit code %d, %v, an empty list shown %v: %s", run.ExitCode(), err, shown, run.Counts())
	}
}

// TestASuccessWithoutACiphertextIsTold: what works on a ciphertext has none then, which is the target's doing.
func TestASuccessWithoutACiphertextIsTold(t *testing.T) {
	empty := func(inner http.RoundTripper, r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/encrypt") {
			return answers(http.StatusOK, `{"code":"SUCCESS","data":{}}`)(inner, r)
		}
		return inner.RoundTrip(r)
	}
	job := proof.Job{Command: "conform", Target: oddly(empty), Seed: 1, Conform: &steps.Options{Rule: "KMS2-DEC"}}
	run, err := job.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, s := range run.Scenarios {
		if s.Outcome == reports.Errored {
			t.Errorf("%s: %s", s.ID, s.Reason)
		}
		if strings.Contains(s.Reason+s.Expected, "a ciphertext to work on") {
			told++
		}
	}
	if told == 0 {
		t.Error("no scenario says that there is no ciphertext to work on")
	}
}
