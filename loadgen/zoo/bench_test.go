package zoo

import (
	"testing"

	"github.com/kmsproof/kmsproof/loadgen"
)

// BenchmarkExperiments asks the judge once about every subject behind every client.
func BenchmarkExperiments(b *testing.B) {
	b.ReportAllocs()
	profiles := map[string]loadgen.Profile{}
	for _, p := range loadgen.Profiles() {
		profiles[p.Name] = p
	}
	for b.Loop() {
		for _, s := range Subjects() {
			for _, c := range Clients() {
				experiment(profiles[s.Profile], s, c, 1)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(Subjects())*len(Clients())), "µs/experiment")
}
