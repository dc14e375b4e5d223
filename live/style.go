package live

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Styles of the terminal view. The terminal's own colours keep what is drawn readable on light and
// dark; the words say everything that the colours say.
func bold(text string) string  { return ansi.NewStyle().Bold().Styled(text) }
func faint(text string) string { return ansi.NewStyle().Faint().Styled(text) }
func good(text string) string  { return ansi.NewStyle().ForegroundColor(ansi.Green).Styled(text) }
func bad(text string) string   { return ansi.NewStyle().ForegroundColor(ansi.Red).Styled(text) }
func odd(text string) string   { return ansi.NewStyle().ForegroundColor(ansi.Yellow).Styled(text) }

// judged says a verdict or an outcome, of a run, a scenario or a claim, in its colour.
func (l Language) judged(verdict string) string {
	word := l.word(verdict)
	switch verdict {
	case "pass", "proven":
		return good(word)
	case "fail", "refuted", "unexpected-pass":
		return bad(word)
	}
	return odd(word)
}

// flagged shows a count that should be zero.
func flagged(n int64) string {
	if n == 0 {
		return "0"
	}
	return odd(fmt.Sprint(n))
}

// bar draws a share as a bar of so many columns.
func bar(share float64, width int) string {
	full := int(math.Round(min(max(share, 0), 1) * float64(width)))
	return strings.Repeat("█", full) + faint(strings.Repeat("░", width-full))
}

var blocks = []rune("▁▂▃▄▅▆▇█")

// spark draws the last values as blocks of a height up to top.
func spark(values []float64, top float64, width int) string {
	values = values[max(0, len(values)-width):]
	var b strings.Builder
	for _, v := range values {
		at := int(v / max(top, 1e-9) * float64(len(blocks)))
		b.WriteRune(blocks[min(max(at, 0), len(blocks)-1)])
	}
	return b.String()
}

// clock writes a duration as minutes and seconds, with hours where there are some.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// millis writes milliseconds with three digits.
func millis(d time.Duration) string {
	ms := float64(d.Microseconds()) / 1000
	switch {
	case ms >= 100:
		return fmt.Sprintf("%.0f", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.2f", ms)
}

// percent writes a share with two significant digits.
func percent(share float64) string {
	if share >= 0.1 {
		return fmt.Sprintf("%.0f %%", 100*share)
	}
	return fmt.Sprintf("%.2g %%", 100*share)
}

// left fills text up to so many columns, of which a Korean character takes two.
func left(text string, width int) string {
	return text + strings.Repeat(" ", max(width-ansi.StringWidth(text), 0))
}

// right is left with the blanks before it.
func right(text string, width int) string {
	return strings.Repeat(" ", max(width-ansi.StringWidth(text), 0)) + text
}

// fit cuts a line to width, or, with right not empty, fills it up so that right ends it.
func fit(left, right string, width int) string {
	room := width
	if right != "" {
		room -= ansi.StringWidth(right) + 2
	}
	left = ansi.Truncate(left, max(room, 0), "…")
	if right == "" {
		return left
	}
	return left + strings.Repeat(" ", max(width-ansi.StringWidth(left)-ansi.StringWidth(right), 0)) + right
}
