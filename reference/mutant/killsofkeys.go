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
	"names-of-fourteen": {
		"key/A name of fifteen characters is taken",
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
		"migration/A key is not migrated to Japan where an isolated key has its name",
		"migration/A key is not migrated to Korea where an isolated key has its name",
		"key/A name that is taken is refused",
		"deletion/The name of a pending key is still taken",
		"naming/A key is not renamed to the name of another",
	},
	"short-memos": {
		"key/A memo of 100 characters is kept",
	},
	"long-memos": {
		"naming/A memo of 201 characters is not taken in place of another",
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
	"enabling-disables": {
		"key/A disabled key can be enabled",
	},
	"disabling-revokes": {
		"key/A disabled key says so",
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
		"rotation/A period that is no whole number of days within the bounds is refused for a key that rotates",
		"key/A rotation period of 731 days is refused",
	},
	"rotates-at-once": {
		"key/A rotation period of -1 days is refused",
		"key/A rotation period of 0 days is refused",
	},
	"disabled-encrypts": {
		"key/A disabled key that has served its tokens does not encrypt for the account",
		"key/A disabled key serves no token either",
		"key/A disabled key does not encrypt",
		"key/A disabled key does not decrypt",
		"isolated/A disabled key of Korea does not encrypt",
		"isolated/A disabled key of Japan does not decrypt",
	},
	"success-as-created": {
		"key/A new key is as it was asked for, and enabled",
	},
	"success-as-ok": {
		"key/A new key is as it was asked for, and enabled",
	},
	"key-on-demand": {
		"opening/To ask about the key is refused where the key does not exist",
	},
	"ecdsa-becomes-rsa": {
		"key/A new key of type ECDSA is as it was asked for",
	},
	"no-hsm": {
		"key/A key of protection \"COMMON_HSM\" is created and serves",
	},
	"hsm-forgotten": {
		"key/A key of protection \"COMMON_HSM\" is created and serves",
	},
	"memo-required": {
		"key/A key is created without a memo",
	},
	"memo-in-utf-8": {
		"key/A memo of 100 Korean characters is kept",
	},
	"info-without-memo": {
		"key/Creation and key info tell all that a key was asked for",
	},
	"created-without-number": {
		"key/Creation and key info tell all that a key was asked for",
	},
	"info-without-nrn": {
		"key/Key info names the key in the platform, and where it is",
	},
	"nrn-of-a-server": {
		"key/The resource name of a key has the platform's form",
	},
	"key-is-elsewhere": {
		"key/A key is where it was asked for",
	},
	"names-of-anything": {
		"key/A name with a dash at its head is refused",
		"key/A name with an underline at its head is refused",
		"key/A name with a space is refused",
		"key/A name with a dot is refused",
		"key/A name with letters of another script is refused",
	},
	"names-of-nothing": {
		"key/A name with no character is refused",
	},
	"tags-in-capitals": {
		"key/A key tag is 64 hexadecimal digits",
	},
	"names-case-blind": {
		"key/A name in capitals is another",
	},
	"created-in-seconds": {
		"key/Creation and key info tell all that a key was asked for",
	},
	"state-since-an-hour-ago": {
		"key/To enable the key is answered with the key, its state and the time",
		"key/To cancel the deletion is answered with the key, its state and the time",
	},
}
