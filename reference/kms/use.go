package kms

import (
	"io"
	"slices"
	"time"
)

// use returns the key's versions if, at this one instant, nothing stands against the call: the
// caller's creator is still the one in charge, the caller is permitted, the state takes op and the
// type serves it.
func (k *Key) use(c Caller, op Op, now time.Time) (versions, *Refusal) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	r := k.seen()
	if c.Account == nil && c.Claims.by != r.creator && c.Claims.KeyTag == k.tag {
		return nil, refuse(BadToken, "its token creator left office")
	}
	if bad := k.permit(r, c, op, now); bad != nil {
		return nil, bad
	}
	return r.versions, k.ready(r, op)
}

// begin is use with the call's context.
func (k *Key) begin(c Caller, op Op, context *string, now time.Time) (versions, []byte, *Refusal) {
	versions, bad := k.use(c, op, now)
	if bad != nil {
		return nil, nil, bad
	}
	under, bad := k.context(context)
	return versions, under, bad
}

// Encrypt encrypts each plaintext under the newest version. context, here and below, is in base64, or nil
// for none: a convergent key needs one, for others see [Rules.RefuseContext]. With
// [Rules.PartialBatches] a nil plaintext stands for a bad item, whose ciphertext is empty.
func (k *Key) Encrypt(c Caller, plaintexts [][]byte, context *string, now time.Time) ([]string, error) {
	plaintexts, bad := k.checkSizes(plaintexts)
	if bad != nil {
		return nil, bad
	}
	versions, under, bad := k.begin(c, Encrypt, context, now)
	if bad != nil {
		return nil, bad
	}
	return versions.sealAll(&k.rules, plaintexts, under)
}

// checkSizes returns the plaintexts with nil for those that are bad by themselves and passed over.
func (k *Key) checkSizes(plaintexts [][]byte) ([][]byte, *Refusal) {
	rules, good := &k.rules, plaintexts
	for i, p := range plaintexts {
		bad := k.checkItem(p)
		if bad != nil && (len(plaintexts) == 1 || !rules.PartialBatches) {
			return nil, bad
		}
		if bad != nil && p != nil {
			if &good[0] == &plaintexts[0] {
				good = slices.Clone(plaintexts)
			}
			good[i] = nil
		}
	}
	return good, rules.CheckSize("plaintext", good, rules.PerItem)
}

// checkItem refuses a plaintext that is bad whatever it comes with.
func (k *Key) checkItem(p []byte) *Refusal {
	rules := &k.rules
	switch {
	case len(p) == 0 && rules.RefuseEmpty:
		return BadField("plaintext", "it is empty")
	case k.spec.Type == RSA2048 && len(p) > rules.MaxOAEP:
		return TooLong.In("plaintext", "%d bytes; an RSA key takes at most %d", len(p), rules.MaxOAEP)
	case rules.PerItem && len(p) > rules.MaxPlaintext:
		return rules.tooLong("plaintext", len(p))
	}
	return nil
}

// CheckSize refuses plaintexts that are too long, each by itself or all together; see
// [Rules.MaxPlaintext]. field is what the call names them by.
func (r *Rules) CheckSize(field string, plaintexts [][]byte, perItem bool) *Refusal {
	size := 0
	for _, p := range plaintexts {
		if perItem {
			size = max(size, len(p))
		} else {
			size += len(p)
		}
	}
	if size > r.MaxPlaintext {
		return r.tooLong(field, size)
	}
	return nil
}

func (r *Rules) tooLong(field string, size int) *Refusal {
	return TooLong.In(field, "%d bytes; at most %d are taken", size, r.MaxPlaintext)
}

// context returns what a context in base64 stands for; nil for a key that is not convergent.
func (k *Key) context(text *string) ([]byte, *Refusal) {
	rules := &k.rules
	given := text != nil && (*text != "" || rules.EmptyContext)
	if !k.spec.Convergent {
		if rules.RefuseContext && given {
			return nil, BadField("context", "the key is not convergent")
		}
		return nil, nil
	}
	if !given {
		return nil, NoContext.In("context", "a convergent key needs one")
	}
	raw, err := Base64(*text)
	if err != nil {
		return nil, NoBase64("context")
	}
	size := len(raw)
	if rules.ContextAsSent {
		size = len(*text)
	}
	if size > rules.MaxContext {
		return nil, TooLong.In("context", "%d bytes; at most %d are taken", size, rules.MaxContext)
	}
	return raw, nil
}

