package reports_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/kmsproof/kmsproof/reports"
)

var update = flag.Bool("update", false, "write the golden files anew")

func samples() map[string]*reports.Run {
	nothing := &reports.Run{Schema: reports.Schema, Version: "0.1.0", Command: "conform", Started: started}
	reports.Decide(nothing)
	return map[string]*reports.Run{"pass": passing(), "mixed": mixed(), "nothing": nothing, "hostile": hostile(), "partial": partial(), "short": short()}
}

// partial is a run that could not check everything and left a key behind.
func partial() *reports.Run {
	r := passing()
	r.Scenarios[0].Outcome, r.Scenarios[0].Reason = reports.Skipped, "the target does not offer a clock that can be set"
	r.Findings = []reports.Finding{{Kind: "capability", Text: "declared and not found: an API 1.0: no API 1.0 answers at https://kms.example.test (status 404)"}}
	r.Leftovers = []string{"key kp-1a2b3c-00001"}
	reports.Decide(r)
	return r
}

// short is a run that ended before its end: it was interrupted when the target had died.
func short() *reports.Run {
	r := passing()
	for _, s := range r.Scenarios[1:] {
		r.NotRun = append(r.NotRun, s.ID)
	}
	r.Scenarios, r.Loads = r.Scenarios[:1], nil
	r.Scenarios[0].Outcome, r.Scenarios[0].Reason = reports.Errored, "no answer: connection refused"
	r.Findings = []reports.Finding{{Kind: "target-died", Exit: 3, Text: "5 scenarios in a row got no answer; 3 were not started"}}
	r.Interrupted = true
	reports.Decide(r)
	return r
}

// hostile is a run whose every text tries to be markup, a command or no text at all.
func hostile() *reports.Run {
	const evil = "<script>alert(1)</script>\x00\x1b[31m ]]> `|` \xff\xfe \u202e </pre><img src=x onerror=alert(2)> {{.}} \"' & **b** [x](http://evil.example/)"
	r := mixed()
	r.Target.Name, r.Version, r.Command = evil, evil, evil
	r.Config, r.Target.URLs = map[string]string{evil: evil, "target": evil}, map[string]string{evil: evil}
	r.Leftovers, r.Target.Declared = []string{evil}, []string{evil}
	for i := range r.Rules {
		r.Rules[i].Statement, r.Rules[i].Origin = evil, evil
	}
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		s.ID, s.Title, s.Feature, s.Reason, s.Step, s.Expected, s.File = s.ID+evil, evil, evil, evil, evil, evil, evil
		s.Exchanges = []reports.Exchange{{Request: evil, Headers: evil, Body: evil, Answer: evil, Curl: evil, NoAnswer: evil}}
	}
	for i := range r.Loads {
		r.Loads[i].Profile, r.Loads[i].Why, r.Loads[i].Claims[0].Text, r.Loads[i].Keys[0].Name, r.Loads[i].Phases[0].Name = evil, evil, evil, evil, evil
	}
	for i := range r.Loads[1].Workers {
		r.Loads[1].Workers[i].Host, r.Loads[1].Workers[i].Striped, r.Loads[1].Workers[i].Lost = evil, evil, evil
	}
	r.Likenesses[0].Mutant, r.Likenesses[1].Flaw, r.Likenesses[1].Missing = evil, evil, []string{evil}
	r.Findings[0].Text, r.Findings[0].Kind = evil, evil
	reports.Decide(r)
	return r
}

func TestFormats(t *testing.T) {
	for name, r := range samples() {
		for _, format := range reports.Formats() {
			t.Run(name+"."+format, func(t *testing.T) {
				golden(t, filepath.Join("testdata", name+"."+format), write(t, format, r))
			})
		}
	}
}

