package limit

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads a limiter as the command line and the admin listener take it: RATE or RATE/BURST in
// whole calls a second, each within 1 and [Most], or off. Without BURST it is one second's worth. make is
// [PerKey] or [Shared]. The error does not tell the text, which may be a secret in the wrong place.
func Parse(text string, make func(rate, burst int) *Bucket) (Limiter, error) {
	if text == "off" {
		return Off{}, nil
	}
	rate, burst, both := strings.Cut(text, "/")
	if !both {
		burst = rate
	}
	r, err := strconv.Atoi(rate)
	b, err2 := strconv.Atoi(burst)
	if err != nil || err2 != nil || min(r, b) < 1 || max(r, b) > Most {
		return nil, fmt.Errorf("want RATE or RATE/BURST in whole calls a second, at most %d, or off", Most)
	}
	return make(r, b), nil
}
