package reference

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
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

// creatorKeys is how many keys of the published pool creators take.
const creatorKeys = testkeys.Len - materialKeys

// signingKeys are where the creators of a service take their keys from. No key of the service gets one again that
// a creator of it had before, also where a state brought creators of an earlier service that started from the same
// seed. Creators of different keys may share one of the pool: it has 40, and the second creator of one key takes the
// same as the first of the next. That brings nothing back, as a token names its key. A creator that a state brought
// shares its own with no key that is made later.
type signingKeys struct {
	o       *Options
	first   uint64                // of the pool
	share   atomic.Pointer[share] // of the present world
	adopted atomic.Uint64         // creators that followed one of whom little is known
}

// A share is what the creators of a world may take.
type share struct {
	pool   []uint64 // keys of the published pool
	beside string   // a digest of the creators that a state brought; empty: it brought none
}

func (o *Options) signingKeys() *signingKeys {
	k := &signingKeys{o: o, first: o.Seed}
	if o.Seed == 0 {
		k.first = rand.Uint64N(creatorKeys)
	}
	k.share.Store(shareBeside(nil))
	return k
}

// keepApart lets the creators to come have keys that none of the given has, and those that follow the given keys
// that none has had. It returns what takes that back, and whether the pool is as it was: only then does a term mean
// the same key as before.
func (k *signingKeys) keepApart(given []Key) (back func(), same bool) {
	now := shareBeside(given)
	before := k.share.Swap(now)
	return func() { k.share.Store(before) }, slices.Equal(now.pool, before.pool)
}

func shareBeside(given []Key) *share {
	out := &share{beside: digestCreators(given)}
	held := moduli(given)
	for n := range uint64(creatorKeys) {
		if len(held) == 0 || !held[modulus(testkeys.RSA(materialKeys+n))] {
			out.pool = append(out.pool, materialKeys+n)
		}
	}
	return out
}

// moduli are those of the given creators' keys: one key can be written in many ways. What is no key is for others to
// refuse.
func moduli(given []Key) map[string]bool {
	out := map[string]bool{}
	for _, g := range given {
		if g.Creator == nil || g.Creator.Key == "" {
			continue
		}
		if key, err := readRSA(g.Creator.Key); err == nil {
			out[modulus(key)] = true
		}
	}
	return out
}

func modulus(key *rsa.PrivateKey) string { return string(key.N.Bytes()) }

// take implements [kms.RSAKeys].
func (k *signingKeys) take(seat uint64, term int) (*rsa.PrivateKey, error) {
	s := k.share.Load()
	switch {
	case k.o.FreshKeys:
		return fresh.take(), nil
	case seat != kms.Adopted && term < len(s.pool):
		return testkeys.RSA(s.pool[(k.first+seat+uint64(term))%uint64(len(s.pool))]), nil
	case k.o.Seed == 0: // one of the pool could repeat a key that left office
		return fresh.take(), nil
	}
	use := "creator"
	if seat == kms.Adopted {
		use, seat, term = "adopted", k.adopted.Add(1), 0
	}
	if s.beside != "" {
		use += " beside " + s.beside
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
// that is given or was drawn for a key that is there again: when the pool's share is used up, or might be among what
// is given, the rest is derived from the seed and from all that is given.
func (o *Options) rsaMaterial(g genesis) kms.RSAMaterial {
	if o.Seed == 0 {
		return func() func() *rsa.PrivateKey { return sync.OnceValue(fresh.take) }
	}
	use, pool := "material", uint64(materialKeys)
	if digest := digestRSA(g.Keys); digest != "" {
		use, pool = "material beside "+digest, 0
	}
	var taken atomic.Uint64
	if len(g.secrets) > 0 {
		taken.Store(drawnRSA(g.Keys))
	}
	return func() func() *rsa.PrivateKey {
		n := taken.Add(1) - 1
		if n >= pool {
			return sync.OnceValue(func() *rsa.PrivateKey { return o.derived(use, n, 0) })
		}
		return func() *rsa.PrivateKey { return testkeys.RSA((o.Seed + n) % materialKeys) }
	}
}

// drawnRSA counts the versions of RSA keys that are given without material.
func drawnRSA(keys []Key) (n uint64) {
	for _, k := range keys {
		if k.Type != kms.RSA2048 {
			continue
		}
		if len(k.Versions) == 0 {
			n++
		}
		for _, v := range k.Versions {
			if v.Material == "" {
				n++
			}
		}
	}
	return n
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
