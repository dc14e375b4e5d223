package mutant

// killsOfVersions names, for the mutants of versions.go, the scenarios and load claims that must catch them.
var killsOfVersions = map[string][]string{
	"newest-version-stops": {
		"version/The newest version cannot be disabled",
		"version/The only version cannot be disabled",
	},
	"versions-of-disabled": {
		"version/A version of a disabled key is not disabled",
		"version/A version of a disabled key is not enabled",
	},
	"version-list-loses-first": {
		"version/The first version is listed",
		"version/Rotation gives an AES256 key the next version",
	},
	"version-off-by-one": {
		"version/An older version is disabled and enabled again",
	},
	"versions-guessed": {
		"version/What is no version of the key is neither disabled nor enabled",
	},
	"enabling-revives-versions": {
		"version/When a key is enabled again each version has its own state",
	},
	"rotates-twice": {
		"version/Rotation gives an AES256 key the next version",
		"version/Rotation gives an RSA2048 key the next version",
		"version/Rotation gives an ECDSA key the next version",
	},
	"rotation-disables-older": {
		"signature/After a rotation an RSA2048 key verifies what its older version signed",
		"signature/After a rotation an ECDSA key verifies what its older version signed",
		"version/Rotation gives an AES256 key the next version",
		"version/After a rotation an AES256 key decrypts what its older version encrypted, with the account",
		"version/After a rotation an AES256 key decrypts what its older version encrypted, with the access token",
		"version/After a rotation an RSA2048 key decrypts what its older version encrypted, with the account",
		"version/After a rotation an AES256 key decrypts what its older version encrypted, over API 1.0",
	},
	"rotation-revives-first": {
		"sequences:1000",
	},
	"rotation-moves-the-next": {
		"rotation/A rotation by hand leaves the next one by itself where it was",
	},
	"disabled-rotates": {
		"rotation/A disabled key does not rotate by itself",
		"version/A disabled key does not rotate",
	},
	"pending-rotates": {
		"version/A pending key does not rotate",
	},
	"rotation-stays-on": {
		"rotation/Switched off, a key does not rotate by itself",
		"rotation/A key whose automatic rotation was switched off has one version after its period",
	},
	"rotates-unasked": {
		"rotation/A period for a key that does not rotate by itself means nothing",
		"rotation/A key that does not rotate by itself names no period",
		"rotation/A key does not rotate by itself unless asked",
		"rotation/A key that was not asked to rotate has one version two years later",
	},
	"period-switches-on": {
		"rotation/The period is not changed while automatic rotation is off",
	},
	"rotates-every-other-day": {
		"rotation/A key that rotates every day has 2 versions a minute after the day is over",
		"rotation/A key that rotates every day has 4 versions two days after the day is over",
		"rotation/What was encrypted before a key rotated by itself decrypts after it",
	},
	"period-rounded-up": {
		"rotation/A period that is no whole number of days within the bounds is refused for a key that rotates",
	},
	"period-echoed": {
		"rotation/A period of 1 day is taken for a key that rotates",
		"rotation/A period of 730 days is taken for a key that rotates",
		"rotation/The next rotation is a period from the change of the period",
	},
	"first-version-named": {
		"version/After a rotation an AES256 key encrypts by the newest version, with the account",
		"version/After a rotation an AES256 key encrypts by the newest version, with the access token",
		"version/After a rotation an RSA2048 key encrypts by the newest version, with the account",
		"version/After a rotation an AES256 key encrypts by the newest version, over API 1.0",
	},
	"next-rotation-late": {
		"rotation/Switched on, a key rotates every 90 days",
		"rotation/The next rotation is a period from the change of the period",
	},
	"rotation-of-nobody": {
		"rotation/Switched on, a key rotates every 90 days",
		"rotation/Switched off, a key does not rotate by itself",
		"rotation/A period of 1 day is taken for a key that rotates",
	},
	"version-list-of-nobody": {
		"version/The first version is listed",
	},
}
