package sequence

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"
)

func (m *model) switchACL(t *rapid.T) {
	k := m.the(t)
	only(t, k.state == enabled && !k.wasOff)
	if k.acl {
		m.when("I switch the IP ACL off")
		m.then("the call is accepted", "KMS2-ACL-012")
		m.then("the IP ACL is off", "KMS2-ACL-012")
		k.acl, k.wasOff = false, slices.Contains(values(k.listed), true)
		return
	}
	m.when("I switch the IP ACL on")
	m.then("the call is accepted", "KMS2-ACL-002")
	m.then("the IP ACL is on", "KMS2-ACL-002")
	k.acl = true
}

func values(m map[string]bool) (out []bool) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// ordinals are the addresses that sentences can name.
var ordinals = []string{"first", "second"}

// from draws where a call comes from. "" is any address, which an IP ACL that is on cannot be asked about
// where the run has no addresses to name.
func (m *model) from(t *rapid.T, k *key) string {
	switch {
	case !m.has["sources"]:
		return ""
	case k.acl && len(k.listed) > 0:
		return rapid.SampledFrom(ordinals).Draw(t, "from")
	}
	return rapid.SampledFrom([]string{"", "first", "second"}).Draw(t, "from")
}

func (m *model) changeAddress(t *rapid.T) {
	k := m.the(t)
	only(t, k.state == enabled && k.acl && m.has["sources"])
	at := rapid.SampledFrom(ordinals).Draw(t, "address")
	how := map[bool]string{false: "added", true: "deleted"}[k.listed[at]]
	m.when(fmt.Sprintf("the %s address is %s", at, how))
	k.listed[at] = !k.listed[at]
	m.use("the access token", at) // what is late shows at once or never
}
