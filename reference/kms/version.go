package kms

import (
	"slices"
	"time"
)

// A version is one generation of a key's material. It does not change once it is made: another state
// is another value.
type version struct {
	secret  secret
	number  int // from 1
	state   State
	since   time.Time // of the state
	rotated time.Time // when it became the newest
}

// versions are those of one key, the first first. What is in the slice is never changed, so whoever got it may
// read on.
type versions []version

// grown returns the versions with a new one, which may lie behind those of vs: only the latest versions of a key
// may grow, and only once.
func (vs versions) grown(s secret, at time.Time) versions {
	return append(vs, version{number: len(vs) + 1, state: Enabled, since: at, rotated: at, secret: s})
}

// with returns the versions with another value of one of them.
func (vs versions) with(v version) versions {
	out := slices.Clone(vs)
	out[v.number-1] = v
	return out
}

func (vs versions) newest() *version { return &vs[len(vs)-1] }

func (vs versions) version(n int) (*version, *Refusal) {
	if n < 1 || n > len(vs) {
		return nil, refuse(NoVersion, "the key has no version %d", n)
	}
	return &vs[n-1], nil
}

// usable refuses a version that is disabled.
func (v *version) usable() *Refusal {
	if v.state != Enabled {
		return refuse(VersionState, "version %d is disabled", v.number)
	}
	return nil
}

// named returns the version that a ciphertext or a signature names.
func (vs versions) named(field string, n int) (*version, *Refusal) {
	if n > len(vs) {
		return nil, BadField(field, "the key has no version %d", n)
	}
	return &vs[n-1], vs[n-1].usable()
}

func (vs versions) sealAll(rules *Rules, plaintexts [][]byte, context []byte) ([]string, error) {
	newest := vs.newest()
	s, ok := newest.secret.(sealer)
	if !ok {
		return nil, refuse(WrongType, "a key of this type does not encrypt")
	}
	out := make([]string, len(plaintexts))
	for i, p := range plaintexts {
		if p == nil && rules.PartialBatches {
			continue
		}
		sealed, err := s.seal(p, context)
		if err != nil {
			return nil, err
		}
		out[i] = text(rules.Prefix, newest.number, sealed)
	}
	return out, nil
}

// openAll opens each ciphertext. One that is bad refuses all, or is nil; see [Rules.PartialBatches].
func (vs versions) openAll(rules *Rules, ciphertexts []string, context []byte) ([][]byte, *Refusal) {
	out := make([][]byte, len(ciphertexts))
	for i, c := range ciphertexts {
		p, bad := vs.open(rules.Prefix, c, context)
		if bad != nil && (len(ciphertexts) == 1 || !rules.PartialBatches) {
			return nil, bad
		}
		out[i] = p
	}
	return out, nil
}

// open opens one ciphertext. What it returns is not nil, even where it is empty.
func (vs versions) open(prefix, ciphertext string, context []byte) ([]byte, *Refusal) {
	n, sealed, bad := split("ciphertext", prefix, ciphertext)
	if bad != nil {
		return nil, bad
	}
	v, bad := vs.named("ciphertext", n)
	if bad != nil {
		return nil, bad
	}
	s, ok := v.secret.(sealer)
	if !ok {
		return nil, refuse(WrongType, "a key of this type does not decrypt")
	}
	p, ok := s.open(sealed, context)
	if !ok {
		return nil, &Refusal{Reason: BadCipher, Field: "ciphertext", Detail: "this key did not make it under this context, or it was altered"}
	}
	if p == nil {
		p = []byte{}
	}
	return p, nil
}
