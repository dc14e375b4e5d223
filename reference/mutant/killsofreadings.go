package mutant

// killsOfReadings names, for the mutants of readings.go, the scenarios that must notice them.
var killsOfReadings = map[string][]string{
	"rotation-unsaid-refused": {
		"key/A key that is not said to rotate does not",
	},
	"memo-in-bytes": {
		"key/A memo of 101 characters is refused",
	},
	"idle-succeeds": {
		"rotation/Automatic rotation that is on is not switched on again",
		"rotation/Automatic rotation that is off is not switched off again",
		"version/Disabling a disabled version breaks a rule",
		"version/Enabling an enabled version breaks a rule",
		"key/A disabled key is not disabled again",
		"key/An enabled key is not enabled again",
		"deletion/Requested already, a deletion is not requested again",
		"deletion/What was not requested is not cancelled",
	},
	"empty-refused": {
		"cipher/An empty plaintext comes back",
	},
	"lists-of-100": {
		"cipher/A list of 500 items is answered",
	},
	"bound-by-item": {
		"cipher/The items of a list count together",
		"legacy/What one call of API 1.0 decrypts may have 32 KB: 2 of 24000 bytes are refused",
		"legacy/The items of a list count together on API 1.0: 5 of 9000 bytes are refused",
	},
	"context-refused": {
		"cipher/A context means nothing to a plain key",
	},
	"ip-list-in-capitals": {
		"acllist/Under the name that an older page has, no address is added",
	},
	"routes-unknown-as-405": {
		"wire/A route that does not exist is not found: DELETE /kms/v1/keys/{tag}/memo",
		"wire/A route that does not exist is not found: GET /kms/v1/keys/{tag}/rotate",
		"wire/A route that does not exist is not found: GET /kms/v1/keys/{tag}/get-pub-key",
		"wire/A route that does not exist is not found: POST /kms/v1/keys/{tag}/createCustomKey",
		"wire/A route that does not exist is not found: POST /kms/v1/keys/{tag}/name",
		"wire/A route that does not exist is not found: POST /kms/v1/keys/{tag}/versions",
		"wire/A route that does not exist is not found: PUT /kms/v1/keys",
		"wire/A route that does not exist is not found: POST /keys/{tag}/encrypt",
		"wire/A route that does not exist is not found: POST /keys/v2/{tag}/encrypt",
		"wire/A route that does not exist is not found: POST /kms/v2/keys/{tag}/encrypt",
		"wire/A route that does not exist is not found: POST /kms/v1/key/{tag}/encrypt",
		"wire/A route that does not exist is not found: POST /kms/v1/keys/{tag}/Encrypt",
		"wire/A route that does not exist is not found: POST /kms/v1/keys/{tag}/encrypt/",
		"wire/A route that does not exist is not found: POST /kms/v1/keys/{tag}/encrypt/it",
		"wire/A route that does not exist is not found: GET /kms/v1/keys/{tag}/encrypt",
		"wire/A route that does not exist is not found: PUT /kms/v1/keys/{tag}/encrypt",
		"wire/A route that does not exist is not found: GET /",
		"legacy/A path of API 2.0 is none of API 1.0",
	},
	"signatures-as-403": {
		"account/A wrong signature is unauthorized",
	},
	"tokens-bad-as-403": {
		"forged/A token with a later end is unauthorized",
		"forged/A token with a bit of its signature off is unauthorized",
		"forged/A token with the algorithm none is unauthorized",
		"forged/A token with another signer is unauthorized",
		"forged/A token with a part less is unauthorized",
	},
	"tokens-expired-as-403": {
		"expiry/An expired access token is unauthorized",
		"refresh/An expired refresh token is unauthorized",
	},
	"limit-says-when": {
		"limits/A call over the limit is not told when to come again",
	},
	"pages-clamped": {
		"activity/A page of 0 entries is refused",
		"activity/A page of 201 entries is refused",
		"activity/A page of the log below the first is refused",
		"keylist/A page below the first is refused",
		"keylist/A page of 0 keys is refused",
		"keylist/A page of 201 keys is refused",
	},
	"no-creator-as-zero": {
		"creator/The creator before the first has no ID and no dates",
	},
	"last-use-message-outside": {
		"activity/The message of the last use is within its data",
	},
	"tokens-foreign-as-401": {
		"token/The token of another key is known, and forbidden",
		"refresh/The refresh token of another key is known, and forbidden",
	},
	"tokens-of-wrong-kind-as-401": {
		"token/A refresh token in a cipher call is forbidden",
		"refresh/Renewing with an access token is forbidden",
	},
	"permissions-as-401": {
		"account/What a viewer may not do is forbidden",
	},
	"addresses-as-401": {
		"acl/A denied address is forbidden",
	},
	"keys-unknown-as-403": {
		"key/A key that does not exist is not found",
	},
	"versions-unknown-as-400": {
		"version/A version that the key lacks is not found",
		"signature/The public key of a version that does not exist is not found",
	},
	"types-as-422": {
		"signature/A key of the wrong type is a bad request",
	},
	"malformed-as-422": {
		"answers/A plaintext of 40000 bytes is a bad request",
		"answers/A name with a dot is a bad request",
		"answers/A new name with a dot is a bad request",
		"answers/A memo of 201 characters is a bad request",
		"answers/A new memo of 201 characters is a bad request",
		"answers/A key type that is none is a bad request",
		"answers/A protection that is none is a bad request",
		"answers/A rotation period of 731 days is a bad request",
		"answers/An address that is none is a bad request",
		"answers/Data of 11000 bytes to sign is a bad request",
		"activity/A page of the log below the first is refused",
		"cipher/A list with a list among its texts is a bad request",
		"cipher/A list with a null among its texts is a bad request",
		"cipher/A list with a number among its texts is a bad request",
		"cipher/An empty list to decrypt is a bad request",
		"cipher/An empty list to re-encrypt is a bad request",
		"keylist/A page of 0 keys is refused",
		"keylist/A page of 201 keys is refused",
		"convergent/Asking for a convergent RSA2048 key is a bad request",
		"convergent/Asking for a convergent ECDSA key is a bad request",
		"keylist/A page below the first is refused",
		"cipher/An empty list is a bad request",
		"cipher/Base64 that is without its padding is a bad request",
		"cipher/Base64 that is cut off is a bad request",
		"cipher/Base64 that is of the URL-safe letters is a bad request",
		"cipher/One bad item refuses the whole list",
		"convergent/A missing context is a bad request",
		"customkey/A size that no custom key has is a bad request",
		"token/Hours out of bounds are a bad request",
		"acllist/To add nothing is a bad request",
		"wire/A request that is no JSON is a bad request",
		"wire/A request that is cut off is a bad request",
		"wire/A request that is of wrong types is a bad request",
		"wire/A request that is with a member twice is a bad request",
	},
	"ciphertexts-as-422": {
		"cipher/One bad item refuses a whole list of ciphertexts to decrypt",
		"cipher/One bad item refuses a whole list of ciphertexts to re-encrypt",
		"cipher/A ciphertext that was altered is a bad request",
	},
	"states-as-409": {
		"key/What a disabled key does not take breaks a rule",
		"key/What a pending key does not take breaks a rule",
		"key/What a new key does not take breaks a rule",
		"refresh/While its key is disabled or pending deletion, a refresh token renews nothing",
		"key/A disabled key is not disabled again",
		"key/An enabled key is not enabled again",
		"deletion/Requested already, a deletion is not requested again",
		"deletion/What was not requested is not cancelled",
		"rotation/Automatic rotation that is on is not switched on again",
		"rotation/Automatic rotation that is off is not switched off again",
		"version/Disabling a disabled version breaks a rule",
		"version/Enabling an enabled version breaks a rule",
	},
	"creators-as-409": {
		"key/What a new key does not take breaks a rule",
		"creator/Enabling an active creator breaks a rule",
		"creator/Without an active creator, to replace it breaks a rule",
		"creator/Without an active creator, to disable it breaks a rule",
	},
	"counters-outside": {
		"keylist/A page of the list holds no more than asked for",
	},
	"custom-keys-with-version": {
		"customkey/A custom key of API 2.0 names no version",
	},
	"custom-keys-without-version-1.0": {
		"customkey/A custom key of API 1.0 names its version",
	},
	"unknown-members-refused": {
		"wire/A member that nobody knows is ignored",
	},
	"hours-are-numbers": {
		"token/A text of digits is taken for the hours of the access token",
		"token/A text of digits is taken for the hours of the refresh token",
	},
	"period-optional": {
		"rotation/A change of the period names one",
	},
	"base64-loose": {
		"cipher/Base64 that is without its padding is a bad request",
		"cipher/Base64 that is of the URL-safe letters is a bad request",
	},
	"lists-empty": {
		"cipher/An empty list to decrypt is a bad request",
		"cipher/An empty list to re-encrypt is a bad request",
		"cipher/An empty list is a bad request",
	},
	"padding-of-old": {
		"signature/Signatures of an RSA2048 key are RSA-PSS over SHA-256",
	},
	"signatures-raw": {
		"signature/Signatures of an ECDSA key are ASN.1 DER over SHA-256",
	},
	"contexts-as-sent": {
		"convergent/A context of 50 bytes is accepted",
	},
	"kilobytes-of-1000": {
		"cipher/32 KB are 32768 bytes before base64: 32768 bytes are accepted",
		"signature/8192 bytes of data are accepted for an RSA2048 key with the account",
	},
	"a-hundred-versions": {
		"version/A key may have more than a hundred versions",
	},
	"period-resets": {
		"rotation/Switched on again, a key keeps its period",
	},
	"sets-counted": {
		"creator/Every issued token is counted",
	},
	"unlimited-ends": {
		"token/An unlimited token names no end",
	},
	"duplicates-as-409": {
		"key/A name that is taken breaks a rule",
	},
	"limits-as-403": {
		"limits/A call over the limit is told so by the gateway",
	},
}
