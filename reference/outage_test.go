package reference_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// TestOutagesUnderTrafficLoseNoCall takes the regions down and up, one at a time, while callers encrypt,
// decrypt and rotate through both.
func TestOutagesUnderTrafficLoseNoCall(t *testing.T) {
	r := newRig(t, reference.Options{Route: reference.Alternate(), Limit20: perKey(10_000), Journal: 1 << 14})
	access, _ := r.tokens("tag")
	_, text := r.do(http.MethodPost, "/tag/encrypt", hello)
	body := `{"ciphertext":"` + member(t, text, "ciphertext") + `"}`
	var callers, weather sync.WaitGroup
	done := make(chan struct{})
	weather.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
				region := kms.Regions()[i%2]
				r.service.SetRegion(region, reference.Region{Down: true})
				r.service.SetRegion(region, reference.Region{Lag: time.Duration(i%3) * time.Millisecond})
			}
		}
	})
	for range 4 {
		callers.Go(func() {
			for n := range 100 {
				if status, text := r.call(access, reference.API20, http.MethodPost, "/kms/v1/keys/tag/decrypt", body); status != 200 {
					t.Errorf("decrypt: %d %s", status, text)
				}
				if n%20 != 0 {
					continue
				}
				if status, text := r.do(http.MethodPost, "/tag/rotate", ""); status != 200 {
					t.Errorf("rotate: %d %s", status, text)
				}
			}
		})
	}
	callers.Wait()
	close(done)
	weather.Wait()
	r.clock.Advance(time.Second)
	for range 2 { // one call in each region
		if _, text := r.do(http.MethodGet, "/tag", ""); !strings.Contains(text, `"currentVersion":21`) {
			t.Errorf("after 20 rotations: %s", text)
		}
	}
	answered := map[kms.Region]int{}
	for _, e := range r.service.Journal().Entries(reference.Filter{}) {
		answered[e.Region]++
	}
	if answered[kms.KR] == 0 || answered[kms.JPN] == 0 || answered[""] != 0 {
		t.Errorf("answered by %v, want both regions and no call by none", answered)
	}
}
