package main

import (
	"slices"
	"testing"

	"github.com/spf13/pflag"
)

func TestAShareIsANumberOrPercent(t *testing.T) {
	var got []float64
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.Float64SliceVar(&got, "shares", nil, "")
	value := shares{flags.Lookup("shares").Value}
	if err := value.Set("0.8, 100%,150%"); err != nil || !slices.Equal(got, []float64{0.8, 1, 1.5}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "%", "0.8,", "80 %%", "many"} {
		if err := value.Set(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}
