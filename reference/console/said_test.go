package console_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sentences are those by which the server may refuse what the console asks for, with {} for each place.
func sentences(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, "../admin.go", "../gate.go", "../regions.go", "../limit/parse.go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch called(call) {
			case "complain":
				all = append(all, sentence(call.Args[2]))
			case "Errorf":
				all = append(all, sentence(call.Args[0]))
			}
			return true
		})
	}
	return slices.DeleteFunc(all, func(s string) bool {
		return strings.Trim(s, "{}:% ") == "" || strings.HasPrefix(s, "region {}: its lag")
	}) // options, checked before anybody asks
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

var verb = regexp.MustCompile(`%[a-z]( %[a-z])?`)

// sentence is a literal, a sum of some, or the form of a Sprintf; what is none of these is a place.
func sentence(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err == nil {
			return verb.ReplaceAllString(text, "{}")
		}
	case *ast.BinaryExpr:
		return sentence(e.X) + sentence(e.Y)
	case *ast.CallExpr:
		if called(e) == "Sprintf" {
			return sentence(e.Args[0])
		}
	}
	return "{}"
}

// TestEachRefusalHasItsKorean, and the table has none that the server does not say.
func TestEachRefusalHasItsKorean(t *testing.T) {
	text, err := os.ReadFile("page/said.js")
	if err != nil {
		t.Fatal(err)
	}
	var known []*regexp.Regexp
	table := regexp.MustCompile(`(?m)^  '((?:[^'\\]|\\')+)': '(?:[^'\\]|\\')+',$`).FindAllStringSubmatch(string(text), -1)
	for _, m := range table {
		form := regexp.QuoteMeta(strings.ReplaceAll(m[1], `\'`, "'"))
		known = append(known, regexp.MustCompile("^"+regexp.MustCompile(`\\\{\d\\\}`).ReplaceAllString(form, `.*`)+"$"))
	}
	all := sentences(t)
	if len(all) < 15 || len(known) < 15 {
		t.Fatalf("%d sentences, %d known: they are written otherwise", len(all), len(known))
	}
	for _, s := range all {
		if !slices.ContainsFunc(known, func(form *regexp.Regexp) bool { return form.MatchString(s) }) {
			t.Errorf("page/said.js has no Korean of %q", s)
		}
	}
	for i, form := range known {
		if !slices.ContainsFunc(all, form.MatchString) && !strings.HasPrefix(table[i][1], "api") {
			t.Errorf("the server does not say %q", table[i][1])
		}
	}
}
