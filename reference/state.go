package reference

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
)

// A State is what a state file holds: who may call, and which keys exist from the start.
type State struct {
	Accounts []Account `yaml:"accounts"`
	Keys     []Key     `yaml:"keys"`
}

// ParseState reads a state file. Unknown members and wrong types are errors that name the file and
// the line, and show no source line: it may hold a secret.
func ParseState(name string, text []byte) (State, error) {
	var s State
	if err := yaml.UnmarshalWithOptions(text, &s, yaml.Strict(), yaml.DisallowUnknownField()); err != nil {
		return State{}, yamlError(name, "state", err)
	}
	if _, err := New(Options{Accounts: s.Accounts, Keys: s.Keys}); err != nil {
		return State{}, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// yamlError says what is wrong with a file of some kind, and where.
func yamlError(name, kind string, err error) error {
	if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", name, at.GetToken().Position.Line, at.GetMessage())
	}
	return fmt.Errorf("%s: it is not a %s file", name, kind)
}
