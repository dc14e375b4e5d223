package loadgen

import (
	"testing"
	"time"
)

// Cut into seconds, nothing is lost and nothing is counted twice.
func TestIntervalsAddUpToTheWhole(t *testing.T) {
	a := newPlayed(Phase{Role: Together, Keys: 2, Rate: 450, Length: 4 * time.Second}, 1, 700*time.Millisecond)
	a.recorded(&Recording{Seed: 5})
	day(a, 3600, false)
	for key := range a.tracks {
		var due [classes]histogram
		last := -1
		for i := range a.Intervals(key) {
			if i.Second < last || i.Second > 4 || i.Due.TotalCount() != i.Send.TotalCount() {
				t.Errorf("second %d after %d: %d calls from due, %d from the send", i.Second, last, i.Due.TotalCount(), i.Send.TotalCount())
			}
			last = i.Second
			due[i.Class].merge(&histogram{h: i.Due, max: histogramTop})
		}
		for c := range classes {
			whole := &a.tracks[key].due[c]
			if n := due[c].open().TotalCount(); n != a.tracks[key].counts[c] {
				t.Errorf("key %d, %s: %d calls in the seconds, want %d", key, c, n, a.tracks[key].counts[c])
			}
			if off := due[c].quantile(50) - whole.quantile(50); off.Abs() > whole.quantile(50)/50 && due[c].open().TotalCount() > 0 {
				t.Errorf("key %d, %s: the median differs by %v from %v", key, c, off, whole.quantile(50))
			}
		}
		if last != 4 {
			t.Errorf("the last second is %d, want 4: the attempt begins 0.7 s into the run", last)
		}
	}
}
