package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestArrivalsAreJudgedByTheirTurn(t *testing.T) {
	even := func(n int, late func(i int) time.Duration) []time.Duration {
		at := make([]time.Duration, n)
		for i := range at {
			at[i] = 700*ms + time.Duration(i)*ms + late(i)
		}
		slices.Sort(at)
		return at
	}
	tail := func(from int, late time.Duration) func(int) time.Duration {
		return func(i int) time.Duration {
			if i >= from {
				return late
			}
			return 0
		}
	}
	for name, tt := range map[string]struct {
		at   []time.Duration
		want bool
	}{
		"on time":                   {even(1000, tail(1000, 0)), true},
		"all 4 ms late after one":   {even(1000, tail(1, 4*ms)), true},
		"all 6 ms late after one":   {even(1000, tail(1, 6*ms)), false},
		"the last 1 % late":         {even(1000, tail(990, 50*ms)), false},
		"less than 1 % late":        {even(1000, tail(991, 50*ms)), true},
		"one of a thousand missing": {even(999, tail(999, 0)), true},
		"two of a thousand missing": {even(998, tail(998, 0)), false},
		"a tenth missing":           {even(900, tail(900, 0)), false},
		"none":                      {nil, false},
	} {
		if d := judge(tt.at, 1000, ms); d.held() != tt.want {
			t.Errorf("%s: %+v, held %v, want %v", name, d, d.held(), tt.want)
		}
	}
}

func TestOnlyTheLongestRunIsJudged(t *testing.T) {
	at := []time.Duration{0, 1, 2, 5 * time.Second, 5*time.Second + 1, 5*time.Second + 2, 5*time.Second + 3, 9 * time.Second}
	if got := longest(at, time.Second); !slices.Equal(got, at[3:7]) {
		t.Errorf("%v", got)
	}
	if got := longest(nil, time.Second); len(got) != 0 {
		t.Errorf("%v of none", got)
	}
}

func TestRatesAreComparedInThePeersFavour(t *testing.T) {
	const peer = "vegeta attack"
	for name, tt := range map[string]struct {
		own, peer float64
		want      string
		fails     bool
	}{
		"the goal":            {24000, 9600, "2.50", false},
		"below it":            {19200, 9600, "2.00", true},
		"a peer that held no": {2400, 0, "2.00", true},
		"a busy machine":      {0, 0, "invalid", true},
	} {
		f := beside(map[string]float64{senders[0].name: tt.own, peer: tt.peer}, peer, 2.5)
		if f.got != tt.want || f.fails != tt.fails {
			t.Errorf("%s: %s, missed %v; want %s, %v", name, f.got, f.fails, tt.want, tt.fails)
		}
	}
}

