package testkeys

import (
	"crypto/rsa"
	"errors"
	"math/big"
	"math/rand/v2"
)

// Derive returns the RSA key of 2048 bits that a seed leads to, always the same. It takes some tenths of
// a second. Who knows the seed knows the key.
func Derive(seed [32]byte) *rsa.PrivateKey {
	stream := rand.NewChaCha8(seed)
	for {
		p, q := prime(stream), prime(stream)
		if key, err := made(p, q); err == nil {
			return key
		}
	}
}

// exponent is the public one of every key.
const exponent = 65537

// made makes the key of two primes. Its error says that they make none.
func made(p, q *big.Int) (*rsa.PrivateKey, error) {
	one := big.NewInt(1)
	totient := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	d := new(big.Int).ModInverse(big.NewInt(exponent), totient)
	if d == nil || p.Cmp(q) == 0 {
		return nil, errors.New("the primes make no key")
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
		D:         d, Primes: []*big.Int{p, q},
	}
	key.Precompute()
	return key, key.Validate()
}

// prime draws a prime of 1024 bits whose two highest bits are set, so that the product of two has 2048.
func prime(stream *rand.ChaCha8) *big.Int {
	raw := make([]byte, 128)
	for {
		_, _ = stream.Read(raw) // never fails
		raw[0] |= 0xc0
		raw[len(raw)-1] |= 1
		if n := new(big.Int).SetBytes(raw); n.ProbablyPrime(0) { // Baillie-PSW, to which no exception is known
			return n
		}
	}
}
