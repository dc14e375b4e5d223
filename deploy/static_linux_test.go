package deploy_test

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The program of the Containerfile asks for no file of any system: no loader, no library, and it works where
// there is nothing else.
func TestTheProgramStandsAlone(t *testing.T) {
	root := t.TempDir()
	program := filepath.Join(root, "kmsproof")
	build := exec.CommandContext(t.Context(), "go", buildArguments(t, program)...)
	build.Env, build.Dir = append(os.Environ(), "CGO_ENABLED=0"), ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it has a segment %v: it is not static", p.Type)
		}
	}
	if os.Getuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Error("only root can try it in an empty root, and this is CI")
		}
		t.Skip("only root can try it in an empty root")
	}
	if err := os.Mkdir(filepath.Join(root, "tmp"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"version", "load gentle --dry-run", "conform --rule KMS2-ACL --quiet --out /tmp/run"} {
		alone := exec.CommandContext(t.Context(), "/kmsproof", strings.Fields(args)...)
		alone.SysProcAttr, alone.Dir, alone.Env = &syscall.SysProcAttr{Chroot: root}, "/", []string{}
		if out, err := alone.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", args, err, out)
		}
	}
}

// buildArguments are those of the Containerfile, for another place.
func buildArguments(t *testing.T, program string) []string {
	t.Helper()
	text, err := os.ReadFile("Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	const before, after = "RUN CGO_ENABLED=0 go build -trimpath -ldflags \"-s -w -X main.version=$VERSION\" -o /kmsproof ", " && mkdir /empty"
	_, rest, ok := strings.Cut(string(text), before)
	what, _, ends := strings.Cut(rest, after)
	if !ok || !ends {
		t.Fatal("the Containerfile builds otherwise")
	}
	// With -trimpath every package would be built anew; it changes names of files and nothing else.
	return []string{"build", "-ldflags", "-s -w -X main.version=test", "-o", program, what}
}