func TestThePageGetsANewTable(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	write := func(text string) {
		if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("before\n" + tableBegins + "old\n" + tableEnds + "after\n")
	if err := writePage(page, "Idle.", []figure{atMost("a thing", "%.1f", 2, 1, "beside")}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(got)
	if !strings.HasPrefix(text, "before\n"+tableBegins) || !strings.HasSuffix(text, tableEnds+"after\n") ||
		strings.Contains(text, "old") || !strings.Contains(text, "| a thing | 2.0 | ≤ 1.0 | missed | beside |") {
		t.Errorf("the page is\n%s", text)
	}
	write("no markers")
	if err := writePage(page, "", nil); err == nil {
		t.Error("a page without markers is written")
	}
}

func TestTheLimitersDecisionsAreRead(t *testing.T) {
	const series = "kmsproof_reference_limiter_decisions_total"
	admitted, refused, err := readDecisions(strings.NewReader("# HELP\n" +
		series + "{api=\"api10\",decision=\"refused\"} 9\n" +
		series + "{api=\"api20\",decision=\"admitted\"} 1.2e+06\n" + series + "{api=\"api20\",decision=\"refused\"} 3\n"))
	if err != nil || admitted != 1.2e6 || refused != 3 {
		t.Errorf("admitted %g, refused %g, %v", admitted, refused, err)
	}
	if _, _, err := readDecisions(strings.NewReader("")); err == nil {
		t.Error("metrics without decisions are read")
	}
}

func TestProcessorTimeIsRead(t *testing.T) {
	for stat, want := range map[string]time.Duration{
		"7 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13\n": 230 * ms,
		"7 (a) S 1 2 3 4 5 6 7 8 9 10 11":            0,
		"7 (a) S 1 2 3 4 5 6 7 8 9 10 x 12 13":       0,
		"":                                           0,
	} {
		if got := usedIn(stat); got != want {
			t.Errorf("%q: %v, want %v", stat, got, want)
		}
	}
}

func TestRoundsAreComparedTurnByTurn(t *testing.T) {
	quiet, busy := round{perSecond: 4, calls: 4, used: 12 * ms}, round{perSecond: 2, calls: 2, used: 12 * ms}
	half := rounds{{perSecond: 2, calls: 2, used: 4 * ms}, {perSecond: 1, calls: 1, used: 5 * ms}}
	if got := half.over(rounds{quiet, busy}, round.rate); !slices.Equal(got, sample{0.5, 0.5}) {
		t.Errorf("half of each turn: %v", got)
	}
	if got := half.processor(); got != 3*ms {
		t.Errorf("9 ms for 3 calls: %v a call", got)
	}
	if f := processorFigure("", half, rounds{quiet, busy}, "x"); f.verdict() != "" || f.got != "3000.0 µs" || !strings.Contains(f.note, "4000.0 µs, so 0.75") {
		t.Errorf("%+v", f)
	}
	if f := processorFigure("", half, rounds{{perSecond: 1, calls: 1}}, "x"); f.got != "unknown" {
		t.Errorf("beside one that is not known: %+v", f)
	}
}

func TestALoadThatWasNotPlayedIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(file, []byte(`{"loads":[{"verdict":"invalid","phases":[]}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readPhase(file); !errors.Is(err, errNotPlayed) {
		t.Errorf("%v, want %v", err, errNotPlayed)
	}
}

func TestARunFileIsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.json")
	for text, want := range map[string]bool{
		`{"loads":[{"phases":[{"planned":10,"sent":9,"late":{"p99":1.5}}]}]}`: true,
		`{"loads":[]}`: false,
		`{"loads":[{"verdict":"pass","phases":[]}]}`:      false,
		`{"loads":[{"phases":[{"planned":0,"sent":0}]}]}`: false,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := readPhase(file)
		if (err == nil) != want || want && (p.Planned != 10 || p.Sent != 9 || p.Late.P99 != 1.5) {
			t.Errorf("%s: %+v, %v", text, p, err)
		}
	}
}

func TestARunThatPlayedAPhaseAgainIsNotClean(t *testing.T) {
	for text, want := range map[string]string{
		`{"loads":[{"verdict":"pass","generator":{}}]}`:                           "true <nil>",
		`{"loads":[{"verdict":"pass","generator":{"repeats":["played again"]}}]}`: "false <nil>",
		`{"loads":[{"verdict":"invalid","generator":{}}]}`:                        "false <nil>",
		`{"loads":[{"verdict":"fail","generator":{}}]}`:                           "false the embedded reference failed",
		`{"loads":[]}`: "false it does not hold one load",
	} {
		file := filepath.Join(t.TempDir(), "run.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		clean, err := passedAtOnce(file)
		if got := fmt.Sprintf("%v %v", clean, err); strings.Replace(got, file+": ", "", 1) != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// A value that rounds to its bound says on which side of it it is.
func TestAFigureNearItsBoundIsToldApart(t *testing.T) {
	for got, want := range map[float64]string{0.8968: "0.90 (0.8968)", 0.904: "0.90 (0.904)", 0.89999: "0.90 (0.89999)", 0.9: "0.90", 0.88: "0.88"} {
		if f := atLeast("x", "%.2f", got, 0.9, ""); f.got != want || f.fails != (got < 0.9) {
			t.Errorf("%v: %q, fails %v, want %q", got, f.got, f.fails, want)
		}
	}
}
