package kms

import (
	"testing"
	"time"
)

// TestVersionsGrowBesideThoseThatOthersRead grows a list a version at a time: earlier ones stay as they are, and few
// are copied.
func TestVersionsGrowBesideThoseThatOthersRead(t *testing.T) {
	const most = 10_000
	var vs versions
	var kept []versions
	copied := 0
	for n := range most {
		old := vs
		vs = vs.grown(nil, time.Time{})
		if n > 0 && &old[0] != &vs[0] {
			copied++
		}
		kept = append(kept, old)
	}
	if copied > 100 {
		t.Errorf("%d versions were copied %d times", most, copied)
	}
	for n, old := range kept {
		if len(old) != n || n > 0 && old.newest().number != n {
			t.Fatalf("the list of %d versions has %d, the newest %d", n, len(old), old.newest().number)
		}
	}
}
