package steps

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reports"
)

// A Case is one executable row: a scenario, or one row of an outline.
type Case struct {
	ID      string // file/title, without .feature
	Title   string
	Feature string
	File    string // features/token.feature
	Line    int    // of the scenario, or of the row
	Outline int    // line of the outline that it is a row of; 0: of none
	Tags    []string
	Rules   []string
	Level   reports.Level // the most binding of its rules
	Needs   []string      // capabilities, sorted
	Serial  bool          // runs alone on a target that others share

	pickle *messages.Pickle
}

// Plan returns the cases that o selects, in the order of the files. It is empty when the selection is
// valid and holds nothing. The lists that a case holds must not be changed. Its error wraps ErrSelection or ErrSuite.
func Plan(o Options) ([]Case, error) {
	all, _, err := load(o)
	if err != nil {
		return nil, err
	}
	return choose(all, o)
}

// load returns every case and rule, read and found to fit together. The lists are the caller's, what is in them is not.
func load(o Options) ([]Case, []features.Rule, error) {
	if o.Features == nil && len(o.Files) == 0 {
		all, err := embedded()
		return slices.Clone(all), slices.Clone(features.Rules()), err
	}
	rules, fsys := features.Rules(), features.FS()
	if o.Features != nil {
		fsys = o.Features
		var err error
		if rules, err = features.Load(fsys); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrSuite, err)
		}
	}
	all, err := bound(fsys, o.Files, rules)
	return all, rules, err
}

// embedded are the cases of the features that come with kmsproof. Whoever tries mutants needs them a thousand times.
var embedded = sync.OnceValues(func() ([]Case, error) { return bound(features.FS(), nil, features.Rules()) })

// bound reads the cases and binds them to the rules.
func bound(fsys fs.FS, paths []string, rules []features.Rule) ([]Case, error) {
	all, err := cases(fsys, paths)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: the features hold no scenario", ErrSuite)
	}
	if err := bind(all, rules); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSuite, err)
	}
	return all, nil
}

// cases reads the scenarios of fsys, or of the files on disk in their place.
func cases(fsys fs.FS, paths []string) ([]Case, error) {
	if len(paths) > 0 {
		return fromDisk(paths)
	}
	all, err := parse(fsys)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSuite, err)
	}
	return all, nil
}

// parse expands the feature files into cases.
func parse(fsys fs.FS) ([]Case, error) {
	suite := godog.TestSuite{Options: &godog.Options{FS: fsys, Paths: []string{"."}, Output: io.Discard}}
	files, err := suite.RetrieveFeatures()
	if err != nil {
		return nil, err
	}
	var all []Case
	read := map[string]bool{}
	for _, f := range files {
		read[f.Uri] = true
		if f.GherkinDocument.Feature == nil {
			return nil, fmt.Errorf("%s: it holds no feature", f.Uri)
		}
		if err := rowless(f.GherkinDocument.Feature); err != nil {
			return nil, fmt.Errorf("%s:%w", f.Uri, err)
		}
		lines := rowLines(f.GherkinDocument.Feature)
		for _, p := range f.Pickles {
			c := Case{
				ID:      strings.TrimSuffix(f.Uri, ".feature") + "/" + p.Name,
				Title:   p.Name,
				Feature: f.GherkinDocument.Feature.Name,
				File:    "features/" + f.Uri,
				Line:    lines[p.AstNodeIds[len(p.AstNodeIds)-1]],
				pickle:  p,
			}
			if len(p.AstNodeIds) > 1 {
				c.Outline = lines[p.AstNodeIds[0]]
			}
			for _, t := range p.Tags {
				c.Tags = append(c.Tags, t.Name)
			}
			all = append(all, c)
		}
	}
	return all, unread(fsys, read)
}

// unread names a file of which godog read no scenario: it passes over one that holds none, and over one whose
// examples have no row.
func unread(fsys fs.FS, read map[string]bool) error {
	names, err := fs.Glob(fsys, "*.feature")
	if err != nil {
		return err
	}
	for _, name := range names {
		if !read[name] {
			return fmt.Errorf("%s: it holds no scenario, or examples without a row", name)
		}
	}
	return nil
}

// rowless names the line of examples without a row: they are no case, and nothing else would say so.
func rowless(f *messages.Feature) error {
	for _, s := range scenarios(f) {
		for _, e := range s.Examples {
			if len(e.TableBody) == 0 {
				return fmt.Errorf("%d: the examples have no row", e.Location.Line)
			}
		}
	}
	return nil
}

