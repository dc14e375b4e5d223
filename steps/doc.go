// Package steps asks a target whether it keeps the rules in package features.
//
// Every scenario row is a case of its own: it has a world of its own, and on a disposable target a
// server of its own. The keyword of a step decides what its error means. In a Given or When it is a
// precondition that the target refused: the case is blocked. In a Then it is the finding: the target
// broke the rule. No answer at all, an undefined step or a panic is an error of the run, never a
// finding.
//
// Sentences follow one convention. In the passive ("the creator is replaced") a step demands that
// the target does it. In the first person ("I ask for a token set") it only tries, and a Then judges
// the answer; in a Given even a try must be accepted.
package steps
