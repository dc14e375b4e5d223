package features_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kmsproof/kmsproof/features"
)

// korean is the register's Korean by ID.
func korean(t *testing.T) map[string]features.Translation {
	t.Helper()
	all, err := features.Translations(features.FS())
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]features.Translation{}
	for _, k := range all {
		if _, twice := byID[k.ID]; twice {
			t.Errorf("%s: %s is translated twice", features.KoreanFile, k.ID)
		}
		byID[k.ID] = k
	}
	return byID
}

// entry is what KoreanFile has to say of a rule, with its Korean still to be written.
func entry(r features.Rule) string {
	text := fmt.Sprintf("  - id: %s\n    of: %q\n    statement: \"(Korean of: %s)\"\n", r.ID, r.Digest(), r.Statement)
	if r.Rival != "" {
		text += fmt.Sprintf("    rival: \"(Korean of: %s)\"\n", r.Rival)
	}
	return text
}

// TestEachRuleIsSaidInKorean as it is in English now.
func TestEachRuleIsSaidInKorean(t *testing.T) {
	all := korean(t)
	for _, r := range features.Rules() {
		k, ok := all[r.ID]
		delete(all, r.ID)
		switch {
		case !ok:
			t.Errorf("%s has no Korean. Add to features/%s, in Korean:\n%s", r.ID, features.KoreanFile, entry(r))
		case k.Of != r.Digest():
			t.Errorf("%s has a stale translation: its English is another since. Hold the Korean against it, mend it, and give it this `of` in features/%s:\n"+
				"    of: %q\n  English: %s %s\n  Korean:  %s %s", r.ID, features.KoreanFile, r.Digest(), r.Statement, r.Rival, k.Statement, k.Rival)
		}
	}
	for id := range all {
		t.Errorf("%s: %s is no rule; take its entry out", features.KoreanFile, id)
	}
}

var (
	hangul = regexp.MustCompile(`\p{Hangul}`)
	// fixed are figures of two digits and more, and names: they are the same in every language.
	fixed = regexp.MustCompile(`\d[\d,]+\b|\b[A-Z][A-Z0-9_-]+\b|\b[a-z]+[A-Z]\w+\b|\bncpkms\b`)
)

// wrongIn says what a translation lacks; empty: nothing.
func wrongIn(english, korean string) string {
	if (english == "") != (korean == "") || korean != "" && (!hangul.MatchString(korean) || !strings.HasSuffix(korean, ".")) {
		return fmt.Sprintf("%q is no Korean sentence for %q", korean, english)
	}
	for _, name := range fixed.FindAllString(english, -1) {
		if !strings.Contains(korean, name) {
			return fmt.Sprintf("%q says nothing of %s", korean, name)
		}
	}
	return ""
}

// TestTheKoreanHasTheFiguresAndNamesOfTheEnglish, which is what a slip of the pen changes most easily.
func TestTheKoreanHasTheFiguresAndNamesOfTheEnglish(t *testing.T) {
	for _, r := range features.Rules() {
		for english, korean := range map[string]string{r.Statement: r.Korean.Statement, r.Rival: r.Korean.Rival} {
			if wrong := wrongIn(english, korean); wrong != "" {
				t.Errorf("%s: %s", r.ID, wrong)
			}
		}
	}
	for _, korean := range []string{"", "A key.", "키는 730일까지이다.", "키는 KR에서 73일까지이다.", "키는 KR에서 730일까지"} {
		if wrongIn("A key of KR has up to 730 days.", korean) == "" {
			t.Errorf("nothing is found wrong in %q", korean)
		}
	}
}

// TestAStaleTranslationIsNotShown: a rule says what it says now, in one language if need be.
func TestAStaleTranslationIsNotShown(t *testing.T) {
	const register = `rules:
  - {id: KMS2-TOK-001, level: MUST, origin: {page: p, asOf: 2026-10-08}, statement: A token is a token., risk: data}
`
	is := features.Rule{Statement: "A token is a token."}
	for of, want := range map[string]string{is.Digest(): "토큰은 토큰이다.", "0123456789ab": ""} {
		rules, err := features.Load(fstest.MapFS{
			features.RulesFile:  {Data: []byte(register)},
			features.KoreanFile: {Data: fmt.Appendf(nil, "rules:\n  - {id: KMS2-TOK-001, of: %q, statement: 토큰은 토큰이다.}\n", of)},
		})
		if err != nil || rules[0].Korean.Statement != want {
			t.Errorf("of %s: %q, want %q (%v)", of, rules[0].Korean.Statement, want, err)
		}
	}
	rules, err := features.Load(fstest.MapFS{features.RulesFile: {Data: []byte(register)}, features.KoreanFile: {Data: []byte("rules: [{od: x}]")}})
	if err == nil || rules != nil {
		t.Errorf("a file of unknown members gives %v, %v; want an error alone", rules, err)
	}
}
