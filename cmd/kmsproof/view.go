package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"github.com/kmsproof/kmsproof/live"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reports"
)

// logPace is how often a line about the run is written where there is no terminal to draw on. A short
// run writes none.
const logPace = 15 * time.Second

// onTerminal returns the terminal behind w that a picture can be drawn on.
func onTerminal(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// onScreen breaks the lines of a text between words where w is a terminal, and has what follows hang below.
func onScreen(text string, w io.Writer) string {
	f, ok := onTerminal(w)
	if !ok {
		return text
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return text
	}
	return hung(text, width)
}

// hung is a text whose lines have so many columns at most, if its words are no longer.
func hung(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimSpace(line)
		in := strings.Repeat(" ", strings.Index(line, body))
		b.WriteString(in + strings.ReplaceAll(ansi.Wordwrap(body, max(width-len(in)-4, 1), ""), "\n", "\n"+in+"    ") + "\n")
	}
	return b.String()
}

// watch has a job tell a board how it is doing.
func watch(job *proof.Job) (*live.Board, error) {
	plan := live.Plan{Command: job.Command, Target: job.Target.Name, Scenarios: job.Conform != nil}
	for _, p := range job.Profiles {
		l, err := loadgen.NewPlan(p, job.Load)
		if err != nil {
			return nil, err
		}
		plan.Loads = append(plan.Loads, l)
	}
	b := live.NewBoard(plan, time.Now)
	if job.Conform != nil {
		job.Conform.Started, job.Conform.Progress = b.Started, b.Scenario
	}
	job.Load.Progress, job.Played = b.Load, b.Played
	return b, nil
}

// do runs a job while the views show it. The run's end, and its interruption, end the view on the
// terminal, so that who interrupts it finds the terminal as it was.
func (o *common) do(ctx context.Context, job proof.Job, page net.Listener, stderr io.Writer) (*reports.Run, error) {
	board, err := watch(&job)
	if err != nil {
		return nil, err
	}
	drawing, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() {
		board.Interrupted()
		stop()
	})()
	var views sync.WaitGroup
	defer o.publish(board, page, stderr)()
	if _, looked := onTerminal(stderr); looked || !o.quiet {
		views.Go(func() {
			o.draw(drawing, board, stderr)
			switch err := ctx.Err(); {
			case errors.Is(err, context.DeadlineExceeded):
				fmt.Fprintln(stderr, ending(ctx)+": cleaning up")
			case err != nil:
				fmt.Fprintln(stderr, "interrupted: cleaning up; once more ends at once and leaves what there is")
			}
		})
	}
	run, err := job.Do(ctx)
	board.Ended(run)
	stop()
	views.Wait()
	return run, err
}

// listen opens the listener of the live page; nil: none was asked for.
func (o *common) listen() (net.Listener, error) {
	if o.live == "" {
		return nil, nil
	}
	l, err := live.Listen(o.live)
	if err != nil {
		return nil, fmt.Errorf("--live: %w", err)
	}
	return l, nil
}

// opening is the query of a page's address that has it open in a language.
func opening(lang string) string {
	if lang == "auto" {
		return ""
	}
	return "?lang=" + lang
}

// publish shows the board as a page on l, if there is one, until the function that it returns is called.
func (o *common) publish(b *live.Board, l net.Listener, stderr io.Writer) (unpublish func()) {
	if l == nil {
		return func() {}
	}
	fmt.Fprintf(stderr, "live page: http://%s/%s\n", l.Addr(), opening(o.lang))
	ctx, stop := context.WithCancel(context.Background())
	var pages sync.WaitGroup
	pages.Go(func() {
		if err := live.Serve(ctx, l, b); err != nil {
			fmt.Fprintf(stderr, "kmsproof: %v\n", err)
		}
	})
	return func() {
		stop()
		pages.Wait()
	}
}

// draw shows the board until ctx ends: by lines where there is no terminal or --quiet wants no picture. Where the view
// fails the run goes on without.
func (o *common) draw(ctx context.Context, b *live.Board, stderr io.Writer) {
	f, ok := onTerminal(stderr)
	if !ok || o.quiet {
		live.Lines(ctx, b, stderr, logPace)
		return
	}
	if err := live.Terminal(ctx, b, live.Speaks(o.lang), f); err != nil {
		fmt.Fprintf(stderr, "kmsproof: %v\n", err)
	}
}
