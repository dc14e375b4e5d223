package main

import (
	"testing"
	"time"
)

// Each stranger lets through about what the table says it is set to: what it takes at once, and of a second
// key as much again only where it is not shared.
func TestStrangersAreWhatTheTableSays(t *testing.T) {
	for _, s := range strangers {
		if s.name == "uber-go/ratelimit" {
			continue // it delays, and refuses none
		}
		passes, err := s.open()
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		first, second := 0, 0
		for range 600 {
			if passes("a") {
				first++
			}
		}
		for range 600 {
			if passes("b") {
				second++
			}
		}
		most := 310 + int(300*2*time.Since(began).Seconds()) // what flowed in meanwhile, and a window's edge
		if first < 1 || first > most {
			t.Errorf("%s, %s: %d of 600 at once", s.name, s.is, first)
		}
		if shared := second < first/2; shared != (s.right == "fail" && first+second < 350) && first > 10 {
			t.Errorf("%s, %s: %d of the first key and %d of the second", s.name, s.is, first, second)
		}
	}
}

func TestOnlyCipherCallsAreLimited(t *testing.T) {
	for path, want := range map[string]string{
		"/kms/v1/keys/abc/encrypt": "abc", "/kms/v1/keys/abc/decrypt": "abc", "/kms/v1/keys/abc/token-set": "", "/kms/v1/keys": "",
	} {
		if key, limited := cipherCall(path); limited != (want != "") || limited && key != want {
			t.Errorf("%s: %q, %v", path, key, limited)
		}
	}
}
