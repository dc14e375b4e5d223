package docs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A consumer is a copy of testdata/consumer outside of the tree.
type consumer struct {
	t   *testing.T
	dir string
}

func newConsumer(t *testing.T) *consumer {
	t.Helper()
	c := &consumer{t, t.TempDir()}
	if err := os.CopyFS(c.dir, os.DirFS("testdata/consumer")); err != nil {
		t.Fatal(err)
	}
	tree, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	c.write("go.sum", string(sums))
	c.change("go.mod", "=> ../../..", "=> "+tree)
	return c
}

func (c *consumer) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func (c *consumer) change(name, old, now string) {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		c.t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		c.t.Fatalf("%s has no %q", name, old)
	}
	c.write(name, strings.Replace(string(text), old, now, 1))
}

// run runs a command of the README there, of which the checkout is named.
func (c *consumer) run(line string) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "bash", "-c", line)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// TestTheReadmesCommandsFindACheckout: nothing is published, so a module that only gets ours gets nothing.
func TestTheReadmesCommandsFindACheckout(t *testing.T) {
	c := newConsumer(t)
	tree, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	c.write("go.mod", "module example.test/mykms\n\ngo 1.26.4\n")
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "## Embedding it in go test")
	_, rest, _ = strings.Cut(rest, "```\n")
	commands, _, _ := strings.Cut(rest, "```")
	c.run(strings.ReplaceAll(commands, "=../kmsproof", "="+tree))
	if pass, ends, output := c.test("-run", "TestMyServer/acl/Switched_off"); !pass || ends["pass"]+ends["skip"] != 1 {
		t.Errorf("%v\n%s", ends, output)
	}
}

// test runs go test there and counts what became of the subtests. pass is whether all went well.
func (c *consumer) test(args ...string) (pass bool, ends map[string]int, output string) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "go", append([]string{"test", "-mod=mod", "-count=1", "-json"}, args...)...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		c.t.Fatal(err)
	}
	ends = map[string]int{}
	var said strings.Builder
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var event struct{ Action, Test, Output string }
		if err := dec.Decode(&event); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			c.t.Fatalf("%v\n%s\n%s", err, out, &stderr)
		}
		said.WriteString(event.Output)
		if strings.Contains(event.Test, "/") {
			ends[event.Action]++
		}
	}
	return err == nil, ends, said.String() + stderr.String()
}

func TestAConsumerTestsOutsideTheTree(t *testing.T) {
	c := newConsumer(t)
	pass, ends, output := c.test()
	if !pass || ends["pass"] < 10 || ends["fail"] > 0 || ends["skip"] == 0 {
		t.Errorf("pass %v, subtests %v\n%s", pass, ends, output)
	}
	if !strings.Contains(output, "known: The old server lets everybody in") {
		t.Errorf("it does not say what is known\n%s", output)
	}
	pass, ends, output = c.test("-run", "TestMyServer/acl/Switched_off")
	if !pass || ends["pass"]+ends["skip"] != 1 {
		t.Errorf("-run selects %v of the subtests, want one\n%s", ends, output)
	}
}

func TestAConsumersKnownFailuresAreKept(t *testing.T) {
	c := newConsumer(t)
	for _, tt := range []struct{ name, file, old, now, want string }{
		{"another symptom", "known.yaml", "to be refused", "a cup of tea", "known to fail, but with another symptom"},
		{"an entry that fits nothing", "known.yaml", "acl/Switched on, it denies the *", "acl/Nothing of the kind *", "no scenario fits this entry"},
		{"an entry that is over", "known.yaml", "2999-12-31", "2026-01-01", "the entry ended on 2026-01-01"},
		{"an entry for what is mended", "mykms_test.go", "acl-default-allow", "names-of-four", "remove the entry"},
	} {
		whole, err := os.ReadFile(filepath.Join(c.dir, tt.file))
		if err != nil {
			t.Fatal(err)
		}
		c.change(tt.file, tt.old, tt.now)
		if pass, _, output := c.test("-run", "TestMyOldServer"); pass || !strings.Contains(output, tt.want) {
			t.Errorf("%s: pass %v, want a failure about %q\n%s", tt.name, pass, tt.want, output)
		}
		c.write(tt.file, string(whole))
	}
}
