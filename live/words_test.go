package live

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// said are the texts that the package gives to say as they stand.
func said(t *testing.T) (texts []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if english, ok := saying(n); ok {
				texts = append(texts, english)
			}
			return true
		})
	}
	return texts
}

// saying is the literal that is given to say, where n is such a call.
func saying(n ast.Node) (english string, ok bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return "", false
	}
	method, isMethod := call.Fun.(*ast.SelectorExpr)
	text, isText := call.Args[0].(*ast.BasicLit)
	if !isMethod || !isText || method.Sel.Name != "say" {
		return "", false
	}
	english, err := strconv.Unquote(text.Value)
	return english, err == nil
}

// TestAllThatIsSaidIsSaidInKorean, the names of claims and the headings of the table too, and nothing besides.
func TestAllThatIsSaidIsSaidInKorean(t *testing.T) {
	texts := said(t)
	if len(texts) < 30 {
		t.Fatalf("only %q are said", texts)
	}
	for key := range sayings {
		if claim, ok := strings.CutPrefix(key, "cl."); ok {
			texts = append(texts, claim)
		}
	}
	for _, c := range columns {
		texts = append(texts, c.head)
	}
	for _, english := range texts {
		if _, ok := inKorean[english]; !ok {
			t.Errorf("no Korean of %q", english)
		}
	}
	for english, korean := range inKorean {
		if !slices.Contains(texts, english) {
			t.Errorf("nobody says %q", english)
		}
		if strings.Count(english, "%") != strings.Count(korean, "%") {
			t.Errorf("%q has other places than %q", korean, english)
		}
	}
}

// TestHeadingsFitTheirColumns in Korean too, of which a character takes two.
func TestHeadingsFitTheirColumns(t *testing.T) {
	for _, l := range []Language{English, Korean} {
		for _, c := range columns {
			if n := ansi.StringWidth(l.say(c.head)); n > c.width {
				t.Errorf("%q takes %d columns of %d", l.say(c.head), n, c.width)
			}
		}
	}
	if got := right("키", 4) + left("키", 4) + "|"; got != "  키키  |" {
		t.Errorf("got %q, want two blanks on either side", got)
	}
}

// TestTheLanguageIsThatOfTheFlagOrTheLocale, of which LC_ALL goes before LC_MESSAGES, and that before LANG.
func TestTheLanguageIsThatOfTheFlagOrTheLocale(t *testing.T) {
	for _, tt := range []struct {
		flag, all, messages, lang string
		want                      Language
	}{
		{"auto", "", "", "", English},
		{"auto", "", "", "C.UTF-8", English},
		{"auto", "", "", "en_US.UTF-8", English},
		{"auto", "", "", "ko_KR.UTF-8", Korean},
		{"auto", "", "", "ko_KR.utf8", Korean},
		{"auto", "", "", "ko_KR.UTF-8@hanja", Korean},
		{"auto", "", "", "ko", Korean},
		{"auto", "", "", "ko_KR.EUC-KR", English},
		{"auto", "", "", "kok_IN.UTF-8", English},
		{"auto", "", "ko_KR.UTF-8", "en_US.UTF-8", Korean},
		{"auto", "en_US.UTF-8", "ko_KR.UTF-8", "ko_KR.UTF-8", English},
		{"auto", "ko_KR.UTF-8", "en_US.UTF-8", "C", Korean},
		{"ko", "en_US.UTF-8", "", "", Korean},
		{"en", "ko_KR.UTF-8", "", "", English},
	} {
		t.Setenv("LC_ALL", tt.all)
		t.Setenv("LC_MESSAGES", tt.messages)
		t.Setenv("LANG", tt.lang)
		if got := Speaks(tt.flag); got != tt.want {
			t.Errorf("%+v: got %d", tt, got)
		}
	}
}
