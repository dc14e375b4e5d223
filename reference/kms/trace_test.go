package kms_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

func TestAnActivityIsKeptAsItWas(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.AES256})
	far := time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	for i, want := range []kms.Activity{
		{At: noon, Op: kms.Encrypt, By: "one", From: netip.MustParseAddr("192.0.2.7")},
		{At: far, Op: kms.Decrypt, By: "two", From: netip.MustParseAddr("2001:db8::1"), Failed: kms.BadCipher},
		{At: noon.Add(-1), Op: kms.Encrypt, By: "one", From: netip.MustParseAddr("::ffff:192.0.2.7")},
		{At: time.Unix(0, 0).UTC(), Op: kms.RotateKey, System: true},
	} {
		k.Note(want)
		got := k.Activities(want.At, want.At, func(a kms.Activity) bool { return a.Op == want.Op })
		if len(got) != 1 || got[0] != want {
			t.Errorf("%d: %+v, want %+v", i, got, want)
		}
	}
}
