// Command excuse reads a run file and exits 0 if all that keeps the run from passing is that the
// load generator fell short: a busy machine, and no fault of what was tested. It prints the profiles
// that say nothing. Anything else is no excuse: exit 1.
package main

import (
	"fmt"
	"os"

	"github.com/kmsproof/kmsproof/reports"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: excuse RUN.json")
		os.Exit(2)
	}
	run, err := reports.Read(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "excuse:", err)
		os.Exit(2)
	}
	invalid, why := excused(run)
	if why != "" {
		fmt.Fprintln(os.Stderr, "excuse:", why)
		os.Exit(1)
	}
	for _, l := range invalid {
		fmt.Printf("%s is %s: %s\n", l.Profile, l.Verdict, l.Why)
	}
}

// excused returns the load profiles whose generator fell short, or why that does not excuse the run.
func excused(r *reports.Run) (invalid []reports.Load, why string) {
	for _, s := range r.Scenarios {
		if s.Outcome != reports.Passed {
			return nil, fmt.Sprintf("scenario %s: %s", s.ID, s.Outcome)
		}
	}
	for _, l := range r.Loads {
		switch {
		case l.Verdict == reports.LoadPass:
		case l.Verdict == reports.LoadInvalid, l.Verdict == reports.LoadInconclusive && !l.Generator.OK:
			invalid = append(invalid, l)
		default:
			return nil, fmt.Sprintf("load profile %s: %s", l.Profile, l.Verdict)
		}
	}
	switch {
	case len(r.Scenarios) == 0:
		return nil, "no scenario was run"
	case r.Interrupted:
		return nil, "the run was interrupted"
	case len(r.Findings) > 0:
		return nil, r.Findings[0].Text
	case len(r.Leftovers) > 0:
		return nil, "leftovers: " + r.Leftovers[0]
	case len(invalid) == 0:
		return nil, "every load generator kept to its plan"
	}
	return invalid, ""
}
