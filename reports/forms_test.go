package reports

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// written are the texts in the Go files of the packages that write into run files, with % for each place.
func written(t *testing.T) map[string]bool {
	t.Helper()
	texts := map[string]bool{}
	for _, folder := range []string{".", "../loadgen", "../loadgen/fleet", "../steps", "../proof", "../cmd/kmsproof"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(files), err)
		}
		for _, name := range files {
			if filepath.Base(name) == "htmlforms.go" || strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if e, ok := n.(ast.Expr); ok {
					texts[placed(literal(e))] = true
				}
				return true
			})
		}
	}
	return texts
}

// literal is the text of a literal, or of a sum of them, in which what is no literal is a place.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return literal(e.X) + literal(e.Y)
		}
	}
	return "%s"
}

var verb = regexp.MustCompile(`%(%|[-+# 0-9.]*[a-zA-Z])`)

// placed is a text with % for each of its places.
func placed(text string) string {
	return verb.ReplaceAllStringFunc(text, func(v string) string {
		if v == "%%" {
			return v
		}
		return "%"
	})
}

// TestEachFormIsWrittenBySomebody: a text that changes, and whose Korean does not, would be English in Korean pages.
func TestEachFormIsWrittenBySomebody(t *testing.T) {
	texts := written(t)
	all := maps.Clone(runForms)
	maps.Copy(all, loadForms)
	for english, korean := range all {
		if !texts[placed(english)] && !texts[placed(strings.TrimPrefix(english, "%s"))] && !texts[placed(strings.TrimPrefix(english, "%v "))] {
			t.Errorf("nobody writes %q any more; change it in runForms with its Korean, or take it out", english)
		}
		if places, filled := len(verb.FindAllString(english, -1)), len(verb.FindAllString(regexp.MustCompile(`%\[\d+\]`).ReplaceAllString(korean, "%"), -1)); places != filled {
			t.Errorf("%q has %d places, %q %d", english, places, korean, filled)
		}
	}
}

func TestTextsOfKnownFormAreRead(t *testing.T) {
	for english, korean := range map[string]string{
		"if the differences between blocks are symmetric and nothing drifts":                                                                                                                              "묶음 사이의 차이가 대칭이고 추세가 없을 때",
		"certain if the limiter is a token bucket or a fixed window and each call met it between its send and its answer":                                                                                 "한도 모형이 토큰 버킷 또는 고정 윈도이고 모든 요청이 전송과 응답 사이에 그 한도를 거쳤다면 확실",
		"certain if at most 300 were in reserve, and certain: the answers were seen":                                                                                                                      "여유분이 300건 이하였다면 확실, 확실: 응답을 직접 확인함",
		"was believed, and read as 719.2 to 720.4 per second, at least 3 per second; each key has 720 per second, at the second try":                                                                      "입증됨, 읽은 값: 초당 719.2~720.4건, 초당 최소 3건(실제로는 키마다 초당 720건)(두 번째 시도)",
		"P4: 91.20 % of the 11400 planned calls were sent, at least 99.5 % are needed (1003 missed)":                                                                                                      "P4: 계획한 요청 11,400건 가운데 91.20 %를 보냄, 99.5 % 이상이어야 함(미전송 1,003건)",
		"P4: the slowest 1 % of the calls left 12ms or more after they were due, at most 2ms is allowed; of 3 workers only worker b left its slowest 1 % 12ms late and missed 0":                          "P4: 가장 늦은 1 %의 요청이 예정보다 12ms 이상 늦게 나감, 2ms 이하여야 함; 작업 프로세스 3개 가운데 b만 가장 늦은 1 %가 12ms 늦었고 미전송 0건",
		"played again, attempt 1 left out: P4 was not played; P5 was not played":                                                                                                                          "다시 실행함, 1번째 시도는 제외: P4: 실행하지 않음; P5: 실행하지 않음",
		"12 of 221400 calls were not served, and 2210 took longer than 50ms":                                                                                                                              "요청 221,400건 가운데 12건이 처리되지 않았고 2,210건이 50ms보다 오래 걸림",
		"worst key (key 4 of 4 at once): 299.9 to 300.3 per second, if the limiter is a token bucket":                                                                                                     "가장 나쁜 키(동시에 쓴 키 4개 중 4번): 초당 299.9~300.3건(한도 모형이 토큰 버킷일 때)",
		"served at least on a key: at once 285 per second (10820 calls made again), back-off 285 per second (8853 calls made again)":                                                                      "키 하나가 처리한 최소: 곧바로 초당 285건(다시 보낸 요청 10,820건), 점점 오래 기다려 초당 285건(다시 보낸 요청 8,853건)",
		"the 4 keys share about 300 calls per second: one key alone gets 299.9 to 300.2 per second, beside the others about 105 per second in no known pattern, all 4 together 299.9 to 300.1 per second": "키 4개가 초당 약 300건을 공유함: 하나만 쓸 때 초당 299.9~300.2건, 다른 키와 함께 쓸 때 초당 약 105건(알려진 모형에 맞지 않음), 4개 합계 초당 299.9~300.1건",
		"the proxy was old":                   "the proxy was old",
		"an old one or a new proxy":           "an old one or a new proxy",
		"P4 was not played; nobody knows why": "P4 was not played; nobody knows why",
		"":                                    "",
	} {
		said := strings.NewReplacer("11400", "11,400", "1003 ", "1,003 ", "221400", "221,400", "2210 ", "2,210 ", "10820 ", "10,820 ", "8853 ", "8,853 ").Replace(english)
		if got := read(english); got[0] != said || got[1] != korean {
			t.Errorf("%q is read as\n  %q, want\n  %q", english, got, [2]string{said, korean})
		}
	}
}
