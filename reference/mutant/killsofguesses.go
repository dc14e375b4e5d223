package mutant

// killsOfGuesses names, for the mutants of guesses.go, the scenarios that must catch them.
var killsOfGuesses = map[string][]string{
	"acl-deletes-nothing": {
		"acllist/To delete nothing is a bad request",
	},
	"lists-not-decrypted": {
		"cipher/A list of 1 is decrypted in one call, for the account",
		"cipher/A list of 7 is decrypted in one call, for the access token",
		"cipher/A list of 7 is decrypted in one call, for the account",
	},
	"texts-of-lists": {
		"cipher/A list with a list among its texts is a bad request",
		"cipher/A list with a null among its texts is a bad request",
		"cipher/A list with a number among its texts is a bad request",
	},
	"plaintexts-cut": {
		"cipher/An RSA2048 key encrypts up to 190 bytes: 238 bytes are refused",
	},
	"bad-items-left-out": {
		"cipher/One bad item refuses a whole list of ciphertexts to decrypt",
		"cipher/One bad item refuses a whole list of ciphertexts to re-encrypt",
	},
	"anything-is-context": {
		"convergent/A context that is a list is refused",
		"convergent/A context that is a number is refused",
		"convergent/A context that is no base64 is refused",
	},
	"custom-keys-guessed": {
		"customkey/\"256\" is no number of bits",
		"customkey/256.5 is no number of bits",
		"customkey/A custom key is not made where its plaintext is asked for by \"yes\"",
		"customkey/A custom key is not made where its plaintext is asked for by 1",
		"customkey/[256] is no number of bits",
		"customkey/true is no number of bits",
	},
	"periods-rounded": {
		"rotation/A period that is no whole number of days within the bounds is refused for a key that rotates",
		"key/A rotation period of \"7\" days is refused",
		"key/A rotation period of 1.5 days is refused",
	},
	"regions-in-small-letters": {
		"migration/A region is not written in small letters",
		"migration/A key is not migrated to \"JP\"",
	},
	"versions-tried": {
		"signature/A signature of an ECDSA key under the prefix of another of its versions is never valid",
		"signature/A signature of an RSA2048 key under the prefix of another of its versions is never valid",
	},
	"anything-is-verified": {
		"signature/A signature over data that is a list is not verified",
		"signature/A signature over data that is a number is not verified",
		"signature/A signature over data that is no base64 is not verified",
	},
	"public-keys-guessed": {
		"signature/No public key is told of the version \"one\"",
		"signature/No public key is told of the version -1",
		"signature/No public key is told of the version 0",
		"signature/No public key is told of the version 1.5",
		"signature/No public key is told of the version 2",
	},
	"ul-in-small-letters": {
		"token/UL in small letters is no life of the access token",
		"token/UL in small letters is no life of the refresh token",
	},
}
