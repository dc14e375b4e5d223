package kms

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/c2sp/wycheproof"
)

// vectors is a file of Wycheproof, with the members that these tests read.
type vectors struct {
	TestGroups []group
}

type group struct {
	parameters
	KeySize, IVSize            int
	PrivateKeyPKCS8            octets
	PublicKeyDER, PublicKeyASN octets
	Private, Public            jwk
	Tests                      []vector
}

// parameters say how the vectors of a group were made.
type parameters struct {
	Type        string
	SHA, MGFSHA string
	SLen        int // of a salt, in bytes
}

// madeFor makes what is valid by other parameters than the service's own invalid: they are pinned. It is then not even
// acceptable.
func (v vector) madeFor(made, own parameters) vector {
	if made != own {
		v.Result = "invalid"
	}
	return v
}

// filesOf are the files of vectors that match one of several patterns, each of which must match some.
func filesOf(t *testing.T, patterns ...string) (files []string) {
	t.Helper()
	for _, pattern := range patterns {
		found, err := fs.Glob(wycheproof.TestVectors, pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		files = append(files, found...)
	}
	return files
}

type vector struct {
	TCID                              int
	Comment                           string
	Result                            string // valid, invalid, or acceptable: either
	Flags                             []string
	JWS                               json.RawMessage // text, or an object for the JSON serialization
	Msg, Sig, CT, Label, Key, IV, AAD octets
	Tag                               octets
}

// octets are bytes in hex.
type octets []byte

func (o *octets) UnmarshalText(text []byte) (err error) {
	*o, err = hex.DecodeString(string(text))
	return err
}

func readVectors(t *testing.T, name string) vectors {
	t.Helper()
	text, err := fs.ReadFile(wycheproof.TestVectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// A tally counts vectors; a file that ran none proves nothing.
type tally struct{ taken, refused int }

// hold compares what the service says of a vector with what Wycheproof does.
func (n *tally) hold(t *testing.T, v vector, valid, taken bool) {
	t.Helper()
	if valid != taken && v.Result != "acceptable" {
		t.Errorf("vector %d (%s, %v): taken %v, want %v", v.TCID, v.Comment, v.Flags, taken, valid)
	}
	if taken {
		n.taken++
	} else {
		n.refused++
	}
}

func (n *tally) report(t *testing.T, name string) {
	t.Helper()
	t.Logf("%s: %d vectors taken, %d refused", name, n.taken, n.refused)
	if n.taken == 0 || n.refused == 0 {
		t.Errorf("%s: %d vectors were taken and %d refused: there must be some of each", name, n.taken, n.refused)
	}
}

// holder is a key that holds a secret of any origin.
func holder(of Type, rules Rules, s secret) *Key {
	store := NewStore(rules, &Signatures{}, nil, nil)
	k := &Key{&body{vault: store.vault, tag: "t", made: noon}, store.place}
	k.record = record{spec: Spec{Type: of}, state: Enabled, since: noon, versions: versions(nil).grown(s, noon), issued: new(atomic.Int64)}
	return k
}

var everybody = Caller{Account: NewAccount("", "", Standing{Permissions: Manager()})}

// TestWycheproofOAEP decrypts what was encrypted for keys of the service's size, by its own padding and by others: of the
// others nothing may open.
func TestWycheproofOAEP(t *testing.T) {
	own := parameters{Type: "RsaesOaepDecrypt", SHA: "SHA-256", MGFSHA: "SHA-256"}
	var n tally
	for _, name := range filesOf(t, "rsa_oaep_2048_*_test.json", "rsa_oaep_misc_test.json", "rsa_pkcs1_2048_test.json") {
		t.Run(name, func(t *testing.T) {
			for _, group := range readVectors(t, name).TestGroups {
				if group.KeySize != 2048 {
					continue
				}
				s, err := parseRSA(group.PrivateKeyPKCS8)
				if err != nil {
					t.Fatal(err)
				}
				k := holder(RSA2048, Documented(), s)
				for _, v := range group.Tests {
					v = v.madeFor(group.parameters, own)
					valid := v.Result == "valid" && len(v.Label) == 0 // the service has no labels
					n.hold(t, v, valid, opened(t, k, v, v.CT))
				}
			}
		})
	}
	n.report(t, "RSA-OAEP")
}

func TestWycheproofAESGCM(t *testing.T) {
	const name = "aes_gcm_test.json"
	var n tally
	for _, group := range readVectors(t, name).TestGroups {
		if group.KeySize != 256 || group.IVSize != 96 {
			continue
		}
		for _, v := range group.Tests {
			k := holder(AES256, Documented(), nil)
			s, err := k.aes(false, v.Key)
			if err != nil {
				t.Fatal(err)
			}
			k.versions = versions(nil).grown(s, noon)
			valid := v.Result == "valid" && len(v.AAD) == 0 // the service authenticates nothing else
			n.hold(t, v, valid, opened(t, k, v, slices.Concat(v.IV, v.CT, v.Tag)))
		}
	}
	n.report(t, name)
}

// opened decrypts a payload by the key and reports whether it was taken. What is taken must be the
// vector's message.
func opened(t *testing.T, k *Key, v vector, payload []byte) bool {
	t.Helper()
	got, bad := k.Decrypt(everybody, []string{text(k.rules.Prefix, 1, payload)}, nil, noon)
	if bad == nil && !bytes.Equal(got[0], v.Msg) {
		t.Errorf("vector %d opens to %x, want %x", v.TCID, got[0], v.Msg)
	}
	if bad != nil && bad.Reason != BadCipher {
		t.Errorf("vector %d is refused as %s, want %s", v.TCID, bad.Reason, BadCipher)
	}
	return bad == nil
}
