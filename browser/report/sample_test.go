//go:build e2e

package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reports"
)

// page writes the report of a run to a file and answers its address.
func page(t *testing.T, r *reports.Run, lang string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := reports.HTMLIn(f, r, lang); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// sample is a run that the reports package keeps for its own tests.
func sample(t *testing.T, name string) *reports.Run {
	t.Helper()
	r, err := reports.Read(filepath.Join("..", "..", "reports", "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// largest is the worst that a page must carry: 400 scenarios on every rule of the register, a fifth of them failed with their exchanges; 64 keys for
// two minutes, five replays of them, and each key disturbed by each other.
func largest(t *testing.T) *reports.Run {
	r := sample(t, "pass")
	base := r.Scenarios[0]
	r.Scenarios, r.Rules = nil, nil
	register := features.Rules()
	for _, rule := range register {
		r.Rules = append(r.Rules, reports.Rule{
			ID: rule.ID, Level: reports.Level(rule.Level), Origin: rule.Origin.String(), Statement: rule.Statement, Risk: rule.Risk, Rival: rule.Rival,
			Korean: reports.Translation{Statement: rule.Korean.Statement, Rival: rule.Korean.Rival},
		})
	}
	for i := range 400 {
		s := base
		s.Rules = []string{register[i].ID}
		s.ID, s.Title, s.Line = fmt.Sprintf("large/%d", i), fmt.Sprintf("Case %d behaves as the guide says that it must", i), i+1
		if i%5 == 0 {
			s.Outcome, s.Keyword, s.Step, s.Reason = reports.Failed, "Then", "the call is refused", "status 200, want 401"
			for range 4 {
				s.Exchanges = append(s.Exchanges, reports.Exchange{Request: "POST http://127.0.0.1/", Body: strings.Repeat(`"x"`, 800), Status: 200, Answer: strings.Repeat(`"y"`, 1500), Curl: "curl http://127.0.0.1/"})
			}
		}
		r.Scenarios = append(r.Scenarios, s)
	}
	loaded(&r.Loads[0])
	reports.Decide(r)
	return r
}

func loaded(l *reports.Load) {
	l.Keys, l.Replays, l.Isolation = nil, nil, &reports.Isolation{Quiet: 20, Hot: 450}
	for k := range 64 {
		s := reports.KeySeries{Name: fmt.Sprintf("key-%02d", k), API: "2.0"}
		for i := range 120 {
			n := int64(250 + (i*7919+k*104729)%100)
			s.Offered, s.Accepted, s.Limited, s.Other = append(s.Offered, n), append(s.Accepted, min(n, 300)), append(s.Limited, max(0, n-300)), append(s.Other, 0)
		}
		l.Keys = append(l.Keys, s)
		for victim := range 64 {
			l.Isolation.Cells = append(l.Isolation.Cells, reports.Cell{Hot: k, Victim: victim, Sent: 1000, Refused: int64(k + victim), Disturbed: true})
		}
	}
	for range 5 {
		replay := reports.Replay{Limiter: "300 per second for each key", Apart: 0.1}
		for _, k := range l.Keys {
			replay.Accepted, replay.Refused = append(replay.Accepted, k.Accepted), append(replay.Refused, k.Limited)
		}
		l.Replays = append(l.Replays, replay)
	}
}

// sides writes the comparison of two runs to a file and answers its address.
func sides(t *testing.T, before, after *reports.Run, lang string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "compare.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := reports.Compare(before, after).HTMLIn(f, lang); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}
