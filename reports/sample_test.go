package reports_test

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reports"
)

var started = time.Date(2026, 11, 23, 21, 4, 5, 0, time.UTC)

// passing is a run on the reference in which all is well.
func passing() *reports.Run {
	r := &reports.Run{
		Schema: reports.Schema, Version: "0.1.0", Command: "prove", Seed: 7, Started: started, Millis: 48_310,
		Config: map[string]string{"target": "reference", "out": "kmsproof-out", "seed": "7"},
		Target: reports.Target{
			Name: "reference", URLs: map[string]string{"api20": "http://127.0.0.1:8200", "admin": "http://127.0.0.1:8201"},
			Declared: []string{"clock", "addresses"}, Found: []string{"clock", "addresses"}, Reference: "0.1.0",
		},
		Rules: rules(), Evidence: []reports.Evidence{{Path: "evidence/per-key-300.log", SHA256: "9f86d081884c7d65"}},
	}
	r.Scenarios = []reports.Scenario{
		scenario("acl", "Tokens", 12, "Switching the list on denies every address", "KMS2-ACL-001"),
		scenario("token", "Tokens", 41, "An access token is refused a minute after its end", "KMS2-TOK-014", "KMS2-TOK-015"),
		scenario("creator", "Token creators", 20, "Replacing the creator kills its tokens", "KMS2-CRE-003"),
		scenario("limits", "Limits", 8, "The 301st call of a second is refused", "KMS2-TPS-001"),
	}
	r.Loads = []reports.Load{perKey(4, 300), sharedPass()}
	reports.Decide(r)
	return r
}

// mixed is a run with every outcome, every kind of load verdict and findings.
func mixed() *reports.Run {
	r := passing()
	r.Target.Name, r.Target.Reference, r.Config["target"] = "staging", "", "staging.yaml"
	end := func(s reports.Scenario, o reports.Outcome, keyword, step, reason string) reports.Scenario {
		s.Outcome, s.Keyword, s.Step, s.Reason = o, keyword, step, reason
		return s
	}
	failed := end(r.Scenarios[1], reports.Failed, "Then", "the call is refused", "status 200, want a refusal")
	failed.Expected, failed.Seen = "a refusal with status 401", "status 200 with a ciphertext"
	failed.Exchanges = []reports.Exchange{exchange(200, `{"code":"SUCCESS","data":{"ciphertext":"ncpkms:v1:…"}}`), exchange(0, "")}
	failed.Outline = 36
	row := failed
	row.ID, row.Title, row.Line = "token/A refresh token is refused a minute after its end", "A refresh token is refused a minute after its end", 42
	blocked := end(r.Scenarios[2], reports.Blocked, "Given", "a creator", "creating it was refused: status 403")
	blocked.ID, blocked.Title, blocked.Line = "creator/An enabled creator starts anew", "An enabled creator starts anew", 44
	blocked.Exchanges = []reports.Exchange{exchange(403, `{"code":"PERMISSION_DENIED"}`)}
	known := end(scenario("legacy", "API 1.0", 5, "Version 1.0 encrypts", "KMS1-V1-001"), reports.KnownFail, "Then", "the status is 200", "status 502")
	known.Known = "known: the proxy is old (ops, issue 41, until 2027-03-31)"
	r.Scenarios = []reports.Scenario{
		r.Scenarios[0], failed, row, r.Scenarios[2],
		end(scenario("token", "Tokens", 60, "A token is refused in the very second of its end", "KMS2-TOK-015"), reports.Warned, "Then", "the call is refused", "it was accepted"),
		end(scenario("acl", "Tokens", 30, "Deleting an address acts at once", "KMS2-ACL-002"), reports.Skipped, "", "", "the target has one source address"),
		blocked,
		end(scenario("key", "Keys", 9, "A key is created once"), reports.Errored, "When", "a key is created", "no answer came: connection refused"),
		known,
		end(scenario("legacy", "API 1.0", 15, "Version 1.0 decrypts", "KMS1-V1-002"), reports.UnexpectedPass, "", "", "the known-failures file expects: status 502"),
	}
	r.Loads = []reports.Load{perKeyShared(), perKeyInvalid()}
	r.Likenesses = []reports.Likeness{
		{Mutant: "expiry-ignored", Flaw: "A token never dies.", Alike: 2},
		{Mutant: "expiry-late", Flaw: "A token lives a minute longer.", Alike: 1, Missing: []string{"token/A"}, Besides: []string{"token/B"}},
	}
	r.Findings = []reports.Finding{
		{Kind: "known-failures", Text: "entry 3 matches no scenario", Exit: 1},
		{Kind: "load", Text: "profile per-key-300 needs leave to overload this target; gentle ran in its place", Exit: 0},
	}
	r.Leftovers = []string{"key kp-1a2b3c-d4e5f: deletion was refused with status 500"}
	reports.Decide(r)
	return r
}

