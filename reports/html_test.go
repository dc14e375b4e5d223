package reports_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

func TestThePageLoadsNothing(t *testing.T) {
	// A page loads by src, by link, by CSS url() and @import; it navigates by href. Ours link to themselves.
	loads := regexp.MustCompile(`(?i)\bsrc(set)?\s*=|url\(|@import|<(iframe|object|embed|base|form)\b|href="[^#]`)
	for name, r := range samples() {
		page := write(t, "html", r)
		page = strings.Replace(page, `<link rel="icon" href="data:,">`, "", 1)
		page = regexp.MustCompile(`&lt;img src=x`).ReplaceAllString(page, "") // hostile text, shown as text
		if at := loads.FindString(page); at != "" {
			t.Errorf("%s: the page has %q", name, at)
		}
		for _, part := range []string{"default-src &#39;none&#39;", `<html lang="en" data-auto>`, "<title "} {
			if !strings.Contains(page, part) {
				t.Errorf("%s: the page lacks %q", name, part)
			}
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	page := write(t, "html", hostile())
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts, want ours alone", n)
	}
	if strings.Contains(page, "<img") || strings.Contains(page, "{{") && !strings.Contains(page, "{{.}}") {
		t.Error("markup from the run is markup in the page")
	}
}

// TestThePageIsWellFormed reads the golden pages: it closes what HTML lets a page leave open, and reads the rest as XML.
func TestThePageIsWellFormed(t *testing.T) {
	files, err := filepath.Glob("testdata/*.html")
	if err != nil {
		t.Fatal(err)
	}
	sides, err := filepath.Glob("testdata/compare/*.html")
	if err != nil || len(files) == 0 || len(sides) == 0 {
		t.Fatalf("%d reports, %d comparisons: %v", len(files), len(sides), err)
	}
	for _, name := range slices.Concat(files, sides) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		page := string(text)
		d := xml.NewDecoder(strings.NewReader(page))
		d.Strict, d.AutoClose, d.Entity = false, append(xml.HTMLAutoClose, "meta", "link"), xml.HTMLEntity
		ids := map[string]bool{}
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if start, ok := token.(xml.StartElement); ok {
				noteID(t, ids, start)
				attributesOnce(t, name, start)
			}
		}
		for _, m := range regexp.MustCompile(`href="#([^"]+)"|aria-labelledby="([^" ]+)`).FindAllStringSubmatch(page, -1) {
			if id := m[1] + m[2]; !ids[id] {
				t.Errorf("%s: there is no #%s", name, id)
			}
		}
	}
}

func noteID(t *testing.T, ids map[string]bool, e xml.StartElement) {
	t.Helper()
	for _, a := range e.Attr {
		if a.Name.Local == "id" && ids[a.Value] {
			t.Errorf("two elements have the id %s", a.Value)
		}
		if a.Name.Local == "id" {
			ids[a.Value] = true
		}
	}
}

// attributesOnce holds an element to one attribute of a name: a browser takes the first and drops the rest.
func attributesOnce(t *testing.T, page string, e xml.StartElement) {
	t.Helper()
	seen := map[string]bool{}
	for _, a := range e.Attr {
		if seen[a.Name.Local] {
			t.Errorf("%s: <%s> has %s twice", page, e.Name.Local, a.Name.Local)
		}
		seen[a.Name.Local] = true
	}
}

