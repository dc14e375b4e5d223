package kms_test

import (
	"net/netip"
	"testing"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// BenchmarkNoteOfManyCallers notes uses of a key that is called from 300 addresses in turn.
func BenchmarkNoteOfManyCallers(b *testing.B) {
	k := plant(b, newStore(kms.Documented()), kms.Spec{Type: kms.AES256})
	i := 0
	for b.Loop() {
		i = (i + 1) % 300
		k.Note(kms.Activity{At: noon, Op: kms.Encrypt, By: "one", From: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})})
	}
}

// BenchmarkNoteOfOneCaller is the usual case.
func BenchmarkNoteOfOneCaller(b *testing.B) {
	k := plant(b, newStore(kms.Documented()), kms.Spec{Type: kms.AES256})
	a := kms.Activity{At: noon, Op: kms.Encrypt, By: "one", From: netip.MustParseAddr("10.0.0.1")}
	for b.Loop() {
		k.Note(a)
	}
}
