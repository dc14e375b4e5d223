package kms

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// text writes what version n made: prefix, version, colon, and the payload in standard base64.
func text(prefix string, n int, payload []byte) string {
	var small [128]byte // holds what 60 bytes of plaintext come to, without an allocation
	out := append(small[:0], prefix...)
	out = strconv.AppendInt(out, int64(n), 10)
	out = append(out, ':')
	return string(base64.StdEncoding.AppendEncode(out, payload))
}

// split takes a ciphertext or a signature apart into its version and its payload. field is what the
// call names it.
func split(field, prefix, text string) (n int, payload []byte, bad *Refusal) {
	rest, ok := strings.CutPrefix(text, prefix)
	number, encoded, cut := strings.Cut(rest, ":")
	if !ok || !cut {
		return 0, nil, BadField(field, "it does not begin with %s<version>:", prefix)
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || strconv.Itoa(n) != number {
		return 0, nil, BadField(field, "its version is not a positive whole number")
	}
	payload, err = Base64(encoded)
	if err != nil {
		return 0, nil, BadField(field, "its payload is not standard base64")
	}
	return n, payload, nil
}

// Base64 decodes standard base64 with padding in its only spelling: no line breaks, no stray bits.
func Base64(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") { // the decoder would pass over them
		return nil, base64.CorruptInputError(strings.IndexAny(text, "\r\n"))
	}
	return strictBase64.DecodeString(text)
}

var strictBase64 = base64.StdEncoding.Strict()
