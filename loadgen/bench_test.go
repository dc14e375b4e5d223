package loadgen_test

import (
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
)

// One experiment of the table of characteristics: a profile played and judged on virtual time.
func BenchmarkExperiment(b *testing.B) {
	p, err := loadgen.Lookup("per-key-300")
	if err != nil {
		b.Fatal(err)
	}
	c := loadgen.Conditions{Late: 200 * time.Microsecond, Travel: 300 * time.Microsecond}
	for b.Loop() {
		r, err := loadgen.Simulate(p, loadgen.Options{Seed: 1, AllowOverload: true}, c, zoo.Each(zoo.Bucket(300, 300)))
		if err != nil {
			b.Fatal(err)
		}
		loadgen.Decide(r)
	}
}