// large is a run of the size that a page must carry: 400 scenarios on every rule of the register, in both languages, and
// 64 keys.
func large() *reports.Run {
	r := passing()
	r.Rules, r.Scenarios = nil, nil
	register := features.Rules()
	for _, rule := range register {
		r.Rules = append(r.Rules, reports.Rule{
			ID: rule.ID, Level: reports.Level(rule.Level), Origin: rule.Origin.String(), Statement: rule.Statement, Risk: rule.Risk, Rival: rule.Rival,
			Korean: reports.Translation{Statement: rule.Korean.Statement, Rival: rule.Korean.Rival},
		})
	}
	const scenarios = 400
	for i := range scenarios {
		var checks []string
		for at := i; at < len(register); at += scenarios {
			checks = append(checks, register[at].ID)
		}
		area := "Area " + strconv.Itoa(i%8)
		s := scenario("area"+strconv.Itoa(i%8), area, i, fmt.Sprintf("Case %d of the area behaves as the guide page says that it must", i), checks...)
		if i%5 == 0 {
			s.Outcome, s.Keyword, s.Step, s.Reason = reports.Failed, "Then", "the call is refused", "status 200, want 401"
			for range 4 {
				s.Exchanges = append(s.Exchanges, exchange(200, fmt.Sprintf("%01500d", i)))
			}
		}
		r.Scenarios = append(r.Scenarios, s)
	}
	r.Loads = []reports.Load{perKey(64, 300)}
	reports.Decide(r)
	return r
}

func rules() []reports.Rule {
	return []reports.Rule{
		{ID: "KMS2-TOK-014", Level: reports.Must, Origin: "kms-guide, 2026-10-08", Statement: "An access token opens no cipher call after its end.", Risk: "security", Mutants: []string{"expiry-ignored", "expiry-late"}, Korean: reports.Translation{Statement: "Access 토큰은 만료된 뒤에는 암호 API를 호출할 수 없다."}},
		{ID: "KMS2-TOK-015", Level: reports.Inferred, Origin: "kms-guide, 2026-10-08", Statement: "A token ends with the second that its exp names.", Risk: "security", Rival: "It still holds in that second.", Korean: reports.Translation{Statement: "토큰은 exp가 나타내는 초와 함께 만료된다.", Rival: "그 초 동안에는 아직 유효하다."}},
		{ID: "KMS2-ACL-001", Level: reports.Must, Origin: "kms-guide, 2026-10-08", Statement: "An IP list that is switched on and empty denies every address.", Risk: "security"},
		{ID: "KMS2-ACL-002", Level: reports.Must, Origin: "kms-guide, 2026-10-08", Statement: "A deleted address is denied at once.", Risk: "security"},
		{ID: "KMS2-CRE-003", Level: reports.Must, Origin: "kms-guide, 2026-10-08", Statement: "Replacing the creator kills every token that it made, for good.", Risk: "security"},
		{ID: "KMS2-TPS-001", Level: reports.Must, Origin: "kms-guide, 2026-10-08", Statement: "Each key carries 300 cipher calls per second.", Risk: "availability", Mutants: []string{"lax-limiter"}},
		{ID: "KMS1-V1-001", Level: reports.Must, Origin: "kms-guide, 2026-10-08", Statement: "API 1.0 encrypts with account authentication.", Risk: "function"},
		{ID: "KMS1-V1-002", Level: reports.Must, Origin: "kms-guide, 2026-10-08", Statement: "API 1.0 decrypts what it encrypted.", Risk: "function"},
	}
}

