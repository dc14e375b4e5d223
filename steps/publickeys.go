package steps

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
)

// publicKey reads a public key in PEM.
func publicKey(text string) (any, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, fmt.Errorf("%q is no PEM", short(text, 40))
	}
	if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return key, nil
	}
	return x509.ParsePKIXPublicKey(block.Bytes)
}

func (w *world) publicIs(kind string) error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	text, _ := w.last.str("publicKey")
	key, err := publicKey(text)
	if err != nil {
		return w.compare(false, "a public key in PEM", err.Error())
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		return w.compare(kind == "RSA2048" && k.N.BitLen() == 2048, kind, fmt.Sprintf("RSA of %d bits", k.N.BitLen()))
	case *ecdsa.PublicKey:
		return w.compare(kind == "ECDSA" && k.Curve == elliptic.P256(), kind+" on P-256", "ECDSA on "+k.Curve.Params().Name)
	}
	return w.compare(false, kind, fmt.Sprintf("%T", key))
}

// A scheme is one reading of how signatures are made; the published pages name none.
type scheme struct {
	name     string
	confirms func(key any, hash, signature []byte) bool
}

var schemes = []scheme{
	{"RSA-PSS", func(key any, hash, signature []byte) bool {
		k, ok := key.(*rsa.PublicKey)
		return ok && rsa.VerifyPSS(k, crypto.SHA256, hash, signature, nil) == nil
	}},
	{"PKCS #1 v1.5", func(key any, hash, signature []byte) bool {
		k, ok := key.(*rsa.PublicKey)
		return ok && rsa.VerifyPKCS1v15(k, crypto.SHA256, hash, signature) == nil
	}},
	{"ASN.1 DER", func(key any, hash, signature []byte) bool {
		k, ok := key.(*ecdsa.PublicKey)
		return ok && ecdsa.VerifyASN1(k, hash, signature)
	}},
	{"r and s", func(key any, hash, signature []byte) bool {
		k, ok := key.(*ecdsa.PublicKey)
		half := len(signature) / 2
		return ok && ecdsa.Verify(k, hash, new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:]))
	}},
}

// confirms asks for the newest public key and checks the signature without the service, by every
// scheme over SHA-256 or by the named one.
func (w *world) confirms(ctx context.Context, name string) error {
	if err := w.use(ctx, "ask for the public key", "with the account", ""); err != nil {
		return err
	}
	if err := w.accepted(w.last); err != nil {
		return err
	}
	text, _ := w.last.str("publicKey")
	key, err := publicKey(text)
	if err != nil {
		return w.compare(false, "a public key in PEM", err.Error())
	}
	raw, err := base64.StdEncoding.DecodeString(w.signature[strings.LastIndexByte(w.signature, ':')+1:])
	if err != nil {
		return w.compare(false, "a signature in base64", err.Error())
	}
	hash := sha256.Sum256(w.data)
	found := "none of the known schemes"
	for _, s := range schemes {
		if s.confirms(key, hash[:], raw) {
			found = s.name
			w.reading("signatures are " + s.name + " over SHA-256")
			break
		}
	}
	if name == "" {
		return w.compare(!strings.HasPrefix(found, "none"), "a signature that the public key confirms", found)
	}
	return equal(w, "the scheme", found, name)
}
