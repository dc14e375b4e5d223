package reports

import (
	"slices"
	"strings"
	"testing"
)

// TestThePageClaimsNoMoreCertaintyThanTheRunHas: the zero of a claim says that no probability is known, and a claim that
// was not decided cannot be wrong.
func TestThePageClaimsNoMoreCertaintyThanTheRunHas(t *testing.T) {
	claim := func(v ClaimVerdict, gates bool, p float64) Claim { return Claim{Verdict: v, Gates: gates, PError: p} }
	if say("d.error-premise", 1, 1, "0", 1)[english] != "1 of the 1 claims that were decided states how likely it is wrong: with a probability of at most 0, if the premise beside it holds." {
		t.Errorf("%q", say("d.error-premise", 1, 1, "0", 1))
	}
	for _, tt := range []struct {
		name   string
		claims []Claim
		want   []phrase
	}{
		{"none stated", []Claim{claim(Proven, true, 0), claim(Refuted, true, 0)}, nil},
		{"nothing decided", []Claim{claim(ClaimInconclusive, true, 0.3), claim(ClaimInvalid, true, 0.2)}, nil},
		{"only what does not decide", []Claim{claim(Proven, false, 0.1)}, nil},
		{"all stated", []Claim{claim(Proven, true, 0.001), claim(Refuted, true, 0.002), claim(ClaimInconclusive, true, 0.3), claim(Proven, false, 0.4)},
			[]phrase{say("d.error", "0.003")}},
		{"some stated", []Claim{claim(Proven, true, 0.001), claim(Proven, true, 0), claim(ClaimInconclusive, true, 0)},
			[]phrase{say("d.error-some", 1, 2, "0.001")}},
		{"one under a premise, one counted", []Claim{claim(Proven, true, 0.001), {Verdict: Proven, Gates: true, Basis: Premised}, {Verdict: Proven, Gates: true, Basis: Counted}},
			[]phrase{say("d.error-premise", 2, 3, "0.001", 1)}},
		{"certain under a premise", []Claim{{Verdict: Proven, Gates: true, Basis: Premised}},
			[]phrase{say("d.error-premise", 1, 1, "0", 1)}},
		{"certain", []Claim{{Verdict: Refuted, Gates: true, Basis: Bounded}}, []phrase{say("d.error", "0")}},
	} {
		if got := (&Load{Claims: tt.claims}).certainty(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestEveryReasonIsInKorean: what has no Korean is quoted from the run file, and said to be.
func TestEveryReasonIsInKorean(t *testing.T) {
	r := &Run{
		Strict: true, Interrupted: true, Leftovers: []string{"a"},
		Findings: []Finding{{Kind: "target-died", Text: "it is gone", Exit: 3}},
		Scenarios: []Scenario{
			{Outcome: Failed, Rules: []string{"KMS2-TOK-014"}}, {Outcome: UnexpectedPass}, {Outcome: Warned}, {Outcome: Errored}, {Outcome: Blocked},
			{Outcome: Skipped, Level: Must, Reason: words["s.clock"][english]}, {Outcome: KnownFail, Level: Must, Keyword: "Given"},
		},
		Loads: []Load{
			{Profile: "p", Verdict: LoadFail, Why: "the keys share", Claims: []Claim{{Name: "independence", Gates: true, Verdict: Refuted}}},
			{Profile: "q", Verdict: LoadInvalid, Why: "nothing is said about the target, because the generator fell short"},
			{Profile: "r", Verdict: LoadInvalid, Controls: []Control{{Name: "a known liar"}}},
			{Profile: "s", Verdict: LoadInconclusive, Claims: []Claim{{Name: "rate", Gates: true, Verdict: ClaimInconclusive}}},
			{Profile: "t", Verdict: LoadPass, LeftOut: []string{"P6"}},
		},
	}
	Decide(r)
	all := r.reasons()
	for i, w := range all {
		if w.Says[english] != r.Reasons[i] {
			t.Errorf("the page says %q, the run file %q", w.Says[english], r.Reasons[i])
		}
		if w.Says[korean] == w.Says[english] || strings.Contains(w.Says[korean], "the ") {
			t.Errorf("in Korean the page says %q", w.Says[korean])
		}
	}
	for _, want := range []phrase{
		{"1 scenario failed, on rule KMS2-TOK-014.", "시나리오 1개 실패: 규칙 KMS2-TOK-014."},
		{"Load profile p failed: The keys share.", "부하 프로파일 p 실패: 반증된 주장: 키는 서로 영향을 주지 않음."},
		{"Load profile q is invalid: Nothing is said about the target, because the generator fell short.", "부하 프로파일 q 무효: 생성기가 계획에 못 미쳤으므로 대상에 대해 아무것도 말하지 않습니다."},
		{"Load profile r is invalid: Nothing is said about the target, because the controls failed: a known liar.", "부하 프로파일 r 무효: 대조 시험에 실패했으므로 대상에 대해 아무것도 말하지 않습니다: 알려진 거짓 구현."},
		{"Load profile t left out phase P6, which pushes a target past its published limit.", "부하 프로파일 t에서 구간 제외: P6. 대상을 공개 한도 너머로 미는 구간입니다."},
		{"1 scenario on MUST rules was skipped. Reason: the target does not offer a clock that can be set (admin).", "MUST 규칙의 시나리오 1개를 건너뛰었습니다. 이유: 대상에 설정할 수 있는 시계가 없음(admin)."},
	} {
		if !slices.ContainsFunc(all, func(w reason) bool { return w.Says == want }) {
			t.Errorf("no reason says %q", want)
		}
	}
}

func TestAReasonOfAnotherVersionStaysAsItIs(t *testing.T) {
	r := &Run{Verdict: Fail, Reasons: []string{"The moon was full."}}
	if got := r.reasons(); len(got) != 1 || got[0].Says != same("The moon was full.") {
		t.Errorf("got %q", got)
	}
}

func TestLimitersInWords(t *testing.T) {
	best := 300.0
	for _, tt := range []struct {
		got, want phrase
	}{
		{(&Model{Kind: "token bucket", Scope: "key", Rate: Interval{Best: &best}}).phrase(), phrase{"token bucket, counted for each key, rate 300 per second", "토큰 버킷, 키마다 집계, 초당 요청 300"}},
		{(&Model{Kind: "fixed window or a sliding counter", Scope: "system"}).phrase(), phrase{"fixed window or a sliding counter, counted for all keys together", "고정 윈도 또는 슬라이딩 카운터, 모든 키를 합쳐 집계"}},
		{(&Model{Kind: "none seen", Scope: "unknown"}).phrase(), phrase{"no limiter was met", "한도에 걸리지 않음"}},
		{(&Replay{Limiter: "200 per second shared by all keys", Rate: 200, Scope: "system"}).phrase(), phrase{"200 per second shared by all keys", "초당 200건, 모든 키 공동"}},
		{(&Replay{Limiter: "300 in each calendar second for each key", Rate: 300, Scope: "key", Window: true}).phrase(), phrase{"300 in each calendar second for each key", "달력의 매초 300건, 키마다"}},
		{(&Replay{Limiter: "of an older run file"}).phrase(), same("of an older run file")},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestWhatIsGraveIsToldOnceForEachRule(t *testing.T) {
	r := &Run{Rules: []Rule{{ID: "KMS2-TOK-014", Statement: "So it is."}}}
	for range 9 {
		r.Scenarios = append(r.Scenarios, Scenario{Outcome: Failed, Rules: []string{"KMS2-TOK-014"}}, Scenario{Outcome: Passed})
	}
	r.Scenarios = append(r.Scenarios, Scenario{Outcome: Blocked, Rules: []string{"KMS2-TOK-014"}})
	p := newPage(r, frame{}, 0)
	if len(p.Grave) != 2 || len(p.Grave[0].Cases) != graveCases || p.Grave[0].More != 9-graveCases || len(p.Grave[1].Cases) != 1 || p.MoreGrave {
		t.Errorf("got %d groups: %+v", len(p.Grave), p.Grave)
	}
}

func TestMutantsAreShownWhereTheRunFileNamesThem(t *testing.T) {
	if v := caught([]Rule{{ID: "a"}}); v != nil {
		t.Errorf("got %+v of a run file without mutants", v)
	}
	v := caught([]Rule{{ID: "a", Mutants: []string{"x", "y"}}, {ID: "b"}, {ID: "c", Mutants: []string{"y"}}})
	if len(v.Rules) != 2 || v.Mutants != 2 || v.Without != 1 {
		t.Errorf("got %+v, want 2 rules, 2 mutants, 1 rule without", v)
	}
}