func scenario(file, feature string, line int, title string, rules ...string) reports.Scenario {
	return reports.Scenario{
		ID: file + "/" + title, Title: title, Feature: feature, File: "features/" + file + ".feature", Line: line,
		Rules: rules, Level: reports.Must, Outcome: reports.Passed, Millis: 3.25,
	}
}

func exchange(status int, answer string) reports.Exchange {
	x := reports.Exchange{
		Step: "I encrypt with the expired token", Request: "POST http://127.0.0.1:8200/kms/v2/keys/kp-1a2b3c/encrypt",
		Headers: "Content-Type: application/json\nx-ncp-ocapi-token: $TOKEN", Body: `{"plaintext":"$PLAINTEXT"}`, Status: status, Answer: answer,
		From: "127.0.0.2", Curl: `curl -sS -X POST -H "x-ncp-ocapi-token: $TOKEN" 'http://127.0.0.1:8200/kms/v2/keys/kp-1a2b3c/encrypt'`,
	}
	if status == 0 {
		x.NoAnswer = "connection reset"
	}
	return x
}

// stretch is a phase of a made-up profile: what each key is offered and how much of it passes, per second.
type stretch struct {
	name            string
	keys, seconds   int
	offered, passed int64
}

func series(l *reports.Load, keys int, stretches []stretch) {
	at := 0
	for k := range keys {
		l.Keys = append(l.Keys, reports.KeySeries{Name: fmt.Sprintf("kp-1a2b3c-k%04d", k+1), API: "2.0"})
	}
	for _, s := range stretches {
		p := reports.Phase{
			Name: s.name, Attempt: 1, OK: true, Start: float64(at), Seconds: float64(s.seconds), Rate: float64(s.offered),
			Late: quantiles(0.4), Due: quantiles(1.1), Send: quantiles(0.9),
		}
		for k := range keys {
			on := k < s.keys
			if on {
				p.Keys = append(p.Keys, k)
			}
			for i := range s.seconds {
				fill(&l.Keys[k], on, s, i)
			}
		}
		p.Planned = int64(s.keys*s.seconds) * s.offered
		p.Sent, p.Accepted = p.Planned, int64(s.keys*s.seconds)*s.passed
		p.Limited = p.Sent - p.Accepted
		l.Phases = append(l.Phases, p)
		l.Generator.Planned, l.Generator.Sent = l.Generator.Planned+p.Planned, l.Generator.Sent+p.Sent
		at += s.seconds + 2
		rest(l)
	}
	l.Generator.OK, l.Generator.Workers = true, 16
}

func fill(k *reports.KeySeries, on bool, s stretch, second int) {
	var offered, passed int64
	if on {
		offered, passed = s.offered, s.passed
		if passed < offered { // a bucket is full at first
			passed = min(offered, passed+int64(float64(passed)*math.Exp(-float64(second))))
		}
	}
	k.Offered, k.Accepted = append(k.Offered, offered), append(k.Accepted, passed)
	k.Limited, k.Other = append(k.Limited, offered-passed), append(k.Other, 0)
}

// rest adds the two idle seconds between phases.
func rest(l *reports.Load) {
	for k := range l.Keys {
		for range 2 {
			fill(&l.Keys[k], false, stretch{}, 0)
		}
	}
}

func quantiles(ms float64) reports.Quantiles {
	return reports.Quantiles{Count: 1000, P25: 0.4 * ms, P50: ms / 2, P75: 0.7 * ms, P90: ms, P95: 1.2 * ms, P99: 2 * ms, P995: 2.6 * ms, P999: 4 * ms, Max: 9.75 * ms}
}

