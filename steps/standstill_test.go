package steps_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// A limit refills nothing before the latest time that it has seen comes again: a clock that was set back to a whole
// second left the limit of API 1.0, which all scenarios share, a few calls short of full a second later.
const stillAgain = `Feature: A clock that stands still again

  @KMS1-V1-020
  Scenario: A second after the clock stands still, the limit is full
    Given a key with a token set
    And the clock stands still
    And a second has passed
    And 10 milliseconds pass
    When I use up API 1.0
    And the clock stands still
    And a second has passed
    And I encrypt 200 times over API 1.0
    Then all of them are accepted
`

func TestAClockThatStandsStillIsNotSetBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "still.feature")
	if err := os.WriteFile(file, []byte(stillAgain), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range run(t, steps.Options{Open: honest, Files: []string{file}}).Scenarios {
		if s.Outcome != reports.Passed {
			t.Errorf("%s: %s %s: %s", s.Outcome, s.Keyword, s.Step, s.Reason)
		}
	}
}
