package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// count is "1 scenario" or "3 scenarios".
func count(n int, noun string) string {
	return grouped(int64(n)) + " " + pick(n, noun, noun+"s")
}

// Number writes n as the reports do: 16,384.
func Number(n int) string { return grouped(int64(n)) }

func pick(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// grouped writes n with thousands set apart: 16,384.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	start := 1
	if n < 0 {
		start = 2
	}
	for i := len(s) - 3; i >= start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// list joins at most limit items and says how many more there are.
func list(items []string, sep string, limit int) string {
	if len(items) <= limit {
		return strings.Join(items, sep)
	}
	return fmt.Sprintf("%s%sand %d more", strings.Join(items[:limit], sep), sep, len(items)-limit)
}

// sentence is s with a capital at its start and a full stop at its end.
func sentence(s string) string {
	if s == "" {
		return s
	}
	c, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(c)) + s[n:]
	if strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

func first(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return items[0]
}

// harmless replaces what no report may carry: bytes that are no UTF-8, control characters other than
// newline and tab (a terminal obeys them), marks that turn the direction of text, and what is no character.
func harmless(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return c
		case unicode.IsControl(c), c >= 0x202a && c <= 0x202e, c >= 0x2066 && c <= 0x2069, c&0xfffe == 0xfffe:
			return utf8.RuneError
		}
		return c
	}, s)
}

// oneLine is s without line breaks and runs of blanks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// shorten cuts s to at most n bytes, never inside a character, and marks the cut.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// decimal writes a figure with as many places as it deserves.
func decimal(x float64) string {
	switch {
	case x == float64(int64(x)):
		return grouped(int64(x))
	case x >= 100:
		return grouped(int64(math.Round(x)))
	case x >= 1:
		return strconv.FormatFloat(x, 'f', 1, 64)
	default:
		return strconv.FormatFloat(x, 'g', 2, 64)
	}
}

// span is a length of time for people: "840 ms", "42.5 s", "3 min 5 s".
func span(millis int64) phrase {
	switch {
	case millis < 1000:
		return say("span-ms", millis)
	case millis < 120_000:
		return say("span-s", float64(millis/100)/10)
	default:
		return say("span-min", millis/60_000, millis/1000%60)
	}
}
