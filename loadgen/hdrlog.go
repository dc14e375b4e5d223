package loadgen

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The measures of latency, as they end the names of histograms.
const (
	fromDue      = "from-due"  // what somebody waits who asks when the call is due
	fromSend     = "from-send" // the same from when it left
	saidByServer = "by-server" // what the server says it needed
)

// measures are in the order in which they are written.
var measures = []string{fromDue, fromSend, saidByServer}

// HistogramLog writes the latencies of a recording as an HDR histogram log of format 1.3: a line for each
// second, key, class and measure in which there is a call, tagged PROFILE/KEY/CLASS/MEASURE. Values are
// microseconds, so that Interval_Max, a millionth of the largest, is in seconds. A call counts in the
// second in which it was due. On virtual time the log begins in 1970.
func HistogramLog(to io.Writer, r Recording) error {
	start := r.Began
	if start.IsZero() {
		start = time.Unix(0, 0)
	}
	buffered := bufio.NewWriter(to)
	w, base := hdrhistogram.NewHistogramLogWriter(buffered), start.Truncate(time.Second).UnixMilli()
	w.SetBaseTime(base)
	err := errors.Join(
		w.OutputComment("[kmsproof, profile "+r.Profile.Name+"; values are microseconds, Interval_Max is in seconds]"),
		w.OutputLogFormatVersion(), w.OutputStartTime(base), w.OutputBaseTime(base), w.OutputLegend())
	for _, a := range r.Played {
		for key, i := range a.bySecond() {
			for n, h := range i.measured() {
				h.SetTag(r.histogramName(key, i.Class, measures[n]))
				h.SetStartTimeMs(start.UnixMilli() + 1000*int64(i.Second))
				h.SetEndTimeMs(h.StartTimeMs() + 1000)
				err = errors.Join(err, w.OutputIntervalHistogram(h))
			}
			if err != nil {
				return fmt.Errorf("histogram log: %w", err)
			}
		}
	}
	return errors.Join(err, buffered.Flush())
}

// histogramName names a histogram without spaces or commas, which a tag may not have.
func (r Recording) histogramName(key int, c Class, measure string) string {
	plain := strings.NewReplacer(" ", "-", ",", "-")
	return plain.Replace(strings.Join([]string{r.Profile.Name, r.Keys[key], c.String(), measure}, "/"))
}

// measured gives the histograms of an interval that hold a call, by the place of their measure.
func (i Interval) measured() iter.Seq2[int, *hdrhistogram.Histogram] {
	return func(yield func(int, *hdrhistogram.Histogram) bool) {
		for n, h := range []*hdrhistogram.Histogram{i.Due, i.Send, i.Server} {
			if h != nil && h.TotalCount() > 0 && !yield(n, h) {
				return
			}
		}
	}
}

// bySecond gives the intervals of all keys in the order of their seconds, each with the place of its key.
func (p *Played) bySecond() iter.Seq2[int, Interval] {
	return func(yield func(int, Interval) bool) {
		heads := make([]head, len(p.tracks))
		for key := range heads {
			next, stop := iter.Pull(p.Intervals(key))
			defer stop()
			heads[key].pull = next
			heads[key].advance()
		}
		for {
			key, more := earliest(heads)
			if !more || !yield(key, heads[key].first) {
				return
			}
			heads[key].advance()
		}
	}
}

// A head is the rest of a key's intervals.
type head struct {
	first Interval
	more  bool // there is a first
	pull  func() (Interval, bool)
}

func (h *head) advance() { h.first, h.more = h.pull() }

// earliest returns the key whose rest begins first.
func earliest(heads []head) (key int, more bool) {
	for i, h := range heads {
		if h.more && (!more || h.first.Second < heads[key].first.Second) {
			key, more = i, true
		}
	}
	return key, more
}

// An HistogramText is the percentiles of one histogram of a recording, as HdrHistogram's tools read them.
type HistogramText struct {
	Name string // PROFILE/KEY/CLASS/MEASURE

	h *hdrhistogram.Histogram
}

// Write writes percentiles, in milliseconds, five ticks for each halving of what is left.
func (t HistogramText) Write(w io.Writer) error {
	_, err := t.h.PercentilesPrint(w, 5, 1000)
	return err
}

// HistogramTexts gives the histograms of all attempts of a recording added up, for each key, class and
// measure in which there is a call.
func (r Recording) HistogramTexts() iter.Seq[HistogramText] {
	return func(yield func(HistogramText) bool) {
		for key := range r.Keys {
			for c := range classes {
				for _, measure := range measures {
					h := r.added(key, c, measure)
					if h.h != nil && !yield(HistogramText{r.histogramName(key, c, measure), h.h}) {
						return
					}
				}
			}
		}
	}
}

// added returns a histogram of a key over all attempts.
func (r Recording) added(key int, c Class, measure string) (sum histogram) {
	for _, a := range r.Played {
		if key >= len(a.tracks) {
			continue
		}
		t := &a.tracks[key]
		sum.merge(map[string]*histogram{fromDue: &t.due[c], fromSend: &t.send[c], saidByServer: &t.server[c]}[measure])
	}
	return sum
}
