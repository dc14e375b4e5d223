package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// comparisons are the formats of a comparison.
var comparisons = []struct {
	name  string
	write func(*Comparison, io.Writer) error
}{
	{"text", (*Comparison).text}, {"json", (*Comparison).json}, {"markdown", (*Comparison).markdown}, {"html", func(c *Comparison, w io.Writer) error { return c.HTMLIn(w, "auto") }},
}

// ComparisonFormats lists the names that [Comparison.Write] knows.
func ComparisonFormats() []string {
	var names []string
	for _, f := range comparisons {
		names = append(names, f.name)
	}
	return names
}

// Write writes the comparison in the format of that name. An unknown name's error lists the names.
func (c *Comparison) Write(w io.Writer, format string) error {
	for _, f := range comparisons {
		if f.name == format {
			return f.write(c, w)
		}
	}
	return fmt.Errorf("no format %q; there are %s", format, strings.Join(ComparisonFormats(), ", "))
}

// WriteIn is Write in one of Languages, which only html knows; auto suits all.
func (c *Comparison) WriteIn(w io.Writer, format, lang string) error {
	if _, _, err := languageNamed(lang); err != nil {
		return err
	}
	if format == "html" {
		return c.HTMLIn(w, lang)
	}
	if lang == korean.String() {
		return fmt.Errorf("format %s is English; --lang ko is for html", format)
	}
	return c.Write(w, format)
}

// titles head the changes of each weight.
var titles = []struct {
	Weight Weight
	Title  string
}{
	{Regression, "Regressed"}, {Open, "Held before, and open now"}, {Improved, "Improved"}, {Changed, "Changed"},
}

// Headline is the comparison in one sentence.
func (c *Comparison) Headline() string { return c.headline()[english] }

// turn says from what to what: "pass -> fail".
func (x *Change) turn() string {
	return cmp.Or(x.Old, "(new)") + " -> " + cmp.Or(x.New, "(gone)")
}

func (s Side) text() string {
	return fmt.Sprintf("%s, target %s, seed %d, kmsproof %s, of %s", s.Verdict, cmp.Or(s.Target, "-"), s.Seed, cmp.Or(s.Version, "unversioned"), s.Started)
}

func (c *Comparison) text(w io.Writer) error {
	t := &text{}
	t.put("", c.Headline())
	t.put("  old  ", c.Old.text())
	t.put("  new  ", c.New.text())
	for _, note := range c.Notes {
		t.put("  note ", note)
	}
	for _, title := range titles {
		changes, counted := c.told(title.Weight)
		if len(changes)+len(counted) > 0 {
			t.line("\n" + title.Title)
		}
		for _, said := range counted {
			t.put("  - ", said[english])
		}
		for _, x := range changes {
			t.put("  - ", fmt.Sprintf("%s %s: %s", x.Kind, x.Name, shorten(x.turn(), 300)))
			if x.Why != "" {
				t.put("    ", shorten(x.Why, 300))
			}
		}
	}
	t.pairs(c.Loads)
	t.line("")
	t.put("", fmt.Sprintf("exit %d", c.ExitCode()))
	_, err := io.WriteString(w, t.String())
	return err
}

// pairs tells what both runs found of each load profile.
func (t *text) pairs(loads []LoadPair) {
	if len(loads) > 0 {
		t.line("\nLoad profiles of both runs")
	}
	for _, p := range loads {
		t.put("  - ", p.verdict())
		for _, claim := range p.Claims {
			t.put("    ", shorten(claim.text(), 300))
		}
	}
}

func (c *Comparison) json(w io.Writer) error {
	err := json.MarshalWrite(w, c, json.Deterministic(true), jsontext.AllowInvalidUTF8(true), jsontext.WithIndent("  "))
	if err != nil {
		return fmt.Errorf("comparison: %w", err)
	}
	_, err = io.WriteString(w, "\n")
	return err
}

func (c *Comparison) markdown(w io.Writer) error {
	m := &markdown{}
	m.printf("## kmsproof: compare\n\n%s\n\n- old: %s\n- new: %s\n", plain(c.Headline()), plain(c.Old.text()), plain(c.New.text()))
	for _, note := range c.Notes {
		m.printf("- note: %s\n", plain(note))
	}
	for _, title := range titles {
		changes, counted := c.told(title.Weight)
		if len(changes)+len(counted) > 0 {
			m.printf("\n### %s\n", title.Title)
		}
		m.items("", phrases(counted))
		if len(changes) > 0 {
			m.printf("\n| what | before | now | why |\n| --- | --- | --- | --- |\n")
		}
		for _, x := range changes {
			m.printf("| %s %s | %s | %s | %s |\n", x.Kind, code(x.Name), plain(cmp.Or(shorten(x.Old, 300), "(new)")),
				plain(cmp.Or(shorten(x.New, 300), "(gone)")), plain(shorten(x.Why, 300)))
		}
	}
	m.pairs(c.Loads)
	_, err := io.WriteString(w, m.String())
	return err
}

// phrases are what is said in English.
func phrases(said []phrase) (texts []string) {
	for _, p := range said {
		texts = append(texts, p[english])
	}
	return texts
}

func (m *markdown) pairs(loads []LoadPair) {
	if len(loads) == 0 {
		return
	}
	m.printf("\n### Load profiles of both runs\n\n")
	for _, p := range loads {
		m.printf("- %s\n", plain(p.verdict()))
		for _, claim := range p.Claims {
			m.printf("  - %s\n", plain(shorten(claim.text(), 300)))
		}
	}
}
