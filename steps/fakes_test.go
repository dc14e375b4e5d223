package steps_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// over wraps every call of a target.
func over(open target.Opener, wrap func(http.RoundTripper) http.RoundTripper, change func(*target.Target)) target.Opener {
	return func(ctx context.Context) (*target.Target, error) {
		t, err := open(ctx)
		if err != nil {
			return nil, err
		}
		inner := t.Transport
		t.Transport = func(s target.Source) http.RoundTripper { return wrap(inner(s)) }
		t.Dial = byHand(wrap(inner(target.Source{})))
		if change != nil {
			change(t)
		}
		return t, nil
	}
}

// byHand answers whatever is sent over a bare connection as carry answers a GET.
func byHand(carry http.RoundTripper) func(context.Context, target.API, target.Source) (net.Conn, error) {
	return func(ctx context.Context, _ target.API, _ target.Source) (net.Conn, error) {
		client, server := net.Pipe()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://api20.kms.test/", nil)
		if err != nil {
			return nil, err
		}
		resp, err := carry.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		var answer bytes.Buffer
		_ = resp.Write(&answer)
		go func() { // ends when the answer is read or the client closes its end
			defer server.Close()
			_, _ = server.Read(make([]byte, 1<<10))
			_, _ = server.Write(answer.Bytes())
		}()
		return client, nil
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// always answers every call of the imitated APIs alike; the clock goes on working.
func always(status int, body string) func(http.RoundTripper) http.RoundTripper {
	return func(inner http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.Path, "/admin/") {
				return inner.RoundTrip(r)
			}
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})
	}
}

// refusing fits the sentences that assert a refusal.
var refusing = regexp.MustCompile(`refus|opens no use|not decrypt|not valid|not served|may do nothing|denied`)

// refusals are the cases that assert a refusal.
func refusals(t *testing.T) map[string]bool {
	t.Helper()
	all, err := steps.Plan(steps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, c := range all {
		if slices.ContainsFunc(steps.Thens(c), refusing.MatchString) {
			found[c.ID] = true
		}
	}
	return found
}

// TestAYesManFailsEveryRefusal: a target that says yes to everything passes no scenario that asserts a
// refusal.
func TestAYesManFailsEveryRefusal(t *testing.T) {
	body := fmt.Sprintf(`{"code":"SUCCESS","msg":"","data":{"keyTag":"k","keyName":"kp","keyType":"AES256","status":"ENABLE",
		"ciphertext":"ncpkms:v1:AAAA","plaintext":"AAAA","accessToken":"%[1]s","refreshToken":"%[1]s","allowedIpList":[],"isAclEnabled":false}}`, "a.b.c")
	r := run(t, steps.Options{Open: over(honest, always(200, body), nil)})
	about := refusals(t)
	for _, s := range r.Scenarios {
		if s.Outcome == reports.Passed && about[s.ID] {
			t.Errorf("%s passed", s.ID)
		}
	}
	if len(about) < 200 {
		t.Errorf("%d cases assert a refusal, want most of the suite's", len(about))
	}
	n := outcomes(r)
	if n[reports.Failed] < 50 || n[reports.Errored] > 0 {
		t.Errorf("outcomes %v, want many failures and no error of the suite", n)
	}
}

// TestWhatIsNoAnswerOfAKMSPassesNothing also holds that none of it is an error of the suite.
func TestWhatIsNoAnswerOfAKMSPassesNothing(t *testing.T) {
	for name, wrap := range map[string]func(http.RoundTripper) http.RoundTripper{
		"garbage":        always(200, "<html>welcome</html>"),
		"nothing":        always(200, ""),
		"null":           always(200, "null"),
		"a list":         always(200, `[{"code":"SUCCESS"}]`),
		"wrong types":    always(200, `{"code":"SUCCESS","data":{"keyTag":7,"keyList":3,"accessToken":[],"ciphertext":{}}}`),
		"data as text":   always(200, `{"code":"SUCCESS","data":"yes"}`),
		"a redirect":     always(302, ""),
		"a server fault": always(503, `{"error":{"errorCode":"500","message":"Endpoint Error","details":""}}`),
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range run(t, steps.Options{Open: over(honest, wrap, nil)}).Scenarios {
				if s.Outcome == reports.Passed || s.Outcome == reports.Errored {
					t.Errorf("%s: %s: %s", s.Outcome, s.ID, s.Reason)
				}
			}
		})
	}
}

func TestATargetThatDiesEndsTheRun(t *testing.T) {
	var calls atomic.Int64
	dies := func(inner http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			if calls.Add(1) > 300 {
				return nil, errors.New("connection refused")
			}
			return inner.RoundTrip(r)
		})
	}
	died(t, run(t, steps.Options{Open: over(honest, dies, nil), Rule: "KMS2-TOK"}))
}

func TestATargetThatHangsEndsTheRun(t *testing.T) {
	hangs := func(http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
	}
	synctest.Test(t, func(t *testing.T) {
		died(t, run(t, steps.Options{Open: over(honest, hangs, nil), Parallel: 1}))
	})
}

func died(t *testing.T, r *steps.Result) {
	t.Helper()
	if len(r.Findings) != 1 || r.Findings[0].Kind != "target-died" || r.Findings[0].Exit != 3 {
		t.Errorf("got findings %v, want target-died with exit 3", r.Findings)
	}
	n := outcomes(r)
	if n[reports.Errored] < 5 || n[reports.Failed]+n[reports.Warned] > 0 || len(r.NotRun) == 0 {
		t.Errorf("outcomes %v, %d not run; want errors, no finding about a rule, and a rest", n, len(r.NotRun))
	}
}

// TestLateAnswersAreAnswers: four seconds a call are slow, not wrong.
func TestLateAnswersAreAnswers(t *testing.T) {
	late := func(inner http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			time.Sleep(4 * time.Second) // of the bubble
			return inner.RoundTrip(r)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		r := run(t, steps.Options{Open: over(honest, late, nil), Rule: "KMS2-REN"})
		for _, s := range r.Scenarios {
			if s.Outcome != reports.Passed {
				t.Errorf("%s: %s: %s", s.Outcome, s.ID, s.Reason)
			}
		}
		if len(r.Scenarios) == 0 {
			t.Error("nothing ran")
		}
	})
}

// TestALimitIsWaitedOutThenBlocks: a 429 in a scenario that is not about limits is no finding.
func TestALimitIsWaitedOutThenBlocks(t *testing.T) {
	for _, tt := range []struct {
		wait time.Duration
		want reports.Outcome
	}{{3 * time.Second, reports.Passed}, {time.Second, reports.Blocked}} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			busy := func(inner http.RoundTripper) http.RoundTripper {
				return tripper(func(r *http.Request) (*http.Response, error) {
					if time.Since(start) < 2*time.Second {
						return always(429, `{}`)(inner).RoundTrip(r)
					}
					return inner.RoundTrip(r)
				})
			}
			open := over(honest, busy, func(t *target.Target) { t.Wait = tt.wait })
			r := run(t, steps.Options{Open: open, IDs: []string{"creator/An enabled creator is active and has an ID"}})
			if got := r.Scenarios[0]; got.Outcome != tt.want {
				t.Errorf("wait %v: got %s (%s), want %s", tt.wait, got.Outcome, got.Reason, tt.want)
			}
		})
	}
}
