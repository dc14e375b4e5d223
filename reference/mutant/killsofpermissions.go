package mutant

// killsOfPermissions names, for the mutants of permissions.go, the scenarios and load claims that must catch them.
var killsOfPermissions = map[string][]string{
	"policy-permits-all": {
		"permission/Who may encrypt alone may not decrypt with the key",
		"permission/Who may encrypt alone may not re-encrypt with the key",
		"permission/Who may encrypt alone may not create a custom key with the key",
		"permission/Who may encrypt alone may not create a key",
		"permission/Who may encrypt alone may not disable the key",
		"permission/Who may encrypt alone may not replace the creator",
		"permission/A token of who may not decrypt does not decrypt",
		"permission/Renewal adds no permission to a token",
		"permission/A token lacks what its requester may no longer do when it asks",
		"permission/A token does not gain what its requester may do since",
	},
	"policy-permits-nothing": {
		"permission/What a policy permits is accepted: I encrypt with the encryptor",
		"permission/What a policy permits is accepted: I ask for a token set as the encryptor",
		"permission/What a policy permits is accepted: I encrypt over API 1.0 with the encryptor",
		"permission/A policy for one key permits nothing on another: I encrypt with the encryptor",
		"permission/A policy for one key permits nothing on another: I ask for a token set as the encryptor",
		"permission/The key list shows an account the keys that it may list",
	},
	"policy-of-every-key": {
		"permission/A policy for one key permits nothing on another: I encrypt with the encryptor",
		"permission/A policy for one key permits nothing on another: I ask for a token set as the encryptor",
		"permission/The key list shows an account the keys that it may list",
	},
	"list-shows-all": {
		"permission/The key list shows an account the keys that it may list",
	},
	"tokens-carry-all": {
		"permission/A token of who may not decrypt does not decrypt",
		"permission/Renewal adds no permission to a token",
		"permission/A token lacks what its requester may no longer do when it asks",
		"permission/A token does not gain what its requester may do since",
	},
	"tokens-of-managers-alone": {
		"permission/A token carries what its requester may do",
		"permission/A token carries what its requester may do by the time of asking",
		"permission/A token keeps what its requester may no longer do",
	},
	"tokens-never-decrypt": {
		"permission/A token carries what its requester may do by the time of asking",
	},
	"permissions-read-live": {
		"permission/A token keeps what its requester may no longer do",
		"permission/A token does not gain what its requester may do since",
	},
	"renewal-in-the-owners-name": {
		"permission/Renewal adds no permission to a token",
	},
	"gateway-access-ignored": {
		"permission/Who has no access by API Gateway is refused: I encrypt with the encryptor",
		"permission/Who has no access by API Gateway is refused: I encrypt over API 1.0 with the encryptor",
	},
	"disabled-pairs-serve": {
		"permission/A key pair that was disabled no longer authenticates",
	},
}
