package reports_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/kmsproof/kmsproof/reports"
)

func TestSARIFTellsOutcomesApart(t *testing.T) {
	for _, tt := range []struct {
		outcome reports.Outcome
		level   string // empty: it is no result
		notes   int
	}{
		{reports.Passed, "", 0}, {reports.Skipped, "", 0}, {reports.Failed, "error", 0}, {reports.UnexpectedPass, "error", 0},
		{reports.Warned, "warning", 0}, {reports.KnownFail, "error", 0}, {reports.Errored, "", 1}, {reports.Blocked, "", 1},
	} {
		r := ended(tt.outcome)
		r.Scenarios[0].File, r.Scenarios[0].Line, r.Scenarios[0].Rules = "features/a.feature", 7, []string{"KMS2-KEY-001"}
		r.Scenarios[0].Exchanges = []reports.Exchange{{Status: 200, Curl: "curl -X POST", Answer: "{}"}}
		r.Rules = []reports.Rule{{ID: "KMS2-KEY-001", Level: reports.Must, Statement: "It is so."}}
		reports.Decide(r)
		var doc struct {
			Runs []struct {
				Tool struct {
					Driver struct{ Rules []struct{ ID string } }
				}
				Invocations []struct {
					ExecutionSuccessful        bool
					ToolExecutionNotifications []any
				}
				Results []struct {
					Level        string
					Message      struct{ Text string }
					RuleIndex    int
					Suppressions []any
					Locations    []struct {
						PhysicalLocation struct {
							ArtifactLocation struct{ URI string }
							Region           struct{ StartLine int }
						}
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(write(t, "sarif", r)), &doc); err != nil {
			t.Fatal(err)
		}
		run := doc.Runs[0]
		if n := len(run.Invocations[0].ToolExecutionNotifications); n != tt.notes || run.Invocations[0].ExecutionSuccessful != (r.Verdict != reports.None) {
			t.Errorf("%s: %d notifications, successful %v", tt.outcome, n, run.Invocations[0].ExecutionSuccessful)
		}
		if tt.level == "" {
			if len(run.Results) > 0 {
				t.Errorf("%s is a result", tt.outcome)
			}
			continue
		}
		got := run.Results[0]
		at := got.Locations[0].PhysicalLocation
		if got.Level != tt.level || at.ArtifactLocation.URI != "features/a.feature" || at.Region.StartLine != 7 || run.Tool.Driver.Rules[got.RuleIndex].ID != "KMS2-KEY-001" {
			t.Errorf("%s: got %+v", tt.outcome, got)
		}
		if !strings.HasPrefix(got.Message.Text, "rule KMS2-KEY-001 MUST: It is so.\n") || !strings.HasSuffix(got.Message.Text, "curl -X POST\nanswer 200\n{}") {
			t.Errorf("%s: it does not begin with the rule and end with the exchange: %q", tt.outcome, got.Message.Text)
		}
		if suppressed := len(got.Suppressions) > 0; suppressed != (tt.outcome == reports.KnownFail) {
			t.Errorf("%s: suppressed %v", tt.outcome, suppressed)
		}
	}
}

// TestPrometheusReadsTheMetrics lets Prometheus's own parser and linter judge.
func TestPrometheusReadsTheMetrics(t *testing.T) {
	for name, r := range samples() {
		problems, err := promlint.New(strings.NewReader(write(t, "prometheus", r))).Lint()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s: %s", name, p.Metric, p.Text)
		}
	}
}

func TestBenchLinesAreBenchmarks(t *testing.T) {
	line := regexp.MustCompile(`^(Benchmark[A-Z][^\s]* \d+( [0-9.]+ [^\s]+)+|[a-z]+: .*)$`)
	lines := 0
	for name, r := range samples() {
		for got := range strings.Lines(write(t, "bench", r)) {
			lines++
			if !line.MatchString(strings.TrimRight(got, "\n")) {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
	if lines < 20 {
		t.Errorf("%d lines", lines)
	}
	short := write(t, "bench", mixed())
	if strings.Contains(short, "profile=gentle/phase=P4") {
		t.Error("a phase is told whose generator fell short")
	}
}

func TestBadges(t *testing.T) {
	for name, want := range map[string]string{"pass": "pass, 4 scenarios and 2 load profiles", "mixed": "fail, 3 of 12", "nothing": "no verdict"} {
		r := samples()[name]
		var doc struct {
			SchemaVersion         int
			Label, Message, Color string
		}
		if err := json.Unmarshal([]byte(write(t, "badge", r)), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.SchemaVersion != 1 || doc.Label != "kmsproof" || doc.Message != want || doc.Color == "" {
			t.Errorf("%s: got %+v, want %q", name, doc, want)
		}
		svg := write(t, "badge-svg", r)
		for dec := xml.NewDecoder(strings.NewReader(svg)); ; {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if !strings.Contains(svg, ">"+want+"<") {
			t.Errorf("%s: the picture does not say %q", name, want)
		}
	}
}
