//go:build e2e

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// A terminal is a real pseudo-terminal whose screen can be read, in a tmux of its own.
type terminal struct {
	t      *testing.T
	socket string
}

// patience bounds how long a screen is waited for.
const patience = 60 * time.Second

// open runs a shell command on a terminal of so many columns and rows. What it prints to stdout goes
// to a file, so that the screen has the view alone; its exit code follows on the screen.
func open(t *testing.T, width, height int, command string) *terminal {
	t.Helper()
	m := &terminal{t, filepath.Join(t.TempDir(), "tmux")}
	stdout := filepath.Join(t.TempDir(), "stdout")
	m.tmux("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height),
		fmt.Sprintf("echo before; (%s) > %s; echo exit $?; cat", command, stdout))
	t.Cleanup(func() { m.tmux("kill-server") })
	return m
}

func (m *terminal) tmux(args ...string) string {
	m.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", m.socket}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		m.t.Fatalf("tmux %v: %v\n%s", args, err, &errs)
	}
	return out.String()
}

func (m *terminal) screen() string { return strings.TrimRight(m.tmux("capture-pane", "-p"), "\n") }

// await reads the screen until it shows all the parts.
func (m *terminal) await(parts ...string) string {
	m.t.Helper()
	return m.until(patience, func(screen string) (missing string) {
		for _, part := range parts {
			if !strings.Contains(screen, part) {
				missing = fmt.Sprintf("%q", part)
			}
		}
		return missing
	})
}

// until reads the screen until nothing is missing on it.
func (m *terminal) until(patience time.Duration, missing func(screen string) string) string {
	m.t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(patience); ; <-look.C {
		screen := m.screen()
		lacks := missing(screen)
		if lacks == "" {
			return screen
		}
		if time.Now().After(end) {
			m.t.Fatalf("the screen does not show %s\n%s", lacks, screen)
		}
	}
}

// held starts a run on a server that holds the nth creation of a key back, on a terminal.
func held(t *testing.T, width, height int, g *gate, command string) *terminal {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "target.yaml")
	g.guard(t, serve(t, "--write-target", file), file)
	m := open(t, width, height, fmt.Sprintf(command, file, filepath.Join(dir, "out")))
	<-g.created
	return m
}

func TestTheViewOfScenariosOnATerminal(t *testing.T) {
	for _, width := range []int{80, 160} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			g := &gate{nth: 1}
			m := held(t, width, 24, g, "kmsproof conform 'key/*' --parallel 1 --target %s --out %s")
			screen := m.await("  runs  key/", "0:02") // a scenario that makes no key may have ended before
			t.Logf("under way\n%s", screen)
			close(g.answer)
			screen = m.await("pass after", "exit 0")
			t.Logf("ended\n%s", screen)
			whole(t, screen, "kmsproof conform  kmsproof-reference")
			if lines := strings.Split(screen, "\n"); lines[0] != "before" || len(lines[1]) != width-1 {
				t.Errorf("the first line is not as wide as the screen, or not under what was there:\n%s", screen)
			}
		})
	}
}

// TestTheViewOfFailuresOnATerminal: also on a narrow one it says what was expected, without a report.
func TestTheViewOfFailuresOnATerminal(t *testing.T) {
	for _, width := range []int{80, 160} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			m := open(t, width, 24, "kmsproof conform 'acl/*' --target mutant:acl-default-allow --out "+t.TempDir())
			screen := m.await("fail after", "exit 1")
			t.Logf("ended\n%s", screen)
			if !strings.Contains(screen, "  fail  acl/") || !strings.Contains(screen, "expected ") || !strings.Contains(screen, "; seen ") {
				t.Errorf("the screen does not say what was expected and seen:\n%s", screen)
			}
			whole(t, screen, "kmsproof conform  mutant:acl-default-allow")
		})
	}
}

// whole expects what must be on a screen once, and nothing of the frames before.
func whole(t *testing.T, screen, head string) {
	t.Helper()
	for _, part := range []string{head, "\nscenarios ", "exit "} {
		if n := strings.Count(screen, part); n > 1 {
			t.Errorf("%q is there %d times:\n%s", part, n, screen)
		}
	}
	if strings.Contains(screen, "  runs  ") || strings.Contains(screen, "left\n") {
		t.Errorf("something of an earlier frame is left:\n%s", screen)
	}
}

// row is a key in the table of a view.
var row = regexp.MustCompile(`(?m)^  kp-\S+ +\d+ +\d+ +0 +[\d.]+ +0 +\d+`)

// small has eight keys in its only phase, and little to send on each.
const small = `name: small
title: Eight keys at once
api: "2.0"
keys: 8
limit: {scope: key, rate: 300, burst: 300}
rest: 500ms
missAfter: 1s
again: 0s
conforming: {sent: 0.5, lateP99: 1s, burst: 1000}
saturating: {sent: 0.5, lateP99: 1s}
phases:
  - {name: P4, role: conform, rate: 20, for: 4s}
`

