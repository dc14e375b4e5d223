package reports

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var osDir = os.DirFS(".")

var verbs = regexp.MustCompile(`%(\[\d\])?s|\{\d\}`)

// TestEveryWordHasBothLanguages: the same places to fill, and Korean that is Korean.
func TestEveryWordHasBothLanguages(t *testing.T) {
	hangul := func(c rune) bool { return unicode.Is(unicode.Hangul, c) }
	for key, p := range words {
		en, ko := verbs.FindAllString(p[english], -1), verbs.FindAllString(p[korean], -1)
		if p[english] == "" || len(en) != len(ko) {
			t.Errorf("%s: %q and %q do not say the same", key, p[english], p[korean])
		}
		if p[korean] == "" || p[korean] != p[english] && key != "and" && key != "on-api" && !strings.ContainsFunc(p[korean], hangul) {
			t.Errorf("%s: %q is no Korean", key, p[korean])
		}
		if strings.ContainsFunc(p[english], hangul) {
			t.Errorf("%s: %q is no English", key, p[english])
		}
	}
}

// TestEveryWordIsUsed finds what pages say no more, and outcomes and areas that have no words.
func TestEveryWordIsUsed(t *testing.T) {
	code := sources(t)
	for key := range words {
		plain := strings.TrimSuffix(key, ".1")
		if regexp.MustCompile(`^[ahlo]\.|^c\.(regression|open|improved|changed)$`).MatchString(key) {
			continue
		}
		if !strings.Contains(code, `"`+plain+`"`) {
			t.Errorf("nobody says %q", key)
		}
	}
	for _, o := range Outcomes() {
		if _, ok := words["o."+string(o)]; !ok {
			t.Errorf("no words for outcome %s", o)
		}
	}
	for _, a := range areaNames {
		if words["a."+a[0]][english] != a[1] {
			t.Errorf("area %s is %q here and %q in other reports", a[0], words["a."+a[0]][english], a[1])
		}
	}
}

// TestPagesSayNothingPastTheTable: text between tags is a word of the table, a name, or data.
func TestPagesSayNothingPastTheTable(t *testing.T) {
	allowed := regexp.MustCompile(`kmsproof|UTC|API|The target|한국어|English`)
	files, err := fs.Glob(pageFiles, "page/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	for _, f := range files {
		b, err := pageFiles.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(`\{\{.*?\}\}`).ReplaceAllString(string(b), "")
		text = allowed.ReplaceAllString(regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(text, "|"), "")
		if bare := regexp.MustCompile(`\pL{2,}`).FindString(text); bare != "" {
			t.Errorf("%s says %q in one language alone", f, bare)
		}
		if bare := regexp.MustCompile(`(aria-label|placeholder|alt)="[A-Za-z]`).FindString(string(b)); bare != "" {
			t.Errorf("%s has %s in one language alone", f, bare)
		}
	}
}

// sources are the templates and the code that fills them.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	files, err := fs.Glob(pageFiles, "page/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := pageFiles.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	code, err := fs.Glob(osDir, "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range code {
		if f == "htmlwords.go" || strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := fs.ReadFile(osDir, f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

func TestPhrases(t *testing.T) {
	for _, tt := range []struct{ got, want phrase }{
		{say("n.scenarios", 1), phrase{"1 scenario", "시나리오 1개"}},
		{say("n.scenarios", 1200), phrase{"1,200 scenarios", "시나리오 1,200개"}},
		{say("n-of", 2, say("n.loads", 3)), phrase{"2 of 3 load profiles", "부하 프로파일 3개 가운데 2개"}},
		{joined([]phrase{say("n.scenarios", 2), say("n.loads", 1)}, say("and")), phrase{"2 scenarios and 1 load profile", "시나리오 2개, 부하 프로파일 1개"}},
		{sayOr("o.", "never-heard-of"), same("never heard of")},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if got := (phrase{"<b>", "&"}).html("tspan"); got != `<tspan class="en">&lt;b&gt;</tspan><tspan class="ko" lang="ko">&amp;</tspan>` {
		t.Errorf("got %s: text must not be markup", got)
	}
}

func TestThePageSaysTheHeadline(t *testing.T) {
	for _, r := range []*Run{
		{Verdict: Pass, Scenarios: []Scenario{{Outcome: Passed}}}, {Verdict: Partial}, {Verdict: None}, {},
		{Verdict: Fail, Scenarios: []Scenario{{Outcome: Failed}, {Outcome: Passed}}, Loads: []Load{{Verdict: LoadFail}}},
		{Verdict: Fail, Scenarios: []Scenario{{Outcome: UnexpectedPass}}}, {Verdict: Fail, Strict: true, Scenarios: []Scenario{{Outcome: Warned}}},
	} {
		if got := r.headline()[english]; got != r.Headline() {
			t.Errorf("the page says %q, the other reports %q", got, r.Headline())
		}
	}
}

func TestAnUnknownLanguageIsRefused(t *testing.T) {
	if _, err := FormatIn("html", "fr"); err == nil || !strings.Contains(err.Error(), "auto, en, ko") {
		t.Errorf("got %v, want the languages", err)
	}
	if _, err := FormatIn("text", "ko"); err == nil {
		t.Error("a text report in Korean was promised")
	}
	for _, lang := range Languages() {
		if _, err := FormatIn("html", lang); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
}
