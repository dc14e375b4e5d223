package steps

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"
)

// silent is the format of a case: its hooks hear all that is to be told.
const silent = "silent"

func init() {
	godog.Format(silent, "Tells nothing.", func(suite string, out io.Writer) godog.Formatter {
		return quiet{godog.NewBaseFmt(suite, out)}
	})
}

// quiet leaves out the summary that the base prints.
type quiet struct{ *godog.BaseFmt }

func (quiet) Summary() {}

// play runs one case in world w as a godog suite of its own: godog shuffles and selects only inside
// a feature, and tells outcomes only through its hooks.
func play(ctx context.Context, c Case, w *world) trial {
	var t trial
	suite := godog.TestSuite{
		Name: c.ID,
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			for _, d := range w.said(c) {
				sc.Step(d.expr, d.step)
			}
			watch(sc, w, &t)
		},
		Options: &godog.Options{
			Format:          silent,
			Output:          io.Discard,
			Strict:          true,
			DefaultContext:  ctx,
			FeatureContents: []godog.Feature{{Name: c.File, Contents: []byte(render(c))}},
		},
	}
	suite.Run() // its status says less than the hooks saw
	t.requests = w.requests
	return t
}

// watch notes the first step that does not pass, and refuses a Then that compared nothing and a Given
// whose try was not accepted.
func watch(sc *godog.ScenarioContext, w *world, t *trial) {
	sc.StepContext().Before(func(ctx context.Context, s *godog.Step) (context.Context, error) {
		t.steps++
		return ctx, w.begin(ctx, s)
	})
	note := func(s *godog.Step, status godog.StepResultStatus, err error) {
		if t.step == nil && (status != godog.StepPassed || err != nil) {
			t.step, t.at, t.status, t.err = s, t.steps-1, status, err
		}
	}
	sc.StepContext().After(func(ctx context.Context, s *godog.Step, status godog.StepResultStatus, err error) (context.Context, error) {
		var late error
		if status == godog.StepPassed {
			late = w.end(s)
		}
		if late != nil {
			status, err = godog.StepFailed, late
		}
		note(s, status, err)
		return ctx, late
	})
}

// render writes the case as a feature of one scenario, outline and background expanded.
func render(c Case) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Feature: %s\n\n  Scenario: %s\n", c.Feature, c.Title)
	for _, s := range c.pickle.Steps {
		fmt.Fprintf(&b, "    %s %s\n", keyword(s), s.Text)
		if s.Argument != nil {
			renderArgument(&b, s.Argument)
		}
	}
	return b.String()
}

func renderArgument(b *strings.Builder, a *messages.PickleStepArgument) {
	if a.DocString != nil {
		text := strings.NewReplacer(`\`, `\\`, `"""`, `\"\"\"`).Replace(a.DocString.Content)
		fmt.Fprintf(b, "      \"\"\"%s\n", a.DocString.MediaType)
		for line := range strings.SplitSeq(text, "\n") {
			fmt.Fprintf(b, "      %s\n", line)
		}
		b.WriteString("      \"\"\"\n")
	}
	if a.DataTable == nil {
		return
	}
	escape := strings.NewReplacer(`\`, `\\`, `|`, `\|`, "\n", `\n`)
	for _, row := range a.DataTable.Rows {
		b.WriteString("      |")
		for _, cell := range row.Cells {
			fmt.Fprintf(b, " %s |", escape.Replace(cell.Value))
		}
		b.WriteString("\n")
	}
}
