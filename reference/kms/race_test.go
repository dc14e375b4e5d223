package kms_test

import (
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// TestCallsAtTheSameTime is for the race detector, and checks that what was encrypted while the key
// rotates opens.
func TestCallsAtTheSameTime(t *testing.T) {
	s := newStore(kms.Documented())
	k := plant(t, s, kms.Spec{Type: kms.AES256, AutoRotation: true, Period: 1})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 100 {
				at := noon.Add(time.Duration(n) * time.Hour)
				sealed, err := k.Encrypt(manager, [][]byte{[]byte("text")}, nil, at)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := k.Reencrypt(kms.Reencrypt, manager, sealed, nil, at); reason(err) != "" {
					t.Error(err)
				}
				k.Note(kms.Activity{At: at, Op: kms.Encrypt})
				switch i {
				case 0:
					_, _ = k.Rotate(at)
				case 1:
					_ = s.Rename(k, "other", at)
					_, _ = k.SetPeriod(1+n, at)
				case 2:
					_ = s.Settle(at)
					_, _ = k.AddACL([]netip.Prefix{kms.Single(netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}))}, at)
					_, _ = k.DeleteACL(k.ACL().Allowed, at)
					_ = k.Versions()
				case 3:
					_ = k.Info()
					_ = k.ACL().Lists(netip.AddrFrom4([4]byte{10, 0, 0, 1}))
					_, _ = k.LastUse()
					_ = k.Activities(noon, at, nil)
				}
			}
		})
	}
	wg.Wait()
	if n := k.Info().CurrentVersion; n < 101 {
		t.Errorf("version %d, want at least 101", n)
	}
}
