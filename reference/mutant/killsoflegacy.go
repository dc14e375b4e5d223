package mutant

// killsOfLegacy names, for the mutants of legacy.go, the scenarios that must catch them.
var killsOfLegacy = map[string][]string{
	"tokens-on-1.0": {
		"legacy/API 1.0 refuses the access token",
		"legacy/API 1.0 refuses the refresh token",
		"legacy/API 1.0 refuses no credentials",
	},
	"no-signature-v1": {
		"legacy/API 1.0 takes the older signature on its own path",
	},
	"signatures-unread-1.0": {
		"legacy/A call of API 1.0 signed with another secret key is refused",
		"legacy/A call of API 1.0 signed with an empty secret key is refused",
		"legacy/A call of API 1.0 signed with an unknown access key is refused",
		"legacy/A call of API 1.0 signed with another method is refused",
		"legacy/A call of API 1.0 signed with the path of another key is refused",
		"legacy/A call of API 1.0 signed with another time is refused",
		"legacy/A call of API 1.0 signed with a letter of it off is refused",
		"legacy/A call of API 1.0 signed with an empty signature is refused",
		"legacy/A call of API 1.0 signed with no signature is refused",
		"legacy/A call of API 1.0 signed with no access key is refused",
		"legacy/A call of API 1.0 signed with no time is refused",
		"legacy/A call of API 1.0 signed with a time that is no number is refused",
	},
	"older-signatures-unread": {
		"legacy/An older signature with another secret key is refused",
		"legacy/An older signature with another API key is refused",
		"legacy/An older signature with no API key is refused",
		"legacy/An older signature with no signature is refused",
	},
	"generations-mixed": {
		"legacy/The older signature is refused on the path of the other",
		"legacy/The newer signature is refused on the path of the other",
	},
	"any-type-1.0": {
		"legacy/An AES256 key does not sign over API 1.0",
		"legacy/An ECDSA key does not encrypt over API 1.0",
		"legacy/An ECDSA key does not create a custom key over API 1.0",
	},
	"anything-is-plaintext-1.0": {
		"legacy/API 1.0 refuses a plaintext that is no base64",
		"legacy/API 1.0 refuses a plaintext that is a number",
		"legacy/API 1.0 refuses a plaintext that is an object",
		"legacy/API 1.0 refuses a plaintext that is a list of lists",
	},
	"no-signature-v1-but-for-encrypting": {
		"legacy/The older signature opens every use of a key on its own path",
	},
	"anything-is-data-1.0": {
		"legacy/API 1.0 signs no data that is no base64",
		"legacy/API 1.0 signs no data that is a number",
		"legacy/API 1.0 signs no data that is an object",
		"legacy/API 1.0 signs no data that is a list",
		"legacy/API 1.0 verifies no signature over data that is no base64",
		"legacy/API 1.0 verifies no signature over data that is a number",
		"legacy/API 1.0 verifies no signature over data that is a list",
	},
	"works-on-anything-1.0": {
		"legacy/API 1.0 verifies no signature that is a number",
		"legacy/API 1.0 verifies no signature that is a list",
		"legacy/API 1.0 does not decrypt a ciphertext that is a number",
		"legacy/API 1.0 does not decrypt a ciphertext that is an object",
		"legacy/API 1.0 does not decrypt a ciphertext that is a list of lists",
		"legacy/API 1.0 does not re-encrypt a ciphertext that is a number",
		"legacy/API 1.0 does not re-encrypt a ciphertext that is an object",
		"legacy/API 1.0 does not re-encrypt a ciphertext that is a list of lists",
		"legacy/Without what it works on the key does not decrypt over API 1.0",
		"legacy/Without what it works on the key does not re-encrypt over API 1.0",
		"legacy/Without what it works on the key does not verify over API 1.0",
	},
	"missing-is-empty-1.0": {
		"legacy/Without what it works on the key does not encrypt over API 1.0",
		"legacy/Without what it works on the key does not sign over API 1.0",
		"legacy/API 1.0 verifies no signature over no data",
	},
	"any-method-1.0": {
		"legacy/The calls of API 1.0 are made by POST",
	},
	"all-calls-on-1.0": {
		"legacy/The spelling of API 2.0 is none of API 1.0",
		"legacy/API 1.0 has no more than its six calls: GET /keys/v2/{tag}",
		"legacy/API 1.0 has no more than its six calls: GET /keys/v2/{tag}/versions",
		"legacy/API 1.0 has no more than its six calls: POST /keys/v2/{tag}/get-pub-key",
		"legacy/API 1.0 has no more than its six calls: POST /keys/v2/{tag}/rotate",
		"legacy/API 1.0 has no more than its six calls: POST /keys/v2/{tag}/token-set",
	},
}
