package steps

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

// alterCiphertext spoils the ciphertext in one way, of several the first.
func (w *world) alterCiphertext(flaw string) error {
	if len(w.cipher) == 0 {
		return w.compare(false, "a ciphertext", w.last.String())
	}
	altered, err := spoil(w.cipher[0], flaw)
	w.cipher = append([]string{altered}, w.cipher[1:]...)
	return err
}

// spoil returns a ciphertext with one flaw. Its error means that there is no such flaw.
func spoil(text, flaw string) (string, error) {
	cut := strings.LastIndexByte(text, ':') + 1
	payload, err := base64.StdEncoding.DecodeString(text[cut:])
	if err != nil {
		return "", fmt.Errorf("the ciphertext is no base64: %w", err)
	}
	join := func(b []byte) string { return text[:cut] + encode(b) }
	switch flaw {
	case "without its prefix":
		return text[cut:], nil
	case "with half of its prefix":
		return strings.TrimPrefix(text, "ncpkms:"), nil
	case "with the prefix of version 9":
		return "ncpkms:v9:" + text[cut:], nil
	case "with the prefix of version 2":
		return "ncpkms:v2:" + text[cut:], nil
	case "with the prefix of version 0":
		return "ncpkms:v0:" + text[cut:], nil
	case "with a bit of its head off":
		return join(flip(payload, 0)), nil
	case "with a bit of its text off":
		return join(flip(payload, len(payload)/2)), nil
	case "with a bit of its tail off":
		return join(flip(payload, len(payload)-1)), nil
	case "without its last byte":
		return join(payload[:len(payload)-1]), nil
	case "with a byte more":
		return join(append(bytes.Clone(payload), 0)), nil
	case "with nothing but its prefix":
		return text[:cut], nil
	}
	return "", fmt.Errorf("no ciphertext comes back %s", flaw)
}

// flip returns b with the lowest bit of byte i changed.
func flip(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 1
	return b
}
