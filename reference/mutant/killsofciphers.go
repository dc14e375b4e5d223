package mutant

// killsOfCiphers names, for the mutants of ciphers.go, the scenarios and load claims that must catch them.
var killsOfCiphers = map[string][]string{
	"other-prefix": {
		"cipher/A ciphertext names the version that made it, for the account",
		"cipher/A ciphertext names the version that made it, for the access token",
		"legacy/A ciphertext of API 1.0 carries the prefix too",
		"signature/A signature of an RSA2048 key names the version that made it, signed with the account",
		"signature/A signature of an RSA2048 key names the version that made it, signed with the access token",
		"signature/A signature of an ECDSA key names the version that made it, signed with the account",
		"signature/A signature of an ECDSA key names the version that made it, signed over API 1.0",
		"customkey/The ciphertext of a custom key names the version that made it",
	},
	"lists-reversed": {
		"cipher/A list of 7 is answered by a list, item by item, for the account",
		"cipher/A list of 7 is answered by a list, item by item, for the access token",
	},
	"small-plaintexts": {
		"legacy/API 1.0 encrypts up to 32 KB: 24000 bytes are accepted",
		"legacy/The items of a list count together on API 1.0: 4 of 6000 bytes are accepted",
		"legacy/What one call of API 1.0 decrypts may have 32 KB: 2 of 9000 bytes come back",
		"cipher/32 KB are 32768 bytes before base64: 32768 bytes are accepted",
	},
	"huge-plaintexts": {
		"legacy/API 1.0 encrypts up to 32 KB: 40000 bytes are refused",
		"legacy/The items of a list count together on API 1.0: 5 of 9000 bytes are refused",
		"legacy/What one call of API 1.0 decrypts may have 32 KB: 2 of 24000 bytes are refused",
		"cipher/A plaintext of 40000 bytes is refused, for the account",
		"cipher/A plaintext of 40000 bytes is refused, for the access token",
	},
	"anything-is-plaintext": {
		"cipher/A plaintext that is no base64 is refused",
		"cipher/A plaintext that is a number is refused",
		"cipher/A plaintext that is an object is refused",
	},
	"wrong-plaintext": {
		"legacy/What API 1.0 encrypts, API 2.0 decrypts",
		"cipher/An RSA2048 key gives 150 bytes back, for the access token",
		"cipher/An RSA2048 key gives 150 bytes back, for the account",
		"cipher/A plaintext of 1 byte comes back, for the account",
		"cipher/A plaintext of 32 bytes comes back, for the account",
		"cipher/A plaintext of 24000 bytes comes back, for the account",
	},
	"prefix-mended": {
		"cipher/A ciphertext without its prefix is refused",
		"cipher/A ciphertext with half of its prefix is refused",
		"cipher/A ciphertext with the prefix of version 9 is refused",
	},
	"wrong-plaintext-1.0": {
		"legacy/What API 2.0 encrypts, API 1.0 decrypts",
		"legacy/What API 1.0 encrypts, it decrypts",
	},
	"no-message-1.0": {
		"legacy/A success of API 1.0 carries an empty message",
	},
	"lists-reversed-1.0": {
		"legacy/A list comes back item by item from API 1.0",
	},
	"tag-unread": {
		"cipher/A ciphertext with a bit of its head off does not decrypt, for the account",
		"cipher/A ciphertext with a bit of its text off does not decrypt, for the account",
		"cipher/A ciphertext with a bit of its tail off does not decrypt, for the account",
		"cipher/A ciphertext without its last byte does not decrypt, for the account",
		"cipher/A ciphertext with a byte more does not decrypt, for the account",
		"cipher/A ciphertext with a bit of its text off does not decrypt, for the access token",
		"reencrypt/A ciphertext with a bit of its text off is not encrypted anew, with the account",
		"reencrypt/A ciphertext with a bit of its tail off is not encrypted anew, with the access token",
		"reencrypt/A ciphertext with a bit of its text off is not encrypted anew, over API 1.0",
		"cipher/A ciphertext with a bit of its text off does not decrypt over API 1.0",
		"cipher/A ciphertext with a bit of its tail off does not decrypt over API 1.0",
	},
	"one-material": {
		"legacy/The ciphertext of another key does not decrypt over API 1.0",
		"cipher/The ciphertext of another key does not decrypt",
		"reencrypt/The ciphertext of another key is not encrypted anew",
		"version/A ciphertext under the prefix of another version of its key is refused",
	},
	"wrong-when-busy": {
		"load:gentle/answers",
		"load:per-key-300/answers",
		"under-load:cipher/What the account encrypts, the access token decrypts",
		"under-load:cipher/What the access token encrypts, the account decrypts",
	},
	"wrong-now-and-then": {
		"load:gentle/answers",
		"load:per-key-300/answers",
		"beside:cipher/What the account encrypts, the access token decrypts",
		"beside:cipher/What the access token encrypts, the account decrypts",
	},
	"rsa-plaintexts-of-100": {
		"cipher/An RSA2048 key encrypts up to 190 bytes: 142 bytes are accepted",
	},
	"tokens-encrypt-otherwise": {
		"cipher/What the access token encrypts, the account decrypts",
	},
	"tokens-decrypt-otherwise": {
		"cipher/What the account encrypts, the access token decrypts",
	},
}
