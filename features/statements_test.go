package features_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kmsproof/kmsproof/features"
)

// A page is one that the register names as an origin, or that no rule came of.
type page struct {
	Page       string      `yaml:"page"`
	Statements []statement `yaml:"statements"`
}

// A statement came to rules, or to none for a reason.
type statement struct {
	Says  string   `yaml:"says"`
	Rules []string `yaml:"rules"`
	Why   string   `yaml:"why"`
}

// open reports a statement that is what the page does not say.
func (s statement) open() bool { return strings.HasPrefix(s.Says, "Not said") }

func statements(t *testing.T) []page {
	t.Helper()
	text, err := fs.ReadFile(features.FS(), "statements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Pages []page `yaml:"pages"`
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return file.Pages
}

// levels gives each rule of the register its level.
func levels() map[string]features.Level {
	of := map[string]features.Level{}
	for _, r := range features.Rules() {
		of[r.ID] = r.Level
	}
	return of
}

// TestEachStatementHasARuleOrAReason is the way from the published pages to the register.
func TestEachStatementHasARuleOrAReason(t *testing.T) {
	level, pages, rows := levels(), map[string]bool{}, 0
	for _, p := range statements(t) {
		if p.Page == "" || pages[p.Page] || len(p.Statements) == 0 {
			t.Errorf("the page %q has no name, comes twice or says nothing", p.Page)
		}
		pages[p.Page] = true
		said := map[string]bool{}
		for _, s := range p.Statements {
			rows++
			if !strings.HasSuffix(s.Says, ".") || said[s.Says] {
				t.Errorf("%s: %q is no statement, or there twice", p.Page, s.Says)
			}
			said[s.Says] = true
			if (len(s.Rules) == 0) == (s.Why == "") {
				t.Errorf("%s: %q has neither a rule nor a reason why there is none, or both", p.Page, s.Says)
			}
			for _, id := range s.Rules {
				if level[id] == "" {
					t.Errorf("%s: %q names %s, which is not in the register", p.Page, s.Says, id)
				}
				if s.open() && level[id] != features.Inferred {
					t.Errorf("%s: %q is not said, and %s is %s", p.Page, s.Says, id, level[id])
				}
			}
		}
	}
	t.Logf("%d statements of %d pages", rows, len(pages))
}

// TestEachRuleComesOfStatements is the way back: every page that a rule names as its origin has a statement
// that the rule came of, and what is not INFERRED is said there.
func TestEachRuleComesOfStatements(t *testing.T) {
	of := map[string][]statement{}
	for _, p := range statements(t) {
		of[p.Page] = p.Statements
	}
	for _, r := range features.Rules() {
		said := false
		for origin := range strings.SplitSeq(r.Origin.Page, ", ") {
			came := slices.DeleteFunc(slices.Clone(of[origin]), func(s statement) bool { return !slices.Contains(s.Rules, r.ID) })
			if len(came) == 0 {
				t.Errorf("%s: no statement of %s names it", r.ID, origin)
			}
			said = said || slices.ContainsFunc(came, func(s statement) bool { return !s.open() })
		}
		if !said && r.Level != features.Inferred {
			t.Errorf("%s is %s, and its pages say nothing of it", r.ID, r.Level)
		}
	}
}
