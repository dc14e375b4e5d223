package kms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/testkeys"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// newStore returns an empty store that draws from a fixed seed.
func newStore(rules kms.Rules) *kms.Store {
	random := &locked{r: rand.NewChaCha8([32]byte{1})}
	var drawn atomic.Uint64
	keys := func() (*rsa.PrivateKey, error) { return testkeys.RSA(drawn.Add(1)), nil }
	authority := &kms.Signatures{Random: random, Keys: func(seat uint64, term int) (*rsa.PrivateKey, error) {
		return testkeys.RSA(40 + seat + uint64(term)), nil
	}}
	return kms.NewStore(rules, authority, random, keys)
}

// locked makes a reader safe for concurrent use.
type locked struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *locked) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

var manager = kms.Caller{Account: &kms.Account{ID: "someone", Permissions: kms.Manager()}}

// plant makes a key named after its spec's type.
func plant(t testing.TB, s *kms.Store, spec kms.Spec) *kms.Key {
	t.Helper()
	if spec.Name == "" {
		spec.Name = "key"
	}
	spec.Protection = "BASIC"
	info, err := s.Create(spec, noon)
	if err != nil {
		t.Fatal(err)
	}
	k, bad := s.Key(info.Tag)
	if bad != nil {
		t.Fatal(bad)
	}
	return k
}

// reason returns why a call was refused; empty if it was not.
func reason(err error) kms.Reason {
	if r, ok := errors.AsType[*kms.Refusal](err); ok && r != nil {
		return r.Reason
	}
	if err != nil {
		return kms.Reason("failed: " + err.Error())
	}
	return ""
}

// asError keeps a nil refusal from becoming an error that is not nil.
func asError(r *kms.Refusal) error {
	if r == nil {
		return nil
	}
	return r
}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

var convergent = kms.Spec{Type: kms.AES256, Convergent: true}

func TestWhatIsEncryptedDecrypts(t *testing.T) {
	for name, spec := range map[string]kms.Spec{"AES256": {Type: kms.AES256}, "convergent": convergent, "RSA2048": {Type: kms.RSA2048}} {
		t.Run(name, func(t *testing.T) {
			k := plant(t, newStore(kms.Documented()), spec)
			rapid.Check(t, func(t *rapid.T) {
				texts := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 190), 1, 4).Draw(t, "texts")
				context := b64(string(rapid.SliceOfN(rapid.Byte(), 1, 50).Draw(t, "context")))
				if rapid.IntRange(0, 9).Draw(t, "rotate") == 0 {
					if _, err := k.Rotate(noon); err != nil {
						t.Fatal(err)
					}
				}
				sealed, err := k.Encrypt(manager, texts, context, noon)
				if err != nil {
					t.Fatal(err)
				}
				again, err := k.Reencrypt(kms.Reencrypt, manager, sealed, context, noon)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range [][]string{sealed, again} {
					opened, bad := k.Decrypt(manager, c, context, noon)
					if bad != nil {
						t.Fatal(bad)
					}
					for i := range texts {
						if !bytes.Equal(opened[i], texts[i]) {
							t.Fatalf("text %d: got %x, want %x", i, opened[i], texts[i])
						}
					}
				}
			})
		})
	}
}

func TestPayloadsHaveTheDocumentedSizes(t *testing.T) {
	s := newStore(kms.Documented())
	for name, c := range map[string]struct {
		spec kms.Spec
		size int
	}{
		"aes":        {kms.Spec{Type: kms.AES256}, 12 + 40 + 16},
		"convergent": {convergent, 12 + 40 + 16},
		"rsa":        {kms.Spec{Type: kms.RSA2048}, 256},
	} {
		c.spec.Name = name
		sealed, err := plant(t, s, c.spec).Encrypt(manager, [][]byte{make([]byte, 40)}, b64("c"), noon)
		if err != nil {
			t.Fatal(err)
		}
		encoded, ok := strings.CutPrefix(sealed[0], "ncpkms:v1:")
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || len(raw) != c.size {
			t.Errorf("%s: %d bytes behind the prefix (%v, %v), want %d", name, len(raw), ok, err, c.size)
		}
	}
}

