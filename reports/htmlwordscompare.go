package reports

// comparisonWords are those of two runs side by side. Those that begin with y are in the comparison in English.
var comparisonWords = map[string]phrase{
	"c.title":      {"Two runs side by side", "두 실행 비교"},
	"c.old":        {"Before", "이전"},
	"c.new":        {"Now", "지금"},
	"c.what":       {"Item", "항목"},
	"c.why":        {"Why", "이유"},
	"c.regression": {"Regressed", "악화"},
	"c.open":       {"Held before, and open now", "지키던 것이 이번에는 불확실"},
	"c.improved":   {"Improved", "개선"},
	"c.changed":    {"Changed", "변경"},
	"c.nothing":    {"Nothing changed", "변경 없음"},
	"c.headline":   {"%s; %s ended as before.", "%s. %s는 전과 같습니다."},
	"c.unlike":     {"What makes these runs unlike", "두 실행이 다른 점"},
	"c.outcomes":   {"Outcomes", "결과"},
	"c.outcomes-l": {"Scenarios by outcome in each run", "실행별 결과에 따른 시나리오 수"},
	"c.delta":      {"Difference", "차이"},
	"c.new-here":   {"(new)", "(새로 생김)"},
	"c.gone":       {"(gone)", "(없어짐)"},
	"c.not-run":    {"not in this run", "이 실행에 없음"},
	"c.rate":       {"Rate per second", "초당 속도"},
	"c.burst":      {"Burst", "버스트"},
	"c.exit":       {"Exit code %s", "종료 코드 %s"},
	"c.all-of":     {"All keys together in %s: %s", "%s의 모든 키 합계: %s"},
	"c.p99":        {"Worst phase, latency p99 from due", "가장 나쁜 구간의 지연 p99(예정 기준)"},
	"c.sent":       {"Sent of planned", "계획 대비 보냄"},

	"ck.scenario": {"scenario", "시나리오"}, "ck.rule": {"rule", "규칙"}, "ck.load": {"load", "부하"}, "ck.claim": {"claim", "주장"},
	"ck.rate": {"rate", "속도"}, "ck.burst": {"burst", "버스트"}, "ck.limiter": {"limiter", "한도 모형"}, "ck.finding": {"finding", "발견한 것"},

	"y.not-run":   {"it is not in the new run", "지금 실행에 없음"},
	"y.cut-short": {"the new run ended before it", "지금 실행이 그 전에 끝남"},
	"y.new-rule":  {"it was not checked before", "이전에는 점검하지 않음"},
	"y.reworded":  {"the rule itself is another", "규칙 자체가 바뀜"},
	"y.dropped":   {"it is not checked any more", "더는 점검하지 않음"},
	"y.no-load":   {"the profile is not in the new run", "지금 실행에 이 프로파일이 없음"},
	"y.unlike":    {"figures of different limiters are not compared", "다른 한도 모형의 수치는 비교하지 않음"},
	"y.less":      {"it is less, by more than the uncertainty of both", "양쪽의 불확실성보다 더 줄어듦"},
	"y.more":      {"it is more, by more than the uncertainty of both", "양쪽의 불확실성보다 더 늘어남"},

	"u.differs": {"%s differs: %s before, %s now", "%s 다름: 이전 %s, 지금 %s"},
	"u.target":  {"the target", "대상"},
	"u.version": {"the version of kmsproof", "kmsproof 버전"},
	"u.verb":    {"the verb", "명령"},
	"u.found":   {"what the target offers", "대상이 제공하는 기능"},
	"u.none":    {"none", "없음"},

	"u.fewer":   {"%s of the %s scenarios of the run before were not run this time", "이전 실행의 시나리오 중 이번에 실행하지 않은 것 %s개(전체 %s개)"},
	"u.fewer.1": {"%s of the %s scenarios of the run before was not run this time", "이전 실행의 시나리오 중 이번에 실행하지 않은 것 %s개(전체 %s개)"},

	"u.selected": {"what was selected by name", "이름으로 선택한 대상"},
}
