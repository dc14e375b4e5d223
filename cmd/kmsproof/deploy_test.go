package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// parsed reports what the program says of a command line without running it.
func parsed(args []string) error {
	c, rest, err := newRoot().Find(args)
	if err != nil {
		return err
	}
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	if c.Name() == "load" {
		if _, err := findProfile(c.Flags().Arg(0)); err != nil {
			return err
		}
	}
	return c.ValidateArgs(c.Flags().Args())
}

// What is deployed starts kmsproof with flags that it has.
func TestLaunchersUseFlagsThatThereAre(t *testing.T) {
	lines := map[string][]string{}
	files, err := filepath.Glob("../../deploy/kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var job struct {
			Spec struct {
				Template struct {
					Spec struct {
						Containers []struct{ Args []string }
					}
				}
			}
		}
		if err := yaml.Unmarshal(text, &job); err != nil {
			t.Fatal(err)
		}
		for _, c := range job.Spec.Template.Spec.Containers {
			lines[file] = c.Args
		}
	}
	const unit = "../../deploy/systemd/kmsproof-worker@.service"
	text, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if command, ok := strings.CutPrefix(line, "ExecStart="); ok {
			lines[unit] = strings.Fields(command)[1:]
		}
	}
	if len(lines) != 3 {
		t.Fatalf("%d command lines: %v", len(lines), lines)
	}
	for file, args := range lines {
		if err := parsed(args); err != nil {
			t.Errorf("%s: %v: %v", file, args, err)
		}
		if parsed(append(slices.Clone(args), "--worker")) == nil {
			t.Errorf("%s: a flag that there is not is taken", file)
		}
	}
}