func TestAnRSAKeyEncrypts190Bytes(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.RSA2048})
	for size, want := range map[int]kms.Reason{190: "", 191: kms.Malformed} {
		if _, err := k.Encrypt(manager, [][]byte{make([]byte, size)}, "", noon); reason(err) != want {
			t.Errorf("%d bytes: got %v, want %q", size, err, want)
		}
	}
	list := slicesOf(200, make([]byte, 190)) // 38,000 bytes
	if _, err := k.Encrypt(manager, list, "", noon); reason(err) != kms.Malformed {
		t.Errorf("an array above 32 KB: got %v, want a refusal", err)
	}
}

func slicesOf(n int, item []byte) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = item
	}
	return out
}

func TestTheSameTextUnderTheSameContextGivesTheSameCiphertext(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), convergent)
	encrypt := func(text, context string) string {
		out, err := k.Encrypt(manager, [][]byte{[]byte(text)}, b64(context), noon)
		if err != nil {
			t.Fatal(err)
		}
		return out[0]
	}
	first := encrypt("text", "context")
	if again := encrypt("text", "context"); again != first {
		t.Errorf("the second time %s, want %s", again, first)
	}
	for name, other := range map[string]string{"another text": encrypt("Text", "context"), "another context": encrypt("text", "Context")} {
		if other == first || other[:26] == first[:26] {
			t.Errorf("%s gives the same ciphertext or nonce", name)
		}
	}
	if _, err := k.Rotate(noon); err != nil {
		t.Fatal(err)
	}
	rotated := encrypt("text", "context")
	if rotated[10:] == first[10:] {
		t.Error("another version gives the same payload")
	}
	renewed, err := k.Reencrypt(kms.Reencrypt, manager, []string{first}, b64("context"), noon)
	if err != nil || renewed[0] != rotated {
		t.Errorf("re-encrypted %s, %v, want what the new version encrypts to, %s", renewed, err, rotated)
	}
	if _, bad := k.Decrypt(manager, []string{first}, b64("Context"), noon); bad == nil || bad.Reason != kms.BadCipher {
		t.Errorf("under another context: got %v, want %s", bad, kms.BadCipher)
	}
}

func TestAConvergentKeyNeedsAContextOfAtMost50Bytes(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), convergent)
	sealed, err := k.Encrypt(manager, [][]byte{nil}, b64("c"), noon)
	if err != nil {
		t.Fatal(err)
	}
	for context, want := range map[string]kms.Reason{
		"": kms.Malformed, "no base64": kms.Malformed, b64(strings.Repeat("c", 50)): "", b64(strings.Repeat("c", 51)): kms.Malformed,
	} {
		_, err := k.Encrypt(manager, [][]byte{nil}, context, noon)
		if reason(err) != want {
			t.Errorf("encrypt under %q: got %v, want %q", context, err, want)
		}
		if _, err := k.CreateCustomKey(manager, 128, context, noon); reason(err) != want {
			t.Errorf("custom key under %q: got %v, want %q", context, err, want)
		}
		if want == "" {
			continue
		}
		if _, bad := k.Decrypt(manager, sealed, context, noon); reason(asError(bad)) != want {
			t.Errorf("decrypt under %q: got %v, want %q", context, bad, want)
		}
		if _, err := k.Reencrypt(kms.ReencryptUnhyphen, manager, sealed, context, noon); reason(err) != want {
			t.Errorf("re-encrypt under %q: got %v, want %q", context, err, want)
		}
	}
}

func TestAContextForAPlainKeyIsPassedOverOrRefused(t *testing.T) {
	for refuse, want := range map[bool]kms.Reason{false: "", true: kms.Malformed} {
		rules := kms.Documented()
		rules.RefuseContext = refuse
		k := plant(t, newStore(rules), kms.Spec{Type: kms.AES256})
		if _, err := k.Encrypt(manager, [][]byte{nil}, "YQ==", noon); reason(err) != want {
			t.Errorf("refused %v: got %v, want %q", refuse, err, want)
		}
		if _, err := k.Encrypt(manager, [][]byte{nil}, "", noon); err != nil {
			t.Errorf("refused %v: without a context: %v", refuse, err)
		}
	}
}

