package sequence

import (
	"fmt"

	"pgregory.net/rapid"
)

// useAccount has the account encrypt and decrypt.
func (m *model) useAccount(t *rapid.T) {
	k := m.the(t)
	switch k.state {
	case enabled:
		m.then("the key serves the account", "KMS2-DEC-001", "KMS2-ACL-010", "KMS2-CRE-012", "KMS2-KEY-017")
	case disabled:
		m.when("I encrypt with the account")
		m.then("the call is refused", "KMS2-KEY-016")
	default:
		only(t, false)
	}
}

// rotate makes a new version, or uses what there is.
func (m *model) rotate(t *rapid.T) {
	k := m.the(t)
	only(t, k.state == enabled)
	if rapid.Bool().Draw(t, "rotate") {
		k.version++
		m.when("I call POST /kms/v1/keys/{tag}/rotate")
		m.then("the call is accepted", "KMS2-KEY-010")
		m.when("I ask about the key")
		m.then(fmt.Sprintf("its current version is %d", k.version), "KMS2-KEY-010")
		return
	}
	if k.made > 0 {
		m.when("I decrypt the ciphertext with the account")
		m.then("the plaintext comes back", "KMS2-DEC-001")
	}
	k.made = k.version
	m.when("I encrypt 32 bytes with the account")
	m.then(fmt.Sprintf("the ciphertext carries the prefix of version %d", k.version), "KMS2-ENC-001")
}
