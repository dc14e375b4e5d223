package steps

import (
	"bytes"
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

var cipherForm = regexp.MustCompile(`^ncpkms:v(\d+):([A-Za-z0-9+/]+={0,2})$`)

// hasPrefix compares each ciphertext of the answer with the published form.
func (w *world) hasPrefix(version string) error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	texts := w.texts(w.last, "ciphertext")
	if err := w.compare(len(texts) > 0, "a ciphertext", "members "+memberNames(w.last)); err != nil {
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

func (w *world) holdsBytes(n int) error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	payload := w.cipher[0][strings.LastIndexByte(w.cipher[0], ':')+1:]
	got, err := base64.StdEncoding.DecodeString(payload)
	return w.compare(err == nil && len(got) == n, fmt.Sprintf("%d bytes after the prefix", n), fmt.Sprintf("%d bytes", len(got)))
}

// servesAccount encrypts and decrypts as the account.
func (w *world) servesAccount(ctx context.Context, name string) error {
	if err := w.encrypt(ctx, name, "the account", w.list(1, usualSize), false); err != nil {
		return err
	}
	if err := w.accepted(w.last); err != nil {
		return err
	}
	if err := w.decrypt(ctx, name, "the account"); err != nil {
		return err
	}
	return w.plaintextBack()
}