func TestTheViewOfALoadOnATerminal(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(profile, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, size := range []struct{ width, height, rows int }{{80, 24, 8}, {160, 40, 8}, {80, 14, 4}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			m := open(t, size.width, size.height, fmt.Sprintf("kmsproof load %s --out %s", profile, t.TempDir()))
			screen := m.await("  P4 ", "2/4 s", "8 keys at 20/s of 300")
			t.Logf("under way\n%s", screen)
			if rows := row.FindAllString(screen, -1); len(rows) != size.rows {
				t.Errorf("%d of 8 keys are shown, want %d\n%s", len(rows), size.rows, screen)
			}
			for _, part := range []string{"certificate", "certainty", "  all "} {
				if !strings.Contains(screen, part) {
					t.Errorf("no %q\n%s", part, screen)
				}
			}
			if got := strings.Contains(screen, "accepted in each second"); got != (size.width > 100) {
				t.Errorf("the seconds are shown: %v\n%s", got, screen)
			}
			screen = m.await(" after 0:", "load small  ", "exit ")
			t.Logf("ended\n%s", screen)
		})
	}
}

// TestTheViewOnAKoreanTerminal: the locale asks for it, and each Korean character takes two columns.
func TestTheViewOnAKoreanTerminal(t *testing.T) {
	for _, width := range []int{80, 160} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			g := &gate{nth: 1}
			m := held(t, width, 24, g, "LC_ALL=ko_KR.UTF-8 kmsproof conform 'key/*' --parallel 1 --target %s --out %s")
			screen := m.await("  실행 중  key/", "0:02")
			t.Logf("under way\n%s", screen)
			close(g.answer)
			screen = m.await("통과 (0:", " 경과)", "exit 0")
			t.Logf("ended\n%s", screen)
			whole(t, screen, "kmsproof conform  kmsproof-reference")
			if lines := strings.Split(screen, "\n"); lines[0] != "before" || ansi.StringWidth(lines[1]) != width-1 {
				t.Errorf("the first line is not as wide as the screen, or not under what was there:\n%s", screen)
			}
			if strings.Contains(screen, "실행 중") || strings.Contains(screen, "scenarios") || strings.Count(screen, "\n시나리오 ") != 1 {
				t.Errorf("the screen is in English, or has something of an earlier frame:\n%s", screen)
			}
		})
	}
}

// TestTheKoreanViewOfALoadOnATerminal: --lang goes before the locale, and numbers stand under their headings.
func TestTheKoreanViewOfALoadOnATerminal(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(profile, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{80, 160} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			m := open(t, width, 24, fmt.Sprintf("LC_ALL=en_US.UTF-8 kmsproof load %s --lang ko --out %s", profile, t.TempDir()))
			screen := m.await("부하 small  P4 ", "2/4 s", "키 8개, 초당 20/300건", "생성기 인증", "확실성", "합계")
			t.Logf("under way\n%s", screen)
			heading := regexp.MustCompile(`(?m)^  키 .*$`).FindString(screen)
			head, _, _ := strings.Cut(heading, " 초당 수락")
			offered := regexp.MustCompile(`(?m)^  kp-\S+ +\d+`).FindString(screen)
			head = strings.TrimRight(head, " ")
			if ansi.StringWidth(head) != len(offered) || offered == "" {
				t.Errorf("%q ends at column %d, its numbers %q at %d\n%s", head, ansi.StringWidth(head), offered, len(offered), screen)
			}
			if got := strings.Contains(screen, "매초 수락"); got != (width > 100) {
				t.Errorf("the seconds are shown: %v\n%s", got, screen)
			}
			for line := range strings.SplitSeq(screen[strings.Index(screen, "kmsproof load"):], "\n") {
				if n := ansi.StringWidth(line); n >= width {
					t.Errorf("%d columns on %d: %q", n, width, line)
				}
			}
			t.Logf("ended\n%s", m.await("경과)", "exit "))
		})
	}
}

func TestCtrlCEndsTheViewAndCleansUp(t *testing.T) {
	g := &gate{nth: 2}
	m := held(t, 80, 24, g, "kmsproof conform 'key/*' --parallel 1 --target %s --out %s")
	m.await("  runs  key/")
	m.tmux("send-keys", "C-c")
	m.await("interrupted after", "interrupted: cleaning up")
	close(g.answer)
	screen := m.await("exit 3")
	t.Logf("\n%s", screen)
	if strings.Contains(screen, "^C") {
		t.Errorf("what the terminal echoed is left in the picture:\n%s", screen)
	}
}

func TestASecondCtrlCLeavesTheTerminalAsItWas(t *testing.T) {
	t.Parallel()
	g := &gate{nth: 2, holds: removes}
	m := held(t, 80, 24, g, "kmsproof load gentle --target %s --out %s")
	m.tmux("send-keys", "C-c")
	m.await("interrupted: cleaning up")
	close(g.answer)
	<-g.held
	m.tmux("send-keys", "C-c")
	screen := m.await("exit 3")
	t.Logf("\n%s", screen)
	if got := strings.TrimSpace(m.tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}")); got != "1 0" {
		t.Errorf("cursor shown, alternate screen: %s; want 1 0", got)
	}
}

