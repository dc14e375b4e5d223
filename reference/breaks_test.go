package reference_test

// breaks are the scenarios that a member of the dialect does not leave alone, with the reason: the reading goes
// against what is published, or the scenario takes the other reading for granted on its way.
var breaks = map[string]struct {
	why       string
	scenarios []string
}{
	"noProtection": {"the public zone tells protectionType; the government zone has none", []string{
		"key/A new key is as it was asked for, and enabled",
		"key/A new key of type RSA2048 is as it was asked for",
		"key/A new key of type ECDSA is as it was asked for",
		`key/A key of protection "BASIC" is created and serves`,
		`key/A key of protection "COMMON_HSM" is created and serves`,
		"key/Creation and key info tell all that a key was asked for",
		"key/A key is created without a memo",
		"key/Key info describes the key",
		"keylist/The list describes each key",
	}},
	"customKeysAesOnly": {"the scenarios take it for granted that RSA keys make custom keys, and are blocked", []string{
		"customkey/A custom key of an RSA2048 key decrypts to what was told of it, made with the account",
		"customkey/A custom key of an RSA2048 key decrypts to what was told of it, made with the access token",
		"customkey/A custom key of an RSA2048 key decrypts to what was told of it, made over API 1.0",
	}},
	"oneNamespace": {"migration is refused for an isolated namesake, which there can be none of; the scenario is blocked", []string{
		"migration/A key is not migrated to Korea where an isolated key has its name",
		"migration/A key is not migrated to Japan where an isolated key has its name",
	}},
	"refuseOffAcl": {"the scenario takes it for granted that the list may be edited while the IP ACL is off", []string{
		"acllist/Several addresses are added and deleted in one call",
	}},
	"aclIpv6": {"the page says IPv4 addresses only", []string{
		`acl/IPv6 is no address: "2001:db8::1"`,
		`acllist/"2001:db8::1" is no address to delete`,
	}},
	"aclNetworks": {"the page says IPv4 addresses only", []string{
		`acl/a network is no address: "192.0.2.0/24"`,
		`acllist/"192.0.2.0/24" is no address to delete`,
	}},
	"spareRenewals": {"the guide has the IP ACL judge token requests", []string{
		"acl/Switched on, it denies the refresh token to everybody",
		"acl/It stays on, however long nobody touches it, for the refresh token",
		"acl/An added address is allowed at once, for the refresh token",
		"acl/Only a listed address is allowed, for the refresh token",
		"acl/A deleted address is denied at once, for the refresh token",
		"acl/Issued before the IP ACL was switched on, the refresh token is checked",
		"acl/Issued after the IP ACL was switched on, the new refresh token is checked",
	}},
}
