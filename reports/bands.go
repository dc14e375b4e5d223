package reports

import (
	"fmt"
	"math"
)

// band marks a phase. Its label is drawn in the first row above the drawing area in which it does not run into
// another, or not at all; the band has it as a title anyhow.
type band struct {
	X, W   float64
	Label  string
	Odd    bool
	Mid    float64
	Row    int     // from 1, upwards; 0: there is no room
	Height float64 // of the label
}

// label finds room for the labels of the bands.
func (p *plot) label() {
	used := [labelRows]float64{p.Left, p.Left} // up to where each row is written on
	for i := range p.Bands {
		b := &p.Bands[i]
		half := float64(len(b.Label)*letter) / 2
		b.Mid = min(max(b.Mid, p.Left+half), p.Right-half)
		for row := range used {
			if b.Mid-half >= used[row] {
				b.Row, used[row] = row+1, b.Mid+half+letter
				b.Height = p.Top - 6 - float64(row*labelRow)
				break
			}
		}
	}
}

func bands(phases []Phase, end float64, x func(float64) float64) []band {
	var out []band
	for i, ph := range phases {
		from, to := x(min(ph.Start, end)), x(min(ph.Start+ph.Seconds, end))
		if to <= from {
			continue
		}
		label := ph.Name
		if ph.Attempt > 1 {
			label = fmt.Sprintf("%s (%d)", ph.Name, ph.Attempt)
		}
		out = append(out, band{X: math.Round(from*10) / 10, W: math.Round((to-from)*10) / 10, Label: label, Odd: i%2 == 1, Mid: math.Round((from+to)*5) / 10})
	}
	return out
}
