package live

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// pace is how often a view is drawn.
const pace = time.Second / 4

// Terminal draws the run on a terminal, in a language, until ctx ends, and leaves the last picture standing. It reads
// nothing from the terminal, whose modes stay as they are: Ctrl-C is a signal, as without a view. The
// cursor stays visible, so that a process that is killed leaves nothing to mend.
func Terminal(ctx context.Context, b *Board, lang Language, out *os.File) error {
	program := tea.NewProgram(screen{board: b, lang: lang, width: 80, height: 24},
		tea.WithInput(nil), tea.WithOutput(out), tea.WithoutSignalHandler())
	defer context.AfterFunc(ctx, func() {
		_, _ = out.WriteString("\r") // a terminal echoes Ctrl-C, and the cursor is to be where it was
		program.Quit()
	})()
	if _, err := program.Run(); err != nil {
		return fmt.Errorf("live view: %w", err)
	}
	return nil
}

// A screen is the view as Bubble Tea wants it.
type screen struct {
	board         *Board
	lang          Language
	width, height int
}

// A tick asks for the next picture.
type tick struct{}

func (s screen) Init() tea.Cmd { return next() }

func next() tea.Cmd { return tea.Tick(pace, func(time.Time) tea.Msg { return tick{} }) }

func (s screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = m.Width, m.Height
	case tick:
		return s, next()
	}
	return s, nil
}

// View leaves the last column free, for a full line wraps on some terminals. The cursor waits on an
// empty row below, where the echo of what is typed spoils nothing and what comes after the view begins.
func (s screen) View() tea.View {
	lines := Draw(s.board.Snapshot(), s.lang, s.width-1, s.height-2)
	v := tea.NewView(strings.Join(lines, "\n") + "\n")
	v.DisableBracketedPasteMode = true
	v.Cursor = tea.NewCursor(0, len(lines))
	return v
}
