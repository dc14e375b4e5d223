package kms_test

import (
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

func TestAKeyRemembersItsLatestActivities(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.AES256})
	if _, used := k.LastUse(); used {
		t.Error("a new key was used")
	}
	at := func(i int) time.Time { return noon.Add(time.Duration(i) * time.Second) }
	for i := range 300 {
		k.Note(kms.Activity{At: at(i), Op: kms.Encrypt})
	}
	k.Note(kms.Activity{At: at(300), Op: kms.KeyInfo}) // only reads
	k.Note(kms.Activity{At: at(301), Op: kms.Decrypt, Failed: kms.BadCipher})
	k.Note(kms.Activity{At: at(302), Op: kms.UpdateMemo})
	all := k.Activities(noon, at(999), nil)
	if len(all) != kms.MaxActivities || all[0].Op != kms.UpdateMemo || !all[len(all)-1].At.Equal(at(302-kms.MaxActivities)) {
		t.Errorf("%d from %v down to %v, want the latest %d", len(all), all[0], all[len(all)-1], kms.MaxActivities)
	}
	if last, used := k.LastUse(); !used || !last.At.Equal(at(299)) {
		t.Errorf("last used at %v, want the last use that succeeded, %v", last.At, at(299))
	}
	for _, c := range []struct{ from, to, want int }{{290, 299, 10}, {299, 299, 1}, {300, 300, 0}, {301, 400, 2}, {400, 500, 0}} {
		if got := k.Activities(at(c.from), at(c.to), nil); len(got) != c.want {
			t.Errorf("from %d to %d: %d, want %d", c.from, c.to, len(got), c.want)
		}
	}
	refused := k.Activities(noon, at(999), func(a kms.Activity) bool { return a.Failed != "" })
	if len(refused) != 1 || refused[0].Op != kms.Decrypt {
		t.Errorf("refused: %v, want the one decryption", refused)
	}
}

func TestARotationByPeriodIsNoted(t *testing.T) {
	s := newStore(kms.Documented())
	k := plant(t, s, kms.Spec{Type: kms.AES256, AutoRotation: true, Period: 1})
	settle(t, s, 2)
	got := k.Activities(noon, noon.Add(3*day), nil)
	if len(got) != 2 || !got[0].System || got[0].Op != kms.RotateKey || !got[0].At.Equal(noon.Add(2*day)) {
		t.Errorf("got %+v, want two rotations by the service, at their times", got)
	}
}
