package reports

import (
	"fmt"
	"html"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

// badge is what a badge says, and its colour.
func badge(r *Run) (message, color string) {
	n := r.Counts()
	switch r.Verdict {
	case Pass:
		return "pass, " + joined(r.checked(), say("and"))[english], "#2e7d32"
	case Fail:
		if bad := n[Failed] + r.failedLoads(); bad > 0 {
			return fmt.Sprintf("fail, %s of %s", grouped(int64(n[Failed]+r.failedLoads())), grouped(int64(n.Total()+len(r.Loads)))), "#b3261e"
		}
		return "fail", "#b3261e"
	case Partial:
		return "partial, " + joined(r.checked(), say("and"))[english], "#8a6100"
	default:
		return "no verdict", "#5f6368"
	}
}

// Badge writes the verdict as JSON for the endpoint badge of shields.io.
func Badge(w io.Writer, r *Run) error {
	message, color := badge(r)
	doc := struct {
		Schema  int    `json:"schemaVersion"`
		Label   string `json:"label"`
		Message string `json:"message"`
		Color   string `json:"color"`
	}{1, "kmsproof", message, color}
	if err := json.MarshalWrite(w, doc); err != nil {
		return fmt.Errorf("badge: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// BadgeSVG writes the verdict as a picture that needs no service.
func BadgeSVG(w io.Writer, r *Run) error {
	const label = "kmsproof"
	message, color := badge(r)
	left, right := width(label), width(message)
	title := html.EscapeString(label + ": " + message)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-label="%s">`, left+right, title)
	fmt.Fprintf(&b, "\n<title>%s</title>\n", title)
	fmt.Fprintf(&b, `<rect width="%d" height="20" rx="3" fill="#3c4043"/>`+"\n", left+right)
	fmt.Fprintf(&b, `<path d="M%d 0h%da3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-%dz" fill="%s"/>`+"\n", left, right-3, right-3, color)
	fmt.Fprintf(&b, `<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`+"\n")
	fmt.Fprintf(&b, `<text x="%d" y="14">%s</text><text x="%d" y="14">%s</text></g>`+"\n</svg>\n",
		left/2, label, left+right/2, html.EscapeString(message))
	_, err := io.WriteString(w, b.String())
	return err
}

// width is room enough for a text in that font, in pixels.
func width(text string) int { return 7*utf8.RuneCountInString(text) + 10 }
