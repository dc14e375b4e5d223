package sequence_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/steps/sequence"
)

func draw(seed uint64, n int, has ...string) (all []sequence.Sequence) {
	sequence.Search{Seed: seed, Count: n, Has: has}.Run(func(s sequence.Sequence) bool {
		all = append(all, s)
		return false
	})
	return all
}

func lines(all []sequence.Sequence) (out []string) {
	for _, s := range all {
		for _, line := range s {
			out = append(out, line.Keyword+" "+line.Text)
		}
	}
	return out
}

func TestTheSameSeedDrawsTheSameSequences(t *testing.T) {
	once, again, other := lines(draw(7, 20, "clock")), lines(draw(7, 20, "clock")), lines(draw(8, 20, "clock"))
	if !slices.Equal(once, again) || slices.Equal(once, other) {
		t.Errorf("%d, %d and %d sentences; want the first two alike and the third not", len(once), len(again), len(other))
	}
}

// TestOnlyWhatIsDocumentedIsChecked holds the model to rules that are MUST: a sequence that fails is a
// failure of the target, not of a reading.
func TestOnlyWhatIsDocumentedIsChecked(t *testing.T) {
	level := map[string]features.Level{}
	for _, r := range features.Rules() {
		level[r.ID] = r.Level
	}
	for _, s := range draw(1, 300, features.Capabilities()...) {
		for _, line := range s {
			if (line.Keyword == "Then") != (len(line.Rules) > 0) {
				t.Errorf("%s %s rests on %q", line.Keyword, line.Text, line.Rules)
			}
			for _, id := range line.Rules {
				if level[id] != features.Must {
					t.Errorf("%s: %s is %q", line.Text, id, level[id])
				}
			}
		}
	}
}

func TestWhatTheTargetLacksIsNotAskedFor(t *testing.T) {
	for _, line := range lines(draw(1, 200)) {
		for _, word := range []string{"clock", "address", "pass", "the end of", "use up", "300 times"} {
			if strings.Contains(line, word) {
				t.Errorf("%s needs what is not there", line)
			}
		}
	}
}

func TestAFailingSequenceIsMadeShort(t *testing.T) {
	var last sequence.Sequence
	found := sequence.Search{Seed: 1, Count: 500, Has: []string{"clock"}, Shrink: 1e9}.Run(func(s sequence.Sequence) bool {
		fails := slices.ContainsFunc(s, func(l sequence.Sentence) bool { return l.Text == "I replace the creator" })
		if fails {
			last = s
		}
		return fails
	})
	if !found || len(last) > 5 {
		t.Errorf("found %v, %d sentences left: %v", found, len(last), last)
	}
}

func TestAPanicIsNoFinding(t *testing.T) {
	defer func() {
		if recover() != "ours" {
			t.Error("a panic of who tries was swallowed")
		}
	}()
	sequence.Search{Count: 5}.Run(func(sequence.Sequence) bool { panic("ours") })
}

func TestAFeatureOfASequence(t *testing.T) {
	s := sequence.Sequence{
		{Keyword: "Given", Text: "a key with a token set"},
		{Keyword: "When", Text: "I disable the key"},
		{Keyword: "Then", Text: "the call is accepted", Rules: []string{"KMS2-KEY-019"}},
		{Keyword: "Then", Text: `the key is "DISABLE"`, Rules: []string{"KMS2-KEY-019"}},
	}
	want := `Feature: A sequence of calls that was drawn
  It is the shortest that was found to fail.

  @KMS2-KEY-019 @needs-clock
  Scenario: A title
    Given a key with a token set
    When I disable the key
    Then the call is accepted
    And the key is "DISABLE"
`
	if got := s.Feature("A title", s.Rules(), []string{"clock"}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
