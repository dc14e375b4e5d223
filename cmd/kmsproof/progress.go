package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// A progress is one line on a terminal that is written over and over. Elsewhere it is silent.
type progress struct {
	out   io.Writer // nil: silent
	width int

	mu     sync.Mutex
	failed int
}

// newProgress returns the progress line for w, which is silent unless w is a terminal.
func newProgress(w io.Writer, quiet bool) *progress {
	f, ok := w.(*os.File)
	if quiet || !ok || !term.IsTerminal(int(f.Fd())) {
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

func (p *progress) scenario(s steps.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch s.Case.Outcome {
	case reports.Failed, reports.Errored, reports.Blocked, reports.UnexpectedPass:
		p.failed++
	}
	p.line("scenarios %d/%d, %d not passed  %s", s.Done, s.Total, p.failed, s.Case.ID)
}

func (p *progress) load(l loadgen.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.Phase == "" {
		return
	}
	again := ""
	if l.Attempt > 1 {
		again = fmt.Sprintf(" (attempt %d)", l.Attempt)
	}
	p.line("%s %s%s %.0f/%.0f s, %.0f s left: sent %d, accepted %d, limited %d, missed %d",
		l.Profile.Name, l.Phase, again, l.At.Seconds(), l.Of.Seconds(), l.Left.Seconds(), l.Sent, l.Accepted, l.Limited, l.Missed)
}
