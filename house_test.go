// Package kmsproof_test keeps the rules of the house that a compiler does not: who may import whom,
// and who may ask the machine for the time.
package kmsproof_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kmsproof/kmsproof"

// imports says which packages of ours a package may import, by their paths in the module. Tests in
// an external package may import anything. The checker (steps, loadgen) and the checked (reference)
// never meet below proof: what one misspells, the other must not.
var imports = map[string][]string{
	"cmd/kmsproof": {everything},
	"proof":        {everything},

	"live": {"loadgen", "reports", "steps"},

	"steps":          {"steps/sequence", "steps/history", "target", "reports", "features", "near"},
	"steps/sequence": nil,
	"steps/history":  nil,

	"loadgen":       {"loadgen/machine", "loadgen/wire", "target", "reports", "features"},
	"loadgen/zoo":   {"loadgen", "reports"},
	"loadgen/fleet": {"loadgen", "reports"},

	"reference/mutant": {"reference", "reference/kms", "reference/limit", "reference/clock"},
	"reference":        {"reference/kms", "reference/limit", "reference/clock", "reference/testkeys", "reference/console", "features"},

	"near":                      nil,
	"loadgen/fleet/line":        nil,
	"loadgen/machine":           nil,
	"loadgen/wire":              nil,
	"reference/limit/limittest": {"reference/limit"},
	"reference/limit":           nil,
	"reference/console":         {"reference/limit"},
	"reference/kms":             nil,
	"reference/clock":           nil,
	"reference/testkeys":        nil,
	"features":                  nil,
	"reports":                   nil,
	"target":                    nil,
}

const everything = "*"

// onlyIn says which one package may import a module directly.
var onlyIn = map[string]string{
	"github.com/cucumber/godog":  "steps",
	"pgregory.net/rapid":         "steps/sequence",
	"github.com/anishathalye/":   "steps/history",
	"github.com/tsenart/vegeta/": "loadgen",
	"github.com/spf13/cobra":     "cmd/kmsproof",
	"charm.land/bubbletea/":      "live",
	"github.com/nats-io/":        "loadgen/fleet",
	"github.com/KimMachineGun/":  "cmd/kmsproof",
}

// light are the packages that others embed, with what their build must not bring.
var light = map[string][]string{
	"reference": {"github.com/cucumber/", "github.com/tsenart/", "github.com/spf13/", "github.com/nats-io/", "pgregory.net/rapid", "github.com/anishathalye/"},
	"target":    {"github.com/cucumber/", "github.com/tsenart/", "github.com/spf13/", "github.com/nats-io/", "pgregory.net/rapid", "github.com/anishathalye/"},
	"reports":   {"github.com/cucumber/", "github.com/tsenart/", "github.com/spf13/", "github.com/nats-io/", "pgregory.net/rapid", "github.com/anishathalye/"},
}

// A listed is what go list tells of a package.
type listed struct {
	ImportPath string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// own lists the packages of the module that are more than tests, by path in the module.
func own(t *testing.T) map[string]listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,GoFiles,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string]listed{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatalf("go list: %v", err)
		}
		if len(p.GoFiles) > 0 {
			all[inside(p.ImportPath)] = p
		}
	}
	return all
}

// inside cuts the module's path off a package of ours.
func inside(path string) string { return strings.TrimPrefix(path, module+"/") }

func TestPackagesImportWhatTheTableAllows(t *testing.T) {
	packages := own(t)
	for path, p := range packages {
		allowed, ok := imports[path]
		if !ok {
			t.Errorf("%s is not in the table of imports", path)
		}
		for _, wanted := range p.Imports {
			if strings.HasPrefix(wanted, module) && !slices.Contains(allowed, everything) && !slices.Contains(allowed, inside(wanted)) {
				t.Errorf("%s imports %s, which the table does not allow", path, inside(wanted))
			}
		}
	}
	for path := range imports {
		if _, ok := packages[path]; !ok {
			t.Errorf("the table of imports has %s, which does not exist", path)
		}
	}
}

func TestToolsStayInTheirPackage(t *testing.T) {
	packages := own(t)
	for path, p := range packages {
		for tool, home := range onlyIn {
			if path != home && slices.ContainsFunc(p.Imports, func(i string) bool { return strings.HasPrefix(i, tool) }) {
				t.Errorf("%s imports %s, which belongs to %s alone", path, tool, home)
			}
		}
	}
	for tool, home := range onlyIn {
		if p := packages[home]; !slices.ContainsFunc(p.Imports, func(i string) bool { return strings.HasPrefix(i, tool) }) {
			t.Errorf("%s does not import %s: the rule about it is stale", home, tool)
		}
	}
}

func TestEmbeddersGetNoTools(t *testing.T) {
	packages := own(t)
	for path, banned := range light {
		if len(packages[path].Deps) == 0 {
			t.Errorf("%s has no dependencies: go list was asked wrongly", path)
		}
		for _, dep := range packages[path].Deps {
			if slices.ContainsFunc(banned, func(b string) bool { return strings.HasPrefix(dep, b) }) {
				t.Errorf("who imports %s gets %s", path, dep)
			}
		}
	}
}
