package mutant

// killsOfStopped names, for the mutants of stopped.go, the scenarios that must catch them.
var killsOfStopped = map[string][]string{
	"disabled-version-serves": {
		"version/A disabled version of an AES256 key does not decrypt, with the account",
		"version/A disabled version of an AES256 key does not decrypt, with the access token",
		"version/A disabled version of an AES256 key does not re-encrypt, with the account",
		"version/A disabled version of an RSA2048 key does not decrypt, with the account",
		"version/A disabled version of an RSA2048 key does not verify, with the account",
		"version/A disabled version of an ECDSA key does not verify, with the access token",
		"version/A disabled version of an AES256 key does not decrypt, over API 1.0",
	},
	"disabled-public-key": {
		"signature/The public key of a disabled version of an RSA2048 key is not told",
		"signature/The public key of a disabled version of an ECDSA key is not told",
	},
	"enabled-version-stays-off": {
		"version/A version that is enabled again decrypts what it encrypted",
	},
}
