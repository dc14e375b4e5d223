package kms

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"math/big"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/c2sp/wycheproof"
)

// vectors is a file of Wycheproof, with the members that these tests read.
type vectors struct {
	TestGroups []struct {
		KeySize, IVSize int
		PrivateKeyPKCS8 octets
		PublicKeyDER    octets
		Private, Public jwk
		Tests           []vector
	}
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

func TestWycheproofSignatures(t *testing.T) {
	for name, of := range map[string]struct {
		kind   Type
		scheme Scheme
	}{
		"rsa_pss_2048_sha256_mgf1_32_test.json":  {RSA2048, Scheme{}},
		"rsa_signature_2048_sha256_test.json":    {RSA2048, Scheme{PKCS1v15: true}},
		"ecdsa_secp256r1_sha256_test.json":       {ECDSA, Scheme{}},
		"ecdsa_secp256r1_sha256_p1363_test.json": {ECDSA, Scheme{RawECDSA: true}},
	} {
		t.Run(name, func(t *testing.T) {
			var n tally
			rules := Documented()
			rules.Signs = of.scheme
			for _, group := range readVectors(t, name).TestGroups {
				parsed, err := x509.ParsePKIXPublicKey(group.PublicKeyDER)
				if err != nil {
					t.Fatal(err)
				}
				k := holder(of.kind, rules, publicOnly(parsed))
				for _, v := range group.Tests {
					taken, bad := k.Verify(everybody, v.Msg, text(rules.Prefix, 1, v.Sig), noon)
					if bad != nil {
						t.Errorf("vector %d is refused: %v; want an answer", v.TCID, bad)
					}
					n.hold(t, v, v.Result == "valid", taken)
				}
			}
			n.report(t, name)
		})
	}
}

// publicOnly is a secret that can verify alone.
func publicOnly(key any) secret {
	if key, ok := key.(*rsa.PublicKey); ok {
		return rsaSecret{func() *rsa.PrivateKey { return &rsa.PrivateKey{PublicKey: *key} }}
	}
	return ecSecret{&ecdsa.PrivateKey{PublicKey: *key.(*ecdsa.PublicKey)}}
}

func TestWycheproofOAEP(t *testing.T) {
	const name = "rsa_oaep_2048_sha256_mgf1sha256_test.json"
	var n tally
	for _, group := range readVectors(t, name).TestGroups {
		s, err := parseRSA(group.PrivateKeyPKCS8)
		if err != nil {
			t.Fatal(err)
		}
		k := holder(RSA2048, Documented(), s)
		for _, v := range group.Tests {
			valid := v.Result == "valid" && len(v.Label) == 0 // the service has no labels
			n.hold(t, v, valid, opened(t, k, v, v.CT))
		}
	}
	n.report(t, name)
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

// TestWycheproofTokens puts every JWS to the token check twice. None is a token of this service, whoever
// signed it; and what lies beneath that, the signature over the parts, must be judged as Wycheproof does.
func TestWycheproofTokens(t *testing.T) {
	for _, name := range []string{"json_web_signature_test.json", "json_web_crypto_test.json", "json_web_key_test.json"} {
		t.Run(name, func(t *testing.T) {
			var n tally
			all := 0
			for _, group := range readVectors(t, name).TestGroups {
				of := cmp.Or(group.Public, group.Private)
				key := of.rsa(t)
				for _, v := range group.Tests {
					var token string
					if json.Unmarshal(v.JWS, &token) != nil {
						token = string(v.JWS)
					}
					all++
					if key == nil {
						if _, bad := parse(token); bad == nil {
							t.Errorf("vector %d (%s): it is taken for a token", v.TCID, v.Comment)
						}
						continue
					}
					by := &Creator{Key: &rsa.PrivateKey{PublicKey: *key}}
					if _, err := (&Signatures{}).Verify(by, token); err == nil {
						t.Errorf("vector %d (%s): it is taken for a token", v.TCID, v.Comment)
					}
					if of.Alg == "RS256" && v.Comment != "rejectsKeyWithRocaVulnerability" { // keys are our own
						n.hold(t, v, v.Result == "valid", signedRS256(token, key))
					}
				}
			}
			t.Logf("%s: %d vectors are no tokens", name, all)
			if all == 0 {
				t.Error("no vector ran")
			}
			if name == "json_web_signature_test.json" {
				n.report(t, name)
			}
		})
	}
}

// signedRS256 reports whether the parts of a JWS hang together: their spelling, RS256, the signature.
func signedRS256(token string, key *rsa.PublicKey) bool {
	head, _, p, ok := cut(token)
	var h struct{ Alg string }
	return ok && json.Unmarshal(head, &h) == nil && h.Alg == "RS256" && p.verify(key)
}

// jwk is a key, of which only the members of an RSA key are read.
type jwk struct{ Kty, Alg, N, E string }

// rsa returns the public key; nil for another kind of key.
func (j jwk) rsa(t *testing.T) *rsa.PublicKey {
	t.Helper()
	if j.Kty != "RSA" {
		return nil
	}
	modulus, err := base64.RawURLEncoding.DecodeString(j.N)
	if err != nil {
		t.Fatal(err)
	}
	exponent, err := base64.RawURLEncoding.DecodeString(j.E)
	if err != nil {
		t.Fatal(err)
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: int(new(big.Int).SetBytes(exponent).Int64())}
}
