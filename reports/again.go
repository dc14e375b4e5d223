package reports

import (
	"regexp"
	"slices"
	"strings"
)

// grave reports whether a scenario of that outcome is told at length: it asks for an exit code other than 0.
func (r *Run) grave(o Outcome) bool {
	return r.fails(o) || slices.Contains([]Outcome{UnexpectedPass, Errored, Blocked}, o)
}

// again is the command line that runs the scenario once more, on the target as the run was given it. It is empty where
// none does: a sequence that was drawn is no scenario of a file, and a run that no command made has no flags.
func (r *Run) again(s *Scenario) string {
	target := r.Config["target"]
	if target == "" || !r.grave(s.Outcome) || !slices.Contains([]string{"", "0"}, r.Config["explore"]) {
		return ""
	}
	line := []string{"kmsproof conform"}
	if strings.Contains(r.Config["selected"], ".feature") { // it came from a file on disk
		line = append(line, word(s.File))
	}
	id, load := s.ID, underLoad.FindStringSubmatch(s.ID)
	if load != nil {
		id = load[1]
	}
	line = append(line, word(id), "--target", word(target))
	if load != nil {
		line = append(line, "--under-load", load[2]+"%")
	}
	if r.Config["allow-overload"] == "true" {
		line = append(line, "--allow-overload")
	}
	if s.Outcome == Warned { // that fails a strict run alone
		line = append(line, "--strict")
	}
	if known := r.Config["known"]; s.Outcome == UnexpectedPass && known != "" {
		line = append(line, "--known", word(known))
	}
	return oneLine(harmless(strings.Join(line, " ")))
}

// underLoad parts the ID of a scenario that ran under load into the one that it has at rest and the percentage.
var underLoad = regexp.MustCompile(`^(.*) \(under ([\d.]+) % load\)$`)

// plainWord is what a shell takes for one word as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-]+$`)

// word is s as one word of a POSIX shell.
func word(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
