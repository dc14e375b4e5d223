package reports

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
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

// spoken is how pages and code say a word of the table.
var spoken = regexp.MustCompile(`(?:\b(?:t?w|say|korean|hidden|attr "[a-z-]+"|template "(?:good|bad|open)") |\b(?:say|because|reason)\(|\bStep\w+: )"([a-z0-9./-]+)"`)

// byValue are the words that are looked up by what the run file holds.
var byValue = regexp.MustCompile(`^(o|a|l|f|rk|s|cl|k|sc|ct|t|ck)\.|^c\.(regression|open|improved|changed)$`)

// TestEveryWordIsUsed finds what pages say no more, and outcomes and areas that have no words.
func TestEveryWordIsUsed(t *testing.T) {
	said := map[string]bool{}
	for _, m := range spoken.FindAllStringSubmatch(sources(t), -1) {
		said[m[1]] = true
	}
	for key := range words {
		if !byValue.MatchString(key) && !said[strings.TrimSuffix(key, ".1")] {
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

// TestWhatOurLoadProfilesSayIsInBothLanguages reads the code that writes it, which this package does not import.
func TestWhatOurLoadProfilesSayIsInBothLanguages(t *testing.T) {
	for _, tt := range []struct {
		prefix, dir, files string
		in                 *regexp.Regexp
		whole              bool // the English is the text of the run file, and not merely called so
	}{
		{"cl.", "../loadgen", "*.go", regexp.MustCompile(`\bclaim[A-Z]\w* += "([^"]+)"`), false},
		{"k.", "../loadgen", "kinds.go", regexp.MustCompile(`\t\w+ +kind = "([^"]+)"`), false},
		{"ct.", "../loadgen", "controls.go", regexp.MustCompile(`\tcontrol[A-Z]\w* += "([^"]+)"`), false},
		{"t.", "../loadgen/profiles", "*.yaml", regexp.MustCompile(`(?m)^title: (.+)$`), true},
		{"s.", "../features", "rules.go", regexp.MustCompile(`\t\t[A-Z]\w+: +"([^"]+ \([^"]+\))"`), true},
	} {
		var found []string
		for _, m := range tt.in.FindAllStringSubmatch(textOf(t, os.DirFS(tt.dir), tt.files), -1) {
			found = append(found, m[1])
		}
		var known []string
		for key, p := range words {
			if name, ok := strings.CutPrefix(key, tt.prefix); ok && !tt.whole {
				known = append(known, name)
			} else if ok {
				known = append(known, strings.TrimPrefix(p[english], "the target does not offer "))
			}
		}
		slices.Sort(found)
		slices.Sort(known)
		if !slices.Equal(slices.Compact(found), known) || len(known) == 0 {
			t.Errorf("%s: the words are for\n%q, and the run files hold\n%q", tt.prefix, known, found)
		}
	}
}

// TestPagesSayNothingPastTheTable: text between tags is a word of the table, a name, or data.
func TestPagesSayNothingPastTheTable(t *testing.T) {
	allowed := regexp.MustCompile(`kmsproof|UTC|API|한국어|English`)
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
	return textOf(t, pageFiles, "page/*.html") + textOf(t, osDir, "*.go")
}

// textOf is that of the files of a folder, without its tests.
func textOf(t *testing.T, folder fs.FS, pattern string) string {
	t.Helper()
	files, err := fs.Glob(folder, pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	var all strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := fs.ReadFile(folder, f)
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

func TestTheHeadline(t *testing.T) {
	known := []Scenario{{Outcome: Passed}, {Outcome: KnownFail, Level: Must}}
	for _, tt := range []struct {
		run  Run
		want phrase
	}{
		{Run{Verdict: Pass, Scenarios: []Scenario{{Outcome: Passed}}}, phrase{"Pass: the target kept all that was checked, 1 scenario.", "통과: 점검한 항목을 대상이 모두 준수했습니다(시나리오 1개)."}},
		{Run{Verdict: Pass, Scenarios: known}, phrase{"Pass: but for 1 known failure, the target kept all that was checked, 2 scenarios.", "통과: 알려진 실패 1건 외에는 점검한 항목을 대상이 모두 준수했습니다(시나리오 2개)."}},
		{Run{Verdict: Partial}, phrase{"Partial: all that was checked passed, but not all could be checked.", "부분 통과: 점검한 항목은 모두 통과했지만, 다 점검하지는 못했습니다."}},
		{Run{Verdict: Partial, Leftovers: []string{"a key"}}, say("h.partial", say("h.left"))},
		{Run{Verdict: Partial, Leftovers: []string{"a key"}, Findings: []Finding{{Exit: 0}}}, say("h.partial", say("h.either"))},
		{Run{Verdict: Partial, Scenarios: known}, say("h.partial-known", say("n.known", 1), say("h.unchecked"))},
		{Run{Verdict: None}, say("h.none")},
		{Run{}, say("h.none")},
		{Run{Verdict: Fail, Scenarios: []Scenario{{Outcome: Failed}, {Outcome: Passed}}, Loads: []Load{{Verdict: LoadFail}}}, phrase{"Fail: the target failed 1 of 2 scenarios and 1 of 1 load profile.", "실패: 대상이 시나리오 2개 가운데 1개, 부하 프로파일 1개 가운데 1개에서 실패했습니다."}},
		{Run{Verdict: Fail, Scenarios: []Scenario{{Outcome: UnexpectedPass}}}, say("h.fail-other")},
		{Run{Verdict: Fail, Strict: true, Scenarios: []Scenario{{Outcome: Warned}}}, say("h.fail", say("n-of", 1, say("n.scenarios", 1)))},
	} {
		if got := tt.run.headline(); got != tt.want || tt.run.Headline() != tt.want[english] {
			t.Errorf("got %q, want %q", got, tt.want)
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
