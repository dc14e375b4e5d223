package reports

import (
	"fmt"
	"io"
	"strings"
)

// Writer writes a run in one format. Its error is that of the io.Writer, or says which part of the run
// the format cannot hold.
type Writer func(io.Writer, *Run) error

var formats = []struct {
	name  string
	write Writer
}{
	{"json", JSON},
	{"junit", JUnit},
	{"html", HTML},
	{"markdown", Markdown},
	{"text", Text},
	{"csv", CSV},
	{"sarif", SARIF},
	{"badge", Badge},
	{"badge-svg", BadgeSVG},
	{"prometheus", Prometheus},
	{"bench", Bench},
}

// Formats lists the names that Format knows.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Format is the writer of that name. An unknown name's error lists the names.
func Format(name string) (Writer, error) {
	for _, f := range formats {
		if f.name == name {
			return f.write, nil
		}
	}
	return nil, fmt.Errorf("no format %q; there are %s", name, strings.Join(Formats(), ", "))
}

// FormatIn is Format in one of Languages: the pages know them, the other formats are English and refuse to be asked for
// another. auto suits all.
func FormatIn(name, lang string) (Writer, error) {
	if _, _, err := languageNamed(lang); err != nil {
		return nil, err
	}
	if name == "html" {
		return func(w io.Writer, r *Run) error { return HTMLIn(w, r, lang) }, nil
	}
	if lang == korean.String() {
		return nil, fmt.Errorf("format %s is English; --lang ko is for html", name)
	}
	return Format(name)
}
