package loadgen

// A point is a count at a time.
type point struct{ x, y float64 }

// slope returns the slope of the line from p to q.
func (p point) slope(q point) float64 { return (q.y - p.y) / (q.x - p.x) }

// A hull keeps, of points that come with growing x, the corners of their upper envelope: only from
// these can the flattest line to a point further right start. It finds in log n steps what a search
// over all pairs finds in n.
type hull struct{ corners []point }

// add puts in one more point. Its x must not be below that of any before it.
func (h *hull) add(p point) {
	if n := len(h.corners); n > 0 && h.corners[n-1].x == p.x {
		if h.corners[n-1].y >= p.y {
			return
		}
		h.corners = h.corners[:n-1]
	}
	for n := len(h.corners); n >= 2 && h.corners[n-2].slope(h.corners[n-1]) <= h.corners[n-2].slope(p); n-- {
		h.corners = h.corners[:n-1]
	}
	h.corners = append(h.corners, p)
}

// flattest returns the smallest slope of a line from one of the corners to q; ok is false when none
// lies left of q. Points that q does not lie to the right of may hide others from it.
func (h *hull) flattest(q point) (slope float64, ok bool) {
	high := len(h.corners) - 1
	for high >= 0 && h.corners[high].x >= q.x {
		high--
	}
	if high < 0 {
		return 0, false
	}
	low := 0
	for low < high {
		mid := (low + high) / 2
		if h.corners[mid].slope(h.corners[mid+1]) > h.corners[mid].slope(q) {
			low = mid + 1 // the next corner lies above the line, so a line from it is flatter
		} else {
			high = mid
		}
	}
	return h.corners[low].slope(q), true
}
