package reference

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/testkeys"
)

// derived returns an RSA key that the seed alone leads to: the one of a number for a use. It takes
// some tenths of a second.
func (o *Options) derived(use string, number, of uint64) *rsa.PrivateKey {
	return testkeys.Derive(sha256.Sum256(fmt.Appendf(nil, "%s %d %d %d", use, o.Seed, number, of)))
}

// materialKeys is how many keys of the published pool are for the material of RSA keys. Token creators
// take the others, so no key ever signs its tokens with its own material.
const materialKeys = 24

// signingKeys are where the creators of a service take their keys from: none serves twice, for two keys or for two
// creators of one, not even where a state brings creators of an earlier service that started from the same seed.
type signingKeys struct {
	o       *Options
	first   uint64                 // of the pool
	beside  atomic.Pointer[string] // a digest of the creators that a state brought; nil: it brought none
	adopted atomic.Uint64          // creators that followed one of a state
}

func (o *Options) signingKeys() *signingKeys {
	k := &signingKeys{o: o, first: o.Seed}
	if o.Seed == 0 {
		k.first = rand.Uint64N(creatorKeys)
	}
	return k
}

// creatorKeys is how many keys of the published pool creators take.
const creatorKeys = testkeys.Len - materialKeys

// keepApart lets the creators to come have keys that none of the given, and none before them, has had.
func (k *signingKeys) keepApart(given []Key) {
	if digest := digestCreators(given); digest != "" {
		k.beside.Store(&digest)
	}
}

// take implements [kms.RSAKeys].
func (k *signingKeys) take(seat uint64, term int) (*rsa.PrivateKey, error) {
	beside := k.beside.Load()
	switch {
	case k.o.FreshKeys:
		return fresh.take(), nil
	case term < creatorKeys && seat != kms.Adopted && beside == nil:
		return testkeys.RSA(materialKeys + (k.first+seat+uint64(term))%creatorKeys), nil
	case k.o.Seed == 0: // one of the pool could repeat a key that left office
		return fresh.take(), nil
	}
	use := "creator"
	if seat == kms.Adopted {
		use, seat, term = "adopted", k.adopted.Add(1), 0
	}
	if beside != nil {
		use += " beside " + *beside
	}
	return k.o.derived(use, seat, uint64(term)), nil
}

// digestCreators is of all creators in a state that have a key or had one, and empty if there is none.
func digestCreators(keys []Key) string {
	hash, some := sha256.New(), false
	for _, k := range keys {
		if c := k.Creator; c != nil && (c.Key != "" || c.Disabled != "") {
			some = true
			fmt.Fprintf(hash, "%q\n", []any{c.ID, c.Enabled, c.Disabled, c.Issued, c.Key}) // never fails
		}
	}
	if !some {
		return ""
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// rsaMaterial returns where the material of one world's RSA keys comes from. No two get the same, and none one
// that is given: when the pool's share is used up, or might be among what is given, the rest is derived from the
// seed and from all that is given.
func (o *Options) rsaMaterial(given []Key) kms.RSAMaterial {
	if o.Seed == 0 {
		return func() func() *rsa.PrivateKey { return sync.OnceValue(fresh.take) }
	}
	use, pool := "material", uint64(materialKeys)
	if digest := digestRSA(given); digest != "" {
		use, pool = "material beside "+digest, 0
	}
	var taken atomic.Uint64
	return func() func() *rsa.PrivateKey {
		n := taken.Add(1) - 1
		if n >= pool {
			return sync.OnceValue(func() *rsa.PrivateKey { return o.derived(use, n, 0) })
		}
		return func() *rsa.PrivateKey { return testkeys.RSA((o.Seed + n) % materialKeys) }
	}
}

// digestRSA is of all material of RSA keys in a state, and empty if there is none. What is derived from it is
// not in the state: that would be in the digest.
func digestRSA(keys []Key) string {
	hash, some := sha256.New(), false
	for _, k := range keys {
		for _, v := range k.Versions {
			if k.Type == kms.RSA2048 && v.Material != "" {
				some = true
				_, _ = io.WriteString(hash, v.Material) // never fails
			}
		}
	}
	if !some {
		return ""
	}
	return hex.EncodeToString(hash.Sum(nil))
}
