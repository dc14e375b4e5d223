package kms

import (
	"slices"
	"testing"
)

func TestEachOperationHasACodeOfItsOwnFrom0To39(t *testing.T) {
	var codes []int
	for _, op := range Ops() {
		code, ok := permissions[op]
		if !ok {
			t.Errorf("%s has no code", op)
		}
		codes = append(codes, int(code))
	}
	slices.Sort(codes)
	for want := range 40 {
		if want >= len(codes) || codes[want] != want {
			t.Fatalf("codes %v, want each of 0 to 39 once", codes)
		}
	}
}

func TestATokenCarriesThePublished38(t *testing.T) {
	if got := Carried(Manager()); !slices.Equal(got, example) {
		t.Errorf("a full manager's token carries %v, want %v", got, example)
	}
}
