package reports

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

//go:embed run.schema.json
var schema []byte

// JSONSchema is a copy of the published JSON Schema (draft 2020-12) of the run file.
func JSONSchema() []byte { return slices.Clone(schema) }

// JSON writes the run file. The same run gives the same bytes. Text that is not UTF-8, as a hostile
// answer may hold, is written with U+FFFD in place of each bad byte.
func JSON(w io.Writer, r *Run) error {
	err := json.MarshalWrite(w, r, json.Deterministic(true), jsontext.AllowInvalidUTF8(true), jsontext.WithIndent("  "))
	if err != nil {
		return fmt.Errorf("run file: %w", err)
	}
	_, err = io.WriteString(w, "\n")
	return err
}

// Write writes the run file to path, whole or not at all: a reader finds the old file or the new one.
// The folder must exist.
func Write(path string, r *Run) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".run-*.json")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // nothing is there after the rename
	err = errors.Join(JSON(tmp, r), tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(tmp.Name(), path)
}

// Read reads a run file. It refuses another schema number, duplicate members, wrong types, unknown verdicts
// and outcomes, and anything after the run; it passes over members that it does not know.
func Read(path string) (*Run, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func decode(data []byte) (*Run, error) {
	var head struct {
		Schema *int `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
			return nil, errors.New("not a run file, which is a JSON object")
		}
		return nil, fmt.Errorf("not a run file: %w", err)
	}
	if head.Schema == nil {
		return nil, errors.New("not a run file: it has no schema number")
	}
	if *head.Schema != Schema {
		return nil, fmt.Errorf("run file of schema %d; this version reads schema %d", *head.Schema, Schema)
	}
	r := &Run{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("run file: %w", err)
	}
	return r, errors.Join(check(r), follows(r))
}

// follows refuses a verdict that the rest of the run does not lead to.
func follows(r *Run) error {
	again := *r
	Decide(&again)
	if again.Verdict != r.Verdict {
		return fmt.Errorf("run file: it says %s, and what it holds says %s", r.Verdict, again.Verdict)
	}
	return nil
}

// check refuses words that the types allow and the format does not.
func check(r *Run) error {
	if !slices.Contains([]Verdict{Pass, Fail, Partial, None}, r.Verdict) {
		return fmt.Errorf("run file: unknown verdict %q", r.Verdict)
	}
	for i := range r.Scenarios {
		if s := &r.Scenarios[i]; s.Outcome.known() != s.Outcome {
			return fmt.Errorf("run file: scenario %q: unknown outcome %q", s.ID, s.Outcome)
		}
	}
	for i := range r.Loads {
		if err := checkLoad(&r.Loads[i]); err != nil {
			return fmt.Errorf("run file: load profile %q: %w", r.Loads[i].Profile, err)
		}
	}
	return nil
}
