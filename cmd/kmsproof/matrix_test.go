package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference/mutant"
)

// TestASurvivorFailsTheMatrix and a scenario that kills nothing is told.
func TestASurvivorFailsTheMatrix(t *testing.T) {
	m, err := mutant.Find("alg-none")
	if err != nil {
		t.Fatal(err)
	}
	whole := proof.Signature{}
	for _, id := range m.Kills {
		whole[id] = 'f'
	}
	few := &proof.Matrix{Scenarios: append([]string{"a/lone"}, m.Kills...), Signatures: map[string]proof.Signature{m.Name: whole}}
	var said strings.Builder
	if err := summarize(&said, few); err != nil || !strings.Contains(said.String(), "kills nothing  a/lone\n1 mutants") {
		t.Errorf("%v\n%s", err, &said)
	}
	delete(whole, m.Kills[0])
	said.Reset()
	var code verdict
	if err := summarize(&said, few); !errors.As(err, &code) || code != exitFail || !strings.Contains(said.String(), "SURVIVED  alg-none: not by "+m.Kills[0]) {
		t.Errorf("%v\n%s", err, &said)
	}
}
