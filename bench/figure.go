package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A figure is a measured value beside its goal.
type figure struct {
	what  string
	got   string
	goal  string // empty: it has none
	fails bool
	note  string // what stands beside it: the yardstick, the spread
}

func (f figure) verdict() string {
	switch {
	case f.goal == "":
		return ""
	case f.fails:
		return "missed"
	}
	return "met"
}

func (f figure) line() string {
	return fmt.Sprintf("  %-6s %-52s %-14s goal %-12s %s", f.verdict(), f.what, f.got, f.goal, f.note)
}

// atLeast and atMost make a figure with a bound. format takes the value and the bound.
func atLeast(what, format string, got, goal float64, note string) figure {
	return figure{what, shown(format, got, goal), "≥ " + fmt.Sprintf(format, goal), got < goal, note}
}

func atMost(what, format string, got, goal float64, note string) figure {
	return figure{what, shown(format, got, goal), "≤ " + fmt.Sprintf(format, goal), got > goal, note}
}

// shown writes a value in a format, and with what the format rounds away where it would look like its bound.
func shown(format string, got, goal float64) string {
	text := fmt.Sprintf(format, got)
	if got != goal && text == fmt.Sprintf(format, goal) {
		text += " (" + strconv.FormatFloat(got, 'g', -1, 64) + ")"
	}
	return text
}

// sample is what was measured in several rounds.
type sample []float64

// median returns the middle value of a sample that is not empty.
func (s sample) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// over divides each value by the one of another sample in its place.
func (s sample) over(others sample) sample {
	out := make(sample, len(s))
	for i := range s {
		out[i] = s[i] / others[i]
	}
	return out
}

// spread tells the smallest and the largest value.
func (s sample) spread(format string) string {
	return fmt.Sprintf("rounds "+format+" to "+format, slices.Min(s), slices.Max(s))
}

// Markers of the page between which the table stands.
const (
	tableBegins = "<!-- made by make bench: begin -->\n"
	tableEnds   = "<!-- made by make bench: end -->\n"
)

// writePage puts the figures into a page, in place of those of an earlier run. busy says what else the
// machine did.
func writePage(path, busy string, all []figure) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begins := bytes.Cut(page, []byte(tableBegins))
	_, after, ends := bytes.Cut(rest, []byte(tableEnds))
	if !begins || !ends {
		return fmt.Errorf("%s has no place for the table; it begins with %s", path, tableBegins)
	}
	text := slices.Concat(before, []byte(tableBegins+table(busy, all)+tableEnds), after)
	return os.WriteFile(path, text, 0o644)
}

// table writes the figures; busy says what else the machine did.
func table(busy string, all []figure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, %s, %d cores, %s. %s\n\n", time.Now().UTC().Format(time.DateOnly), processor(), runtime.NumCPU(), goVersion(), busy)
	b.WriteString("| what | measured | goal | | beside it |\n| --- | --- | --- | --- | --- |\n")
	for _, f := range all {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", f.what, f.got, f.goal, f.verdict(), f.note)
	}
	return b.String() + "\n"
}

// processor names the machine's processor where Linux tells it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	return runtime.GOARCH
}

// busyness tells how much the machine had to do in the last minute, where Linux tells it.
func busyness() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "Load average before: unknown."
	}
	last, _, _ := strings.Cut(string(text), " ")
	return "Load average before: " + last + "."
}

func goVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.GoVersion
	}
	return runtime.Version()
}
