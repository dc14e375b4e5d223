//go:build e2e

package live_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

// browse opens a page and returns its DOM once it is loaded, and what the browser logged.
func browse(t *testing.T, url string) (dom, log string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--enable-logging=stderr", "--user-data-dir="+t.TempDir(), "--dump-dom", url)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, &errs)
	}
	return out.String(), errs.String()
}

// text is what a reader of a DOM sees, roughly.
func text(dom string) string {
	_, body, _ := strings.Cut(dom, "<body>")
	body, _, _ = strings.Cut(body, "<script")
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")), " ")
}

// busy is a run with something of everything.
func busy(t *testing.T, keys int) *published {
	p := publish(t)
	b := &story{Board: p.Board}
	b.ended("token/An expired token is refused", 1, 2, reports.Failed, "<img src=x> & it encrypts")
	b.Started("cipher/A plaintext comes back")
	b.quarters(2*time.Second, func(at time.Duration) loadgen.Progress {
		s := after(at, keys)
		s.Keys[0].Limited = 7
		s.SoFar = reports.Load{Claims: []reports.Claim{{Name: "answers", Verdict: reports.Proven, Why: "all 2 sampled answers decrypted"}}}
		return s
	})
	return p
}

func TestThePageInABrowser(t *testing.T) {
	for lang, parts := range map[string][]string{
		"en": {"The run is under way", "1 of 2, 0 passed, 1 not passed", "runs cipher/A plaintext comes back", "fail token/An expired token is refused &lt;img src=x&gt; &amp; it encrypts",
			"P4, attempt 1: 2 of 10 s, 64 keys at 285 a second", "holds so far : 0 of 114 calls that may be lost", "at most 0.61 % of the conforming calls are refused",
			"proven : all 2 sampled answers decrypted", "published for each key: 300 a second", "kp-story0-00064 285 285 0 1.83 0 0", "all keys 18,240", "Load shared-200 waits (0:35)"},
		"ko": {"실행 중입니다", "2개 중 1개 완료, 통과 0, 통과 못 함 1", "실패 token/An expired", "P4, 1번째 시도: 10초 중 2초, 키 64개에 초당 285건씩", "지금까지 유효", "입증 : 표본 응답 2건이 모두 복호화됨", "모든 키 18,240"},
	} {
		t.Run(lang, func(t *testing.T) {
			dom, log := browse(t, busy(t, 64).url+"/?lang="+lang)
			for _, part := range parts {
				if !strings.Contains(text(dom), part) {
					t.Errorf("no %q in\n%s", part, text(dom))
				}
			}
			if strings.Contains(log, "CONSOLE") {
				t.Errorf("on the console:\n%s", log)
			}
			if !strings.Contains(dom, `<html lang="`+lang+`"`) || strings.Contains(dom, "<img") {
				t.Errorf("the page does not say that it is %s, or text became markup", lang)
			}
			if n := strings.Count(dom, `<path d="M0`); n != 65 {
				t.Errorf("%d plots are drawn, want one a key and one of all", n)
			}
		})
	}
}

// TestThePageSaysHowManyFailuresItLeavesOut: a snapshot names ten.
func TestThePageSaysHowManyFailuresItLeavesOut(t *testing.T) {
	p := publish(t)
	b := &story{Board: p.Board}
	for i := range 12 {
		b.ended(fmt.Sprintf("token/Case %d", i), i+1, 12, reports.Failed, "it encrypts")
	}
	for lang, part := range map[string]string{"en": "and 2 more that did not pass", "ko": "그 밖에 통과하지 못한 것 2개"} {
		if dom, _ := browse(t, p.url+"/?lang="+lang); strings.Count(text(dom), "token/Case") != 10 || !strings.Contains(text(dom), part) {
			t.Errorf("no ten failures and %q in\n%s", part, text(dom))
		}
	}
}

// TestThePageTellsEveryClaim, by words and not by its name, and goes on drawing behind the last.
func TestThePageTellsEveryClaim(t *testing.T) {
	p := publish(t)
	var all []reports.Claim
	for _, name := range claims(t) {
		all = append(all, reports.Claim{Name: name, Verdict: reports.Refuted, Why: "seen in " + name})
	}
	progress := after(time.Second, 2)
	progress.SoFar = reports.Load{Claims: all}
	p.Load(progress)
	words := reports.Sayings()
	for _, lang := range []string{"en", "ko"} {
		dom, log := browse(t, p.url+"/?lang="+lang)
		for _, c := range all {
			called, verdict := words["cl."+c.Name].English, "refuted"
			if lang == "ko" {
				called, verdict = words["cl."+c.Name].Korean, "반증"
			}
			if want := called + " " + verdict + " : " + c.Why; !strings.Contains(text(dom), want) {
				t.Errorf("no %q in\n%s", want, text(dom))
			}
			if !strings.Contains(dom, `<span lang="en">`+c.Why+"</span>") {
				t.Errorf("what shows %s is not said to be English", c.Name)
			}
		}
		if !strings.Contains(text(dom), "kp-story0-00002") {
			t.Errorf("the keys below the claims are not drawn in\n%s", text(dom))
		}
		if strings.Contains(log, "CONSOLE") {
			t.Errorf("on the console:\n%s", log)
		}
	}
}

// TestTheEndInKorean says why by the words that the report has.
func TestTheEndInKorean(t *testing.T) {
	p := busy(t, 2)
	l := reports.Load{Profile: "per-key-300", Verdict: reports.LoadFail, Why: "the keys share", Claims: []reports.Claim{{Name: "independence", Gates: true, Verdict: reports.Refuted, Why: "by 40 %"}}}
	run := &reports.Run{Loads: []reports.Load{l}, Findings: []reports.Finding{{Kind: "target-died", Text: "it is gone", Exit: 3}}}
	reports.Decide(run)
	p.Played(l)
	p.Ended(run)
	dom, _ := browse(t, p.url+"/?lang=ko")
	for _, part := range []string{"실패했습니다", "부하 프로파일 per-key-300 실패: 반증된 주장: 키는 서로 영향을 주지 않음.", "실패 반증된 주장: 키는 서로 영향을 주지 않음.", "대상이 응답을 멈춤: It is gone."} {
		if !strings.Contains(text(dom), part) {
			t.Errorf("no %q in\n%s", part, text(dom))
		}
	}
	for _, part := range []string{"<title>kmsproof prove 실패</title>", `<span lang="en">It is gone.</span>`, `<button id="language" type="button" lang="en">English</button>`} {
		if !strings.Contains(dom, part) {
			t.Errorf("no %s", part)
		}
	}
}

func TestThePageOfARunThatIsOver(t *testing.T) {
	p := busy(t, 2)
	p.Played(reports.Load{Profile: "per-key-300", Verdict: reports.LoadFail, Why: "The keys share."})
	p.Ended(&reports.Run{Verdict: reports.Fail, Reasons: []string{"1 scenario failed"}})
	dom, log := browse(t, p.url)
	for _, part := range []string{"The run failed", "The report comes into the output folder.", "1 scenario failed", "fail The keys share."} {
		if !strings.Contains(text(dom), part) {
			t.Errorf("no %q in\n%s", part, text(dom))
		}
	}
	if strings.Contains(log, "CONSOLE") {
		t.Errorf("on the console:\n%s", log)
	}
}
