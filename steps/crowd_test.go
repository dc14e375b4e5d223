package steps

import (
	"slices"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/steps/history"
)

// TestAHistoryNamesTheRuleThatWasBroken: a use is judged by several, of which the answer tells one.
func TestAHistoryNamesTheRuleThatWasBroken(t *testing.T) {
	// calls one after the other, a millisecond each
	in := func(calls ...history.Call) []history.Call {
		for i := range calls {
			calls[i].Began, calls[i].Ended = time.Duration(2*i)*time.Millisecond, time.Duration(2*i+1)*time.Millisecond
		}
		return calls
	}
	done := func(k history.Kind) history.Call { return history.Call{Kind: k, OK: true} }
	used := func(version int) history.Call { return history.Call{Kind: history.Use, OK: true, Version: version} }
	rotated := func(version int) history.Call { return history.Call{Kind: history.Rotate, OK: true, Version: version} }
	for _, tt := range []struct {
		name  string
		calls []history.Call
		want  []string
	}{
		{"an old version serves on", in(used(1), rotated(2), used(1)), []string{"KMS2-ENC-014"}},
		{"a version serves that there is not", in(used(1), rotated(2), used(3)), []string{"KMS2-ENC-014"}},
		{"a rotation makes no version", in(rotated(2), rotated(2)), []string{"KMS2-ROT-004"}},
		{"a token of nobody serves", in(rotated(2), done(history.Revoke), used(2)), resting[history.Use]},
		{"a token of nobody serves by an old version", in(rotated(2), done(history.Revoke), used(1)), resting[history.Use]},
		{"a good token is refused", in(rotated(2), history.Call{Kind: history.Use}), resting[history.Use]},
		{"a creator that is disabled issues", in(done(history.Revoke), history.Call{Kind: history.Issue, OK: true, Token: 1}), resting[history.Issue]},
	} {
		v := history.Check(begun, tt.calls, 0, checkTime)
		if v.Fits || v.Unknown {
			t.Fatalf("%s: it fits", tt.name)
		}
		if got := broken(tt.calls, v.Odd, 0); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if all := restingAll(); !slices.Contains(all, restingVersion) || slices.Contains(all, "KMS2-KEY-010") {
		t.Errorf("all are %q", all)
	}
}
