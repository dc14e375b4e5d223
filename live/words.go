package live

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"github.com/kmsproof/kmsproof/reports"
)

// A Language is one that the terminal view speaks.
type Language int

// The languages of the terminal view.
const (
	English Language = iota
	Korean
)

// Speaks is the language of that name, en or ko; of any other, such as auto, the one that the environment asks for.
func Speaks(name string) Language {
	switch name {
	case "en":
		return English
	case "ko":
		return Korean
	}
	return ofLocale(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")))
}

// ofLocale is Korean for ko, ko_KR and ko_KR.UTF-8, but not where the terminal has other characters than UTF-8.
func ofLocale(locale string) Language {
	locale, _, _ = strings.Cut(strings.ToLower(locale), "@")
	name, charset, has := strings.Cut(locale, ".")
	if language, _, _ := strings.Cut(name, "_"); language != "ko" || has && strings.ReplaceAll(charset, "-", "") != "utf8" {
		return English
	}
	return Korean
}

// say is an English text in the language, with its places filled.
func (l Language) say(english string, args ...any) string {
	if l == Korean {
		english = cmp.Or(inKorean[english], english)
	}
	if len(args) == 0 {
		return english
	}
	return fmt.Sprintf(english, args...)
}

// sayings are the words of the reports for outcomes, verdicts and claims.
var sayings = reports.Sayings()

// word is an outcome or a verdict.
func (l Language) word(word string) string {
	if l == Korean {
		return cmp.Or(sayings["o."+word].Korean, word)
	}
	return word
}

// of is what a saying is in the language.
func (l Language) of(s reports.Saying) string {
	if l == Korean {
		return cmp.Or(s.Korean, s.English)
	}
	return s.English
}

// claim is the name of a claim, and what is said of it: in Korean with its sentence first.
func (l Language) claim(c Claim) (name, why string) {
	if l == English {
		return c.Name, c.Says.English
	}
	return l.say(c.Name), strings.Trim(sayings["cl."+c.Name].Korean+"; "+c.Says.Korean, "; ")
}

// inKorean is all that the terminal view says, by its English.
var inKorean = map[string]string{
	"%s after %s": "%s (%s 경과)", "%s, about %s left": "%s, 약 %s 남음", "%s left": "%s 남음", "interrupted": "중단됨", "no verdict": "판정 없음",
	"scenarios  none has ended yet": "시나리오  아직 끝난 것이 없음", "scenarios  %s %d/%d  %s": "시나리오  %s %d/%d  %s",
	"runs": "실행 중", "  and %d more that did not pass": "  그 밖에 통과하지 못한 것 %d개",
	"%d passed": "통과 %d", "%d warned": "경고 %d", "%d skipped": "건너뜀 %d", "%d not passed": "통과 못 함 %d",

	"load %s": "부하 %s", "waits": "대기", "creates and tries its keys": "키를 만들어 시험하는 중", "rests: nothing is sent": "쉬는 중: 보내지 않음",
	" attempt %d": " %d차 시도", "%d keys": "키 %d개", "%d key": "키 %d개", "%s at %.4g/s%s": "%s, 초당 %.4g%s건",
	" of %.4g": "/%.4g", " of %.4g in all": "(전체 %.4g)",

	"phases": "구간", "%s now": "%s 진행 중", "counts": "유효", "fell short": "미달",
	"certificate": "생성기 인증", "holds so far": "지금까지 유효", "%s: lost %d of at most %d, p99 late %s of %.4g ms": "%s: 유실 %d/%d건, 전송 지연 p99 %s/%.4g ms",
	"certainty": "확실성", "the limit is passed on purpose; judged after the phases": "일부러 한도를 넘기는 구간이며 구간이 끝난 뒤 판정함",
	"too few calls yet": "아직 요청이 너무 적음", "at most %s of conforming calls refused, at 99.9 %%": "한도 안의 요청 중 거부는 %s 이하(99.9 %% 확실)",

	"key": "키", "offered/s": "초당 보냄", "accepted/s": "초당 수락", "refused": "거부", "p99 ms": "p99 ms", "other": "기타", "missed": "미전송",
	"accepted in each second": "매초 수락", "  and %s that did better": "  그 밖에 더 나은 %s", "all": "합계",

	"guarantee": "보장", "independence": "독립성", "rate": "속도", "limit": "한도", "shared": "공유", "scope": "집계 단위", "latency": "지연", "isolation": "격리",
	"answers": "응답", "carries": "처리", "capacity": "용량", "continuity": "연속성", "outage": "장애", "recovery": "복구", "served": "지속", "refresh": "갱신",
	"resident": "메모리", "refill": "다시 채움", "uncharged": "미차감",
}