// mixedStrictly is mixed where warnings count as failures: the warning comes with its exchange, and the failure was
// sent by hand, which no command line repeats.
func mixedStrictly() *reports.Run {
	r := mixed()
	r.Strict, r.Findings, r.Loads = true, nil, nil
	for i := range r.Scenarios {
		switch s := &r.Scenarios[i]; s.Outcome {
		case reports.Failed:
			by := exchange(200, `{"code":"SUCCESS"}`)
			by.Curl = ""
			s.Exchanges = []reports.Exchange{by}
		case reports.Warned:
			s.Expected, s.Seen = "the call to be refused", "the call was accepted (status 200, SUCCESS)"
			s.Exchanges = []reports.Exchange{exchange(200, `{"code":"SUCCESS"}`)}
		}
	}
	reports.Decide(r)
	return r
}

func TestFormatsOfAStrictRun(t *testing.T) {
	for _, format := range []string{"text", "markdown", "junit", "sarif"} {
		golden(t, filepath.Join("testdata", "strict."+format), write(t, format, mixedStrictly()))
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; run with -update if that is meant\n%s", path, diff)
	}
}

func write(t *testing.T, format string, r *reports.Run) string {
	t.Helper()
	w, err := reports.Format(format)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := w(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnUnknownFormatListsTheNames(t *testing.T) {
	_, err := reports.Format("pdf")
	if err == nil || !strings.Contains(err.Error(), `"pdf"`) || !strings.Contains(err.Error(), strings.Join(reports.Formats(), ", ")) {
		t.Errorf("got %v", err)
	}
}

func TestNoFormatCarriesControlCharacters(t *testing.T) {
	for _, format := range reports.Formats() {
		if format == "csv" { // names of keys are data there
			continue
		}
		out := write(t, format, hostile())
		if !utf8.ValidString(out) {
			t.Errorf("%s: not UTF-8", format)
		}
		if i := strings.IndexFunc(out, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }); i >= 0 {
			t.Errorf("%s: control character %q", format, out[i:i+1])
		}
	}
}

type brokenWriter struct{}

var errFull = errors.New("no space")

func (brokenWriter) Write([]byte) (int, error) { return 0, errFull }

func TestAWriteErrorComesBack(t *testing.T) {
	for _, format := range reports.Formats() {
		w, err := reports.Format(format)
		if err != nil {
			t.Fatal(err)
		}
		if err := w(brokenWriter{}, passing()); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v, want %v", format, err, errFull)
		}
	}
}

func TestTextIsNarrowAndEndsWithTheVerdict(t *testing.T) {
	for name, r := range samples() {
		lines := strings.Split(strings.TrimSpace(write(t, "text", r)), "\n")
		for _, line := range lines {
			command := strings.HasPrefix(line, "  repeat ") || strings.HasPrefix(line, "  again ")
			if n := utf8.RuneCountInString(line); n > 96 && !command {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
		}
		if last := lines[len(lines)-1]; !strings.HasPrefix(last, strings.ToUpper(string(r.Verdict))) {
			t.Errorf("%s: last line is %q, want the verdict", name, last)
		}
	}
}

func TestColourIsAskedFor(t *testing.T) {
	var b bytes.Buffer
	if err := reports.ColorText(&b, mixed()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\x1b[1;31mFAIL  \x1b[0m") {
		t.Error("no red FAIL")
	}
	if strings.Contains(write(t, "text", mixed()), "\x1b") {
		t.Error("colour that nobody asked for")
	}
}

func TestMarkdownShowsMarkupAsText(t *testing.T) {
	out := regexp.MustCompile("(?m)^    ~~~bash\n.*\n    ~~~$|`[^`\n]*`").ReplaceAllString(strings.ReplaceAll(write(t, "markdown", hostile()), "\\`", ""), "")
	for _, bad := range []string{"<script", "<img", "[x](", " **b**", "| ` |"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q is in the summary", bad)
		}
	}
	if n := strings.Count(write(t, "markdown", passing()), "\n"); n > 25 {
		t.Errorf("%d lines though all is well, want few", n)
	}
}
