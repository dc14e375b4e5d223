package reports

import (
	"cmp"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// comparisons are the formats of a comparison.
var comparisons = []struct {
	name  string
	write func(*Comparison, io.Writer) error
}{
	{"text", (*Comparison).text}, {"json", (*Comparison).json}, {"markdown", (*Comparison).markdown}, {"html", (*Comparison).html},
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

// titles head the changes of each weight.
var titles = []struct {
	Weight Weight
	Title  string
}{
	{Regression, "Regressed"}, {Open, "Held before, and open now"}, {Improved, "Improved"}, {Changed, "Changed"},
}

// Headline is the comparison in one sentence.
func (c *Comparison) Headline() string {
	var parts []string
	for _, t := range titles {
		if n := len(c.With(t.Weight)); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", grouped(int64(n)), strings.ToLower(t.Title)))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing changed"}
	}
	return sentence(strings.Join(parts, ", ") + fmt.Sprintf("; %s ended as before", count(c.Same, "scenario")))
}

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
		changes := c.With(title.Weight)
		if len(changes) > 0 {
			t.line("\n" + title.Title)
		}
		for _, x := range changes {
			t.put("  - ", fmt.Sprintf("%s %s: %s", x.Kind, x.Name, shorten(x.turn(), 300)))
			if x.Why != "" {
				t.put("    ", shorten(x.Why, 300))
			}
		}
	}
	t.line("")
	t.put("", fmt.Sprintf("exit %d", c.ExitCode()))
	_, err := io.WriteString(w, t.String())
	return err
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
		changes := c.With(title.Weight)
		if len(changes) > 0 {
			m.printf("\n### %s\n\n| what | before | now | why |\n| --- | --- | --- | --- |\n", title.Title)
		}
		for _, x := range changes {
			m.printf("| %s %s | %s | %s | %s |\n", x.Kind, code(x.Name), plain(cmp.Or(shorten(x.Old, 300), "(new)")),
				plain(cmp.Or(shorten(x.New, 300), "(gone)")), plain(shorten(x.Why, 300)))
		}
	}
	_, err := io.WriteString(w, m.String())
	return err
}

var comparisonPage = template.Must(template.New("comparison").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>kmsproof: compare</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-top:1px solid #888;overflow-wrap:anywhere}
:root{color-scheme:light dark}</style></head><body>
<h1>{{.Headline}}</h1>
<dl><dt>Old</dt><dd>{{.Before}}</dd><dt>New</dt><dd>{{.After}}</dd></dl>
{{with .Notes}}<ul>{{range .}}<li>{{.}}</li>{{end}}</ul>{{end}}
{{- range .Parts}}{{if .Changes}}
<h2>{{.Title}}</h2>
<table><tr><th>What</th><th>Before</th><th>Now</th><th>Why</th></tr>
{{range .Changes}}<tr><td>{{.Kind}} {{.Name}}</td><td>{{or .Old "(new)"}}</td><td>{{or .New "(gone)"}}</td><td>{{.Why}}</td></tr>
{{end}}</table>{{end}}{{end}}
</body></html>
`))

func (c *Comparison) html(w io.Writer) error {
	type part struct {
		Title   string
		Changes []Change
	}
	page := struct {
		Headline, Before, After string
		Notes                   []string
		Parts                   []part
	}{c.Headline(), c.Old.text(), c.New.text(), slices.Clone(c.Notes), nil}
	for _, t := range titles {
		page.Parts = append(page.Parts, part{t.Title, c.With(t.Weight)})
	}
	var b strings.Builder
	if err := comparisonPage.Execute(&b, page); err != nil {
		return fmt.Errorf("comparison: %w", err)
	}
	_, err := io.WriteString(w, harmless(b.String()))
	return err
}