func TestTheViewFollowsAResize(t *testing.T) {
	g := &gate{nth: 1}
	m := held(t, 160, 40, g, "kmsproof conform 'key/*' --parallel 1 --target %s --out %s")
	m.await("  runs  key/")
	m.tmux("resize-window", "-x", "60", "-y", "20")
	screen := m.await("0:02", "  runs  key/")
	if line := strings.Split(screen, "\n")[1]; len(line) != 59 || !strings.HasPrefix(line, "kmsproof conform") {
		t.Errorf("the first line is %q, want it 59 columns wide", line)
	}
	close(g.answer)
	whole(t, m.await("exit 0"), "kmsproof conform  kmsproof-reference")
}

// TestQuietOnATerminalMeansLines: no picture, and a line after fifteen seconds.
func TestQuietOnATerminalMeansLines(t *testing.T) {
	t.Parallel()
	m := open(t, 160, 24, "kmsproof load per-key-300 --quiet --timeout 20s --out "+t.TempDir())
	screen := m.await("0:15; per-key-300", "exit ")
	if strings.Contains(screen, "certificate") || strings.Contains(screen, "░") {
		t.Errorf("there is a picture:\n%s", screen)
	}
}

func TestTerminalsThatWantLess(t *testing.T) {
	m := open(t, 80, 24, "kmsproof conform 'acl/*' --target mutant:acl-default-allow --out "+t.TempDir())
	m.await("scenarios  ", "exit 1")
	if screen := m.tmux("capture-pane", "-p", "-e"); !strings.Contains(screen, "\x1b[31m") {
		t.Errorf("a failure is not in colour:\n%q", screen)
	}
	for name, tt := range map[string]struct{ env, flags, bans string }{
		"without colours": {"NO_COLOR=1", "", "\x1b[31m"},
		"dumb":            {"TERM=dumb", "", "scenarios  "},
		"quiet":           {"TERM=screen", "--quiet", "scenarios  "},
	} {
		t.Run(name, func(t *testing.T) {
			m := open(t, 80, 24, tt.env+" kmsproof conform 'acl/*' --target mutant:acl-default-allow "+tt.flags+" --out "+t.TempDir())
			m.await("exit 1")
			if screen := m.tmux("capture-pane", "-p", "-e"); strings.Contains(screen, tt.bans) {
				t.Errorf("%q is on the screen:\n%q", tt.bans, screen)
			}
		})
	}
}

// TestShots writes what the view looks like on terminals of 80 and 160 columns, for people to look at: make shots.
func TestShots(t *testing.T) {
	folder := os.Getenv("SHOTS")
	if folder == "" {
		t.Skip("SHOTS names no folder for pictures")
	}
	profile := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(profile, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{80, 160} {
		for _, tt := range []struct{ name, command, first, second string }{
			{"conform-pass", "kmsproof conform 'token/*' --parallel 1", "scenarios  ", "pass after"},
			{"conform-fail", "kmsproof conform 'acl/*' --parallel 1 --target mutant:acl-default-allow", "  fail  ", "fail after"},
			{"load", "kmsproof load " + profile, "2/4 s", "load small  "},
		} {
			m := open(t, width, 40, tt.command+" --out "+t.TempDir())
			m.keep(folder, tt.name+"-under-way", width, tt.first)
			m.keep(folder, tt.name+"-ended", width, tt.second, "exit ")
		}
	}
	for _, width := range []int{80, 160} {
		m := open(t, width, 40, "kmsproof prove --out "+t.TempDir())
		for _, part := range []string{"scenarios", "per-key-300", "shared-200", "exit"} {
			m.until(5*time.Minute, func(screen string) string { return lacks(screen, part) })
			m.keep(folder, "prove-"+part, width)
		}
	}
}

// lacks says what a picture of a part of prove does not have yet.
func lacks(screen, part string) string {
	at := map[string]*regexp.Regexp{
		"scenarios": regexp.MustCompile(`(?m)^  runs  `), "per-key-300": regexp.MustCompile(`(?m)^load per-key-300  P\d`),
		"shared-200": regexp.MustCompile(`(?m)^load shared-200  \w+ [█░]`), "exit": regexp.MustCompile(`(?m)^exit \d`),
	}[part]
	if !at.MatchString(screen) {
		return part
	}
	return ""
}

// keep writes the screen to a file once it shows all the parts.
func (m *terminal) keep(folder, name string, width int, parts ...string) {
	m.t.Helper()
	screen := m.await(parts...)
	if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("terminal-%s-%d.txt", name, width)), []byte(screen+"\n"), 0o644); err != nil {
		m.t.Fatal(err)
	}
}