func perKey(keys int, rate int64) reports.Load {
	best := 299.8
	low, high := 298.6, 301.0
	l := reports.Load{
		Profile: "per-key-300", Title: "Each key carries 300 calls per second by itself, whatever the other keys do", Hash: "5e884898da28",
		Verdict: reports.LoadPass, Why: "Each key carries its 300 calls per second, whatever the others do.",
		Claims: []reports.Claim{
			{Name: "guarantee", Text: "up to 285 calls per second are carried without refusal", Verdict: reports.Proven, Gates: true, Bound: "refused < 0.04 % of the calls", PError: 0.001, Basis: reports.Bounded},
			{Name: "independence", Text: "what the other keys do does not change what a key gets", Verdict: reports.Proven, Gates: true, Bound: "together 99.9 % of alone",
				Basis: reports.Premised, Given: "certain if the limiter is a token bucket and each call met it between its send and its answer"},
			{Name: "limit", Text: "no key gets more than 300 calls per second", Verdict: reports.Proven, Bound: "at most 301 per second",
				Basis: reports.Counted, Given: "counted over seconds: no kind of limiter explains the answers for certain"},
		},
		Model: &reports.Model{Kind: "token bucket", Scope: "key", Rate: reports.Interval{Low: &low, Best: &best, High: &high}, Burst: reports.Interval{Best: &best}},
		Limit: &reports.Limit{Rate: float64(rate), Scope: "key"},
	}
	series(&l, keys, []stretch{{"P2", 2, 8, 120, 120}, {"P4", keys, 10, 285, 285}, {"P6a", 1, 5, 450, rate}, {"P6b", keys, 5, 450, rate}})
	l.Replays = []reports.Replay{replay(&l, "300 per second for each key", reports.Published, 0.002), replay(&l, "a token bucket of 299.8 per second and 299.8 at once for each key", reports.Fitted, 0.001)}
	l.Replays[0].Rate, l.Replays[0].Scope = 300, "key"
	l.Replays[1].Rate, l.Replays[1].Burst, l.Replays[1].Scope = 299.8, 299.8, "key"
	return l
}

// replay is a replay that accepts what was accepted.
func replay(l *reports.Load, limiter string, role reports.ReplayRole, apart float64) reports.Replay {
	r := reports.Replay{Limiter: limiter, Role: role, Apart: apart}
	for _, k := range l.Keys {
		r.Accepted, r.Refused = append(r.Accepted, k.Accepted), append(r.Refused, k.Limited)
	}
	return r
}

func perKeyShared() reports.Load {
	l := perKey(0, 300)
	l.Keys, l.Phases, l.Generator = nil, nil, reports.Generator{}
	l.Verdict, l.Why = reports.LoadFail, "The keys share about 200 calls per second: calls were refused although each key stayed below its limit."
	l.Claims[0].Verdict, l.Claims[0].Bound = reports.Refuted, "17 % of the calls within the limit were refused"
	l.Claims[1].Verdict, l.Claims[1].Why = reports.Refuted, "alone 300 per second, together 50 each"
	l.Claims[2].Verdict, l.Claims[2].Basis, l.Claims[2].Given, l.Claims[2].Why = reports.ClaimInconclusive, "", "", "no key was driven past its limit alone"
	l.Model.Scope = "system"
	series(&l, 4, []stretch{{"P2", 2, 8, 120, 100}, {"P4", 4, 10, 285, 50}, {"P6a", 1, 5, 450, 200}, {"P6b", 4, 5, 450, 50}})
	l.Keys[2].Other[12], l.Keys[2].Limited[12] = 40, l.Keys[2].Limited[12]-40
	l.Generator.SecondLook = &reports.SecondLook{Attempts: 4, Accepted: 5000, Admitted: 5000, Limited: 19370, Refused: 19410, Unclear: 40}
	exhibit(&l)
	return l
}