// Decrypt decrypts each ciphertext by the version that it names. One bad item refuses the call, or has a
// nil plaintext; see [Rules.PartialBatches].
func (k *Key) Decrypt(c Caller, ciphertexts []string, context *string, now time.Time) ([][]byte, *Refusal) {
	versions, under, bad := k.begin(c, Decrypt, context, now)
	if bad != nil {
		return nil, bad
	}
	return versions.openAll(&k.rules, ciphertexts, under)
}

// Reencrypt decrypts each ciphertext and encrypts it anew under the newest version. op is one of the
// two re-encrypt operations.
func (k *Key) Reencrypt(op Op, c Caller, ciphertexts []string, context *string, now time.Time) ([]string, error) {
	versions, under, bad := k.begin(c, op, context, now)
	if bad != nil {
		return nil, bad
	}
	plaintexts, bad := versions.openAll(&k.rules, ciphertexts, under)
	if bad != nil {
		return nil, bad
	}
	return versions.sealAll(&k.rules, plaintexts, under)
}

// A CustomKey is key material that a caller asked for.
type CustomKey struct {
	Plain      []byte
	Ciphertext string // of Plain, under the newest version
	Version    int    // that newest version
}

// CreateCustomKey draws key material of so many bits and encrypts it.
func (k *Key) CreateCustomKey(c Caller, bits int, context *string, now time.Time) (CustomKey, error) {
	rules := &k.rules
	if !slices.Contains(rules.CustomBits, bits) {
		return CustomKey{}, OutOfRange.In("bits", "%d is none of %v", bits, rules.CustomBits)
	}
	versions, under, bad := k.begin(c, CreateCustomKey, context, now)
	if bad != nil {
		return CustomKey{}, bad
	}
	plain := make([]byte, bits/8)
	if _, err := io.ReadFull(k.random, plain); err != nil {
		return CustomKey{}, err
	}
	sealed, err := versions.sealAll(rules, [][]byte{plain}, under)
	if err != nil {
		return CustomKey{}, err
	}
	return CustomKey{Plain: plain, Ciphertext: sealed[0], Version: len(versions)}, nil
}

// Sign signs data under the newest version.
func (k *Key) Sign(c Caller, data []byte, now time.Time) (string, error) {
	if bad := k.checkData(data); bad != nil {
		return "", bad
	}
	versions, bad := k.use(c, Sign, now)
	if bad != nil {
		return "", bad
	}
	newest := versions.newest()
	s, ok := newest.secret.(signer)
	if !ok {
		return "", k.wrongType(Sign)
	}
	signature, err := s.sign(k.rules.Signs, data)
	if err != nil {
		return "", err
	}
	return text(k.rules.Prefix, newest.number, signature), nil
}

func (k *Key) checkData(data []byte) *Refusal {
	if most := k.rules.MaxData; len(data) > most {
		return TooLong.In("data", "%d bytes; at most %d are taken", len(data), most)
	}
	return nil
}

// Verify reports whether the version that the signature names made it over data. A signature that is
// not even of the service's form is refused.
func (k *Key) Verify(c Caller, data []byte, signature string, now time.Time) (bool, *Refusal) {
	if bad := k.checkData(data); bad != nil {
		return false, bad
	}
	versions, bad := k.use(c, Verify, now)
	if bad != nil {
		return false, bad
	}
	n, payload, bad := split("signature", k.rules.Prefix, signature)
	if bad != nil {
		return false, bad
	}
	v, bad := versions.named("signature", n)
	if bad != nil {
		return false, bad
	}
	s, ok := v.secret.(signer)
	if !ok {
		return false, k.wrongType(Verify)
	}
	return s.verify(k.rules.Signs, data, payload), nil
}

// PublicKey returns the public key of a version in PEM. Version 0 is the newest.
func (k *Key) PublicKey(c Caller, version int, now time.Time) (string, error) {
	versions, bad := k.use(c, GetPublicKey, now)
	if bad != nil {
		return "", bad
	}
	v := versions.newest()
	if version != 0 {
		if v, bad = versions.version(version); bad != nil {
			return "", bad
		}
		if bad = v.usable(); bad != nil {
			return "", bad
		}
	}
	s, ok := v.secret.(signer)
	if !ok {
		return "", k.wrongType(GetPublicKey)
	}
	return publicPEM(s.public())
}

func (k *Key) wrongType(op Op) *Refusal {
	return refuse(WrongType, "a key of type %s does not take %s", k.spec.Type, op)
}
