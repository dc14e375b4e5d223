package kms

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
)

// A secret is the material of one version of a key. What it can do depends on its type: see [sealer]
// and [signer]. It is safe for concurrent use.
type secret interface {
	// material is what vault.secret makes this secret of again. The caller must not change it.
	material() []byte
}

func (a *plainAES) material() []byte     { return a.raw }
func (a convergentAES) material() []byte { return a.raw }
func (r rsaSecret) material() []byte     { return pkcs8(r.key()) }
func (e ecSecret) material() []byte      { return pkcs8(e.key) }

func pkcs8(key any) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil { // only keys that we made or parsed come here
		panic("kms: " + err.Error())
	}
	return der
}

// A sealer encrypts and decrypts. context is nil for a key that is not convergent.
type sealer interface {
	seal(plaintext, context []byte) ([]byte, error)
	// open reports false for a payload that this secret did not make under this context.
	open(sealed, context []byte) ([]byte, bool)
}

// secret makes the secret of a version from material: 32 bytes for AES256, PKCS #8 for the others. Nil
// material is drawn.
func (v *vault) secret(of Type, convergent bool, material []byte) (secret, error) {
	switch of {
	case AES256:
		return v.aes(convergent, material)
	case RSA2048:
		if material == nil {
			return rsaSecret{v.rsaKeys()}, nil
		}
		return parseRSA(material)
	case ECDSA:
		if material == nil {
			return v.drawEC()
		}
		return parseEC(material)
	}
	return nil, fmt.Errorf("there are no secrets of type %s", of)
}

// plainAES seals as nonce, text and tag (kms-create-delete names AES-256-GCM96).
type plainAES struct {
	aead   cipher.AEAD
	random io.Reader // for nonces
	raw    []byte    // what aead was made of
	unseal func(aead cipher.AEAD, material, nonce, sealed []byte) ([]byte, error)
}

func (v *vault) aes(convergent bool, material []byte) (secret, error) {
	if material == nil {
		var err error
		if material, err = v.rules.Material(v.random); err != nil {
			return nil, err
		}
	}
	if len(material) != 32 {
		return nil, fmt.Errorf("an AES256 key has 32 bytes, not %d", len(material))
	}
	if convergent {
		return convergentAES{raw: material, derive: v.rules.Derive, contextNonce: v.rules.ContextNonce}, nil
	}
	aead, err := newGCM(material)
	return &plainAES{raw: material, aead: aead, random: v.random, unseal: v.rules.Unseal}, err
}

// drawMaterial is the documented [Rules.Material].
func drawMaterial(random io.Reader) ([]byte, error) {
	material := make([]byte, 32)
	if _, err := io.ReadFull(random, material); err != nil {
		return nil, fmt.Errorf("key material: %w", err)
	}
	return material, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (a *plainAES) seal(plaintext, _ []byte) ([]byte, error) {
	out := make([]byte, a.aead.NonceSize(), a.aead.NonceSize()+len(plaintext)+a.aead.Overhead())
	if _, err := io.ReadFull(a.random, out); err != nil {
		return nil, fmt.Errorf("nonce: %w", err)
	}
	return a.aead.Seal(out, out, plaintext, nil), nil
}

func (a *plainAES) open(sealed, _ []byte) ([]byte, bool) {
	return openGCM(a.aead, sealed, func(nonce, text []byte) ([]byte, error) { return a.unseal(a.aead, a.raw, nonce, text) })
}

// openGCM takes a payload apart for who opens it.
func openGCM(aead cipher.AEAD, sealed []byte, open func(nonce, text []byte) ([]byte, error)) ([]byte, bool) {
	size := aead.NonceSize()
	if len(sealed) < size {
		return nil, false
	}
	plaintext, err := open(sealed[:size], sealed[size:])
	return plaintext, err == nil
}

// convergentAES seals the same text under the same context to the same payload. Key and nonce come
// from the context; the nonce also from the text, so that no two texts share one.
type convergentAES struct {
	raw          []byte
	derive       func(material, context []byte) []byte
	contextNonce bool // the nonce is of the context alone
}

// derive is the documented [Rules.Derive] as we read it: HKDF with SHA-256 to 64 bytes, half of them
// the key and half for nonces.
func derive(material, context []byte) []byte {
	out, err := hkdf.Key(sha256.New, material, nil, "convergent "+string(context), 64)
	if err != nil { // only the length could be wrong
		panic("kms: " + err.Error())
	}
	return out
}

func (c convergentAES) seal(plaintext, context []byte) ([]byte, error) {
	derived := c.derive(c.raw, context)
	aead, err := newGCM(derived[:32])
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, derived[32:])
	if !c.contextNonce {
		mac.Write(plaintext)
	}
	nonce := mac.Sum(nil)[:aead.NonceSize():aead.NonceSize()]
	return aead.Seal(nonce, nonce, plaintext, nil), nil
}

func (c convergentAES) open(sealed, context []byte) ([]byte, bool) {
	aead, err := newGCM(c.derive(c.raw, context)[:32])
	if err != nil {
		return nil, false
	}
	return openGCM(aead, sealed, func(nonce, text []byte) ([]byte, error) { return aead.Open(nil, nonce, text, nil) })
}

// rsaSecret seals by OAEP with SHA-256, which is what makes the documented 190 bytes fit. Its key is made
// when it is first wanted: two years of daily rotations would otherwise hold all calls up for most of a minute.
type rsaSecret struct{ key func() *rsa.PrivateKey }

func parseRSA(material []byte) (secret, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(material)
	if err != nil {
		return nil, fmt.Errorf("RSA key: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || key.N.BitLen() != 2048 {
		return nil, fmt.Errorf("RSA key: want an RSA key of 2048 bits")
	}
	return rsaSecret{func() *rsa.PrivateKey { return key }}, nil
}

func (r rsaSecret) seal(plaintext, _ []byte) ([]byte, error) {
	return rsa.EncryptOAEP(sha256.New(), rand.Reader, &r.key().PublicKey, plaintext, nil)
}

func (r rsaSecret) open(sealed, _ []byte) ([]byte, bool) {
	plaintext, err := rsa.DecryptOAEP(sha256.New(), nil, r.key(), sealed, nil)
	return plaintext, err == nil
}

// ecSecret is a key on P-256.
type ecSecret struct{ key *ecdsa.PrivateKey }

// drawEC takes bytes of the store's randomness for the key: crypto/ecdsa would use its own.
func (v *vault) drawEC() (secret, error) {
	raw := make([]byte, 32)
	for {
		if _, err := io.ReadFull(v.random, raw); err != nil {
			return nil, fmt.Errorf("key material: %w", err)
		}
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw); err == nil { // all but one in 2^32 are
			return ecSecret{key}, nil
		}
	}
}

func parseEC(material []byte) (secret, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(material)
	if err != nil {
		return nil, fmt.Errorf("ECDSA key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("ECDSA key: want a key on P-256")
	}
	return ecSecret{key}, nil
}
