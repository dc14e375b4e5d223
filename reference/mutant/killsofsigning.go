package mutant

// killsOfSigning names, for the mutants of signing.go, the scenarios that must catch them.
var killsOfSigning = map[string][]string{
	"clock-unread": {
		"account/A call from a clock 9000 hours ahead is refused",
		"account/A call from a clock 9000 hours behind is refused",
	},
	"time-optional": {
		"account/A call signed with no time is refused",
		"account/A call signed with a time that is no number is refused",
	},
	"signature-optional": {
		"account/A call signed with no signature is refused",
		"account/A call signed with an empty signature is refused",
		"account/An encryption signed with no signature is refused",
	},
	"access-key-optional": {
		"account/A call signed with no access key is refused",
	},
	"access-key-unread": {
		"account/A call signed with an unknown access key is refused",
	},
	"anonymous-looks": {
		"account/A call signed with nothing is refused",
	},
}
