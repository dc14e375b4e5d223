package loadgen

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// HdrHistogram's own reader finds every call again in the log: under its key, class and measure, in the
// order of the seconds.
func TestAHistogramLogReadsBack(t *testing.T) {
	r := played(t, "gentle", Options{})
	var b bytes.Buffer
	if err := HistogramLog(&b, r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "#[Histogram log format version 1.3]\n") {
		t.Error("the log does not state its format")
	}
	from, found, last := hdrhistogram.NewHistogramLogReader(&b), map[string]*hdrhistogram.Histogram{}, int64(0)
	for {
		h, err := from.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		if h.StartTimeMs() < last || h.EndTimeMs() != h.StartTimeMs()+1000 {
			t.Fatalf("%s: an interval from %d to %d ms, after one from %d", h.Tag(), h.StartTimeMs(), h.EndTimeMs(), last)
		}
		last = h.StartTimeMs()
		if was := found[h.Tag()]; was != nil {
			h.Merge(was)
		}
		found[h.Tag()] = h
	}
	for text := range r.HistogramTexts() {
		got := found[text.Name]
		if got == nil || !got.Equals(text.h) {
			t.Errorf("%s: the seconds do not add up to the whole", text.Name)
		}
		delete(found, text.Name)
	}
	if len(found) > 0 {
		t.Errorf("the log has more: %v", found)
	}
}

// A percentile text is read as the tools do: a table from low to high, and the count at its end.
func TestAPercentileTextReadsBack(t *testing.T) {
	r := played(t, "gentle", Options{})
	seen := map[string]bool{}
	for text := range r.HistogramTexts() {
		var b bytes.Buffer
		if err := text.Write(&b); err != nil {
			t.Fatal(err)
		}
		value, share, count, total, rows := 0.0, -1.0, int64(0), int64(0), 0
		for lines := bufio.NewScanner(&b); lines.Scan(); {
			var v, p, mean float64
			var n int64
			if got, _ := fmt.Sscanf(lines.Text(), "%f %f %d", &v, &p, &n); got == 3 {
				if v < value || p < share || n < count {
					t.Fatalf("%s: %q goes back", text.Name, lines.Text())
				}
				value, share, count, rows = v, p, n, rows+1
			}
			if _, err := fmt.Sscanf(lines.Text(), "#[Max     = %f, Total count    = %d]", &mean, &n); err == nil {
				total = n
			}
		}
		if rows < 5 || share != 1 || count != text.h.TotalCount() || total != count {
			t.Errorf("%s: %d rows up to %v with %d calls, and %d in all, want %d", text.Name, rows, share, count, total, text.h.TotalCount())
		}
		seen[text.Name] = true
	}
	for _, want := range []string{"gentle/key-1/accepted/from-due", "gentle/key-1/rate-limited/from-send"} {
		if !seen[want] {
			t.Errorf("there is no %s: %v", want, seen)
		}
	}
}
