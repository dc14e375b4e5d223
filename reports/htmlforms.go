package reports

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// runForms are the sentences of known form that a run file holds in English: on what a claim rests, what the controls
// showed, where the generator fell short, and findings. %s is any text, which may be of known form itself, %w one without a semicolon, %v
// a figure.
var runForms = map[string]string{
	"certain if %s":                                                              "%s 확실",
	"one limiter answered and %s":                                                "한도 구현 하나가 응답했고 %s",
	"the limiter is a %s and %s":                                                 "한도 모형이 %s이고 %s",
	"each call met it between its send and its answer":                           "모든 요청이 전송과 응답 사이에 그 한도를 거쳤다면",
	"at most %v were in reserve":                                                 "여유분이 %s건 이하였다면",
	"if the differences between blocks are symmetric and nothing drifts":         "묶음 사이의 차이가 대칭이고 추세가 없을 때",
	"as to the delays, %s":                                                       "지연에 관해서는 %s",
	"certain: the answers were seen":                                             "확실: 응답을 직접 확인함",
	"counted in this run; no bound on the error of saying it of others is known": "이번 실행에서 센 것이며, 다른 실행에서도 그렇다고 할 때의 오류 한계는 알 수 없음",
	"counted over seconds: no kind of limiter explains the answers for certain":  "초 단위로 센 것이며, 응답을 확실히 설명하는 한도 모형이 없음",

	"refused none of %v calls and answered half of them within %s of when they were due, 99 of 100 within %s; beside the limiters up to %v calls per second were sent, 99 of 100 within %s and the last within %s": "%s건 가운데 거부 없음, 예정 시각부터 절반은 %s, 100건 중 99건은 %s 안에 응답. 한도 구현에는 초당 %s건까지 보냈고, 100건 중 99건은 %s, 마지막은 %s 안에 나감",
	"did not answer %v of %v calls with success, and refuses none":                "거부하지 않는 서버인데 %[2]s건 가운데 %[1]s건이 성공으로 응답되지 않음",
	"answered the middle of its calls %s after it was due, at most %s is allowed": "응답 시간의 중앙값이 예정 시각부터 %s, %s 이하여야 함",
	"was believed, and read as %s":                                                "입증됨, 읽은 값: %s",
	"was read as %s":                                                              "읽은 값: %s",
	"was caught":                                                                  "잡아냄",
	"%s, at the second try":                                                       "%s(두 번째 시도)",
	"%s, at the third try":                                                        "%s(세 번째 시도)",
	"could not be tried: %s":                                                      "시험하지 못함: %s",
	"could not be tried either":                                                   "역시 시험하지 못함",
	"%s, %s; each key has %v per second":                                          "%s, %s(실제로는 키마다 초당 %s건)",
	"%v to %v per second":                                                         "초당 %s~%s건",
	"%v per second":                                                               "초당 %s건",
	"at least %v per second":                                                      "초당 최소 %s건",

	"a limit refused %v of %v calls":                             "요청 %[2]s건 가운데 %[1]s건이 한도에 걸려 거부됨",
	"%v of %v calls were not served":                             "요청 %[2]s건 가운데 %[1]s건이 처리되지 않음",
	"%v of %v calls took longer than %w":                         "요청 %[2]s건 가운데 %[1]s건이 %[3]s보다 오래 걸림",
	"%v of %v calls were not served, and %v took longer than %w": "요청 %[2]s건 가운데 %[1]s건이 처리되지 않았고 %[3]s건이 %[4]s보다 오래 걸림",

	"%w was cut short: %v of %v planned calls were never due":                                                        "%[1]s 중단: 계획한 요청 %[3]s건 가운데 %[2]s건은 예정 시각이 되기 전에 구간이 끝나 보내지 않음",
	"%w was given up after %v s: %v of %v calls could not leave in time by then, at most %v %% may%s":                "%[1]s: %[2]s초 만에 포기함. 그때까지 %[4]s건 가운데 %[3]s건을 제때 보내지 못함(%[5]s %% 이하여야 함)%[6]s",
	"%w: %v %% of the %v planned calls were sent, at least %v %% are needed (%v missed)%s":                           "%[1]s: 계획한 요청 %[3]s건 가운데 %[2]s %%를 보냄, %[4]s %% 이상이어야 함(미전송 %[5]s건)%[6]s",
	"%w: the slowest 1 %% of the calls left %s or more after they were due, at most %s is allowed%s":                 "%s: 가장 늦은 1 %%의 요청이 예정보다 %s 이상 늦게 나감, %s 이하여야 함%s",
	"%w: calls left so close together that only a bucket of %v takes them, at most %v is allowed":                    "%s: 요청이 몰려 나가서 크기 %s의 버킷이라야 받을 수 있음, %s 이하여야 함",
	"%w was given up by worker %s after %v s: %v of its %v calls could not leave in time by then, at most %v %% may": "%[1]s: 작업 프로세스 %[2]s가 %[3]s초 만에 포기함. 그때까지 %[5]s건 가운데 %[4]s건을 제때 보내지 못함(%[6]s %% 이하여야 함)",
	"%w: worker %s was lost with %s: %s":                                                                             "%s: 작업 프로세스 %s를 잃음(%s): %s",
	"%w: worker %s of %v %s":                                                                                         "%s: 작업 프로세스 %s(전체 %s개): %s",
	"sent %v %% of its %v calls, at least %v %% are needed":                                                          "%[2]s건 가운데 %[1]s %%를 보냄, %[3]s %% 이상이어야 함",
	"left its slowest 1 %% %s or more late, at most %s is allowed":                                                   "가장 늦은 1 %%가 %s 이상 늦게 나감, %s 이하여야 함",
	"; of %v workers only %s":                                                        "; 작업 프로세스 %s개 가운데 %s",
	"worker %s left its slowest 1 %% %s late and missed %v":                          "%s만 가장 늦은 1 %%가 %s 늦었고 미전송 %s건",
	"%w was not played again: %s":                                                    "%s: 다시 실행하지 않음(%s)",
	"it takes %s, and of the time that the profile has for that (again) %s are left": "%s가 걸리는데 프로파일의 재실행 시간(again)은 %s 남음",
	"the budget allows no more calls":                                                "예산(budget)에 남은 요청이 없음",
	"the target let %v calls on key %v pass and refused %v, but %v are noted as accepted, %v as limited and %v as neither": "대상은 키 %[2]s의 요청 %[1]s건을 통과시키고 %[3]s건을 거부했다고 하지만, 기록은 수락 %[4]s건, 한도 거부 %[5]s건, 그 밖 %[6]s건",
	"%w was not played": "%s: 실행하지 않음",
	"more than %v calls on key %v left within a second, at %v per second": "키 %[2]s에서 초당 %[3]s건으로 1초에 %[1]s건이 넘게 나감",
	"%w: %s": "%s: %s",
	"the target's limiter counted the same, %v admitted and %v refused":                                                                   "대상의 한도 구현이 센 것도 같음: 수락 %s건, 거부 %s건",
	"what the target's limiter counted was lost in every attempt":                                                                         "대상의 한도 구현이 센 것을 어느 시도에서도 얻지 못함",
	"the target's limiter counted %v admitted and %v refused, which fits %v accepted, %v limited and %v answered otherwise or not at all": "대상의 한도 구현이 센 것은 수락 %s건, 거부 %s건으로, 기록된 수락 %s건, 한도 거부 %s건, 그 밖의 응답이나 무응답 %s건과 맞음",
	"%s, in %v of %v attempts; of the others its count was lost":                                                                          "%[1]s(시도 %[3]s번 가운데 %[2]s번, 나머지는 대상이 센 것을 얻지 못함)",
	"in %v of %v attempts the target's limiter counted otherwise":                                                                         "시도 %[2]s번 가운데 %[1]s번은 대상의 한도 구현이 다르게 셈",
	"played again, attempt %v left out: %s":                                                                                               "다시 실행함, %s번째 시도는 제외: %s",
	"calls of different workers are ordered only to %v ms, by their clocks":                                                               "작업 프로세스가 다른 요청의 순서는 시계를 기준으로 %s ms까지만 알 수 있음",
	"%w (%s) was lost: %s": "%s(%s)를 잃음: %s",

	"the profiles per-key-300 and shared-200 push a target past its published limits; without --allow-overload the profile gentle ran in their place": "per-key-300과 shared-200 프로파일은 대상을 공개 한도 너머로 밉니다. --allow-overload가 없어 gentle 프로파일을 대신 실행했습니다",
	"the target offers no API 1.0, so the profile shared-200 was left out":                                                                            "대상에 API 1.0이 없어 shared-200 프로파일을 제외했습니다",
	"nothing is selected: the parts of the selection exclude each other":                                                                              "선택된 것이 없습니다. 선택 조건이 서로 배제합니다",
	"nothing is selected: the earlier run left nothing to run again":                                                                                  "선택된 것이 없습니다. 이전 실행에 다시 실행할 것이 없습니다",
	"nothing is selected: what the earlier run left is not among what else selects":                                                                   "선택된 것이 없습니다. 이전 실행이 남긴 것이 다른 선택 조건에 들지 않습니다",
	"load profile %s could not be played: %s":                                                                                                         "부하 프로파일 %s를 실행하지 못했습니다: %s",
	"%v scenarios in a row got no answer; %v were not started":                                                                                        "연달아 시나리오 %s개가 응답을 받지 못했습니다. %s개는 시작하지 않았습니다",
	"%s: no scenario fits this entry":                                                                                                                 "%s: 이 항목에 맞는 시나리오가 없습니다",
	"%s: the entry ended on %s; if it is accepted still, baseline --known writes it anew":                                                             "%s: 이 항목은 %s에 끝났습니다. 아직 허용한다면 baseline --known으로 다시 쓰십시오",
	"the time of --timeout %s is over":                                                                                                                "--timeout %s의 시간이 다 되었습니다",
	"declared and not found: %s: %s":                                                                                                                  "선언했지만 확인되지 않음: %s: %s",
	"%s only uses its key, and left it changed: before %s, after %s; the key was not lent again":                                                      "%s: 키를 사용하기만 하는데 키가 바뀌었습니다. 이전 %s, 이후 %s. 이 키는 다시 쓰지 않았습니다",
}

