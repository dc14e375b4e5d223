package kms_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

func TestAnActivityIsKeptAsItWas(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.AES256})
	far := time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC)
	for i, want := range []kms.Activity{
		{At: noon, Op: kms.Encrypt, By: "one", From: netip.MustParseAddr("192.0.2.7")},
		{At: far, Op: kms.Decrypt, By: "two", From: netip.MustParseAddr("2001:db8::1"), Failed: kms.BadCipher},
		{At: noon.Add(-time.Millisecond), Op: kms.Encrypt, By: "one", From: netip.MustParseAddr("::ffff:192.0.2.7")},
		{At: time.Unix(0, 0).UTC(), Op: kms.RotateKey, System: true},
	} {
		k.Note(want)
		got := k.Activities(want.At, want.At, func(a kms.Activity) bool { return a.Op == want.Op })
		if len(got) != 1 || got[0] != want {
			t.Errorf("%d: %+v, want %+v", i, got, want)
		}
	}
}

// TestAKeyThatManyUseRemembersEachOfThem: more callers, and more time between them, than a key remembers.
func TestAKeyThatManyUseRemembersEachOfThem(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.AES256})
	activity := func(i int) kms.Activity {
		at := noon.Add(time.Duration(i) * time.Duration(i) * time.Minute)
		if i%7 == 0 {
			at = noon.Add(-time.Duration(i) * time.Millisecond) // the clock was set back
		}
		return kms.Activity{At: at, Op: kms.Decrypt, By: "one", From: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), Failed: kms.BadCipher}
	}
	used := kms.Activity{At: noon, Op: kms.Encrypt, By: "long ago"}
	k.Note(used)
	const n = 2000
	for i := range n {
		k.Note(activity(i))
		if last, ok := k.LastUse(); !ok || last != used {
			t.Fatalf("after %d the last use is %+v, want %+v", i, last, used)
		}
	}
	got := k.Activities(time.Time{}, noon.Add(n*n*time.Minute), nil)
	if len(got) != kms.MaxActivities {
		t.Fatalf("%d are remembered, want %d", len(got), kms.MaxActivities)
	}
	for i, a := range got {
		if want := activity(n - 1 - i); a != want {
			t.Fatalf("the newest but %d is %+v, want %+v", i, a, want)
		}
	}
}
