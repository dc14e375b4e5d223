package main

import (
	"fmt"
	"io"

	"golang.org/x/term"
)

// A progress is one line on a terminal that is written over and over. Elsewhere it is silent.
type progress struct {
	out   io.Writer // nil: silent
	width int
}

// newProgress returns the progress line for w, which is silent unless w is a terminal.
func newProgress(w io.Writer, quiet bool) *progress {
	f, ok := onTerminal(w)
	if quiet || !ok {
		return &progress{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 {
		width = 80
	}
	return &progress{out: w, width: width}
}

func (p *progress) line(format string, args ...any) {
	if p.out == nil {
		return
	}
	text := []rune(fmt.Sprintf(format, args...))
	fmt.Fprintf(p.out, "\r\x1b[K%s", string(text[:min(len(text), p.width-1)]))
}

// clear takes the line away.
func (p *progress) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
