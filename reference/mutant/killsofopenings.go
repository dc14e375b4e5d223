package mutant

// killsOfOpenings names, for the mutants of openings.go, the scenarios that must catch them.
var killsOfOpenings = map[string][]string{
	"access-does-not-sign": {
		"opening/An access token opens every use of its key over API 2.0",
	},
	"foreign-token-signs": {
		"opening/The token of another key opens no use",
	},
	"refresh-tells-public-key": {
		"opening/A refresh token opens no use",
	},
	"anonymous-verifies": {
		"opening/Nobody without credentials opens any use",
	},
	"dead-token-verifies": {
		"opening/An access token with a later end opens no use",
		"opening/An access token with a bit of its signature off opens no use",
		"opening/An access token with the algorithm none opens no use",
		"opening/An access token with another signer opens no use",
		"opening/When the creator is replaced, its access token opens no use",
		"opening/When the creator is disabled, its access token opens no use",
	},
	"expired-token-makes-custom-keys": {
		"opening/When its time is over, an access token opens no use",
	},
	"acl-spares-reencrypt": {
		"opening/Switched on, the IP ACL lets the access token open no use",
		"opening/From a listed address an access token opens every use, and from another none",
	},
	"disabled-verifies": {
		"opening/While the key is disabled, the account opens no use over API 2.0",
		"opening/While the key is disabled, an access token opens no use over API 2.0",
		"opening/While the key is disabled, the account opens no use over API 1.0",
	},
	"pending-makes-custom-keys": {
		"opening/While the key is pending deletion, the account opens no use over API 2.0",
		"opening/While the key is pending deletion, an access token opens no use over API 2.0",
		"opening/While the key is pending deletion, the account opens no use over API 1.0",
	},
	"disabled-tells-public-key": {
		"opening/A key that is disabled does not tell its public key",
	},
	"key-that-stands-in": {
		"opening/A key that does not exist has no use over API 2.0",
		"opening/A key that does not exist has no use over API 1.0",
		"opening/To ask about the key is refused where the key does not exist",
		"opening/To list the versions is refused where the key does not exist",
		"opening/To read the activity log is refused where the key does not exist",
		"opening/To ask for the last use is refused where the key does not exist",
		"opening/To read the IP ACL is refused where the key does not exist",
		"opening/To ask about the creator is refused where the key does not exist",
		"opening/To add an address to the IP ACL is refused where the key does not exist",
		"opening/To delete an address of the IP ACL is refused where the key does not exist",
		"opening/To change the memo is refused where the key does not exist",
		"opening/To rotate the key is refused where the key does not exist",
	},
	"no-verifying-1.0": {
		"opening/An account opens every use of its key over API 1.0",
	},
	"pending-tells-public-key": {
		"opening/A key that is pending deletion does not tell its public key",
	},
	"pending-takes-more": {
		"deletion/A pending key takes no change",
		"deletion/A pending key takes no change of its rotation, its versions and its creator",
	},
	"disabled-renews": {
		"refresh/While its key is disabled or pending deletion, a refresh token renews nothing",
	},
	"pending-renews": {
		"refresh/While its key is disabled or pending deletion, a refresh token renews nothing",
	},
}
