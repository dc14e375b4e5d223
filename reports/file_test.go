package reports_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/kmsproof/kmsproof/reports"
)

func TestWhatIsWrittenReadsTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	want := mixed()
	if err := reports.Write(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := reports.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	var first, second bytes.Buffer
	if err := errors.Join(reports.JSON(&first, want), reports.JSON(&second, got)); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Error("written, read and written again, the file differs")
	}
}

func TestNothingIsNull(t *testing.T) {
	var b bytes.Buffer
	r := &reports.Run{Scenarios: make([]reports.Scenario, 1), Loads: []reports.Load{{Phases: make([]reports.Phase, 1), Keys: make([]reports.KeySeries, 1)}}}
	if err := reports.JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "null") {
		t.Errorf("a null in\n%s", b.String())
	}
}

func TestAnExistingFileIsReplacedWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	for _, r := range []*reports.Run{large(), passing()} {
		if err := reports.Write(path, r); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := reports.Read(path); err != nil || len(got.Scenarios) != 4 {
		t.Errorf("got %v, %v; want the second run", got, err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the run file: %v, %v; want nothing", entries, err)
	}
}

func TestAMissingFolderIsAnError(t *testing.T) {
	err := reports.Write(filepath.Join(t.TempDir(), "none", "run.json"), passing())
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want one that wraps fs.ErrNotExist", err)
	}
}

func TestReadRefuses(t *testing.T) {
	good := `{"schema":1,"verdict":"pass"}`
	tests := []struct{ name, file, says string }{
		{"nothing", ``, "not a run file"},
		{"another file", `{"a":1}`, "no schema number"},
		{"another schema", `{"schema":2,"verdict":"pass"}`, "schema 2; this version reads schema 1"},
		{"a duplicate member", `{"schema":1,"verdict":"pass","verdict":"fail"}`, "duplicate"},
		{"a wrong type", `{"schema":1,"verdict":"pass","seed":"7"}`, "seed"},
		{"what comes after", good + good, "after top-level value"},
		{"an unknown verdict", `{"schema":1,"verdict":"fine"}`, `unknown verdict "fine"`},
		{"no verdict", `{"schema":1}`, `unknown verdict ""`},
		{"an unknown outcome", `{"schema":1,"verdict":"pass","scenarios":[{"id":"a/b","outcome":"ok"}]}`, `scenario "a/b": unknown outcome "ok"`},
		{"an unknown load verdict", `{"schema":1,"verdict":"pass","loads":[{"profile":"p","verdict":"ok"}]}`, `load profile "p": unknown verdict "ok"`},
		{"an unknown claim verdict", `{"schema":1,"verdict":"pass","loads":[{"profile":"p","verdict":"pass","claims":[{"name":"c"}]}]}`, `claim "c": unknown verdict ""`},
		{"a key that is not there", `{"schema":1,"verdict":"pass","loads":[{"profile":"p","verdict":"pass","phases":[{"name":"P2","keys":[0]}]}]}`, `phase "P2": there is no key 0`},
		{"a hot key that is not there", loadOf(`"keys":[{},{}],"isolation":{"cells":[{"hot":-1,"victim":1,"sent":9}]}`), "isolation: there is no key -1"},
		{"a victim that is not there", loadOf(`"keys":[{}],"isolation":{"victims":[{"key":1}]}`), "isolation: there is no key 1"},
		{"a worst key that is not there", loadOf(`"fairness":[{"worst":3}]`), "fairness: there is no key 3"},
		{"a witness that is not there", loadOf(`"witnesses":[{"keys":[2]}]`), "witness: there is no key 2"},
		{"a phase before the beginning", loadOf(`"phases":[{"name":"P2","start":-5}]`), `phase "P2": it starts at -5 s`},
		{"an endless phase", loadOf(`"phases":[{"name":"P2","seconds":1e300}]`), `phase "P2": it starts at 0 s and takes 1e+300 s`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := reports.Read(file(t, tt.file))
			if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "run.json") {
				t.Errorf("got %v, want one that names the file and %q", err, tt.says)
			}
		})
	}
}

// loadOf is a run file with one load profile of these members.
func loadOf(members string) string {
	return `{"schema":1,"verdict":"pass","loads":[{"profile":"p","verdict":"pass",` + members + `}]}`
}

// FuzzEveryFormatOfWhatIsRead: a run file may come from anywhere, and what Read takes can be shown.
func FuzzEveryFormatOfWhatIsRead(f *testing.F) {
	for _, name := range []string{"mixed", "nothing", "pass"} {
		text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(loadOf(`"keys":[{"offered":[1],"accepted":[-1,2]}],"phases":[{"name":"P2","seconds":1e9,"keys":[0]}],"replays":[{"accepted":[[1,2],[]]}]`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := reports.Read(file(t, string(text)))
		if err != nil {
			return
		}
		for _, name := range reports.Formats() {
			write, err := reports.Format(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := write(io.Discard, r); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestUnknownMembersArePassedOver(t *testing.T) {
	r, err := reports.Read(file(t, `{"schema":1,"verdict":"none","seed":7,"later":{"a":1}}`))
	if err != nil || r.Seed != 7 {
		t.Errorf("got %v, %v; want seed 7", r, err)
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAVerdictThatDoesNotFollowIsRefused(t *testing.T) {
	_, err := reports.Read(file(t, `{"schema":1,"verdict":"pass","seed":7}`))
	if err == nil || !strings.Contains(err.Error(), "it says pass, and what it holds says none") {
		t.Errorf("got %v, want a refusal: nothing was run", err)
	}
}
