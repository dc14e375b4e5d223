package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

// recipes are the YAML blocks of the page about CI, parsed.
func recipes(t *testing.T) []any {
	t.Helper()
	page, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []any
	parts := strings.Split(string(page), "```yaml\n")
	for _, part := range parts[1:] {
		text, _, _ := strings.Cut(part, "```")
		var doc any
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatalf("docs/ci.md: %v", err)
		}
		all = append(all, doc)
	}
	return all
}

// commands finds every line that starts kmsproof, wherever it stands.
func commands(doc any) []string {
	var found []string
	switch v := doc.(type) {
	case string:
		for line := range strings.Lines(v) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "kmsproof ") {
				found = append(found, line)
			}
		}
	case []any:
		for _, item := range v {
			found = append(found, commands(item)...)
		}
	case map[string]any:
		for _, item := range v {
			found = append(found, commands(item)...)
		}
	}
	return found
}

// understood says what the command line does not know of a command; empty if it knows all of it.
func understood(t *testing.T, line string) string {
	t.Helper()
	c, args, err := newRoot().Find(strings.Fields(line)[1:])
	if err != nil {
		return err.Error()
	}
	if err := c.ParseFlags(args); err != nil {
		return err.Error()
	}
	if err := c.ValidateArgs(c.Flags().Args()); err != nil {
		return err.Error()
	}
	wrong := ""
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "format" && !slices.Contains(reports.Formats(), f.Value.String()) {
			wrong = "no format " + f.Value.String()
		}
	})
	if c.Name() == "load" {
		if _, err := loadgen.Lookup(c.Flags().Arg(0)); err != nil {
			wrong = err.Error()
		}
	}
	return wrong
}

func TestTheRecipesCommandsExist(t *testing.T) {
	all := recipes(t)
	if len(all) < 2 {
		t.Fatalf("%d recipes in YAML, want GitHub Actions and GitLab", len(all))
	}
	for i, doc := range all {
		lines := commands(doc)
		if len(lines) < 2 {
			t.Errorf("recipe %d runs %q", i+1, lines)
		}
		for _, line := range lines {
			if wrong := understood(t, line); wrong != "" {
				t.Errorf("%s: %s", line, wrong)
			}
		}
	}
}

// TestTheRecipesPublishNothingOld: a run that cannot begin leaves the files of the one before, and on a fresh
// runner none at all.
func TestTheRecipesPublishNothingOld(t *testing.T) {
	page, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "## GitHub Actions")
	text, _, _ = strings.Cut(text, "## A shell")
	for _, part := range strings.Split(text, "@latest")[1:] {
		before, _, runs := strings.Cut(part, "- kmsproof ")
		if !runs {
			before, _, runs = strings.Cut(part, "run: kmsproof ")
		}
		if !runs || !strings.Contains(before, "rm -rf kmsproof-out") {
			t.Errorf("it runs where an old kmsproof-out may be:%s", part)
		}
	}
	if _, summary, _ := strings.Cut(text, "hashFiles('kmsproof-out/run.json')"); !strings.Contains(summary, "cat kmsproof-out/summary.md") {
		t.Error("the summary is read whether or not there is one")
	}
}

// The page about several machines, and the manifests that run the program there.
func TestTheCommandsForSeveralMachinesExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/distributed.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := commands(string(page))
	manifests, err := filepath.Glob("../../deploy/kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range manifests {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Spec struct {
				Template struct {
					Spec struct{ Containers []struct{ Args []string } }
				}
			}
		}
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		for _, c := range doc.Spec.Template.Spec.Containers {
			lines = append(lines, "kmsproof "+strings.Join(c.Args, " "))
		}
	}
	if len(lines) < 5 {
		t.Fatalf("%d commands: %q", len(lines), lines)
	}
	for _, line := range lines {
		if wrong := understood(t, line); wrong != "" {
			t.Errorf("%s: %s", line, wrong)
		}
	}
}

func TestAWrongRecipeIsNoticed(t *testing.T) {
	for _, line := range []string{"kmsproof conforms", "kmsproof conform --knwon x", "kmsproof report", "kmsproof report a.json --format pdf", "kmsproof load nothing"} {
		if understood(t, line) == "" {
			t.Errorf("%s: nothing is wrong with it", line)
		}
	}
}
