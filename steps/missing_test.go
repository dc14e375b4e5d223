package steps_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// playedToday reports whether the nth of several long variants of a test is played, as every other one is on a day.
func playedToday(nth int) bool { return (time.Now().YearDay()+nth)%2 == 0 }

// TestWhatATargetLacksIsSkipped takes one capability after the other away: every case passes, or is skipped
// with the reason. Half of them are taken on a day.
func TestWhatATargetLacksIsSkipped(t *testing.T) {
	variants := map[string]func(*target.Target){
		"clock":     func(tg *target.Target) { delete(tg.URLs, target.Admin) },
		"api10":     func(tg *target.Target) { delete(tg.URLs, target.API10) },
		"viewer":    func(tg *target.Target) { delete(tg.Credentials, "viewer") },
		"encryptor": func(tg *target.Target) { delete(tg.Credentials, "encryptor") },
		"access":    func(tg *target.Target) { delete(tg.URLs, target.SubAccount) },
		"isolated": func(tg *target.Target) {
			delete(tg.URLs, target.API20KR)
			delete(tg.URLs, target.API20JP)
		},
		"sources": func(tg *target.Target) { tg.Sources = nil },
		"apikey": func(tg *target.Target) {
			tg.Credentials = maps.Clone(tg.Credentials)
			owner := tg.Credentials["owner"]
			owner.APIKey = ""
			tg.Credentials["owner"] = owner
		},
	}
	for i, name := range slices.Sorted(maps.Keys(variants)) {
		without := variants[name]
		if !playedToday(i) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			open := proof.Reference(reference.Options{Seed: 1})
			if name == "clock" { // nobody learns a clock that is not the machine's
				running, err := proof.Resolve(t.Context(), "reference", reference.Options{Seed: 1}, "abcdef")
				if err != nil {
					t.Fatal(err)
				}
				open = running.Load
			}
			result, err := steps.Run(t.Context(), steps.Options{Seed: 1, Open: func(ctx context.Context) (*target.Target, error) {
				tg, err := open(ctx)
				if err == nil {
					without(tg)
				}
				return tg, err
			}})
			if err != nil {
				t.Fatal(err)
			}
			skipped := 0
			for _, s := range result.Scenarios {
				switch s.Outcome {
				case reports.Passed:
				case reports.Skipped:
					skipped++
				default:
					t.Errorf("%s: %s: %s", s.ID, s.Outcome, s.Reason)
				}
			}
			if skipped == 0 {
				t.Error("nothing was skipped")
			}
		})
	}
}