// exhibit adds what a load that fails shows besides its claims.
func exhibit(l *reports.Load) {
	number := func(x float64) *float64 { return &x }
	l.Controls = []reports.Control{{Name: "a null server", OK: true, Text: "refused none of 1355 calls"}, {Name: "an honest limiter", OK: true, Text: "was believed"}, {Name: "a known liar", OK: true, Text: "was caught"}}
	l.Witnesses = []reports.Witness{{Claim: "guarantee", Phase: "P4", Text: "31 calls in a row were refused on 4 keys", Keys: []int{0, 3}, From: 12.004, To: 12.115, Calls: 33, Accepted: 2}}
	l.Fairness = []reports.Fairness{{Phase: "P6b", Jain: 0.913, MaxMin: 0.12, Worst: 2, WorstShare: 0.163}}
	l.Isolation = &reports.Isolation{Quiet: 20, Hot: 450, Victims: []reports.Victim{{Key: 1, PValue: 0.0078,
		Ratio: reports.Interval{Low: number(0.41), Best: number(0.44), High: number(0.48)}, P50: reports.Interval{Best: number(0.2)}, P99: reports.Interval{Low: number(3.5)}}}}
	l.Isolation.Cells = []reports.Cell{{Hot: 0, Victim: 1, Sent: 100, Refused: 56, PValue: 1e-12, Disturbed: true}, {Hot: 1, Victim: 0, Sent: 100, PValue: 1}}
	published, shared := replay(l, "300 per second for each key", reports.Published, 0.61), replay(l, "200 per second shared by all keys", "", 0.004)
	published.Rate, published.Scope, shared.Rate, shared.Scope = 300, "key", 200, "system"
	for k := range published.Accepted {
		published.Accepted[k] = l.Keys[k].Offered
	}
	l.Replays = []reports.Replay{published, shared}
	l.Climb = &reports.Climb{Within: 50, Knee: 3400, Law: &reports.Scalability{Gamma: 900, Alpha: 0.02, Beta: 0.001, Peak: 6100},
		Steps: []reports.ClimbStep{
			{Rate: 600, Seconds: 18, Served: 600, P50: 0.4, P99: 1.2, P99Below: 1.3, Outcome: reports.StepPassed},
			{Rate: 3400, Seconds: 18, Served: 3400, P50: 1.1, P99: 9.5, P99Below: 10.25, Outcome: reports.StepPassed},
			{Rate: 4100, Seconds: 54, Served: 4096, P50: 3, P99: 49, P99Below: 52, Outcome: reports.StepOpen, Why: "12 of 221400 calls were not served, and 2210 took longer than 50ms"},
			{Rate: 4800, Seconds: 18, Served: 4380, P50: 310, P99: 900, P99Below: 910, Outcome: reports.StepFailed, By: "the server", Why: "7560 of 86400 calls were not served"},
		}}
}

func perKeyInvalid() reports.Load {
	l := perKey(2, 300)
	waited := 0.97
	l.Generator.Machine = []reports.Machine{{Phase: "P4", Attempt: 3, Cores: 2, Waited: &waited, Connections: 3}}
	l.Controls = []reports.Control{{Name: "a known liar", Text: "came out as pass"}}
	l.LeftOut = []string{"P6c"}
	l.Profile, l.Verdict, l.Why = "gentle", reports.LoadInvalid, "The generator sent 96 % of the plan in phase P4, so nothing is said about the target."
	l.Phases[1].Slack = 0.031
	l.Workers = []reports.Worker{
		{Name: "w1", Host: "node-1/7", Keys: 2, Offset: 0.012, Error: 0.014, Skew: 0.42, Late: 1.31, Striped: "key 1 (stripe 1 of 2): its calls are ordered between workers only to 0.031 ms, by their clocks"},
		{Name: "w2", Host: "node-2/7", Keys: 1, Offset: -3.5, Error: 0.017, Drift: 0.002, Skew: 0.51, Late: 41, Missed: 131, Lost: "no heartbeat for 3s"},
	}
	l.Generator.OK, l.Generator.Problems = false, []string{"P4: sent 0.962 of the plan, at least 0.999 needed", "P4: lateness p99 41 ms, at most 2 ms allowed"}
	l.Phases[1].OK, l.Phases[1].Problems, l.Phases[1].Attempt = false, []string{"sent 0.962"}, 3
	for i := range l.Claims {
		l.Claims[i].Verdict, l.Claims[i].PError, l.Claims[i].Basis, l.Claims[i].Given, l.Claims[i].Bound = reports.ClaimInvalid, 0, "", "", ""
	}
	return l
}

func sharedPass() reports.Load {
	l := perKey(0, 200)
	l.Keys, l.Phases, l.Replays, l.Generator, l.Model = nil, nil, nil, reports.Generator{}, nil
	l.Profile, l.Title, l.Why = "shared-200", "All keys of API 1.0 share 200 calls per second", "All keys together get 200 calls per second."
	l.Limit = &reports.Limit{Rate: 200, Scope: "system"}
	series(&l, 2, []stretch{{"P2", 2, 8, 90, 90}, {"P6b", 2, 5, 300, 100}})
	return l
}
