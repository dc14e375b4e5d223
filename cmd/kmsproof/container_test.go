package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// An instruction is one of a Containerfile.
type instruction struct{ word, rest string }

// instructions are those of deploy/Containerfile, each in one line.
func instructions(t *testing.T) (all []instruction) {
	t.Helper()
	for line := range strings.Lines(strings.ReplaceAll(textOf(t, "../../deploy/Containerfile"), "\\\n", "")) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		all = append(all, instruction{word, rest})
	}
	return all
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// copied are the flags, the sources and the destination of a COPY.
func (i instruction) copied() (flags, from []string, to string) {
	for word := range strings.FieldsSeq(i.rest) {
		if strings.HasPrefix(word, "--") {
			flags = append(flags, word)
		} else {
			from = append(from, word)
		}
	}
	last := len(from) - 1
	return flags, from[:last], from[last]
}

// TestTheContainerfileFindsWhatItNames: what is copied from the repository is there and is sent, what is copied from
// the first stage was made in it, and what is started was copied.
func TestTheContainerfileFindsWhatItNames(t *testing.T) {
	ignored := strings.Fields(textOf(t, "../../deploy/Containerfile.dockerignore"))
	runs, placed, entry := "", map[string]bool{}, []string(nil)
	for _, i := range instructions(t) {
		switch i.word {
		case "FROM", "ARG", "WORKDIR", "USER":
		case "RUN":
			runs += " " + i.rest
		case "COPY":
			flags, from, to := i.copied()
			later := slices.Contains(flags, "--from=build")
			for _, source := range from {
				made := strings.Contains(runs, " -o "+source+" ") || strings.HasSuffix(runs, " mkdir "+source)
				switch _, err := os.Stat(filepath.Join("../..", source)); {
				case later && !made && source != certificates:
					t.Errorf("nothing makes %s", source)
				case !later && (err != nil || slices.Contains(ignored, source)):
					t.Errorf("%s is not sent: %v, left out: %v", source, err, ignored)
				}
			}
			placed[to] = true
		case "ENTRYPOINT":
			if err := json.Unmarshal([]byte(i.rest), &entry); err != nil { // in the other form it is for a shell, and there is none
				t.Errorf("ENTRYPOINT %s: %v", i.rest, err)
			}
		default:
			t.Errorf("%s is not looked at here", i.word)
		}
	}
	if len(entry) == 0 || !placed[entry[0]] {
		t.Errorf("%v is started, and what is there is %v", entry, placed)
	}
	for _, args := range [][]string{{"version"}, {"serve", "--listen", "0.0.0.0:8200"}} {
		if err := parsed(append(slices.Clone(entry[1:]), args...)); err != nil {
			t.Errorf("%v %v: %v", entry, args, err)
		}
	}
}

// certificates are in the image of Go, which is made of Debian's.
const certificates = "/etc/ssl/certs/ca-certificates.crt"

// TestTheContainerfileBuildsByTheModulesGo: by the minor version that go.mod asks for.
func TestTheContainerfileBuildsByTheModulesGo(t *testing.T) {
	asks := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(textOf(t, "../../go.mod"))
	if want := (instruction{"FROM", "docker.io/library/golang:" + asks[1] + " AS build"}); instructions(t)[0] != want {
		t.Errorf("it builds by %v, want %v", instructions(t)[0], want)
	}
}

// TestTheContainerPagesFlagsExist: those of the command that it shows, and of what it says can be added.
func TestTheContainerPagesFlagsExist(t *testing.T) {
	page := textOf(t, "../../docs/container.md")
	_, command, shown := strings.Cut(strings.ReplaceAll(page, "\\\n", ""), "   kmsproof serve ")
	command, _, _ = strings.Cut(command, "\n")
	lines := []string{"serve " + command}
	for _, m := range regexp.MustCompile("`(--[^`]+)`").FindAllStringSubmatch(page, -1) {
		flags, _, _ := strings.Cut(m[1], " -p ") // what follows is podman's
		if flags == "--seed" {
			flags += " 1"
		}
		lines = append(lines, "serve "+flags)
	}
	if !shown || len(lines) < 5 {
		t.Fatalf("the page shows %q", lines)
	}
	for _, line := range lines {
		if err := parsed(strings.Fields(line)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}
