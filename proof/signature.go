package proof

import (
	"bufio"
	"cmp"
	"context"
	_ "embed"
	"encoding/base32"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// A Signature is how the scenarios end on one target: the letter of each that does not pass, by ID.
// See [letters].
type Signature map[string]byte

// letters stand for the outcomes in which a target shows. Skips and errors say nothing of it.
var letters = map[reports.Outcome]byte{reports.Failed: 'f', reports.Warned: 'w', reports.Blocked: 'b', reports.KnownFail: 'f'}

// crashLetter stands for a scenario that failed or warned as the service itself failed: it shows the target, and
// is no kill.
const crashLetter = 'c'

// A Matrix is the signature of every mutant under every scenario.
type Matrix struct {
	Scenarios  []string // all that were run, sorted
	Signatures map[string]Signature
}

//go:embed matrix.txt
var matrixText string

// KnownMatrix is the matrix that was made when kmsproof was built.
func KnownMatrix() (*Matrix, error) { return ReadMatrix(strings.NewReader(matrixText)) }

// before are the tokens that mutants issued before, with any seed but 0.
var before issued

// Sign runs every scenario on a mutant. It is safe for concurrent use.
func Sign(ctx context.Context, m mutant.Mutant, seed uint64) (Signature, error) {
	o := reference.Options{Seed: seed}
	if seed != 0 {
		o.Authority = before.in
	}
	result, err := steps.Run(ctx, steps.Options{Open: Mutant(m, o), Seed: seed})
	if err != nil {
		return nil, fmt.Errorf("mutant %s: %w", m.Name, err)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return sign(result.Scenarios), nil
}

func sign(scenarios []reports.Scenario) Signature {
	s := Signature{}
	for i := range scenarios {
		if letter := letterOf(scenarios[i]); letter != 0 {
			s[scenarios[i].ID] = letter
		}
	}
	return s
}

// letterOf is the letter of how a scenario ended; 0: none.
func letterOf(s reports.Scenario) byte {
	letter := letters[s.Outcome]
	if shows(letter) && crashed(s) {
		return crashLetter
	}
	return letter
}

// NewMatrix returns a matrix of all scenarios and no mutant yet.
func NewMatrix() (*Matrix, error) {
	cases, err := steps.Plan(steps.Options{})
	if err != nil {
		return nil, err
	}
	m := &Matrix{Signatures: map[string]Signature{}}
	for _, c := range cases {
		m.Scenarios = append(m.Scenarios, c.ID)
	}
	slices.Sort(m.Scenarios)
	return m, nil
}

// code is a short name of a scenario that another scenario coming or going does not change.
func code(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)))
}

// Write writes the matrix as text: a line "code id" a scenario, an empty line, and a line "name code:letter
// ..." a mutant.
func (m *Matrix) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, id := range m.Scenarios {
		fmt.Fprintln(b, code(id), id)
	}
	fmt.Fprintln(b)
	for _, name := range slices.Sorted(maps.Keys(m.Signatures)) {
		b.WriteString(name)
		s := m.Signatures[name]
		for _, id := range slices.Sorted(maps.Keys(s)) {
			fmt.Fprintf(b, " %s:%c", code(id), s[id])
		}
		fmt.Fprintln(b)
	}
	return b.Flush()
}

// ReadMatrix reads what Write has written.
func ReadMatrix(r io.Reader) (*Matrix, error) {
	m := &Matrix{Signatures: map[string]Signature{}}
	ids := map[string]string{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && lines.Text() != "" {
		short, id, _ := strings.Cut(lines.Text(), " ")
		if ids[short] != "" {
			return nil, fmt.Errorf("matrix: %q and %q have the same code", ids[short], id)
		}
		ids[short] = id
		m.Scenarios = append(m.Scenarios, id)
	}
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		s := Signature{}
		for _, f := range fields[1:] {
			short, letter, ok := strings.Cut(f, ":")
			if !ok || ids[short] == "" || len(letter) != 1 {
				return nil, fmt.Errorf("matrix: %s: what is %q?", fields[0], f)
			}
			s[ids[short]] = letter[0]
		}
		m.Signatures[fields[0]] = s
	}
	return m, lines.Err()
}

// shows reports whether a letter is that of a scenario that failed or warned by what it asserts.
func shows(letter byte) bool { return letter == 'f' || letter == 'w' }

// Survivors says which scenarios did not show the mutant that they are named for, a line each. What is named
// beside scenarios is not tried by a matrix.
func (m *Matrix) Survivors() (lines []string) {
	for _, one := range mutant.All() {
		s, tried := m.Signatures[one.Name]
		for _, id := range byPrefix(one.Kills)[""] {
			if tried && !shows(s[id]) {
				lines = append(lines, one.Name+": not by "+id)
			}
		}
	}
	return lines
}

// Idle lists the scenarios that show no mutant.
func (m *Matrix) Idle() []string {
	return slices.DeleteFunc(slices.Clone(m.Scenarios), func(id string) bool {
		for _, s := range m.Signatures {
			if shows(s[id]) {
				return true
			}
		}
		return false
	})
}

// likenesses is how many mutants a report names.
const likenesses = 3

// Resemble finds the mutants that behave most like a target on which the scenarios ended so: all that
// behave exactly so, else the nearest that have at least half of what shows in common. Scenarios that
// were skipped, were not run or are not in the matrix do not count. It is empty where nothing failed.
func (m *Matrix) Resemble(scenarios []reports.Scenario) []reports.Likeness {
	seen, asked := sign(scenarios), m.asked(scenarios)
	maps.DeleteFunc(seen, func(id string, _ byte) bool { return !asked[id] })
	if !slices.ContainsFunc(slices.Collect(maps.Values(seen)), func(l byte) bool { return l == 'f' || l == crashLetter }) {
		return nil
	}
	var found []reports.Likeness
	for name, s := range m.Signatures {
		if l := compared(name, s, seen, asked); 2*l.Alike >= l.Alike+len(l.Missing)+len(l.Besides) {
			found = append(found, l)
		}
	}
	slices.SortFunc(found, func(a, b reports.Likeness) int {
		return cmp.Or(cmp.Compare(len(a.Missing)+len(a.Besides), len(b.Missing)+len(b.Besides)), cmp.Compare(a.Mutant, b.Mutant))
	})
	exact := slices.IndexFunc(found, func(l reports.Likeness) bool { return !l.Exact() })
	if exact > 0 {
		found = found[:exact]
	}
	return found[:min(len(found), likenesses)]
}

// asked are the scenarios of the matrix that said something about the target.
func (m *Matrix) asked(scenarios []reports.Scenario) map[string]bool {
	asked := map[string]bool{}
	for _, s := range scenarios {
		_, known := slices.BinarySearch(m.Scenarios, s.ID)
		asked[s.ID] = known && (s.Outcome == reports.Passed || letters[s.Outcome] != 0)
	}
	return asked
}

// compared puts one mutant beside what was seen.
func compared(name string, s, seen Signature, asked map[string]bool) reports.Likeness {
	l := reports.Likeness{Mutant: name}
	for id, letter := range s {
		switch {
		case !asked[id]:
		case seen[id] == letter:
			l.Alike++
		default:
			l.Missing = append(l.Missing, id)
		}
	}
	for id, letter := range seen {
		if s[id] != letter && !slices.Contains(l.Missing, id) {
			l.Besides = append(l.Besides, id)
		}
	}
	slices.Sort(l.Missing)
	slices.Sort(l.Besides)
	if m, err := mutant.Find(name); err == nil {
		l.Flaw = m.Flaw
	}
	return l
}
