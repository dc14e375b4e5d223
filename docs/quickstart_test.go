//go:build e2e

package docs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A block is one fenced block of commands, with the output that the page shows after it.
type block struct {
	line     int // of the page
	commands string
	output   string // empty: the page shows none, and none may come
}

// blocks takes a page's bash blocks, each with the text block that follows it before the next.
func blocks(page string) []block {
	var out []block
	var kind string
	var text strings.Builder
	for i, line := range strings.Split(page, "\n") {
		switch {
		case kind == "" && strings.HasPrefix(line, "```"):
			kind = line
			text.Reset()
			if kind == "```bash" {
				out = append(out, block{line: i + 1})
			}
		case line == "```":
			if last := len(out) - 1; kind == "```bash" {
				out[last].commands = text.String()
			} else if kind == "```text" && last >= 0 {
				out[last].output = text.String()
			}
			kind = ""
		case kind != "":
			text.WriteString(line + "\n")
		}
	}
	return out
}

// mark ends the output of a block.
const mark = "\x1e"

// script is one bash script of all blocks.
func script(all []block) string {
	var b strings.Builder
	b.WriteString("set -euo pipefail\n")
	for _, block := range all {
		fmt.Fprintf(&b, "%sprintf '%s'\n", block.commands, mark)
	}
	return b.String()
}

// pattern makes of an output, in which … stands for any text in a line, what it must look like.
func pattern(output string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(output), "…", `[^\n]+`) + "$")
}

func TestTheQuickstartDoesWhatItShows(t *testing.T) {
	does(t, "quickstart.md", 10, "bash", "curl", "openssl", "sed")
}

// does pastes a page's commands, at least so many blocks, into one bash and compares what comes with
// what the page shows.
func does(t *testing.T, name string, least int, tools ...string) {
	t.Helper()
	need(t, tools...)
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all := blocks(string(page))
	if len(all) < least {
		t.Fatalf("%d blocks of commands in the page", len(all))
	}
	outputs := strings.Split(paste(t, script(all)), mark)
	for i, b := range all {
		if i >= len(outputs)-1 {
			t.Fatalf("%s:%d: the script ended in this block; it said %q", name, b.line, outputs[len(outputs)-1])
		}
		if !pattern(b.output).MatchString(outputs[i]) {
			t.Errorf("%s:%d: got\n%s\nwant\n%s", name, b.line, outputs[i], b.output)
		}
	}
}

// paste runs a script in bash with the built kmsproof on the path, which listens on free ports.
// Whatever the script starts ends with the test.
func paste(t *testing.T, script string) string {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+build(t)+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"KMSPROOF_LISTEN=127.0.0.1:0", "KMSPROOF_ADMIN=127.0.0.1:0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 10 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Start()
	if err == nil {
		defer func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }()
		err = cmd.Wait()
	}
	if err != nil {
		t.Errorf("bash: %v\n%s", errors.Join(err, ctx.Err()), &stderr)
	}
	return stdout.String()
}

// build builds kmsproof and returns the folder that it is in.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", dir, "../cmd/kmsproof").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return dir
}

// need skips a test whose tools are missing. In CI that is a failure.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed", tool)
		}
		t.Skipf("%s is not installed", tool)
	}
}

func TestWrongOutputIsNoticed(t *testing.T) {
	want := block{output: "{\"a\":\"…\"} 200\n"}
	for got, ok := range map[string]bool{
		"{\"a\":\"x\"} 200\n":       true,
		"{\"a\":\"\"} 200\n":        false,
		"{\"a\":\"x\"} 201\n":       false,
		"{\"a\":\"x\"} 200\nmore\n": false,
		"{\"a\":\"x\n\"} 200\n":     false,
		"":                          false,
	} {
		if pattern(want.output).MatchString(got) != ok {
			t.Errorf("%q: want %v", got, ok)
		}
	}
}