// A form is a sentence of runForms that can be recognized.
type form struct {
	english, korean string

	looks   *regexp.Regexp
	figures []bool // of its places, those that hold a figure
}

// placesOf finds the places of a form.
var placesOf = regexp.MustCompile(`%[swv]`)

// forms are those of runForms and loadForms, those with the most words first: they say the most.
var forms = sync.OnceValue(func() (all []form) {
	known := maps.Clone(runForms)
	maps.Copy(known, loadForms)
	for english, korean := range known {
		looks := strings.NewReplacer(`%%`, `%`, `%s`, `(.*?)`, `%w`, `([^;]*?)`, `%v`, `([-+\d.,]+)`).Replace(regexp.QuoteMeta(english))
		f := form{english: english, korean: korean, looks: regexp.MustCompile("(?s)^" + looks + "$")}
		for _, place := range placesOf.FindAllString(english, -1) {
			f.figures = append(f.figures, place == "%v")
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b form) int {
		return cmp.Or(cmp.Compare(len(b.english), len(a.english)), cmp.Compare(a.english, b.english))
	})
	return all
})

// joints set apart the sentences of which a text is made.
var joints = []string{"; ", ", "}

// mostRead bounds what is read, in bytes: a text may be of forms within forms.
const mostRead = 2_000

