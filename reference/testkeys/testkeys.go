// Package testkeys holds RSA keys for tests and for servers that are to be reproducible.
//
// They are published with this source, so they protect nothing. They exist because making one takes
// tens of milliseconds, and because Go makes RSA keys from its own randomness only.
package testkeys

import (
	"crypto/rsa"
	"crypto/x509"
	_ "embed"
	"encoding/pem"
	"sync"
)

//go:embed keys.pem
var file []byte

// Len is how many keys there are.
const Len = 64

// blocks is the file taken apart once; each key is parsed when it is first wanted.
var blocks = sync.OnceValue(func() []func() *rsa.PrivateKey {
	out := make([]func() *rsa.PrivateKey, 0, Len)
	for rest := file; ; {
		block, after := pem.Decode(rest)
		if block == nil {
			return out
		}
		out = append(out, sync.OnceValue(func() *rsa.PrivateKey { return parse(block.Bytes) }))
		rest = after
	}
})

// RSA returns key i, which is taken modulo Len. The key is shared: do not change it. It is safe for
// concurrent use.
func RSA(i uint64) *rsa.PrivateKey { return blocks()[i%Len]() }

func parse(der []byte) *rsa.PrivateKey {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		panic("testkeys: " + err.Error())
	}
	return key.(*rsa.PrivateKey)
}
