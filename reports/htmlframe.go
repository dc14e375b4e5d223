package reports

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

//go:embed page/*.html
var pageFiles embed.FS

//go:embed page/page.css
var pageRules string

// pageStyle is what the file says, and the signs that are heard as words.
var pageStyle = pageRules + say("cell.hit").after(".hit", "✗")

//go:embed page/page.js
var pageScript string

// pageTemplates are parsed once; each page takes a copy, to which it lends the words of its language.
var pageTemplates = template.Must(template.New("pages").Funcs(speech(english)).Funcs(template.FuncMap{
	"mark": mark, "grouped": grouped, "count": func(n int) string { return grouped(int64(n)) }, "decimal": decimal, "span": span, "risk": risk,
	"ms": milliseconds, "coord": coord, "words": Interval.words,
	"sign": sign, "heard": heard, "some": some, "portion": portion,
}).ParseFS(pageFiles, "page/*.html"))

// HTML writes one self-contained page that works from disk, without network and without script, in English, or in
// Korean where the browser prefers it.
func HTML(w io.Writer, r *Run) error { return HTMLIn(w, r, "auto") }

// HTMLIn is HTML in one of Languages. What it shows of exchanges is bounded, so that 400 scenarios and 64 keys stay
// under 2 MB; the page says where it left something out. All text shows as written, never as markup, and a content
// security policy in the page forbids every request.
func HTMLIn(w io.Writer, r *Run, lang string) error {
	f, l, err := newFrame(lang)
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	f.Title = joined([]phrase{sayOr("o.", r.Verdict), same(r.Target.Name)}, same(": "))
	var bare counter // what the page takes without exchanges
	if err := f.write(&bare, "page.html", l, newPage(r, f, 0)); err != nil {
		return err
	}
	return f.write(w, "page.html", l, newPage(r, f, exchangeBudget(int(bare))))
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// frame is what every page has around its own.
type frame struct {
	Lang   string
	Auto   bool // the browser may choose
	Title  phrase
	Style  template.CSS
	Script template.JS
	Policy string
}

func newFrame(lang string) (frame, language, error) {
	l, auto, err := languageNamed(lang)
	return frame{Lang: l.String(), Auto: auto, Style: template.CSS(pageStyle), Script: template.JS(pageScript), Policy: policy()}, l, err
}

// write fills the template of that name.
func (frame) write(w io.Writer, name string, l language, data any) error {
	t, err := pageTemplates.Clone()
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	var b bytes.Buffer
	if err := t.Funcs(speech(l)).ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	_, err = io.WriteString(w, harmless(b.String()))
	return err
}

// policy allows the page's own style and script by their hashes, and nothing else: no request leaves the page.
func policy() string {
	return fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'",
		hash(pageStyle), hash(pageScript))
}

func hash(s string) string {
	h := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(h[:])
}
