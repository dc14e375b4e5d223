package zoo_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

func TestTheJudgeIsNeverWrong(t *testing.T) {
	cells, err := zoo.Characterize(t.Context(), zoo.Plan{Experiments: 2, Seed: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		t.Logf("%-34s %-8s right %3d open %3d invalid %3d wrong %3d  named %3d misnamed %3d", c.Subject, c.Client, c.Right, c.Open, c.Invalid, c.Wrong, c.Named, c.Misnamed)
		if c.Wrongly() {
			t.Errorf("%s, client %s: %d wrong and %d misnamed of %d: %q", c.Subject, c.Client, c.Wrong, c.Misnamed, c.Experiments(), c.Faults)
		}
		if c.Unexplained() {
			t.Errorf("%s, client %s: %d of %d inconclusive, and nothing is said of why", c.Subject, c.Client, c.Open, c.Experiments())
		}
	}
}

// Each is an experiment of which something was once said that is not true: over a line that scatters
// calls, one that was lucky both ways moved a bound by a call, and calls that overtook others looked
// like the edge of a window; a sliding counter whose second begins with the load was called a bucket, and a fixed window a
// sliding log. Of the last too little was said: over a long line everything was near another call, and so excused.
func TestWhatWasWrongOnceIsNot(t *testing.T) {
	for _, x := range zoo.WrongOnce() {
		subjects := slices.DeleteFunc(zoo.Subjects(), func(s zoo.Subject) bool { return s.Name != x.Subject })
		clients := slices.DeleteFunc(zoo.Clients(), func(c zoo.Client) bool { return c.Name != x.Client })
		cells, err := zoo.Characterize(t.Context(), zoo.Plan{Experiments: 1, Seed: x.Seed, Subjects: subjects, Clients: clients})
		if err != nil || len(cells) != 1 {
			t.Fatalf("%s: %d cells, %v", x.Subject, len(cells), err)
		}
		if c := cells[0]; c.Right != 1 || c.Misnamed != 0 {
			t.Errorf("%+v: %+v", x, c)
		}
	}
}

// Why of nodes that calls reach at random both verdicts are right: sent at exactly what they sustain, more is
// refused in the long run than a guarantee bears, and less than it is tested for.
func TestNodesReachedAtRandomRefuseAFew(t *testing.T) {
	const calls, rate = 1_000_000, 300
	for _, s := range zoo.Subjects() {
		if s.Either == "" {
			continue
		}
		service, refused := s.Make(rand.New(rand.NewPCG(1, 2))), 0
		for i := range calls {
			if service(loadgen.Call{At: time.Unix(0, 0).Add(time.Duration(i) * time.Second / rate)}).Refused {
				refused++
			}
		}
		share := float64(refused) / calls
		t.Logf("%s: %.2f %%", s.Name, 100*share)
		if share < 0.001 || share > 0.01 {
			t.Errorf("%s refuses %v of what conforms", s.Name, share)
		}
	}
}

// Of a client that holds still for up to a quarter of a second nothing is believed, however honest the limiter.
func TestAStalledClientProvesNothing(t *testing.T) {
	stalled := zoo.Clients()[0]
	stalled.StallEvery, stalled.StallFor = 3*time.Second, 250*time.Millisecond
	honest := slices.DeleteFunc(zoo.Subjects(), func(s zoo.Subject) bool { return s.Name != "bucket of 300" && s.Name != "sliding log" })
	cells, err := zoo.Characterize(t.Context(), zoo.Plan{Experiments: 2, Seed: 40, Subjects: honest, Clients: []zoo.Client{stalled}})
	if err != nil || len(cells) != 2 {
		t.Fatalf("%d cells, %v", len(cells), err)
	}
	for _, c := range cells {
		if c.Invalid != 2 {
			t.Errorf("%s: %+v", c.Subject, c)
		}
	}
}

// A judge that says the opposite is found out: so is one that is right about everything but a scope.
func TestAWrongJudgeIsFoundOut(t *testing.T) {
	liar := zoo.Subjects()[0] // honest, and said to be short
	liar.Want, liar.Truth = reports.LoadFail, zoo.Truth{"rate": false}
	elsewhere := zoo.Subjects()[0]
	elsewhere.Scope = "system"
	faster := zoo.Subjects()[0]
	faster.Rate = 310
	larger, smaller := zoo.Subjects()[1], zoo.Subjects()[1]
	larger.Burst, smaller.Burst = 170, 130
	other := zoo.Subjects()[0]
	other.Kind = "fixed window"
	var told []string
	cells, err := zoo.Characterize(t.Context(), zoo.Plan{
		Experiments: 1,
		Subjects:    []zoo.Subject{liar, elsewhere, faster, larger, smaller, other}, Clients: zoo.Clients()[:1],
		Fault: func(text string) { told = append(told, text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != len(cells) {
		t.Errorf("%d of %d faults are told as they are found: %q", len(told), len(cells), told)
	}
	for i, c := range cells {
		if !c.Wrongly() || len(c.Faults) == 0 {
			t.Errorf("row %d: nothing is found wrong: %+v", i, c)
		}
	}
}

func TestThePageIsMadeOfTheCells(t *testing.T) {
	plan := zoo.Plan{Experiments: 2, Subjects: zoo.Subjects()[:2], Clients: zoo.Clients()}
	var cells []zoo.Cell
	for _, s := range plan.Subjects {
		for _, c := range plan.Clients {
			cells = append(cells, zoo.Cell{Subject: s.Name, Profile: s.Profile, Client: c.Name, Kind: s.Kind, Right: 1, Open: 1, Named: 2, Allowed: "x"})
		}
	}
	var page, table strings.Builder
	if err := errors.Join(zoo.Markdown(&page, plan, cells), zoo.Table(&table, plan, cells)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| bucket of 300 | per-key-300 | pass | 1 / 1 / 0 / 0 |", "**0 of 12 were wrong and 0 kinds were misnamed**", "token bucket, 100 %"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page does not say %q:\n%s", want, page.String())
		}
	}
	if !strings.Contains(table.String(), "12 experiments: 6 right, 6 inconclusive, 0 invalid, 0 wrong") {
		t.Errorf("the table says\n%s", table.String())
	}
}

// What the page says of the theory is what the command writes today; its figures are of the day it was made.
func TestThePageIsOfThisCommand(t *testing.T) {
	data, err := os.ReadFile("../../docs/verdicts.md")
	if err != nil {
		t.Fatal(err)
	}
	var fresh strings.Builder
	if err := zoo.Markdown(&fresh, zoo.Plan{Subjects: zoo.Subjects()[:1], Clients: zoo.Clients()[:1]}, make([]zoo.Cell, 1)); err != nil {
		t.Fatal(err)
	}
	const figures = "## The experiment"
	want, _, _ := strings.Cut(fresh.String(), figures)
	if got, _, ok := strings.Cut(string(data), figures); !ok || got != want {
		t.Error("docs/verdicts.md is out of date: make verdicts")
	}
	for _, s := range zoo.Subjects() {
		if !strings.Contains(string(data), "| "+s.Name+" | "+s.Profile+" |") {
			t.Errorf("docs/verdicts.md has no %s: make verdicts", s.Name)
		}
	}
}

// The experiment is told as it was: what the page says before its table is what the command writes of the table's figures,
// with the seeds on which the judge was mended where they are among those of the table.
func TestThePageTellsOfItsTable(t *testing.T) {
	data, err := os.ReadFile("../../docs/verdicts.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	plan := zoo.Plan{Subjects: zoo.Subjects(), Clients: zoo.Clients()}
	cells := tabled(t, page, plan)
	var last uint64
	if _, said, _ := strings.Cut(page, "with the seeds "); said != "" {
		_, _ = fmt.Sscanf(said, "%d to %d:", &plan.Seed, &last)
	}
	plan.Experiments = cells[0].Experiments()
	if last != plan.Seed+uint64(plan.Experiments)-1 {
		t.Errorf("the seeds %d to %d are not one for each of %d experiments", plan.Seed, last, plan.Experiments)
	}
	if _, said, ok := strings.Cut(page, " were wrong and "); ok {
		_, _ = fmt.Sscanf(said, "%d kinds", &cells[0].Misnamed)
	}
	var fresh strings.Builder
	if err := zoo.Markdown(&fresh, plan, cells); err != nil {
		t.Fatal(err)
	}
	of := func(page string) string {
		_, rest, _ := strings.Cut(page, "## The experiment")
		text, _, _ := strings.Cut(rest, "| limiter |")
		return text
	}
	if got, want := of(page), of(fresh.String()); got != want {
		t.Errorf("docs/verdicts.md says%s\nof its table it would be%s", got, want)
	}
}

// tabled reads the counts of the cells in the page's table.
func tabled(t *testing.T, page string, p zoo.Plan) (cells []zoo.Cell) {
	t.Helper()
	for _, s := range p.Subjects {
		_, line, _ := strings.Cut(page, "\n| "+s.Name+" | "+s.Profile+" | ")
		line, _, _ = strings.Cut(line, "\n")
		counts := strings.Split(line, " | ")
		for i, c := range p.Clients {
			cell := zoo.Cell{Subject: s.Name, Profile: s.Profile, Client: c.Name}
			if len(counts) < len(p.Clients)+2 {
				t.Fatalf("docs/verdicts.md has no %s: make verdicts", s.Name)
			}
			if _, err := fmt.Sscanf(counts[i+1], "%d / %d / %d / %d", &cell.Right, &cell.Open, &cell.Invalid, &cell.Wrong); err != nil {
				t.Fatalf("%s, client %s: %v", s.Name, c.Name, err)
			}
			cells = append(cells, cell)
		}
	}
	return cells
}

// Seeds on which the judge was mended are named by the table that they are in, and the table beside them says that
// there are none.
func TestThePageNamesTheSeedsOfMending(t *testing.T) {
	once := zoo.WrongOnce()[0].Seed
	for _, tt := range []struct {
		first uint64
		among bool
	}{{once - 2, true}, {once, true}, {once - 3, false}, {once + 1, false}} {
		plan := zoo.Plan{Experiments: 3, Seed: tt.first, Subjects: zoo.Subjects()[:1], Clients: zoo.Clients()[:1]}
		var page strings.Builder
		if err := zoo.Markdown(&page, plan, []zoo.Cell{{Right: 3}}); err != nil {
			t.Fatal(err)
		}
		named := strings.Contains(page.String(), fmt.Sprintf("(%d)", once))
		if none := strings.Contains(page.String(), "None of those is of this table"); named != tt.among || none == tt.among {
			t.Errorf("seeds from %d: named %v, none %v", tt.first, named, none)
		}
	}
}

// With n independent runs and none wrong, a share of the bound would have shown itself with 99.9 %.
func TestTheBoundsOfThePage(t *testing.T) {
	plan := zoo.Plan{Experiments: 3000, Seed: 1, Subjects: zoo.Subjects()[:2], Clients: zoo.Clients()[:1]}
	for _, tt := range []struct {
		cells       []zoo.Cell
		cell, whole string // of whole: empty, where one was wrong
	}{
		{[]zoo.Cell{{Right: 3000}, {Right: 3000}}, "3000 runs that were not invalid. Where none of them was wrong, the share of wrong ones\nin that cell is below 0.0023 ", "below 0.0012,"},
		{[]zoo.Cell{{Right: 10}, {Right: 2000, Open: 500, Invalid: 490}}, "10 runs that were not invalid. Where none of them was wrong, the share of wrong ones\nin that cell is below 0.5 ", "below 0.0027,"},
		{[]zoo.Cell{{Right: 3000}, {Right: 2999, Wrong: 1}}, "below 0.0023 ", ""},
	} {
		var page strings.Builder
		if err := zoo.Markdown(&page, plan, tt.cells); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), tt.cell) || !strings.Contains(page.String(), tt.whole) || (tt.whole == "") == strings.Contains(page.String(), "mixture") {
			t.Errorf("%+v: no %q or %q, or one too many, in\n%s", tt.cells, tt.cell, tt.whole, page.String())
		}
	}
}

// As many ideas are told as are announced.
func TestThePageCountsItsIdeas(t *testing.T) {
	data, err := os.ReadFile("../../docs/verdicts.md")
	if err != nil {
		t.Fatal(err)
	}
	rests, _, _ := strings.Cut(string(data), "## The experiment")
	words := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven"}
	if n := strings.Count(rests, "\n\n**"); n >= len(words) || !strings.Contains(rests, words[n]+" ideas carry them.") {
		t.Errorf("%d ideas are told", n)
	}
}
