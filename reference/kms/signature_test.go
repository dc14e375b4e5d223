package kms_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// TestThePublishedKeyVerifies checks signatures outside the service, by the key that it publishes.
func TestThePublishedKeyVerifies(t *testing.T) {
	data := []byte("data")
	hash := sha256.Sum256(data)
	type check = func(key any, signature []byte) bool
	for name, c := range map[string]struct {
		kind   kms.Type
		scheme kms.Scheme
		valid  check
	}{
		"PSS": {kms.RSA2048, kms.Scheme{}, func(key any, s []byte) bool {
			return rsa.VerifyPSS(key.(*rsa.PublicKey), crypto.SHA256, hash[:], s, nil) == nil
		}},
		"PKCS #1 v1.5": {kms.RSA2048, kms.Scheme{PKCS1v15: true}, func(key any, s []byte) bool {
			return rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), crypto.SHA256, hash[:], s) == nil
		}},
		"DER": {kms.ECDSA, kms.Scheme{}, func(key any, s []byte) bool {
			return ecdsa.VerifyASN1(key.(*ecdsa.PublicKey), hash[:], s)
		}},
		"raw": {kms.ECDSA, kms.Scheme{RawECDSA: true}, func(key any, s []byte) bool {
			return len(s) == 64 && ecdsa.Verify(key.(*ecdsa.PublicKey), hash[:], new(big.Int).SetBytes(s[:32]), new(big.Int).SetBytes(s[32:]))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			rules := kms.Documented()
			rules.Signs = c.scheme
			k := plant(t, newStore(rules), kms.Spec{Type: c.kind})
			for version := 1; version <= 2; version++ {
				signature, err := k.Sign(manager, data, noon)
				if err != nil {
					t.Fatal(err)
				}
				encoded, ok := strings.CutPrefix(signature, fmt.Sprintf("ncpkms:v%d:", version))
				raw, err := base64.StdEncoding.DecodeString(encoded)
				if !ok || err != nil || !c.valid(published(t, k, version), raw) || !c.valid(published(t, k, 0), raw) {
					t.Errorf("the key of version %d does not verify %s", version, signature)
				}
				if ok, bad := k.Verify(manager, data, signature, noon); !ok || bad != nil {
					t.Errorf("the service says %v, %v, want true", ok, bad)
				}
				if _, err := k.Rotate(noon); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func published(t *testing.T, k *kms.Key, version int) any {
	t.Helper()
	text, err := k.PublicKey(manager, version, noon)
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 {
		t.Fatalf("it is not one public key: %s", text)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAWrongSignatureIsNoRefusal(t *testing.T) {
	for _, kind := range []kms.Type{kms.RSA2048, kms.ECDSA} {
		for _, scheme := range []kms.Scheme{{}, {PKCS1v15: true, RawECDSA: true}} {
			rules := kms.Documented()
			rules.Signs = scheme
			s := newStore(rules)
			k, other := plant(t, s, kms.Spec{Type: kind}), plant(t, s, kms.Spec{Name: "other", Type: kind})
			good, err := k.Sign(manager, []byte("data"), noon)
			if err != nil {
				t.Fatal(err)
			}
			foreign, err := other.Sign(manager, []byte("data"), noon)
			if err != nil {
				t.Fatal(err)
			}
			if ok, bad := k.Verify(manager, []byte("Data"), good, noon); ok || bad != nil {
				t.Errorf("%s: over other data: %v, %v, want false", kind, ok, bad)
			}
			for name, signature := range map[string]string{
				"another key's": foreign, "empty": "ncpkms:v1:", "a byte": "ncpkms:v1:AA==", "64 zeros": "ncpkms:v1:" + b64(string(make([]byte, 64))),
			} {
				if ok, bad := k.Verify(manager, []byte("data"), signature, noon); ok || bad != nil {
					t.Errorf("%s: %s: %v, %v, want false", kind, name, ok, bad)
				}
			}
			for name, signature := range map[string]string{
				"no prefix": strings.TrimPrefix(good, "ncpkms:v1:"), "no version": "ncpkms:v:AA==", "no such version": "ncpkms:v2:AA==", "no base64": "ncpkms:v1:*", "nothing": "",
			} {
				if _, bad := k.Verify(manager, []byte("data"), signature, noon); bad == nil || bad.Reason != kms.Malformed || bad.Field != "signature" {
					t.Errorf("%s: %s: got %v, want a refusal that names the signature", kind, name, bad)
				}
			}
		}
	}
}

func TestEightKilobytesAreSigned(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.ECDSA})
	for size, want := range map[int]kms.Reason{0: "", 8192: "", 8193: kms.Malformed} {
		signature, err := k.Sign(manager, make([]byte, size), noon)
		if reason(err) != want {
			t.Errorf("sign %d bytes: got %v, want %q", size, err, want)
		}
		if err != nil {
			signature = "ncpkms:v1:"
		}
		if _, bad := k.Verify(manager, make([]byte, size), signature, noon); reason(asError(bad)) != want {
			t.Errorf("verify %d bytes: got %v, want %q", size, bad, want)
		}
	}
}

// FuzzParsing sends any text as ciphertext and as signature. What is taken is in the one spelling that
// the service writes, and is taken no more with a bit of it turned.
func FuzzParsing(f *testing.F) {
	s := newStore(kms.Documented())
	aes, rsa, ec := plant(f, s, kms.Spec{Name: "aes", Type: kms.AES256}), plant(f, s, kms.Spec{Name: "rsa", Type: kms.RSA2048}), plant(f, s, kms.Spec{Name: "ecdsa", Type: kms.ECDSA})
	for _, k := range []*kms.Key{aes, rsa} {
		sealed, err := k.Encrypt(manager, [][]byte{[]byte("text")}, nil, noon)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sealed[0])
	}
	for _, k := range []*kms.Key{rsa, ec} {
		signature, err := k.Sign(manager, []byte("data"), noon)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(signature)
	}
	for _, text := range []string{"", "ncpkms:v", "ncpkms:v1:", "ncpkms:v01:AA==", "ncpkms:v+1:AA==", "ncpkms:v99999999999999999999:AA==", "ncpkms:v1:AA==\n", "ncpkms:v1:AB==", "vault:v1:AAAA"} {
		f.Add(text)
	}
	taken := map[string]func(string) bool{
		"aes opens": opens(aes), "rsa opens": opens(rsa), "rsa verifies": verifies(rsa), "ecdsa verifies": verifies(ec),
	}
	f.Fuzz(func(t *testing.T, text string) {
		for what, takes := range taken {
			if !takes(text) {
				continue
			}
			raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "ncpkms:v1:"))
			if err != nil || text != "ncpkms:v1:"+base64.StdEncoding.EncodeToString(raw) {
				t.Errorf("%s a text in another spelling: %q", what, text)
			}
			raw[len(raw)-1] ^= 1
			if takes("ncpkms:v1:" + base64.StdEncoding.EncodeToString(raw)) {
				t.Errorf("%s %q with its last bit turned", what, text)
			}
		}
	})
}

func opens(k *kms.Key) func(string) bool {
	return func(text string) bool {
		_, bad := k.Decrypt(manager, []string{text}, nil, noon)
		return bad == nil
	}
}

func verifies(k *kms.Key) func(string) bool {
	return func(text string) bool {
		ok, bad := k.Verify(manager, []byte("data"), text, noon)
		return ok && bad == nil
	}
}
