package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// inEnglish are our own words as they would stand in a page: with anything in their places. What is hardly a word but for
// its places is left out.
func inEnglish() (forms []*regexp.Regexp) {
	letters := func(s string) int {
		return len(slices.DeleteFunc([]rune(s), func(c rune) bool { return !unicode.IsLetter(c) }))
	}
	for _, p := range words {
		if p[english] == p[korean] || letters(verbs.ReplaceAllString(p[english], "")) < 3 {
			continue
		}
		form := verbs.ReplaceAllLiteralString(strings.ReplaceAll(p[english], "%%", "%"), "\x00")
		form = strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(form)), "\x00", ".+")
		forms = append(forms, regexp.MustCompile("^"+form+"$"))
	}
	return forms
}

// spokenIn are the texts of a page that its reader hears or sees in Korean: not what is in English by its mark, code, or
// figures as they are in the run file.
func spokenIn(t *testing.T, page string) (texts []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, append(xml.HTMLAutoClose, "meta", "link"), xml.HTMLEntity
	foreign := 0 // how deep in such an element
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if foreign > 0 || other(token) {
				foreign++
				continue
			}
			for _, a := range token.Attr {
				if slices.Contains([]string{"aria-label", "placeholder", "title"}, a.Name.Local) {
					texts = append(texts, a.Value)
				}
			}
		case xml.EndElement:
			foreign = max(0, foreign-1)
		case xml.CharData:
			if foreign == 0 {
				texts = append(texts, string(token))
			}
		}
	}
}

// ours names the word of ours that a text is, or begins with before a colon; nil: none.
func ours(forms []*regexp.Regexp, text string) *regexp.Regexp {
	text = strings.TrimSpace(text)
	head, _, _ := strings.Cut(text, ": ")
	at := slices.IndexFunc(forms, func(f *regexp.Regexp) bool { return f.MatchString(text) || f.MatchString(head) })
	if at < 0 {
		return nil
	}
	return forms[at]
}

func other(e xml.StartElement) bool {
	if slices.Contains([]string{"code", "pre", "script", "style"}, e.Name.Local) {
		return true
	}
	return slices.ContainsFunc(e.Attr, func(a xml.Attr) bool {
		return a.Name.Local == "lang" && a.Value == "en" || a.Name.Local == "class" && slices.Contains(strings.Fields(a.Value), "en")
	})
}

// TestAKoreanPageSaysNoneOfOurWordsInEnglish, neither to the eye nor to the ear.
func TestAKoreanPageSaysNoneOfOurWordsInEnglish(t *testing.T) {
	forms := inEnglish()
	for name, page := range koreanPages(t) {
		texts := spokenIn(t, page)
		if len(texts) < 20 {
			t.Errorf("%s: only %q is spoken", name, texts)
		}
		for _, text := range texts {
			if form := ours(forms, text); form != nil {
				t.Errorf("%s says %q in Korean, which is %s", name, text, form)
			}
		}
	}
}

// TestAKoreanPageSaysItsRulesInKorean, and a run file that has no Korean of a rule is shown in English as such.
func TestAKoreanPageSaysItsRulesInKorean(t *testing.T) {
	pages := koreanPages(t)
	for _, name := range []string{"mixed", "compare"} {
		said := strings.Join(spokenIn(t, pages[name]), "\n")
		for _, korean := range []string{"Access 토큰은 만료된 뒤에는 암호 API를 호출할 수 없다.", "토큰은 exp가 나타내는 초와 함께 만료된다."} {
			if !strings.Contains(said, korean) {
				t.Errorf("%s does not say %q", name, korean)
			}
		}
	}
	for text, english := range map[phrase]string{
		Rule{Statement: "It is."}.states():                                         `<span lang="en">It is.</span>`,
		Rule{Statement: "It is.", Korean: Translation{Statement: "그렇다."}}.states(): `<span class="en">It is.</span>`,
		Rule{Rival: "It was.", Korean: Translation{Statement: "그렇다."}}.rivals():    `<span lang="en">It was.</span>`,
		Rule{Rival: "It was.", Korean: Translation{Rival: "그랬다."}}.rivals():        `<span class="ko" lang="ko">그랬다.</span>`,
	} {
		if got := string(text.quoted()); !strings.Contains(got, english) {
			t.Errorf("%s, want %s", got, english)
		}
	}
}

