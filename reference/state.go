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
		return State{}, yamlError(name, err, "a state file")
	}
	if _, err := New(Options{Accounts: s.Accounts, Keys: s.Keys}); err != nil {
		return State{}, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// yamlError says where a text is wrong, without a line of it. what is what it should have been.
func yamlError(name string, err error, what string) error {
	if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", name, at.GetToken().Position.Line, at.GetMessage())
	}
	return fmt.Errorf("%s: it is not %s", name, what)
}