// scenarios lists the scenarios and outlines of a feature, those under its rules too.
func scenarios(f *messages.Feature) (all []*messages.Scenario) {
	for _, child := range f.Children {
		if child.Scenario != nil {
			all = append(all, child.Scenario)
		}
		if child.Rule == nil {
			continue
		}
		for _, inner := range child.Rule.Children {
			if inner.Scenario != nil {
				all = append(all, inner.Scenario)
			}
		}
	}
	return all
}

// rowLines maps the nodes that a pickle can come from to their lines.
func rowLines(f *messages.Feature) map[string]int {
	lines := map[string]int{}
	for _, s := range scenarios(f) {
		lines[s.Id] = int(s.Location.Line)
		for _, e := range s.Examples {
			for _, row := range e.TableBody {
				lines[row.Id] = int(row.Location.Line)
			}
		}
	}
	return lines
}

// Tags that say how a case runs, beside those of its rules.
const (
	needsTag     = "@needs-"
	serialTag    = "@serial"
	underLoadTag = "@under-load"
)

// bind gives each case its rules, level and needs. Its error lists every case that is wrong.
func bind(all []Case, rules []features.Rule) error {
	byID := map[string]features.Rule{}
	for _, r := range rules {
		byID[r.ID] = r
	}
	var problems []error
	seen := map[string]int{}
	for i := range all {
		c := &all[i]
		if line, ok := seen[c.ID]; ok {
			problems = append(problems, fmt.Errorf("%s:%d: the title %q is also that of line %d", c.File, c.Line, c.Title, line))
		}
		seen[c.ID] = c.Line
		if err := c.bind(byID); err != nil {
			problems = append(problems, fmt.Errorf("%s:%d: %w", c.File, c.Line, err))
		}
	}
	return errors.Join(problems...)
}

func (c *Case) bind(byID map[string]features.Rule) error {
	for _, tag := range c.Tags {
		name := strings.TrimPrefix(tag, "@")
		rule, known := byID[name]
		switch need, isNeed := strings.CutPrefix(tag, needsTag); {
		case isNeed && !slices.Contains(features.Capabilities(), need):
			return fmt.Errorf("no capability is called %q", need)
		case isNeed:
			c.Needs = append(c.Needs, need)
		case features.IsRuleID(name) && !known:
			return fmt.Errorf("rule %s is not in the register", name)
		case known:
			c.Rules = append(c.Rules, name)
			c.Needs = append(c.Needs, rule.Needs...)
			c.Level = binding(c.Level, reports.Level(rule.Level))
		case tag != serialTag && tag != underLoadTag:
			return fmt.Errorf("there is no tag %s: a tag is a rule of the register, %s and a capability, %s or %s", tag, needsTag, serialTag, underLoadTag)
		}
	}
	slices.Sort(c.Needs)
	c.Needs = slices.Compact(c.Needs)
	c.Serial = slices.Contains(c.Tags, serialTag) || slices.ContainsFunc(c.Needs, alone)
	if len(c.Rules) == 0 {
		return errors.New("the scenario names no rule")
	}
	return c.wellFormed()
}

// alone reports whether cases that need a capability change what others rely on.
func alone(need string) bool {
	return slices.Contains([]string{features.Clock, features.Regions, features.Overload, features.Access, features.Rights}, need)
}

// wellFormed refuses a scenario that could never check anything.
func (c *Case) wellFormed() error {
	then := false
	for _, s := range c.pickle.Steps {
		then = then || s.Type == messages.PickleStepType_OUTCOME
		if s.Type == messages.PickleStepType_UNKNOWN {
			return fmt.Errorf("the step %q has no Given, When or Then", s.Text)
		}
	}
	if !then {
		return errors.New("the scenario has no Then")
	}
	return c.keepsTime()
}

// keepsTime refuses a scenario that may move the clock beside others that share it.
func (c *Case) keepsTime() error {
	for _, s := range c.pickle.Steps {
		if !c.Serial && movesClock.MatchString(s.Text) {
			return fmt.Errorf("the step %q moves the clock that other scenarios share: tag it %s, or %s%s if it tells nothing without", s.Text, serialTag, needsTag, features.Clock)
		}
	}
	return nil
}

// binding returns the more binding of two levels; the empty one binds least.
func binding(a, b reports.Level) reports.Level {
	order := map[reports.Level]int{"": 0, reports.Inferred: 1, reports.Should: 2, reports.Must: 3}
	if cmp.Compare(order[a], order[b]) >= 0 {
		return a
	}
	return b
}
