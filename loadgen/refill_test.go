package loadgen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// TestHowAKeyRefillsIsTold: the profile refill tells a bucket of the published rate and size from
// others, and from limiters that give back in steps, under every client.
func TestHowAKeyRefillsIsTold(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func() loadgen.Service
		want reports.ClaimVerdict
		why  string
	}{
		{"bucket", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, reports.Proven, "no more than 300"},
		{"5 % short", func() loadgen.Service { return zoo.Each(zoo.Bucket(285, 285)) }, reports.Refuted, "too slowly"},
		{"small", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 200)) }, reports.Refuted, "not far enough"},
		{"large", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 400)) }, reports.Refuted, "too far"},
		{"calendar", func() loadgen.Service { return zoo.Each(zoo.Window(300, time.Second, 370*time.Millisecond)) }, reports.Refuted, "in steps"},
		{"shared", func() loadgen.Service { return zoo.Shared(zoo.Bucket(300, 300)) }, reports.Refuted, "too slowly"},
		{"none", func() loadgen.Service { return zoo.Everything }, reports.Refuted, "too far"},
	} {
		for name, c := range clients {
			l := judged(t, profile(t, "refill"), loadgen.Options{Seed: 2, AllowOverload: true}, c, tt.make())
			got := claim(l, "refill")
			if got.Verdict != tt.want || !strings.Contains(got.Why, tt.why) {
				t.Errorf("%s, %s: %s, %s; want %s, %s", tt.name, name, got.Verdict, got.Why, tt.want, tt.why)
			}
		}
	}
}
