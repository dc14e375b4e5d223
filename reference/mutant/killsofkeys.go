package mutant

// killsOfKeys names, for the mutants of keys.go, the scenarios and load claims that must catch them.
var killsOfKeys = map[string][]string{
	"created-disabled": {
		"key/A new key is as it was asked for, and enabled",
	},
	"names-of-four": {
		"key/A name of three characters is taken",
	},
	"names-of-two": {
		"key/A name with two characters is refused",
	},
	"names-of-sixteen": {
		"key/A name with sixteen characters is refused",
	},
	"names-with-digits-first": {
		"key/A name with a digit at its head is refused",
	},
	"names-without-dash": {
		"key/A name of fifteen characters is taken",
		"key/A name of letters, digits, dash and underline is taken",
	},
	"shared-names": {
		"migration/A key is not migrated to where an isolated key has its name",
		"key/A name that is taken is refused",
	},
	"short-memos": {
		"key/A memo of 100 characters is kept",
	},
	"long-memos": {
		"key/A memo of 201 characters is refused",
	},
	"any-type": {
		"key/A key of type \"AES128\" is refused",
		"key/A key of type \"\" is refused",
		"key/A key type in small letters is refused",
	},
	"any-protection": {
		"key/A key with protection \"NONE\" is refused",
		"key/A key with protection \"basic\" is refused",
		"key/A key with protection true is refused",
	},
	"defaults-for-missing": {
		"key/A key without its name is refused",
		"key/A key without its type is refused",
		"key/A key without its protection type is refused",
	},
	"version-zero": {
		"key/Key info describes the key",
	},
	"list-loses-one": {
		"key/The list holds the keys of the account",
	},
	"enabling-disables": {
		"key/A disabled key can be enabled",
	},
	"disabling-revokes": {
		"key/A disabled key says so",
	},
	"deletion-disables": {
		"key/A key whose deletion was requested is pending",
	},
	"cancelling-enables": {
		"key/A cancelled deletion leaves the key disabled",
	},
	"state-since-in-seconds": {
		"key/To enable the key is answered with the key, its state and the time",
		"key/To disable the key is answered with the key, its state and the time",
		"key/To request the deletion is answered with the key, its state and the time",
		"key/To cancel the deletion is answered with the key, its state and the time",
	},
	"rotates-monthly": {
		"key/A key that rotates does so every 90 days unless asked otherwise",
		"rotation/Switched on, a key rotates every 90 days",
	},
	"rotates-within-a-year": {
		"key/A rotation period of 730 days is taken",
		"rotation/A period of 730 days is taken for a key that rotates",
	},
	"rotates-after-a-week": {
		"key/A rotation period of 1 day is taken",
		"rotation/A period of 1 day is taken for a key that rotates",
	},
	"rotates-after-three-years": {
		"key/A rotation period of 731 days is refused",
		"rotation/A period of 731 days is refused for a key that rotates",
	},
	"rotates-at-once": {
		"key/A rotation period of -1 days is refused",
		"key/A rotation period of 0 days is refused",
	},
	"disabled-encrypts": {
		"key/A disabled key does not encrypt",
		"key/A disabled key does not decrypt",
		"isolated/A disabled key of Korea does not encrypt",
		"isolated/A disabled key of Japan does not decrypt",
	},
	"pending-decrypts": {
		"key/A pending key does not encrypt",
	},
	"deletes-at-once": {
		"key/Only a pending key is deleted",
	},
	"deletion-pretended": {
		"key/A deleted key is gone",
	},
	"deletion-early": {
		"key/A pending key is there a minute before 72 hours after the request",
	},
	"deletion-late": {
		"key/A pending key is gone a minute later than 72 hours after the request",
	},
	"success-as-created": {
		"key/A new key is as it was asked for, and enabled",
	},
	"success-as-ok": {
		"key/A new key is as it was asked for, and enabled",
	},
	"lenient-json": {
		"wire/A key creation that is no JSON is refused and changes nothing",
		"wire/A key creation that is cut off is refused and changes nothing",
		"wire/A key creation that is empty is refused and changes nothing",
	},
	"key-on-demand": {
		"key/A key that does not exist is refused",
	},
	"deletion-cancels": {
		"key/A deleted key is gone",
	},
}
