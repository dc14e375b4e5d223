package mutant

// killsOfUses names, for the mutants of uses.go, the scenarios and load claims that must catch them.
var killsOfUses = map[string][]string{
	"convergent-whatever-type": {
		"convergent/Asked for a convergent ECDSA key, none is made",
		"convergent/Asked for a convergent RSA2048 key, none is made",
	},
	"convergence-forgotten": {
		"convergent/The same text under the same context gives the same ciphertext, with the account",
		"convergent/The same text under the same context gives the same ciphertext, with the access token",
		"convergent/The same text under the same context gives the same ciphertext, over API 1.0",
		"convergent/A key is convergent where that was asked for",
	},
	"convergence-random": {
		"convergent/The same text under the same context gives the same ciphertext, with the account",
		"isolated/A convergent key of Korea encrypts the same to the same",
		"isolated/A convergent key of Japan encrypts the same to the same",
		"convergent/The same text under the same context gives the same ciphertext, with the access token",
		"convergent/The same text under the same context gives the same ciphertext, over API 1.0",
		"convergent/Under its context a ciphertext of a convergent key decrypts, with the account",
		"convergent/Under its context a ciphertext of a convergent key decrypts, with the access token",
		"convergent/Under its context a ciphertext of a convergent key decrypts, over API 1.0",
		"convergent/A convergent key makes custom keys under a context",
	},
	"contexts-but-the-first-refused": {
		"convergent/Another context gives another ciphertext of the same text",
	},
	"contexts-remembered": {
		"convergent/Without a context a convergent key does not decrypt, with the account",
		"convergent/Without a context a convergent key does not re-encrypt, with the account",
		"convergent/Without a context a convergent key does not re-encrypt by the other path, with the account",
		"convergent/Without a context a convergent key does not decrypt, over API 1.0",
		"convergent/Without a context a convergent key does not re-encrypt, over API 1.0",
	},
	"context-ignored": {
		"convergent/Another context gives another ciphertext of the same text",
		"convergent/Under another context it does not decrypt, with the account",
		"convergent/Under another context it does not decrypt, with the access token",
		"convergent/Under another context it does not re-encrypt, with the account",
		"convergent/Under another context it does not decrypt, over API 1.0",
	},
	"context-optional": {
		"convergent/Without a context a convergent key does not encrypt, with the account",
		"convergent/Without a context a convergent key does not encrypt, with the access token",
		"convergent/Without a context a convergent key does not create a custom key, with the account",
		"convergent/Without a context a convergent key does not create a custom key, with the access token",
	},
	"contexts-of-20": {
		"convergent/A context of 36 bytes is accepted",
	},
	"contexts-of-1000": {
		"convergent/A context of 51 bytes is refused",
		"convergent/A context of 500 bytes is refused",
	},
	"custom-key-mistold": {
		"customkey/A custom key of an AES256 key decrypts to what was told of it, made with the account",
		"customkey/A custom key of an AES256 key decrypts to what was told of it, made with the access token",
		"customkey/A custom key of an RSA2048 key decrypts to what was told of it, made with the account",
		"customkey/A custom key of an RSA2048 key decrypts to what was told of it, made with the access token",
	},
	"custom-key-told": {
		"customkey/The plaintext of a custom key is kept back where it is declined",
		"customkey/The plaintext of a custom key is kept back unless asked for, with the account",
		"customkey/The plaintext of a custom key is kept back unless asked for, with the access token",
	},
	"custom-key-told-1.0": {
		"customkey/The plaintext of a custom key is kept back unless asked for, over API 1.0",
	},
	"custom-keys-of-256": {
		"customkey/A custom key has the 128 bits that were asked for, with the account",
		"customkey/A custom key has the 512 bits that were asked for, with the account",
		"customkey/A custom key has the 128 bits that were asked for, with the access token",
		"customkey/A custom key has the 512 bits that were asked for, with the access token",
	},
	"custom-keys-of-256-1.0": {
		"customkey/A custom key has the 128 bits that were asked for, over API 1.0",
		"customkey/A custom key has the 512 bits that were asked for, over API 1.0",
	},
	"custom-keys-usually-128": {
		"customkey/A custom key has 256 bits unless asked otherwise, with the account",
		"customkey/A custom key has 256 bits unless asked otherwise, with the access token",
		"customkey/A custom key has 256 bits unless asked otherwise, over API 1.0",
	},
	"custom-keys-of-any-size": {
		"customkey/A custom key of 0 bits is refused, with the account",
		"customkey/A custom key of 64 bits is refused, with the account",
		"customkey/A custom key of 192 bits is refused, with the account",
		"customkey/A custom key of 1024 bits is refused, with the access token",
		"customkey/A custom key of 1024 bits is refused, over API 1.0",
	},
	"reencrypt-returns-old": {
		"convergent/Encrypted anew, a text has the ciphertext that the newest version gives it",
		"reencrypt/A ciphertext of an AES256 key comes to the newest version, re-encrypt the ciphertext with the account",
		"reencrypt/A ciphertext of an AES256 key comes to the newest version, re-encrypt the ciphertext with the access token",
		"reencrypt/A ciphertext of an RSA2048 key comes to the newest version, re-encrypt the ciphertext with the account",
		"reencrypt/A ciphertext of an RSA2048 key comes to the newest version, re-encrypt the ciphertext with the access token",
		"reencrypt/A ciphertext of an AES256 key comes to the newest version, re-encrypt by the other path the ciphertext with the account",
		"reencrypt/A ciphertext of an AES256 key comes to the newest version, re-encrypt by the other path the ciphertext with the access token",
	},
	"reencrypt-returns-old-1.0": {
		"reencrypt/A ciphertext of an AES256 key comes to the newest version, re-encrypt the ciphertext over API 1.0",
		"reencrypt/A ciphertext of an RSA2048 key comes to the newest version, re-encrypt the ciphertext over API 1.0",
	},
	"reencrypt-one-path": {
		"reencrypt/A ciphertext of an AES256 key comes to the newest version, re-encrypt by the other path the ciphertext with the account",
		"reencrypt/A ciphertext of an AES256 key comes to the newest version, re-encrypt by the other path the ciphertext with the access token",
	},
	"reencrypt-reversed": {
		"reencrypt/A list is encrypted anew item by item, with the account",
		"reencrypt/A list is encrypted anew item by item, with the access token",
	},
	"data-of-4-KB": {
		"signature/6000 bytes of data are accepted for an RSA2048 key with the account",
		"signature/6000 bytes of data are accepted for an ECDSA key with the access token",
		"signature/6000 bytes of data are accepted for an RSA2048 key over API 1.0",
	},
	"data-of-64-KB": {
		"signature/11000 bytes of data are refused for an RSA2048 key with the access token",
		"signature/11000 bytes of data are refused for an ECDSA key with the account",
		"signature/11000 bytes of data are refused for an RSA2048 key over API 1.0",
	},
	"anything-is-data": {
		"signature/Data that is no base64 is refused",
		"signature/Data that is a number is refused",
		"signature/Data that is an object is refused",
		"signature/Data that is a list is refused",
	},
	"anything-signs": {
		"signature/An AES256 key has no public key to tell",
		"signature/An AES256 key does not sign",
		"signature/An AES256 key does not verify",
	},
	"anything-encrypts": {
		"signature/An ECDSA key does not encrypt",
		"signature/An ECDSA key does not create a custom key",
	},
	"nothing-valid": {
		"signature/What an RSA2048 key signs with the account, it verifies with the account",
		"signature/What an RSA2048 key signs with the account, it verifies with the access token",
		"signature/What an RSA2048 key signs with the access token, it verifies with the account",
		"signature/What an ECDSA key signs with the account, it verifies with the account",
		"signature/What an ECDSA key signs with the account, it verifies with the access token",
		"signature/What an ECDSA key signs with the access token, it verifies with the account",
		"signature/What an RSA2048 key signs over API 1.0, it verifies with the account",
	},
	"everything-valid": {
		"signature/A signature of an ECDSA key with nothing but its prefix is never valid with the account",
		"signature/A signature of an ECDSA key without its last byte is never valid with the account",
		"signature/A signature of an RSA2048 key with a byte more is never valid with the account",
		"signature/A signature of an RSA2048 key with nothing but its prefix is never valid with the account",
		"signature/A signature of an RSA2048 key without its last byte is never valid with the access token",
		"signature/A signature of an RSA2048 key without its last byte is never valid with the account",
		"signature/A signature of an RSA2048 key with a bit of its head off is not valid with the account",
		"signature/A signature of an RSA2048 key with a bit of its text off is not valid with the account",
		"signature/A signature of an RSA2048 key with a bit of its tail off is not valid with the access token",
		"signature/A signature of an ECDSA key with a bit of its text off is not valid with the account",
		"signature/A signature of an ECDSA key with a bit of its tail off is not valid with the access token",
		"signature/A signature of an RSA2048 key says nothing of other data with the account",
		"signature/A signature of an RSA2048 key says nothing of other data with the access token",
		"signature/A signature of an ECDSA key says nothing of other data with the account",
		"signature/A signature of an ECDSA key says nothing of other data with the access token",
		"signature/A signature of another RSA2048 key is not valid",
		"signature/A signature of another ECDSA key is not valid",
	},
	"signed-data-unread": {
		"signature/A signature of an RSA2048 key says nothing of other data with the account",
		"signature/A signature of an RSA2048 key says nothing of other data with the access token",
		"signature/A signature of an ECDSA key says nothing of other data with the account",
		"signature/A signature of an ECDSA key says nothing of other data with the access token",
		"signature/A signature of an RSA2048 key says nothing of other data over API 1.0",
		"signature/A signature of an ECDSA key says nothing of other data over API 1.0",
	},
	"keys-verify-for-others": {
		"signature/A signature of another RSA2048 key is not valid",
		"signature/A signature of another ECDSA key is not valid",
	},
	"nothing-valid-1.0": {
		"signature/What an RSA2048 key signs over API 1.0, it verifies over API 1.0",
		"signature/What an RSA2048 key signs with the account, it verifies over API 1.0",
		"signature/What an ECDSA key signs over API 1.0, it verifies over API 1.0",
	},
	"everything-valid-1.0": {
		"signature/A signature of an RSA2048 key with a bit of its text off is not valid over API 1.0",
		"signature/A signature of an ECDSA key with a bit of its tail off is not valid over API 1.0",
		"signature/A signature of an RSA2048 key says nothing of other data over API 1.0",
		"signature/A signature of an ECDSA key says nothing of other data over API 1.0",
	},
	"signature-prefix-mended": {
		"signature/A signature of an ECDSA key with the prefix of version 9 is never valid with the access token",
		"signature/A signature of an ECDSA key without its prefix is never valid with the account",
		"signature/A signature of an RSA2048 key with half of its prefix is never valid with the account",
		"signature/A signature of an RSA2048 key with the prefix of version 0 is never valid with the account",
		"signature/A signature of an RSA2048 key with the prefix of version 9 is never valid with the account",
		"signature/A signature of an RSA2048 key without its prefix is never valid with the account",
		"signature/A signature without its prefix is a bad request",
	},
	"public-key-bare": {
		"signature/The public key of an RSA2048 key confirms its signature",
		"signature/The public key of an ECDSA key confirms its signature",
		"signature/An RSA2048 key tells its public key with the account",
		"signature/An RSA2048 key tells its public key with the access token",
		"signature/An ECDSA key tells its public key with the account",
		"signature/An ECDSA key tells its public key with the access token",
	},
	"first-public-key": {
		"signature/Without a version the newest public key of an RSA2048 key is told",
		"signature/Without a version the newest public key of an ECDSA key is told",
	},
	"missing-is-empty": {
		"wire/Without what it works on the key does not encrypt",
		"wire/Without what it works on the key does not sign",
		"wire/Without the data that was signed the key does not verify",
	},
	"contexts-of-8-least": {
		"convergent/A context of 1 bytes is accepted",
	},
	"custom-keys-halved": {
		"customkey/A custom key has the 256 bits that were asked for, with the account",
	},
	"validity-as-text": {
		"signature/Validity is true or false",
	},
	"empty-context-is-one": {
		"convergent/A context of 0 bytes is refused",
	},
	"rsa-makes-no-custom-keys": {
		"customkey/A custom key of 512 bits fits an RSA key",
	},
	"signatures-name-first": {
		"signature/After a rotation the newest version signs",
	},
}
