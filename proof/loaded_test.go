package proof

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

func TestWhatALoadHasShown(t *testing.T) {
	good := loaded{share: 1, others: 1, echo: 0.9, counts: counts{due: 300, sent: 300, accepted: 280, opened: 30}}
	for _, tt := range []struct {
		name   string
		change func(*loaded)
		exits  []int
		says   string
	}{
		{"it was held", func(*loaded) {}, nil, ""},
		{"a ciphertext is missing", func(l *loaded) { l.wrong = 1 }, []int{1}, "1 of 280 accepted"},
		{"a refused token is accepted", func(l *loaded) { l.stale = 2 }, []int{1}, "2 encryptions were accepted by a token after"},
		{"a ciphertext is of something else", func(l *loaded) { l.spoilt = 1 }, []int{1}, "1 of 30 sampled ciphertexts"},
		{"one of the other keys is", func(l *loaded) { l.answers = reports.Claim{Verdict: reports.Refuted, Bound: "179 of 180"} }, []int{1}, "only 179 of 180"},
		{"too few of them say anything", func(l *loaded) { l.answers.Verdict = reports.ClaimInconclusive }, nil, ""},
		{"an answer is missing", func(l *loaded) { l.failed = 1 }, []int{3}, "1 of 300 calls"},
		{"it ended before the scenarios", func(l *loaded) { l.only = time.Minute }, []int{3}, "which ends after 1m0s"},
		{"the other keys had less", func(l *loaded) { l.others = 0.89 }, []int{3}, "only 89 % of the load"},
		{"the scenarios' keys had less", func(l *loaded) { l.echo = 0.89 }, []int{3}, "only 89 % of the load"},
		{"nothing could be repeated", func(l *loaded) { l.due, l.echo = 0, 0 }, []int{3}, "nothing to repeat"},
		{"all at once", func(l *loaded) { l.wrong, l.failed, l.only, l.echo = 1, 1, 1, 0 }, []int{1, 3, 3, 3}, "a busy machine"},
	} {
		l := good
		tt.change(&l)
		var exits []int
		var said strings.Builder
		for _, f := range l.findings() {
			exits = append(exits, f.Exit)
			said.WriteString(f.Text)
		}
		if !slices.Equal(exits, tt.exits) || !strings.Contains(said.String(), tt.says) {
			t.Errorf("%s: exits %v, want %v; says %q, want %q", tt.name, exits, tt.exits, &said, tt.says)
		}
	}
}

// TestALoadThatEndsBeforeTheScenariosIsTold: they pass, and prove nothing.
func TestALoadThatEndsBeforeTheScenariosIsTold(t *testing.T) {
	job := Job{
		Target: embedded("reference", "", plain(reference.Options{Seed: 1})), Seed: 1, UnderLoad: []float64{0.1}, loadLasts: time.Millisecond,
		Conform: &steps.Options{IDs: []string{"cipher/What the access token encrypts, the account decrypts"}},
	}
	run, err := job.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := slices.ContainsFunc(run.Findings, func(f reports.Finding) bool { return strings.Contains(f.Text, "took longer than the load") })
	if !told || run.ExitCode() != 3 {
		t.Errorf("exit %d, findings %v", run.ExitCode(), run.Findings)
	}
}

// TestALoadThatFailsLosesNoResult: the keys of the load are refused. The scenarios are ended and told of, and no other
// share is begun.
func TestALoadThatFailsLosesNoResult(t *testing.T) {
	o := reference.Options{Seed: 1, Wrap: func(api string, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			if r.URL.Path == "/kms/v1/keys" && r.Method == http.MethodPost && !bytes.Contains(body, []byte(`"memo"`)) { // not of a scenario
				w.WriteHeader(http.StatusForbidden)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		})
	}}
	job := Job{
		Target: embedded("reference", "", plain(o)), Seed: 1, UnderLoad: []float64{0.8, 1},
		Conform: &steps.Options{IDs: []string{"cipher/What the access token encrypts, the account decrypts"}},
	}
	run, err := job.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := func(f reports.Finding) bool {
		return f.Exit == 3 && strings.HasPrefix(f.Text, "under 80 % load the load could not be held")
	}
	if len(run.Findings) != 1 || !told(run.Findings[0]) || run.ExitCode() != 3 {
		t.Errorf("exit %d, findings %v", run.ExitCode(), run.Findings)
	}
	if ran := len(run.Scenarios) + len(run.NotRun); ran != 1 || run.Config["load held at 80 %"] == "" {
		t.Errorf("%d scenarios are told of, want 1: %+v", ran, run)
	}
}

// TestWhatDidNotRunUnderLoadIsKept, so that --rerun takes it up.
func TestWhatDidNotRunUnderLoadIsKept(t *testing.T) {
	run := &reports.Run{}
	file(run, &steps.Result{NotRun: []string{"a/one"}, Target: reports.Target{Declared: []string{"clock"}}}, 0.8)
	file(run, &steps.Result{NotRun: []string{"a/one"}, Target: reports.Target{Declared: []string{"clock"}}}, 1)
	if want := []string{"a/one (under 80 % load)", "a/one (under 100 % load)"}; !slices.Equal(run.NotRun, want) {
		t.Errorf("not run: %q, want %q", run.NotRun, want)
	}
	if steps.AtRest(run.NotRun[0]) != "a/one" || !slices.Equal(run.Target.Declared, []string{"clock"}) {
		t.Errorf("by itself it is %q; declared %v", steps.AtRest(run.NotRun[0]), run.Target.Declared)
	}
}
