package mutant

// killsOfCiphertexts names, for the mutants of ciphertexts.go, the scenarios that must catch them.
var killsOfCiphertexts = map[string][]string{
	"nonce-repeated": {
		"cipher/The same plaintext never gives the same ciphertext twice",
	},
	"custom-key-repeated": {
		"customkey/Each custom key is another",
	},
	"ciphertext-with-header": {
		"cipher/A ciphertext of an RSA2048 key has the size of its modulus",
		"cipher/A ciphertext is 28 bytes longer than its plaintext",
	},
	"nonce-by-context": {
		"convergent/Under one context two texts share no nonce",
	},
	"empty-ciphertext-is-empty": {
		"cipher/A ciphertext with nothing but its prefix does not decrypt, for the account",
	},
	"prefix-mended-anew": {
		"reencrypt/A ciphertext without its prefix is not encrypted anew, with the account",
		"reencrypt/A ciphertext with the prefix of version 9 is not encrypted anew, with the account",
	},
	"prefix-mended-1.0": {
		"cipher/A ciphertext without its prefix does not decrypt over API 1.0",
	},
	"ciphertext-finds-its-key": {
		"legacy/An AES256 key does not verify over API 1.0",
		"legacy/An ECDSA key does not decrypt over API 1.0 either",
		"legacy/An ECDSA key does not re-encrypt over API 1.0 either",
		"signature/An ECDSA key does not decrypt either",
		"signature/An ECDSA key does not re-encrypt either",
		"cipher/The ciphertext of another key does not decrypt",
	},
}
