// Package sequence draws sequences of calls from a small model of the published rules. A sequence is
// written in the sentences of the scenarios, each check with the rules that it rests on, so that it can
// be played like a scenario and kept as one.
//
// The model says only what is documented: where the documents leave an answer open, it does not ask.
package sequence

import (
	"slices"
	"strings"
)

// A Sentence is one step of a sequence.
type Sentence struct {
	Keyword string // Given, When or Then
	Text    string
	Rules   []string // that a Then checks
}

// A Sequence is a story about one key, and sometimes another.
type Sequence []Sentence

// Rules returns the IDs of all rules that the sequence checks, sorted.
func (s Sequence) Rules() []string {
	var ids []string
	for _, line := range s {
		ids = append(ids, line.Rules...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Feature writes the sequence as a feature file with one scenario. Its tags are the given rules and the
// capabilities that the sentences need.
func (s Sequence) Feature(title string, rules, needs []string) string {
	var b strings.Builder
	b.WriteString("Feature: A sequence of calls that was drawn\n  It is the shortest that was found to fail.\n\n  ")
	for _, id := range rules {
		b.WriteString("@" + id + " ")
	}
	for _, need := range needs {
		b.WriteString("@needs-" + need + " ")
	}
	b.WriteString("\n  Scenario: " + title + "\n")
	last := ""
	for _, line := range s {
		word := line.Keyword
		if word == last {
			word = "And"
		}
		last = line.Keyword
		b.WriteString("    " + word + " " + line.Text + "\n")
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}
