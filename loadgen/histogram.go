package loadgen

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/kmsproof/kmsproof/reports"
)

// A histogram counts durations in microseconds up to a minute. Longer ones are counted as a minute
// and in over, so that none is lost. Its zero value keeps two significant digits, which takes
// 22 kB from the first value on.
type histogram struct {
	digits int // zero means two
	h      *hdrhistogram.Histogram
	over   int64
	max    time.Duration
}

const histogramTop = time.Minute

func (h *histogram) open() *hdrhistogram.Histogram {
	if h.h == nil {
		h.h = hdrhistogram.New(1, histogramTop.Microseconds(), max(h.digits, 2))
	}
	return h.h
}

func (h *histogram) add(d time.Duration) {
	h.max = max(h.max, d)
	if d > histogramTop {
		h.over++
	}
	recordIn(h.open(), d)
}

// recordIn counts a duration; one beyond the range as the range's end.
func recordIn(h *hdrhistogram.Histogram, d time.Duration) {
	if err := h.RecordValue(min(max(d, 0), histogramTop).Microseconds()); err != nil {
		panic(err) // the value was brought within the range
	}
}

func (h *histogram) merge(o *histogram) {
	if o.h == nil {
		return
	}
	if dropped := h.open().Merge(o.h); dropped != 0 {
		panic("loadgen: histograms of one geometry dropped values")
	}
	h.over += o.over
	h.max = max(h.max, o.max)
}

// quantile returns the value at q per cent; zero when the histogram is empty.
func (h *histogram) quantile(q float64) time.Duration {
	if h.h == nil {
		return 0
	}
	return min(time.Duration(h.h.ValueAtPercentile(q))*time.Microsecond, h.max)
}

// mean returns the mean value; zero when the histogram is empty.
func (h *histogram) mean() time.Duration {
	if h.h == nil {
		return 0
	}
	return time.Duration(h.h.Mean() * float64(time.Microsecond))
}

// above returns how many values are longer than d, to the histogram's resolution.
func (h *histogram) above(d time.Duration) (n int) {
	if h.h == nil {
		return 0
	}
	for _, bar := range h.h.Distribution() {
		if bar.From > d.Microseconds() {
			n += int(bar.Count)
		}
	}
	return n
}

// quantiles returns what a report shows.
func (h *histogram) quantiles() reports.Quantiles {
	if h.h == nil {
		return reports.Quantiles{}
	}
	ms := func(q float64) float64 { return millis(h.quantile(q)) }
	return reports.Quantiles{Count: h.h.TotalCount(), P25: ms(25), P50: ms(50), P75: ms(75), P90: ms(90), P95: ms(95), P99: ms(99), P995: ms(99.5),
		P999: ms(99.9), P9999: ms(99.99), Max: millis(h.max)}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