// failing is large with scenarios that all failed and kept exchanges that grow when they are escaped; 64 keys for an hour,
// five replays, and each key disturbed by each other.
func failing() *reports.Run {
	r := large()
	for i := range r.Scenarios {
		r.Scenarios[i].Outcome = reports.Failed
		for range 12 {
			r.Scenarios[i].Exchanges = append(r.Scenarios[i].Exchanges, exchange(200, strings.Repeat(`"<`, 25_000)))
		}
	}
	l := &r.Loads[0]
	l.Isolation = &reports.Isolation{Quiet: 20, Hot: 450}
	for k := range l.Keys {
		l.Keys[k].Offered, l.Keys[k].Accepted = make([]int64, 3600), make([]int64, 3600)
		for i := range 3600 {
			l.Keys[k].Offered[i], l.Keys[k].Accepted[i] = int64(200+i*7919%100), int64(150+i*104729%100)
		}
		for victim := range l.Keys {
			l.Isolation.Cells = append(l.Isolation.Cells, reports.Cell{Hot: k, Victim: victim, Sent: 1000, Refused: int64(k + victim), Disturbed: true})
		}
	}
	for len(l.Replays) < 5 {
		l.Replays = append(l.Replays, replay(l, "300 per second for each key", "", 0.1))
	}
	reports.Decide(r)
	return r
}

// traced is a run of the whole suite, three times as many scenarios, that passed and kept every exchange.
func traced() *reports.Run {
	r := large()
	r.Scenarios, r.Loads = slices.Concat(r.Scenarios, r.Scenarios, r.Scenarios), nil
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		s.Outcome, s.Keyword, s.Step, s.Reason, s.Exchanges = reports.Passed, "", "", "", []reports.Exchange{exchange(200, "{}"), exchange(401, "{}")}
	}
	reports.Decide(r)
	return r
}

// TestALargePageStaysUnderTwoMegabytes: every rule of the register in both languages, with 400 scenarios and 64 keys, and
// with the whole suite's scenarios.
func TestALargePageStaysUnderTwoMegabytes(t *testing.T) {
	for name, r := range map[string]*reports.Run{"failing": failing(), "traced": traced()} {
		page := write(t, "html", r)
		t.Logf("%s: %d bytes", name, len(page))
		if len(page) >= 2_000_000 {
			t.Errorf("%s: %d bytes, want less than 2 MB", name, len(page))
		}
		if !strings.Contains(page, "more in run.json") {
			t.Errorf("%s: the page does not say that it left exchanges out", name)
		}
		if last := r.Rules[len(r.Rules)-1].Korean.Statement; last == "" || !strings.Contains(page, last) {
			t.Errorf("%s: the page lacks the Korean %q of a rule", name, last)
		}
	}
}

// TestColoursContrast holds each text colour to the 4.5 of WCAG 2.2, criterion 1.4.3, in both themes.
func TestColoursContrast(t *testing.T) {
	css, err := os.ReadFile("page/page.css")
	if err != nil {
		t.Fatal(err)
	}
	vars := regexp.MustCompile(`--([a-z-]+):light-dark\(#([0-9a-f]{3,6}),#([0-9a-f]{3,6})\)`).FindAllStringSubmatch(string(css), -1)
	if len(vars) < 20 {
		t.Fatalf("%d colours, want those of both themes", len(vars))
	}
	for i, theme := range []string{"light", "dark"} {
		colours := map[string]string{}
		for _, m := range vars {
			colours[m[1]] = m[2+i]
		}
		pairs := [][2]string{{"ink", "bg"}, {"soft", "bg"}, {"link", "bg"}, {"soft", "panel"}, {"ink", "fail-bg"}, {"soft", "band"}, {"limited", "bg"}, {"accepted", "bg"}, {"fit", "bg"}, {"ink", "band"}}
		for _, o := range []string{"pass", "fail", "warn", "open", "skip"} {
			pairs = append(pairs, [2]string{o, o + "-bg"}, [2]string{"ink", o + "-bg"})
		}
		for _, p := range pairs {
			if c := contrast(t, colours[p[0]], colours[p[1]]); c < 4.5 {
				t.Errorf("%s: %s on %s has contrast %.2f", theme, p[0], p[1], c)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = fmt.Sprintf("%c%c%c%c%c%c", hex[0], hex[0], hex[1], hex[1], hex[2], hex[2])
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		t.Fatalf("colour %q: %v", hex, err)
	}
	linear := func(c uint64) float64 {
		s := float64(c&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v)
}