// koreanPages are the reports of the runs in testdata, but for the one whose every text is an attack, and a comparison.
func koreanPages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	var page bytes.Buffer
	runs := map[string]*Run{}
	for _, name := range []string{"pass", "mixed", "nothing", "partial", "short"} {
		r, err := Read(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		page.Reset()
		if err := HTMLIn(&page, r, "ko"); err != nil {
			t.Fatal(err)
		}
		runs[name], pages[name] = r, page.String()
	}
	page.Reset()
	if err := Compare(runs["pass"], runs["mixed"]).HTMLIn(&page, "ko"); err != nil {
		t.Fatal(err)
	}
	pages["compare"] = page.String()
	return pages
}

// TestThatTestCanFail shows it what was once in the pages.
func TestThatTestCanFail(t *testing.T) {
	forms := inEnglish()
	for page, want := range map[string]int{
		`<p>answer 200</p>`: 1, `<a aria-label="pass: A title">x</a>`: 1, `<p>3 min 5 s</p>`: 1, `<p lang="en">pass</p>`: 0, `<p>통과</p>`: 0,
		`<span class="en">pass</span><span class="ko" lang="ko">통과</span>`: 0, `<p><b>key 7</b></p>`: 1,
	} {
		found := 0
		for _, text := range spokenIn(t, page) {
			if ours(forms, text) != nil {
				found++
			}
		}
		if found != want {
			t.Errorf("%s: %d found, want %d", page, found, want)
		}
	}
}

// TestExchangesOfFailuresHaveAFloor: however large the rest of a page is, a failure shows the exchange that it rests on.
func TestExchangesOfFailuresHaveAFloor(t *testing.T) {
	for bare, want := range map[int]int{0: pageBudget, 1_500_000: 400_000, 1_850_000: pageFloor, 5_000_000: pageFloor} {
		if got := exchangeBudget(bare); got != want {
			t.Errorf("beside %d bytes exchanges get %d, want %d", bare, got, want)
		}
	}
	r := &Run{}
	for range 30 {
		s := Scenario{Outcome: Failed}
		for _, last := range []string{"first", "second", "last"} {
			s.Exchanges = append(s.Exchanges, Exchange{Request: last, Status: 200, Answer: strings.Repeat("x", 1000)})
		}
		r.Scenarios = append(r.Scenarios, Scenario{Outcome: Skipped, Exchanges: s.Exchanges}, s)
	}
	shown := 0
	for _, c := range caseViews(r, pageFloor) {
		shown += len(c.Shown)
		if c.Outcome == Failed && (len(c.Shown) == 0 || c.Shown[c.Last()].Request != "last") {
			t.Fatalf("a failure shows %d exchanges, want its last at least", len(c.Shown))
		}
		if c.LeftOut+len(c.Shown) != 3 {
			t.Errorf("%d shown and %d left out of 3", len(c.Shown), c.LeftOut)
		}
	}
	if p := newPage(r, frame{}, pageFloor); p.LeftOut != 180-shown || p.LeftOut == 0 {
		t.Errorf("the page says that %d are left out, want %d", p.LeftOut, 180-shown)
	}
}

// TestSkippedMustsArePrinted: they are why a run passes in part only.
func TestSkippedMustsArePrinted(t *testing.T) {
	for _, tt := range []struct {
		outcome Outcome
		level   Level
		kept    bool
	}{{Skipped, Must, false}, {Skipped, Inferred, true}, {Passed, Must, true}, {Warned, Inferred, false}, {KnownFail, Must, false}} {
		r := ruleView{Cases: []caseView{{Scenario: &Scenario{Outcome: tt.outcome, Level: tt.level}}}}
		if r.Kept() != tt.kept {
			t.Errorf("%s of %s is kept: %v", tt.outcome, tt.level, r.Kept())
		}
	}
}
