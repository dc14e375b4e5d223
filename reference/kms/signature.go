package kms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"math/big"
)

// Scheme says how signatures are made. The zero value is RSA-PSS and ASN.1 DER over the SHA-256 of what is
// signed; the documents say none of it.
type Scheme struct {
	PKCS1v15  bool // RSA signatures have the padding of PKCS #1 v1.5
	RawECDSA  bool // ECDSA signatures are r and s in 32 bytes each
	Prehashed bool // data of 32 bytes is its SHA-256 already
}

// hash returns what a signature of data is over.
func (s Scheme) hash(data []byte) []byte {
	if s.Prehashed && len(data) == sha256.Size {
		return data
	}
	sum := sha256.Sum256(data)
	return sum[:]
}

// A signer signs, and tells its public key.
type signer interface {
	sign(s Scheme, data []byte) ([]byte, error)
	verify(s Scheme, data, signature []byte) bool
	public() any
}

// saltOf32 signs with a salt as long as the hash, and takes no other.
var saltOf32 = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}

func (r rsaSecret) public() any { return &r.key().PublicKey }

func (r rsaSecret) sign(s Scheme, data []byte) ([]byte, error) {
	hash := s.hash(data)
	if s.PKCS1v15 {
		return rsa.SignPKCS1v15(nil, r.key(), crypto.SHA256, hash)
	}
	return rsa.SignPSS(rand.Reader, r.key(), crypto.SHA256, hash, saltOf32)
}

func (r rsaSecret) verify(s Scheme, data, signature []byte) bool {
	hash := s.hash(data)
	if s.PKCS1v15 {
		return rsa.VerifyPKCS1v15(&r.key().PublicKey, crypto.SHA256, hash, signature) == nil
	}
	return rsa.VerifyPSS(&r.key().PublicKey, crypto.SHA256, hash, signature, saltOf32) == nil
}

func (e ecSecret) public() any { return &e.key.PublicKey }

func (e ecSecret) sign(s Scheme, data []byte) ([]byte, error) {
	hash := s.hash(data)
	if !s.RawECDSA {
		return ecdsa.SignASN1(rand.Reader, e.key, hash)
	}
	r, t, err := ecdsa.Sign(rand.Reader, e.key, hash)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 64)
	r.FillBytes(out[:32])
	t.FillBytes(out[32:])
	return out, nil
}

func (e ecSecret) verify(s Scheme, data, signature []byte) bool {
	hash := s.hash(data)
	if !s.RawECDSA {
		return ecdsa.VerifyASN1(&e.key.PublicKey, hash, signature)
	}
	if len(signature) != 64 {
		return false
	}
	return ecdsa.Verify(&e.key.PublicKey, hash, new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

// publicPEM writes a public key as SubjectPublicKeyInfo in PEM.
func publicPEM(key any) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}
