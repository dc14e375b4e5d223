package mutant

// killsOfAcls names, for the mutants of acls.go, the scenarios and load claims that must catch them.
var killsOfAcls = map[string][]string{
	"acl-default-allow": {
		"acl/Switched on, it denies the access token to everybody",
		"acl/Switched on, it denies the refresh token to everybody",
		"isolated/In Korea an IP ACL that lists nobody denies every token",
		"isolated/In Japan an IP ACL that lists nobody denies every token",
	},
	"acl-ignored": {
		"acl/Switched on, it denies the access token to everybody",
		"acl/Only a listed address is allowed, for the access token",
		"acl/Only a listed address is allowed, for the refresh token",
		"isolated/In Korea an IP ACL that lists nobody denies every token",
		"isolated/In Japan an IP ACL that lists nobody denies every token",
	},
	"acl-spares-older-tokens": {
		"acl/Issued before the IP ACL was switched on, the access token is checked",
		"acl/Issued before the IP ACL was switched on, the refresh token is checked",
	},
	"acl-spares-renewal": {
		"acl/Switched on, it denies the refresh token to everybody",
	},
	"acl-deletion-late": {
		"acl/A deleted address is denied at once, for the access token",
		"acl/A deleted address is denied at once, for the refresh token",
	},
	"acl-addition-late": {
		"acl/Addresses may be listed before the IP ACL is switched on",
		"acl/An added address is allowed at once, for the access token",
		"acl/An added address is allowed at once, for the refresh token",
	},
	"acl-one-for-all": {
		"acl/An address that another key allows is not allowed here",
	},
	"acl-on-for-all": {
		"acl/The tokens of another key are not denied",
	},
	"acl-deny-when-off": {
		"acl/Switched off, it lets everybody in again",
	},
	"acl-prefix": {
		"acl/Only a listed address is allowed, for the access token",
		"acl/Only a listed address is allowed, for the refresh token",
	},
	"acl-first-only": {
		"acl/Several addresses are allowed, each by itself",
	},
	"acl-on-at-first": {
		"acl/At first the IP ACL is off and empty, and tokens work from anywhere",
	},
	"acl-judges-accounts": {
		"acl/The account may issue tokens from an address that is not listed",
		"legacy/The IP ACL of a key says nothing about API 1.0",
		"acl/The account may encrypt from an address that is not listed",
		"acl/The account may decrypt from an address that is not listed",
	},
	"acl-takes-networks": {
		"acl/a network is no address: \"192.0.2.0/24\"",
	},
	"acl-answers-nothing": {
		"acl/Adding and deleting answer with the list that is left",
	},
	"forwarded-for-believed": {
		"acl/An allowed caller loses nothing by X-Forwarded-For",
		"acl/A denied caller gains nothing by X-Forwarded-For",
	},
	"real-ip-believed": {
		"acl/An allowed caller loses nothing by X-Real-IP",
		"acl/A denied caller gains nothing by X-Real-IP",
	},
	"forwarded-believed": {
		"acl/An allowed caller loses nothing by Forwarded",
		"acl/A denied caller gains nothing by Forwarded",
	},
	"client-ip-believed": {
		"acl/A denied caller gains nothing by X-Client-IP",
	},
	"acl-goes-off": {
		"acl/It stays on, however long nobody touches it, for the access token",
		"acl/It stays on, however long nobody touches it, for the refresh token",
	},
	"acl-takes-ipv6": {
		"acl/IPv6 is no address: \"2001:db8::1\"",
		"acl/a mapped address is no address: \"::ffff:192.0.2.1\"",
	},
	"acl-takes-hosts": {
		"acllist/\"192.0.2.0/24\" is no address to delete",
		"acllist/\"2001:db8::1\" is no address to delete",
		"acllist/\"any\" is no address to delete",
		"acl/a host name is no address: \"localhost\"",
		"acl/a word is no address: \"any\"",
		"acl/a wildcard is no address: \"192.0.2.*\"",
		"acl/three bytes is no address: \"192.0.2\"",
	},
	"acl-takes-one-of-list": {
		"acllist/Several addresses are added and deleted in one call",
	},
	"acl-takes-what-it-can": {
		"acllist/One address that is none refuses all that come with it",
	},
	"acl-list-made-up": {
		"acllist/A call to add addresses without a list is refused",
		"acllist/A call to delete addresses without a list is refused",
	},
	"acl-told-without-key": {
		"acllist/The IP ACL is told with its key, whether it is on, and its addresses",
	},
	"acl-told-off": {
		"acllist/The IP ACL is told with its key, whether it is on, and its addresses",
	},
	"acl-takes-nothing": {
		"acllist/To add nothing is a bad request",
	},
	"acl-switched-unseen": {
		"acllist/Switching is answered with the key and how its IP ACL is",
	},
	"acl-toggles": {
		"acllist/What is on stays on when it is switched on again",
	},
	"acl-deletes-all": {
		"acl/Deleting an address that is not listed changes nothing",
	},
	"acl-off-empties": {
		"acl/The list outlasts switching off and on",
	},
}
