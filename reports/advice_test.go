package reports

import (
	"slices"
	"testing"
)

// What to do about a load that is invalid goes by what it fell short for.
func TestAdviceGoesByWhatHappened(t *testing.T) {
	busy, calm := 0.3, 0.1
	load := func(cut bool, waited *float64, claims ...ClaimVerdict) *Load {
		l := &Load{Verdict: LoadInvalid, Generator: Generator{Cut: cut, Machine: []Machine{{Phase: "P2", Attempt: 1, Waited: waited}}},
			Phases: []Phase{{Name: "P1", OK: true}, {Name: "P2", Attempt: 1}}}
		for _, v := range claims {
			l.Claims = append(l.Claims, Claim{Verdict: v})
		}
		return l
	}
	for _, tt := range []struct {
		name string
		load *Load
		want []phrase
	}{
		{"not known why", load(false, nil), []phrase{say("do.again")}},
		{"a calm machine", load(false, &calm), []phrase{say("do.again")}},
		{"a busy machine", load(false, &busy), []phrase{say("do.idle", percent(busy))}},
		{"ended early", load(true, &busy), []phrase{say("do.whole")}},
		{"one claim is refuted", load(true, nil, ClaimInconclusive, Refuted), []phrase{say("do.whole"), say("do.stands")}},
		{"it did not fall short", &Load{Verdict: LoadPass}, nil},
	} {
		if got := tt.load.advice(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
