package reports

import (
	"fmt"
	"strings"
)

// mark is a sign that tells outcomes and verdicts apart without colour.
func mark(word any) string {
	switch fmt.Sprint(word) {
	case "pass", "proven":
		return "✓"
	case "fail", "refuted":
		return "✗"
	case "unexpected-pass", "warn", "partial":
		return "!"
	case "skip":
		return "–"
	case "known-fail":
		return "≈"
	default:
		return "?"
	}
}

// label is an outcome or verdict in words.
func label(word any) string {
	switch w := fmt.Sprint(word); w {
	case "none", "":
		return "no verdict"
	default:
		return strings.ReplaceAll(w, "-", " ")
	}
}

func milliseconds(x float64) string { return decimal(x) + " ms" }
