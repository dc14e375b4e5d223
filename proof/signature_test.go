package proof_test

import (
	"bytes"
	"context"
	"flag"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

func knownMatrix(t *testing.T) *proof.Matrix {
	t.Helper()
	m, err := proof.KnownMatrix()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestTheMatrixKnowsEveryScenarioAndMutant notices a matrix that is older than the suite without
// running it: every scenario, every mutant, and every kill that is named must be in it.
func TestTheMatrixKnowsEveryScenarioAndMutant(t *testing.T) {
	have := knownMatrix(t)
	want, err := proof.NewMatrix()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Scenarios, have.Scenarios); diff != "" {
		t.Errorf("proof/matrix.txt is stale; `make matrix` writes it anew\n%s", diff)
	}
	left := maps.Clone(have.Signatures)
	for _, m := range mutant.All() {
		if _, ok := have.Signatures[m.Name]; !ok {
			t.Errorf("%s is not in proof/matrix.txt; `make matrix` writes it anew", m.Name)
		}
		delete(left, m.Name)
	}
	for _, line := range have.Survivors() {
		t.Errorf("by proof/matrix.txt a mutant survived: %s", line)
	}
	for _, id := range have.Idle() {
		t.Errorf("by proof/matrix.txt no mutant is caught by %s", id)
	}
	for name := range left {
		t.Errorf("proof/matrix.txt has %s, which is no mutant", name)
	}
}

func TestAMatrixTellsSurvivorsAndIdleScenarios(t *testing.T) {
	m, err := mutant.Find("refusals-without-codes")
	if err != nil {
		t.Fatal(err)
	}
	failed, warned, blocked, crashed := m.Kills[0], m.Kills[1], m.Kills[2], m.Kills[3]
	few := proof.Matrix{
		Scenarios:  []string{failed, warned, blocked, crashed, "a/lone"},
		Signatures: map[string]proof.Signature{m.Name: {failed: 'f', warned: 'w', blocked: 'b', crashed: 'c'}},
	}
	var want []string
	for _, id := range m.Kills[2:] {
		want = append(want, m.Name+": not by "+id)
	}
	if diff := cmp.Diff(want, few.Survivors()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{blocked, crashed, "a/lone"}, few.Idle()); diff != "" {
		t.Error(diff)
	}
}

var sample = flag.Int("sample", -1, "which part of the mutants a long test tries, from 0 on; -1: that of the day")

// today returns which of so many parts of the mutants a long test tries: another one on each day.
func today(t *testing.T, parts int) int {
	t.Helper()
	part := *sample
	if part < 0 {
		part = int(time.Now().Unix() / (24 * 60 * 60))
	}
	part %= parts
	t.Logf("part %d of %d; -args -sample %[1]d repeats it", part, parts)
	return part
}

// TestTheMatrixIsTrue runs the whole suite on one mutant in 128.
func TestTheMatrixIsTrue(t *testing.T) {
	const parts = 128
	have, part := knownMatrix(t), today(t, parts)
	for i, m := range mutant.All() {
		if i%parts != part {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			got, err := proof.Sign(t.Context(), m, uint64(i)+1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(have.Signatures[m.Name], got); diff != "" {
				t.Errorf("it is not as proof/matrix.txt says; `make matrix` writes it anew\n%s", diff)
			}
		})
	}
}

func TestAMatrixIsReadAsItWasWritten(t *testing.T) {
	have := knownMatrix(t)
	var b bytes.Buffer
	if err := have.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := proof.ReadMatrix(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(have, again); diff != "" {
		t.Error(diff)
	}
	for _, wrong := range []string{"abc a/one\nabc a/two\n\n", "abc a/one\n\nm abd:f\n", "abc a/one\n\nm abc\n"} {
		if _, err := proof.ReadMatrix(strings.NewReader(wrong)); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}

// made up: what two mutants do in four scenarios.
var few = &proof.Matrix{
	Scenarios: []string{"a", "b", "c", "d"},
	Signatures: map[string]proof.Signature{
		"fails-a":  {"a": 'f'},
		"fails-ab": {"a": 'f', "b": 'f'},
		"warns-c":  {"c": 'w'},
		"quiet":    {},
	},
}

func ends(outcomes map[string]reports.Outcome) []reports.Scenario {
	var out []reports.Scenario
	for _, id := range slices.Sorted(maps.Keys(outcomes)) {
		out = append(out, reports.Scenario{ID: id, Outcome: outcomes[id]})
	}
	return out
}

func TestResemble(t *testing.T) {
	const P, F, W, B, S = reports.Passed, reports.Failed, reports.Warned, reports.Blocked, reports.Skipped
	for _, tt := range []struct {
		name string
		ran  map[string]reports.Outcome
		want []reports.Likeness
	}{
		{"exactly one", map[string]reports.Outcome{"a": F, "b": P, "c": P, "d": P}, []reports.Likeness{{Mutant: "fails-a", Alike: 1}}},
		{"two, for want of scenarios", map[string]reports.Outcome{"a": F}, []reports.Likeness{{Mutant: "fails-a", Alike: 1}, {Mutant: "fails-ab", Alike: 1}}},
		{"a skip says nothing", map[string]reports.Outcome{"a": F, "b": S}, []reports.Likeness{{Mutant: "fails-a", Alike: 1}, {Mutant: "fails-ab", Alike: 1}}},
		{"a known failure is one", map[string]reports.Outcome{"a": reports.KnownFail, "b": P}, []reports.Likeness{{Mutant: "fails-a", Alike: 1}}},
		{"near", map[string]reports.Outcome{"a": F, "b": F, "d": F}, []reports.Likeness{{Mutant: "fails-ab", Alike: 2, Besides: []string{"d"}}}},
		{"near, and otherwise", map[string]reports.Outcome{"a": F, "b": B}, []reports.Likeness{
			{Mutant: "fails-a", Alike: 1, Besides: []string{"b"}}, {Mutant: "fails-ab", Alike: 1, Missing: []string{"b"}}}},
		{"far", map[string]reports.Outcome{"b": P, "c": P, "d": F}, nil},
		{"warnings alone", map[string]reports.Outcome{"c": W}, nil},
		{"all well", map[string]reports.Outcome{"a": P, "b": P}, nil},
		{"a scenario of which the matrix does not know", map[string]reports.Outcome{"a": F, "b": P, "e": F}, []reports.Likeness{{Mutant: "fails-a", Alike: 1}}},
	} {
		if diff := cmp.Diff(tt.want, few.Resemble(ends(tt.ran))); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

// TestAMutantBehavesLikeItself goes the whole way for a target that nobody has named.
func TestAMutantBehavesLikeItself(t *testing.T) {
	m, err := mutant.Find("acl-default-allow")
	if err != nil {
		t.Fatal(err)
	}
	result, err := steps.Run(t.Context(), steps.Options{Open: proof.Mutant(m, reference.Options{Seed: 9}), Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	got := knownMatrix(t).Resemble(result.Scenarios)
	if len(got) != 1 || got[0].Mutant != m.Name || !got[0].Exact() || !strings.Contains(got[0].String(), m.Flaw[:20]) {
		t.Errorf("got %v, want %s alone", got, m.Name)
	}
}

// TestAMutantThatHangsSurvives: a time-out proves nothing.
func TestAMutantThatHangsSurvives(t *testing.T) {
	m := mutant.Mutant{
		Name: "hang", Flaw: "It hangs.", Kills: []string{"key/A new key is as it was asked for, and enabled"},
		Apply: func(o *reference.Options) {
			o.Wrap = func(string, http.Handler) http.Handler {
				return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			}
		},
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		k, err := proof.Try(ctx, m, 1)
		if err != nil || k.Killed() || len(k.Missed) != 1 {
			t.Errorf("got %+v, %v; a time-out proves nothing", k, err)
		}
	})
}
