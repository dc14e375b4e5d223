package steps

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
)

// plaintextBack compares what came back with what was encrypted, item by item.
func (w *world) plaintextBack() error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	texts := w.texts(w.last, "plaintext")
	if err := equal(w, "the number of plaintexts", len(texts), len(w.plain)); err != nil {
		return err
	}
	for i, text := range texts {
		got, err := base64.StdEncoding.DecodeString(text)
		if err := w.compare(err == nil && bytes.Equal(got, w.plain[i]),
			fmt.Sprintf("item %d to be the %d bytes that were encrypted", i+1, len(w.plain[i])),
			fmt.Sprintf("%d other bytes", len(got))); err != nil {
			return err
		}
	}
	return nil
}

// eachDecrypts compares what each of several ciphertexts decrypts to, in a call of its own, with what was
// encrypted in its place.
func (w *world) eachDecrypts(ctx context.Context, how string) error {
	if err := equal(w, "the number of ciphertexts", len(w.cipher), len(w.plain)); err != nil {
		return err
	}
	ciphertexts, plain := w.cipher, w.plain
	w.asList = false
	for i := range ciphertexts {
		w.cipher, w.plain = ciphertexts[i:i+1], plain[i:i+1]
		if err := w.decrypt(ctx, "the key", how); err != nil {
			return err
		}
		if err := w.plaintextBack(); err != nil {
			return err
		}
	}
	return nil
}

var cipherForm = regexp.MustCompile(`^ncpkms:v(\d+):([A-Za-z0-9+/]+={0,2})$`)

// hasPrefix compares each ciphertext or signature of the answer with the published form.
func (w *world) hasPrefix(what, version string) error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	member := map[string]string{"new ciphertext": "newCiphertext"}[what]
	texts := w.texts(w.last, cmp.Or(member, what))
	if err := w.compare(len(texts) > 0, "a "+what, "members "+memberNames(w.last)); err != nil {
		return err
	}
	for _, text := range texts {
		m := cipherForm.FindStringSubmatch(text)
		if err := w.compare(m != nil && m[1] == version, "the form ncpkms:v"+version+":<base64>", redact(short(text, 12))); err != nil {
			return err
		}
	}
	return nil
}

// ciphertextsCompare compares the ciphertexts of the same text, encrypted twice.
func (w *world) ciphertextsCompare(how string) error {
	if len(w.cipher) != 2 {
		return w.compare(false, "two ciphertexts", w.last.String())
	}
	return w.comparesTo("the second ciphertext", w.cipher[1], w.cipher[0], how == "are the same")
}

// ciphertextCompares compares the ciphertext with the noted one.
func (w *world) ciphertextCompares(how string) error {
	return w.comparesTo("the ciphertext", w.onlyCiphertext(), w.noted["ciphertext"], how == "as noted")
}

// nonceCompares compares the head of the ciphertext, where AES-256-GCM96 has its nonce, with the noted
// one's.
func (w *world) nonceCompares(how string) error {
	now, noted := nonce(w.onlyCiphertext()), nonce(w.noted["ciphertext"])
	if now == nil || noted == nil {
		return w.compare(false, "ciphertexts with a nonce", redact(short(w.onlyCiphertext(), 12)))
	}
	same := bytes.Equal(now, noted)
	return w.compare(same == (how == "as noted"), "the nonce to be "+how, map[bool]string{true: "the same 12 bytes", false: "other bytes"}[same])
}

// nonce returns the first 12 bytes of a ciphertext; nil when it has fewer.
func nonce(text string) []byte {
	raw, err := base64.StdEncoding.DecodeString(text[strings.LastIndexByte(text, ':')+1:])
	if err != nil || len(raw) < 12 {
		return nil
	}
	return raw[:12]
}

func (w *world) holdsBytes(n int) error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	payload := w.cipher[0][strings.LastIndexByte(w.cipher[0], ':')+1:]
	got, err := base64.StdEncoding.DecodeString(payload)
	return w.compare(err == nil && len(got) == n, fmt.Sprintf("%d bytes after the prefix", n), fmt.Sprintf("%d bytes", len(got)))
}
