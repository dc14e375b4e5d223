package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// launched is set by a test that starts a program that starts kmsproof.
const launched = "STARTED_BY_A_TEST_OF_KMSPROOF"

// TestMain lets the test binary be kmsproof, for the scripts and for every test that starts it.
func TestMain(m *testing.M) {
	if os.Getenv(launched) != "" && filepath.Base(os.Args[0]) != "kmsproof" {
		os.Exit(exitUsage) // a test started the tests, which would start the tests
	}
	testscript.Main(m, map[string]func(){"kmsproof": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"answers": answers,
			"exits":   exits,
			"refused": refused,
			"served":  served,
			"vacant":  vacant,
		},
	})
}

// answers gets a URL, whose answer must have a status and a text: answers STATUS PART URL.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: answers status part url")
	}
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(args[2])
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if strconv.Itoa(resp.StatusCode) != args[0] || !strings.Contains(string(body), args[1]) {
		ts.Fatalf("%s answers %d %s, want %s and %q", args[2], resp.StatusCode, body, args[0], args[1])
	}
}

// exits runs a command that must end with an exit code: exits CODE PROGRAM [ARG ...].
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program [arg ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := code(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func code(ts *testscript.TestScript, err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}

// canary begins every secret in the scripts' files.
const canary = "CANARY"

// refused runs kmsproof, which must refuse the job: one sentence on stderr, nothing on stdout, exit
// code 2. The sentence must contain the first argument: refused PART ARG [ARG ...].
func refused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: refused part arg [arg ...]")
	}
	got := code(ts, ts.Exec("kmsproof", args[1:]...))
	stdout, stderr := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	switch {
	case got != exitUsage:
		ts.Fatalf("exit code %d, want %d", got, exitUsage)
	case stdout != "":
		ts.Fatalf("talk on stdout")
	case !strings.HasPrefix(stderr, "kmsproof: ") || strings.Count(stderr, "\n") != 1:
		ts.Fatalf("want one sentence on stderr")
	case strings.Contains(stderr, canary):
		ts.Fatalf("the sentence shows a secret")
	case !strings.Contains(stderr, args[0]):
		ts.Fatalf("the sentence does not say %q", args[0])
	}
}

// served starts kmsproof serve for the rest of the script: served [ARG ...]. It sets API20, ADMIN,
// ACCESS_KEY and SECRET_KEY from the ready line, and ADDRESS to host and port of API 2.0.
func served(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: served [arg ...]")
	}
	path, err := exec.LookPath("kmsproof")
	ts.Check(err)
	cmd := exec.Command(path, append([]string{"serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)...)
	cmd.Dir = ts.Getenv("WORK")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	s, err := start(cmd)
	if err != nil {
		ts.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	ts.Defer(func() {
		if err := s.end(); err != nil {
			ts.Logf("serve ended badly: %v\n%s", err, stderr.Bytes())
		}
	})
	for name, member := range map[string]string{"API20": "api20", "ADMIN": "admin", "ACCESS_KEY": "accessKey", "SECRET_KEY": "secretKey"} {
		ts.Setenv(name, s.ready[member])
	}
	ts.Setenv("ADDRESS", strings.TrimPrefix(s.ready["api20"], "http://"))
}

// vacant sets VACANT to a loopback address at which nobody listens.
func vacant(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: vacant")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("VACANT", l.Addr().String())
	ts.Check(l.Close())
}
