package main

import "testing"

func TestTextHangsBelowItsFirstWords(t *testing.T) {
	const text = "gentle: calls with keys\n  can tell: refusals of conforming calls\nx\n"
	for width, want := range map[int]string{
		80: text,
		20: "gentle: calls\n    with keys\n  can tell:\n      refusals of\n      conforming\n      calls\nx\n",
	} {
		if got := hung(text, width); got != want {
			t.Errorf("in %d columns:\n%s\nwant\n%s", width, got, want)
		}
	}
}
