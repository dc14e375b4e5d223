package sequence

import (
	"fmt"
	"maps"
	"slices"

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
	only(t, k.state == enabled && !k.unclear)
	if rapid.Bool().Draw(t, "rotate") {
		k.version, k.rotated = k.version+1, m.now
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

// switchVersion disables or enables a version. The newest stays, and so do all while the key is disabled.
func (m *model) switchVersion(t *rapid.T) {
	k := m.the(t)
	only(t, k.version > 1 && !k.unclear && (k.state == enabled || k.state == disabled))
	n := rapid.IntRange(1, k.version).Draw(t, "version")
	how := map[bool]string{false: "disable", true: "enable"}[k.off[n]]
	m.when(fmt.Sprintf("I %s version %d", how, n))
	switch {
	case k.state == disabled:
		m.then("the call is refused", "KMS2-VER-004")
	case n == k.version:
		m.then("the call is refused", "KMS2-VER-003")
	default:
		k.off[n] = !k.off[n]
		m.then("the call is accepted", "KMS2-VER-002")
		if k.made == n { // what becomes of its ciphertexts is open
			k.made = 0
		}
	}
	m.seeVersions(k, "KMS2-VER-002")
}

// seeVersions checks the state of each version that was ever switched.
func (m *model) seeVersions(k *key, rule string) {
	for _, n := range slices.Sorted(maps.Keys(k.off)) {
		state := map[bool]string{false: "ENABLE", true: "DISABLE"}[k.off[n]]
		m.then(fmt.Sprintf("version %d is %q", n, state), rule)
	}
}

// switchAuto lets the key rotate every day, or no more. Documents differ on where a changed period is
// counted from: where the key has just got a version, all agree.
func (m *model) switchAuto(t *rapid.T) {
	k := m.the(t)
	only(t, k.state == enabled && !k.unclear)
	if k.auto {
		k.auto, k.wasAuto = false, true
		m.when("I switch automatic rotation off as the account")
		m.then("the call is accepted", "KMS2-ROT-008")
		m.then("automatic rotation is off", "KMS2-ROT-008")
		return
	}
	only(t, !k.wasAuto && k.rotated == m.now && m.has["clock"])
	k.auto, k.due = true, m.now+day
	m.when("I switch automatic rotation on as the account")
	m.then("the answer says that the key rotates every 90 days", "KMS2-ROT-007")
	m.when("I change the rotation period to 1 day")
	m.then("the answer says that the key rotates every 1 day", "KMS2-ROT-011")
}

// seeVersion checks which version is the current one after time has passed.
func (m *model) seeVersion(k *key) {
	if k.unclear {
		return
	}
	rule := "KMS2-ROT-009"
	switch {
	case k.auto:
		rule = "KMS2-ROT-014"
	case k.wasAuto:
		rule = "KMS2-ROT-008"
	}
	m.then(fmt.Sprintf("the key has %s", versions(k.version)), rule)
}

func versions(n int) string {
	if n == 1 {
		return "1 version"
	}
	return fmt.Sprintf("%d versions", n)
}
