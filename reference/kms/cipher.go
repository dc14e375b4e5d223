package kms

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A version is one generation of a key's material.
type version struct {
	material []byte // 32 bytes
	aead     cipher.AEAD
}

func newVersion(material []byte) (*version, error) {
	block, err := aes.NewCipher(material)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &version{material: material, aead: aead}, nil
}

// seal encrypts under version n: prefix, version, colon, and nonce, text and tag in standard base64.
func (v *version) seal(prefix string, n int, plaintext []byte, random io.Reader) (string, error) {
	out := make([]byte, v.aead.NonceSize(), v.aead.NonceSize()+len(plaintext)+v.aead.Overhead())
	if _, err := io.ReadFull(random, out); err != nil {
		return "", fmt.Errorf("nonce: %w", err)
	}
	out = v.aead.Seal(out, out, plaintext, nil)
	text := make([]byte, 0, len(prefix)+4+base64.StdEncoding.EncodedLen(len(out)))
	text = append(text, prefix...)
	text = strconv.AppendInt(text, int64(n), 10)
	text = append(text, ':')
	return string(base64.StdEncoding.AppendEncode(text, out)), nil
}

// split takes a ciphertext apart into its version and its payload.
func split(prefix, ciphertext string) (n int, sealed []byte, bad *Refusal) {
	rest, ok := strings.CutPrefix(ciphertext, prefix)
	number, text, cut := strings.Cut(rest, ":")
	if !ok || !cut {
		return 0, nil, BadField("ciphertext", "it does not begin with %s<version>:", prefix)
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || strconv.Itoa(n) != number {
		return 0, nil, BadField("ciphertext", "its version is not a positive whole number")
	}
	sealed, err = Base64(text)
	if err != nil {
		return 0, nil, BadField("ciphertext", "its payload is not standard base64")
	}
	return n, sealed, nil
}

func drawMaterial(random io.Reader) ([]byte, error) {
	material := make([]byte, 32)
	if _, err := io.ReadFull(random, material); err != nil {
		return nil, fmt.Errorf("key material: %w", err)
	}
	return material, nil
}

// open decrypts a payload of this version.
func (v *version) open(rules *Rules, sealed []byte) ([]byte, *Refusal) {
	size := v.aead.NonceSize()
	if len(sealed) < size {
		return nil, &Refusal{Reason: BadCipher, Field: "ciphertext", Detail: "it is too short"}
	}
	plaintext, err := rules.Unseal(v.aead, v.material, sealed[:size], sealed[size:])
	if err != nil {
		return nil, &Refusal{Reason: BadCipher, Field: "ciphertext", Detail: "this key did not make it, or it was altered"}
	}
	return plaintext, nil
}

// Base64 decodes standard base64 with padding in its only spelling: no line breaks, no stray bits.
func Base64(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") { // the decoder would pass over them
		return nil, base64.CorruptInputError(strings.IndexAny(text, "\r\n"))
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}
