package kms_test

import (
	"net/netip"
	"slices"
	"testing"
	"unsafe"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// Who read a list of addresses may go on with it while the key gets another, also where it is of one address.
func TestAListThatWasReadStaysAsItWas(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.AES256})
	var read [][]netip.Prefix
	for last := range byte(3) {
		list := []netip.Prefix{kms.Single(netip.AddrFrom4([4]byte{10, 0, 0, last}))}
		if _, bad := k.AddACL(list, noon); bad != nil {
			t.Fatal(bad)
		}
		read = append(read, k.ACL().Allowed)
		if _, bad := k.DeleteACL(list, noon); bad != nil {
			t.Fatal(bad)
		}
	}
	for last, list := range read {
		if want := []netip.Prefix{kms.Single(netip.AddrFrom4([4]byte{10, 0, 0, byte(last)}))}; !slices.Equal(list, want) {
			t.Errorf("a list that was %v is now %v", want, list)
		}
	}
}

// A token that was verified reads the key's own copy of its tag, and the copy of its account's id that other keys' tokens
// read: copies of their own would be in no cache, with thousands of keys.
func TestTokensShareTheirTexts(t *testing.T) {
	s := newStore(kms.Documented())
	var first kms.Claims
	for i, name := range []string{"one", "two"} {
		k := plant(t, s, kms.Spec{Name: name, Type: kms.AES256})
		if bad := k.EnableCreator(noon); bad != nil {
			t.Fatal(bad)
		}
		set, err := k.Issue(kms.CreateTokenSet, manager, kms.Ask{}, noon)
		if err != nil {
			t.Fatal(err)
		}
		var c kms.Claims
		for range 2 { // the first time it is verified
			if c, err = s.Bearer(set.Access, k, noon); err != nil {
				t.Fatal(err)
			}
		}
		if unsafe.StringData(c.KeyTag) != unsafe.StringData(k.Tag()) {
			t.Errorf("%s: the tag is a copy", name)
		}
		if i == 0 {
			first = c
		}
		if unsafe.StringData(c.Subject) != unsafe.StringData(first.Subject) || unsafe.StringData(string(c.Kind)) != unsafe.StringData(string(first.Kind)) {
			t.Errorf("%s: account or kind is a copy", name)
		}
	}
}
