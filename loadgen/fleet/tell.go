package fleet

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// Workers tells who took part in the last run that was begun.
func (c *Coordinator) Workers() (out []reports.Worker) {
	for _, w := range c.crew {
		out = append(out, reports.Worker{Name: w.name, Host: w.Host, Keys: len(w.lanes), Lost: w.lost, Striped: c.striped(w),
			Offset: ms(w.clock.ahead), Error: ms(w.clock.within), Drift: ms(w.drift)})
	}
	return out
}

// striped says which of a worker's keys others have too, and what that costs.
func (c *Coordinator) striped(w *member) string {
	var keys []string
	for _, l := range w.lanes {
		if l.Of > 1 {
			keys = append(keys, l.String())
		}
	}
	if len(keys) == 0 {
		return ""
	}
	return fmt.Sprintf("key %s: its calls are ordered between workers only to %.3f ms, by their clocks", strings.Join(keys, ", "), ms(c.slack()))
}

// slack is how far the workers' stamps may be apart of each other.
func (c *Coordinator) slack() (d time.Duration) {
	var clocks []offset
	for _, w := range c.crew {
		if w.lost == "" {
			clocks = append(clocks, offset{within: w.clock.within + w.drift})
		}
	}
	return apart(clocks)
}

func ms(d time.Duration) float64 { return math.Round(float64(d)/1e3) / 1e3 }
