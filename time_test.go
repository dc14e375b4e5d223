package kmsproof_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Time is a parameter. What decides takes an instant as an argument, and what acts for a server reads
// that server's clock. The machine's time belongs to the packages that deal with the machine.
var machineTime = []string{"reference/clock", "loadgen", "loadgen/machine", "loadgen/wire", "loadgen/fleet", "loadgen/fleet/line", "target", "cmd/kmsproof", "proof", "live"}

// timed are the files elsewhere that may use the machine's time, each with its reason.
var timed = map[string]string{
	"reference/adminstate.go": "how long a caller may take to read a state is in real time",
	"reference/identify.go":   "MachineSignatures judges signatures by the machine's time, for clients that cannot follow",
	"reference/call.go":       "how long a call took is told in the journal by the machine's time",
	"reference/observe.go":    "how long a call took is told in the journal by the machine's time",
	"reference/strike.go":     "a fault's delay holds the caller up in real time",
	"reference/tls.go":        "TLS clients judge certificates by their own machine's time",
	"steps/run.go":            "how long a case took, and whether a known failure has expired",
	"steps/testing.go":        "whether a known failure has expired",
	"steps/scene.go":          "a shared reference gets the machine's time back",
	"steps/clients.go":        "which calls of several clients were under way at once is told by the machine's time",
	"steps/pace.go":           "calls per second on a foreign target are real",
	"steps/world.go":          "a target without an admin clock can only be waited for",
}

// slept are the test files that may sleep outside a synctest bubble, each with its reason.
var slept = map[string]string{
	"loadgen/service_test.go":        "the fake's slowness; every test that asks for it runs in a bubble",
	"target/sweep_test.go":           "the fake's slowness; the test that asks for it runs in a bubble",
	"cmd/kmsproof/fleet_test.go":     "looks again whether a process of its own has got so far",
	"cmd/kmsproof/fleet_e2e_test.go": "looks again whether a server of its own is up",
}

// machine are the functions of package time that use the machine's time.
var machine = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"}

func TestOnlyTheListedAskTheMachineForTheTime(t *testing.T) {
	used := map[string]bool{}
	for _, file := range sources(t) {
		if strings.HasSuffix(file, "_test.go") || slices.Contains(machineTime, path.Dir(file)) {
			continue
		}
		for _, u := range uses(t, file) {
			used[file] = true
			if timed[file] == "" {
				t.Errorf("%s uses time.%s; take an instant or the server's clock, or list the file with its reason", u.at, u.name)
			}
		}
	}
	stale(t, timed, used)
}

func TestNoTestSleeps(t *testing.T) {
	used := map[string]bool{}
	for _, file := range sources(t) {
		if !strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, u := range uses(t, file) {
			if u.name != "Sleep" || u.bubble {
				continue
			}
			used[file] = true
			if slept[file] == "" {
				t.Errorf("%s sleeps in real time; wait for what is to happen, or use a synctest bubble", u.at)
			}
		}
	}
	stale(t, slept, used)
}

// stale refuses exceptions that nothing needs any more.
func stale(t *testing.T, listed map[string]string, used map[string]bool) {
	t.Helper()
	for _, file := range slices.Sorted(maps.Keys(listed)) {
		if !used[file] {
			t.Errorf("%s is listed as an exception (%s) and needs none", file, listed[file])
		}
	}
}

// sources returns the module's Go files, tests included, with slashes. Reading them all has a second
// purpose: go test then knows that a kept result of this package is stale when any of them changes.
func sources(t *testing.T) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS("."), ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && (d.Name()[0] == '.' || file == "tools" || file == "bench" || file == "bin"):
			return fs.SkipDir
		case path.Ext(file) == ".go":
			files = append(files, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("%d Go files: the tree was not found", len(files))
	}
	return files
}

// A use is one mention of a function that uses the machine's time.
type use struct {
	name   string
	at     token.Position
	bubble bool // in a function that makes a synctest bubble, where time is not the machine's
}

func uses(t *testing.T, file string) []use {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []use
	chosen := map[ast.Node]bool{} // in a select, where it bounds another wait
	for _, decl := range parsed.Decls {
		bubble := false
		first := len(found)
		ast.Inspect(decl, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if ok && names(s, "synctest", "Test") {
				bubble = true
			}
			if ok && slices.ContainsFunc(machine, func(f string) bool { return names(s, "time", f) }) {
				found = append(found, use{name: s.Sel.Name, at: set.Position(s.Pos())})
			}
			if c, ok := n.(*ast.CommClause); ok {
				chosen[c.Comm] = true
			}
			if waits(n) && !chosen[n] {
				found = append(found, use{name: "Sleep", at: set.Position(n.Pos())})
			}
			return true
		})
		for i := range found[first:] {
			found[first+i].bubble = bubble
		}
	}
	return found
}

// waits reports whether a statement only waits for time.After: a sleep by another name.
func waits(n ast.Node) bool {
	statement, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	from, ok := statement.X.(*ast.UnaryExpr)
	if !ok || from.Op != token.ARROW {
		return false
	}
	call, ok := from.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	s, ok := call.Fun.(*ast.SelectorExpr)
	return ok && names(s, "time", "After")
}

// names reports whether a selector is pkg.name.
func names(s *ast.SelectorExpr, pkg, name string) bool {
	id, ok := s.X.(*ast.Ident)
	return ok && id.Name == pkg && s.Sel.Name == name
}

func TestUsesOfMachineTimeAreFound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.go")
	text := "package a\nfunc f() { time.Sleep(1); g := time.Now; <-time.After(1) }\n" +
		"func h() { synctest.Test(t, func() { time.Sleep(1) }) }\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range uses(t, file) {
		name := u.name
		if u.bubble {
			name += " in a bubble"
		}
		got = append(got, name)
	}
	if want := []string{"Sleep", "Now", "Sleep", "After", "Sleep in a bubble"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
