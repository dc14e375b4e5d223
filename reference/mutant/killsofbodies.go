package mutant

// killsOfBodies names, for the mutants of bodies.go, the scenarios that must catch them.
var killsOfBodies = map[string][]string{
	"lenient-json": {
		"wire/A key creation that is no JSON is refused and changes nothing",
		"wire/A key creation that is cut off is refused and changes nothing",
		"wire/A key creation that is empty is refused and changes nothing",
		"wire/A key creation that is a list is refused and changes nothing",
		"wire/A key creation that is a number is refused and changes nothing",
	},
	"creation-last-member-taken": {
		"wire/A key creation that is with a member twice is refused and changes nothing",
		"wire/A request that is with a member twice is a bad request",
	},
	"creation-types-coerced": {
		"wire/A key creation that is of wrong types is refused and changes nothing",
		"wire/A request that is of wrong types is a bad request",
	},
	"creation-utf-8-mended": {
		"wire/A key creation that is not UTF-8 is refused and changes nothing",
	},
	"last-member-taken": {
		"wire/A token set request that is with a member twice is refused and changes nothing",
		"wire/An IP ACL change that is with a member twice is refused and changes nothing",
		"wire/Nothing comes of an encryption that is with a member twice",
		"wire/Nothing comes of a new name that is with a member twice",
		"wire/Nothing comes of a new memo that is with a member twice",
		"wire/Nothing comes of a renewal of the token set that is with a member twice",
		"wire/Nothing comes of a renewal of the access token that is with a member twice",
		"wire/Nothing comes of a migration that is with a member twice",
		"rotation/Nothing comes of a new rotation period that is with a member twice",
	},
	"tail-unread": {
		"wire/A key creation that is followed by more is refused and changes nothing",
		"wire/A token set request that is followed by more is refused and changes nothing",
		"wire/An IP ACL change that is followed by more is refused and changes nothing",
		"wire/Nothing comes of an encryption that is followed by more",
	},
	"lenient-token-set": {
		"wire/A token set request that is no JSON is refused and changes nothing",
		"wire/A token set request that is cut off is refused and changes nothing",
		"wire/A token set request that is a list is refused and changes nothing",
	},
	"lenient-acl": {
		"wire/An IP ACL change that is no JSON is refused and changes nothing",
		"wire/An IP ACL change that is cut off is refused and changes nothing",
		"wire/An IP ACL change that is empty is refused and changes nothing",
	},
	"number-for-address": {
		"wire/An IP ACL change that is of wrong types is refused and changes nothing",
	},
	"works-on-anything": {
		"cipher/A ciphertext to decrypt that is a list of lists is refused",
		"cipher/A ciphertext to decrypt that is a number is refused",
		"cipher/A ciphertext to decrypt that is an object is refused",
		"cipher/A ciphertext to re-encrypt that is a list of lists is refused",
		"cipher/A ciphertext to re-encrypt that is a number is refused",
		"cipher/A ciphertext to re-encrypt that is an object is refused",
		"signature/A signature that is a list is not verified",
		"signature/A signature that is a number is not verified",
		"wire/Without what it works on the key does not decrypt",
		"wire/Without what it works on the key does not re-encrypt",
		"wire/Without what it works on the key does not verify",
		"wire/Without the data that was signed the key does not verify",
	},
	"content-type-required": {
		"wire/A request without a content type is accepted",
	},
	"lenient-bodies": {
		"rotation/Nothing comes of a new rotation period that is no JSON or cut off",
		"wire/Nothing comes of a migration that is no JSON or cut off",
		"wire/Nothing comes of a new memo that is cut off",
		"wire/Nothing comes of a new memo that is no JSON",
		"wire/Nothing comes of a new name that is cut off",
		"wire/Nothing comes of a new name that is no JSON",
		"wire/Nothing comes of a renewal of the access token that is cut off",
		"wire/Nothing comes of a renewal of the access token that is no JSON",
		"wire/Nothing comes of a renewal of the token set that is cut off",
		"wire/Nothing comes of a renewal of the token set that is no JSON",
		"wire/Nothing comes of an encryption that is cut off",
		"wire/Nothing comes of an encryption that is no JSON",
	},
	"content-type-believed": {
		"wire/A request that calls itself application/x-www-form-urlencoded is read as JSON",
		"wire/A request that calls itself text/plain is read as JSON",
	},
}
