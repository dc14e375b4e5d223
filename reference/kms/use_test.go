package kms_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsproof/kmsproof/reference/kms"
)

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
				sealed, err := k.Encrypt(manager, texts, under(context), noon)
				if err != nil {
					t.Fatal(err)
				}
				again, err := k.Reencrypt(kms.Reencrypt, manager, sealed, under(context), noon)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range [][]string{sealed, again} {
					opened, bad := k.Decrypt(manager, c, under(context), noon)
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
		sealed, err := plant(t, s, c.spec).Encrypt(manager, [][]byte{make([]byte, 40)}, under(b64("c")), noon)
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
		if _, err := k.Encrypt(manager, [][]byte{make([]byte, size)}, nil, noon); reason(err) != want {
			t.Errorf("%d bytes: got %v, want %q", size, err, want)
		}
	}
	list := slicesOf(200, make([]byte, 190)) // 38,000 bytes
	if _, err := k.Encrypt(manager, list, nil, noon); reason(err) != kms.Malformed {
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
		out, err := k.Encrypt(manager, [][]byte{[]byte(text)}, under(b64(context)), noon)
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
	renewed, err := k.Reencrypt(kms.Reencrypt, manager, []string{first}, under(b64("context")), noon)
	if err != nil || renewed[0] != rotated {
		t.Errorf("re-encrypted %s, %v, want what the new version encrypts to, %s", renewed, err, rotated)
	}
	if _, bad := k.Decrypt(manager, []string{first}, under(b64("Context")), noon); bad == nil || bad.Reason != kms.BadCipher {
		t.Errorf("under another context: got %v, want %s", bad, kms.BadCipher)
	}
}

func TestAConvergentKeyNeedsAContextOfAtMost50Bytes(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), convergent)
	sealed, err := k.Encrypt(manager, [][]byte{nil}, under(b64("c")), noon)
	if err != nil {
		t.Fatal(err)
	}
	for context, want := range map[string]kms.Reason{
		"": kms.Malformed, "no base64": kms.Malformed, b64(strings.Repeat("c", 50)): "", b64(strings.Repeat("c", 51)): kms.Malformed,
	} {
		_, err := k.Encrypt(manager, [][]byte{nil}, under(context), noon)
		if reason(err) != want {
			t.Errorf("encrypt under %q: got %v, want %q", context, err, want)
		}
		if _, err := k.CreateCustomKey(manager, 128, under(context), noon); reason(err) != want {
			t.Errorf("custom key under %q: got %v, want %q", context, err, want)
		}
		if want == "" {
			continue
		}
		if _, bad := k.Decrypt(manager, sealed, under(context), noon); reason(asError(bad)) != want {
			t.Errorf("decrypt under %q: got %v, want %q", context, bad, want)
		}
		if _, err := k.Reencrypt(kms.ReencryptUnhyphen, manager, sealed, under(context), noon); reason(err) != want {
			t.Errorf("re-encrypt under %q: got %v, want %q", context, err, want)
		}
	}
}

func TestAContextForAPlainKeyIsPassedOverOrRefused(t *testing.T) {
	for refuse, want := range map[bool]kms.Reason{false: "", true: kms.Malformed} {
		rules := kms.Documented()
		rules.RefuseContext = refuse
		k := plant(t, newStore(rules), kms.Spec{Type: kms.AES256})
		if _, err := k.Encrypt(manager, [][]byte{nil}, under("YQ=="), noon); reason(err) != want {
			t.Errorf("refused %v: got %v, want %q", refuse, err, want)
		}
		if _, err := k.Encrypt(manager, [][]byte{nil}, nil, noon); err != nil {
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
			made, err := k.CreateCustomKey(manager, bits, under(b64("c")), noon)
			if err != nil || len(made.Plain)*8 != bits || made.Version != 1 {
				t.Fatalf("%s, %d bits: got %d in version %d, %v", name, bits, len(made.Plain)*8, made.Version, err)
			}
			opened, bad := k.Decrypt(manager, []string{made.Ciphertext}, under(b64("c")), noon)
			if bad != nil || !bytes.Equal(opened[0], made.Plain) {
				t.Errorf("%s, %d bits: it decrypts to %x, %v, want the key", name, bits, opened, bad)
			}
		}
		for _, bits := range []int{-128, 0, 1, 64, 255, 257, 384, 1024} {
			if _, err := k.CreateCustomKey(manager, bits, under(b64("c")), noon); reason(err) != kms.Malformed {
				t.Errorf("%s, %d bits: got %v, want a refusal", name, bits, err)
			}
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
		sealed, err := other.Encrypt(manager, [][]byte{[]byte("text")}, nil, noon)
		if err != nil {
			t.Fatal(err)
		}
		if _, bad := k.Decrypt(manager, sealed, nil, noon); bad == nil || bad.Reason != kms.BadCipher {
			t.Errorf("%s: got %v, want %s", kind, bad, kms.BadCipher)
		}
		if _, err := k.Reencrypt(kms.Reencrypt, manager, sealed, nil, noon); reason(err) != kms.BadCipher {
			t.Errorf("%s: re-encrypt: got %v, want %s", kind, err, kms.BadCipher)
		}
	}
}