func TestCustomKeysHaveTheirBitsAndDecrypt(t *testing.T) {
	s := newStore(kms.Documented())
	for name, spec := range map[string]kms.Spec{"aes": {Type: kms.AES256}, "con": convergent, "rsa": {Type: kms.RSA2048}} {
		spec.Name = name
		k := plant(t, s, spec)
		for _, bits := range []int{128, 256, 512} {
			made, err := k.CreateCustomKey(manager, bits, b64("c"), noon)
			if err != nil || len(made.Plain)*8 != bits || made.Version != 1 {
				t.Fatalf("%s, %d bits: got %d in version %d, %v", name, bits, len(made.Plain)*8, made.Version, err)
			}
			opened, bad := k.Decrypt(manager, []string{made.Ciphertext}, b64("c"), noon)
			if bad != nil || !bytes.Equal(opened[0], made.Plain) {
				t.Errorf("%s, %d bits: it decrypts to %x, %v, want the key", name, bits, opened, bad)
			}
		}
		for _, bits := range []int{-128, 0, 1, 64, 255, 257, 384, 1024} {
			if _, err := k.CreateCustomKey(manager, bits, b64("c"), noon); reason(err) != kms.Malformed {
				t.Errorf("%s, %d bits: got %v, want a refusal", name, bits, err)
			}
		}
	}
}

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

// TestEachTypeServesItsUses is the table of types cell by cell.
func TestEachTypeServesItsUses(t *testing.T) {
	s := newStore(kms.Documented())
	for kind, serves := range map[kms.Type]string{
		kms.AES256:  "encrypt decrypt create-custom-key re-encrypt reencrypt",
		kms.RSA2048: "encrypt decrypt create-custom-key re-encrypt reencrypt sign verify get-pub-key",
		kms.ECDSA:   "sign verify get-pub-key",
	} {
		k := plant(t, s, kms.Spec{Name: string(kind), Type: kind})
		for _, op := range kms.Uses() {
			want := kms.WrongType
			for served := range strings.FieldsSeq(serves) {
				if served == string(op) {
					want = ""
				}
			}
			if got := reason(asError(k.Ready(op))); got != want {
				t.Errorf("%s, %s: got %q, want %q", kind, op, got, want)
			}
		}
	}
	if _, err := s.Create(kms.Spec{Name: "wrong", Type: kms.RSA2048, Protection: "BASIC", Convergent: true}, noon); reason(err) != kms.Malformed {
		t.Errorf("a convergent RSA key: got %v, want a refusal", err)
	}
}

func TestForeignCiphertextsDoNotOpen(t *testing.T) {
	for _, kind := range []kms.Type{kms.AES256, kms.RSA2048} {
		s := newStore(kms.Documented())
		k, other := plant(t, s, kms.Spec{Type: kind}), plant(t, s, kms.Spec{Name: "other", Type: kind})
		sealed, err := other.Encrypt(manager, [][]byte{[]byte("text")}, "", noon)
		if err != nil {
			t.Fatal(err)
		}
		if _, bad := k.Decrypt(manager, sealed, "", noon); bad == nil || bad.Reason != kms.BadCipher {
			t.Errorf("%s: got %v, want %s", kind, bad, kms.BadCipher)
		}
		if _, err := k.Reencrypt(kms.Reencrypt, manager, sealed, "", noon); reason(err) != kms.BadCipher {
			t.Errorf("%s: re-encrypt: got %v, want %s", kind, err, kms.BadCipher)
		}
	}
}

// FuzzParsing sends any text as ciphertext and as signature. What is taken is in the one spelling that
// the service writes, and is taken no more with a bit of it turned.
func FuzzParsing(f *testing.F) {
	s := newStore(kms.Documented())
	aes, rsa, ec := plant(f, s, kms.Spec{Name: "aes", Type: kms.AES256}), plant(f, s, kms.Spec{Name: "rsa", Type: kms.RSA2048}), plant(f, s, kms.Spec{Name: "ecdsa", Type: kms.ECDSA})
	for _, k := range []*kms.Key{aes, rsa} {
		sealed, err := k.Encrypt(manager, [][]byte{[]byte("text")}, "", noon)
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
		_, bad := k.Decrypt(manager, []string{text}, "", noon)
		return bad == nil
	}
}

func verifies(k *kms.Key) func(string) bool {
	return func(text string) bool {
		ok, bad := k.Verify(manager, []byte("data"), text, noon)
		return ok && bad == nil
	}
}