// read is a text of the run file in each language, where it is of known form or made of such texts; else as it is.
func read(text string) phrase {
	if len(text) > mostRead {
		return same(text)
	}
	if kind, known := knownKinds(text); known {
		return kind
	}
	if said, all := apart(text, ", and "); all { // premises, of which each form takes what follows
		return said
	}
	for _, f := range forms() {
		if places := f.looks.FindStringSubmatch(text); places != nil {
			return f.say(places[1:])
		}
	}
	for _, joint := range joints {
		if said, all := apart(text, joint); all {
			return said
		}
	}
	return same(text)
}

// readSentence is read for a text that was made a sentence: with a capital, and a full stop.
func readSentence(text string) phrase {
	first, size := utf8.DecodeRuneInString(text)
	said := read(string(unicode.ToLower(first)) + strings.TrimSuffix(text[size:], "."))
	if said[english] == said[korean] {
		return same(text)
	}
	return phrase{text, said[korean]}
}

// say fills the places of the form, with thousands of its figures set apart.
func (f form) say(places []string) (said phrase) {
	args := make([]any, len(places))
	for i, place := range places {
		if f.figures[i] {
			args[i] = same(apartThousands(place))
		} else {
			args[i] = read(place)
		}
	}
	for l, form := range [...]string{english: placesOf.ReplaceAllString(f.english, "%s"), korean: f.korean} {
		said[l] = fmt.Sprintf(form, in(language(l), args)...)
	}
	return said
}

// apartThousands sets apart the thousands of a figure that the run file has as it is counted: 16384.5 is 16,384.5.
func apartThousands(figure string) string {
	whole, rest, fraction := strings.Cut(figure, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return figure
	}
	if whole = grouped(n); fraction {
		return whole + "." + rest
	}
	return whole
}

// apart reads each part of a text by itself, and says whether all of them are of known form.
func apart(text, joint string) (said phrase, all bool) {
	parts := strings.Split(text, joint)
	if len(parts) == 1 {
		return said, false
	}
	known := make([]phrase, len(parts))
	for i, part := range parts {
		if known[i] = read(part); known[i][english] == known[i][korean] {
			return said, false
		}
	}
	return joined(known, phrase{joint, strings.Replace(joint, " and", "", 1)}), true
}
